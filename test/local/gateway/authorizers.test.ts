import type { InvocationResult } from '../../../local/function-worker';
import { Authorizers } from '../../../local/gateway/authorizers';
import { GatewayError } from '../../../local/gateway/gateway-error';
import type { Authorizer } from '../../../local/gateway/rest-api';
import { createApi, createAuthorizer, createMethod, createRequest } from './fixture';

const ALL = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/*';

function allow(resource: string, effect = 'Allow'): InvocationResult {
  const Statement = [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }];
  const answer = {
    principalId: 'alice',
    policyDocument: { Version: '2012-10-17', Statement },
    context: { sentence: 'why' },
  };
  return { ok: true, payload: JSON.stringify(answer) };
}

function fail(errorMessage: string): InvocationResult {
  return { ok: false, error: { errorType: 'Error', errorMessage, trace: [] } };
}

/** An authorizer whose function gives these answers, the last one again and again. */
function guard(more: Partial<Authorizer>, ...answers: readonly InvocationResult[]) {
  const authorizer = createAuthorizer(more);
  const calls: string[] = [];
  const problems: string[] = [];
  const clock = { now: 0 };
  const api = createApi([]);
  const authorizers = new Authorizers(
    api,
    (_arn, payload) => {
      calls.push(payload);
      return Promise.resolve(answers[Math.min(calls.length, answers.length) - 1] ?? fail('none'));
    },
    () => clock.now,
    (problem) => problems.push(problem),
  );
  const ask = async (target: string, token?: string, method = 'GET'): Promise<unknown> => {
    const headers = token === undefined ? [] : ([['Authorization', token]] as const);
    const route = { method: createMethod(method, '/{proxy+}', { authorizer }), pathParameters: {} };
    try {
      return await authorizers.authorize(route, createRequest(method, target, { headers }));
    } catch (error) {
      if (error instanceof GatewayError) return [error.statusCode, error.type, error.text];
      throw error;
    }
  };
  return { ask, calls, problems, clock };
}

const CACHED = { identitySources: ['method.request.header.Authorization'], resultTtlSeconds: 60 };
const IMPLICIT = [403, 'ACCESS_DENIED', 'User is not authorized to access this resource'];
const EXPLICIT = [
  403,
  'ACCESS_DENIED',
  'User is not authorized to access this resource with an explicit deny',
];
const BROKEN = [500, 'AUTHORIZER_CONFIGURATION_ERROR', null];

test('an allowed call hands the context to the backend', async () => {
  const { ask } = guard({}, allow(ALL));
  expect(await ask('/orders')).toEqual({
    principalId: 'alice',
    sentence: 'why',
    integrationLatency: 0,
  });
});

test('a denied call says whether a Deny was explicit', async () => {
  expect(await guard({}, allow(ALL, 'Deny')).ask('/orders')).toEqual(EXPLICIT);
  expect(await guard({}, allow(`${ALL}/other`)).ask('/orders')).toEqual(IMPLICIT);
});

test('Unauthorized is 401 to the letter, and any other failure is 500', async () => {
  expect(await guard({}, fail('Unauthorized')).ask('/orders')).toEqual([
    401,
    'UNAUTHORIZED',
    'Unauthorized',
  ]);
  expect(await guard({}, fail('unauthorized')).ask('/orders')).toEqual(BROKEN);
  expect(await guard({}, fail('Unauthorized.')).ask('/orders')).toEqual(BROKEN);
  expect(await guard({}, fail('Task timed out')).ask('/orders')).toEqual(BROKEN);
});

test('a function that the API may not call is 500 and is not called', async () => {
  const { ask, calls, problems } = guard({ isPermitted: false }, allow(ALL));
  expect(await ask('/orders')).toEqual(BROKEN);
  expect(calls).toHaveLength(0);
  expect(problems[0]).toContain('AWS::Lambda::Permission');
});

test('a missing or empty identity source is 401 before the function is called', async () => {
  const { ask, calls } = guard(
    { identitySources: ['method.request.header.Authorization'] },
    allow(ALL),
  );
  expect(await ask('/orders')).toEqual([401, 'UNAUTHORIZED', 'Unauthorized']);
  expect(await ask('/orders', '')).toEqual([401, 'UNAUTHORIZED', 'Unauthorized']);
  expect(calls).toHaveLength(0);
});

test('every identity source must be there', async () => {
  const { ask } = guard(
    {
      identitySources: ['method.request.header.Authorization', 'method.request.querystring.tenant'],
    },
    allow(ALL),
  );
  expect(await ask('/orders', 'token')).toEqual([401, 'UNAUTHORIZED', 'Unauthorized']);
  expect(await ask('/orders?tenant=a', 'token')).toMatchObject({ principalId: 'alice' });
});

test('without a time to live every call asks the function', async () => {
  const { ask, calls } = guard({}, allow(ALL), allow(ALL, 'Deny'));
  expect(await ask('/orders', 't')).toMatchObject({ principalId: 'alice' });
  expect(await ask('/orders', 't')).toEqual(EXPLICIT);
  expect(calls).toHaveLength(2);
});

test('a cached policy is applied to the route that is called, not replayed from another one', async () => {
  const { ask, calls } = guard(CACHED, allow(ALL.replace('*', 'GET/orders/1')));
  expect(await ask('/orders/1', 't')).toMatchObject({ principalId: 'alice' });
  expect(await ask('/orders/2', 't')).toEqual(IMPLICIT);
  expect(await ask('/orders/1', 't', 'DELETE')).toEqual(IMPLICIT);
  expect(await ask('/orders/1', 't')).toMatchObject({ principalId: 'alice' });
  expect(calls).toHaveLength(1);
});

test('a cached denial of one route does not deny another one that the policy allows', async () => {
  const { ask, calls } = guard(CACHED, allow(ALL.replace('*', 'GET/orders/1')));
  expect(await ask('/orders/2', 't')).toEqual(IMPLICIT);
  expect(await ask('/orders/1', 't')).toMatchObject({ principalId: 'alice' });
  expect(calls).toHaveLength(1);
});

test('an answer is cached for its identity alone, until its time has passed', async () => {
  const { ask, calls, clock } = guard(CACHED, allow(ALL));
  await ask('/orders', 'one');
  await ask('/orders', 'two');
  expect(calls).toHaveLength(2);
  clock.now = 59_999;
  await ask('/orders', 'one');
  expect(calls).toHaveLength(2);
  clock.now = 60_000;
  await ask('/orders', 'one');
  expect(calls).toHaveLength(3);
});

test('identity values that only run together are different identities', async () => {
  const sources = ['method.request.querystring.a', 'method.request.querystring.b'];
  const { ask, calls } = guard({ ...CACHED, identitySources: sources }, allow(ALL));
  await ask('/orders?a=x&b=yz');
  await ask('/orders?a=xy&b=z');
  expect(calls).toHaveLength(2);
});

test('a failure and a malformed answer are never cached', async () => {
  const malformed: InvocationResult = { ok: true, payload: '"false"' };
  const { ask, calls } = guard(CACHED, fail('boom'), malformed, allow(ALL));
  expect(await ask('/orders', 't')).toEqual(BROKEN);
  expect(await ask('/orders', 't')).toEqual(BROKEN);
  expect(await ask('/orders', 't')).toMatchObject({ principalId: 'alice' });
  expect(calls).toHaveLength(3);
});

test('the cache forgets its oldest answers instead of growing', async () => {
  const { ask, calls } = guard(CACHED, allow(ALL));
  for (let index = 0; index <= 1000; index += 1) await ask('/orders', `token-${index}`);
  await ask('/orders', 'token-1000');
  expect(calls).toHaveLength(1001);
  await ask('/orders', 'token-0');
  expect(calls).toHaveLength(1002);
});

test('a TOKEN that does not match the whole expression is 401', async () => {
  const { ask, calls } = guard(
    {
      type: 'TOKEN',
      identitySources: ['method.request.header.Authorization'],
      identityValidationExpression: 'Bearer .+',
    },
    allow(ALL),
  );
  expect(await ask('/orders', 'Basic x')).toEqual([401, 'UNAUTHORIZED', 'Unauthorized']);
  expect(await ask('/orders', 'Bearer x')).toMatchObject({ principalId: 'alice' });
  expect(calls).toHaveLength(1);
});
