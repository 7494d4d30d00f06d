import { as, fail, httpApi, httpAuthorizer, httpGateway, httpRoute, succeed } from './http-fixture';
import type { HttpAuthorizer } from '../../../local/gateway/http-api';
import type { InvocationResult } from '../../../local/function-worker';

const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default';

function guarded(more: Partial<HttpAuthorizer>, ...answers: readonly InvocationResult[]) {
  const authorizer = httpAuthorizer(more);
  const routes = ['GET /orders/{id}', 'DELETE /orders/{id}'];
  return httpGateway(httpApi(routes.map((key) => httpRoute(key, { authorizer }))), answers);
}

function policy(resource: string, effect = 'Allow'): InvocationResult {
  const Statement = [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }];
  return succeed({
    principalId: 'alice',
    policyDocument: { Version: '2012-10-17', Statement },
    context: { why: 'because' },
  });
}

const POLICY: Partial<HttpAuthorizer> = { hasSimpleResponses: false };
const CACHED = { resultTtlSeconds: 60 };
const UNAUTHORIZED = { statusCode: 401, body: '{"message":"Unauthorized"}' };
const FORBIDDEN = { statusCode: 403, body: '{"message":"Forbidden"}' };
const BROKEN = { statusCode: 500, body: '{"message":"Internal Server Error"}' };

test('a missing identity source is 401 before the function is called', async () => {
  const { ask, guardEvents } = guarded({}, succeed({ isAuthorized: true }));
  expect(await ask('GET', '/orders/1')).toMatchObject(UNAUTHORIZED);
  expect(await ask('GET', '/orders/1', as(''))).toMatchObject(UNAUTHORIZED);
  expect(guardEvents).toHaveLength(0);
});

test('a simple answer allows or denies, and its context reaches the function', async () => {
  const context = { list: [1], yes: true };
  const { ask, backendEvents } = guarded(
    {},
    succeed({ isAuthorized: true, context }),
    succeed({ isAuthorized: false }),
  );
  expect((await ask('GET', '/orders/1', as('t'))).statusCode).toBe(200);
  expect(backendEvents[0]).toMatchObject({
    requestContext: { authorizer: { lambda: context } },
  });
  expect(await ask('GET', '/orders/1', as('t'))).toMatchObject(FORBIDDEN);
  expect(backendEvents).toHaveLength(1);
});

test.each([
  ['text that reads like a boolean', succeed({ isAuthorized: 'true' })],
  ['the text false', succeed({ isAuthorized: 'false' })],
  ['a number', succeed({ isAuthorized: 1 })],
  ['no decision', succeed({})],
  ['no object', succeed(true)],
  ['a policy', policy(`${ARN}/*`)],
  ['a failure', fail('boom')],
  ['a context that is a list', succeed({ isAuthorized: true, context: [] })],
])('%s in place of a simple answer is 500, and is not kept', async (_name, answer) => {
  const { ask, guardEvents, backendEvents } = guarded(CACHED, answer);
  expect(await ask('GET', '/orders/1', as('t'))).toMatchObject(BROKEN);
  expect(await ask('GET', '/orders/1', as('t'))).toMatchObject(BROKEN);
  expect(guardEvents).toHaveLength(2);
  expect(backendEvents).toHaveLength(0);
});

test('Unauthorized is a failure like any other', async () => {
  expect(await guarded({}, fail('Unauthorized')).ask('GET', '/orders/1', as('t'))).toMatchObject(
    BROKEN,
  );
});

test('a simple answer where a policy is due is 500', async () => {
  const { ask } = guarded(POLICY, succeed({ isAuthorized: true }));
  expect(await ask('GET', '/orders/1', as('t'))).toMatchObject(BROKEN);
});

test('a policy is applied to the method and path that are called', async () => {
  const { ask } = guarded(POLICY, policy(`${ARN}/GET/orders/1`));
  expect((await ask('GET', '/orders/1', as('t'))).statusCode).toBe(200);
  expect(await ask('GET', '/orders/2', as('t'))).toMatchObject(FORBIDDEN);
  expect(await ask('DELETE', '/orders/1', as('t'))).toMatchObject(FORBIDDEN);
});

test('a cached policy is applied to the route that is called, not replayed from another one', async () => {
  const { ask, guardEvents } = guarded({ ...POLICY, ...CACHED }, policy(`${ARN}/GET/orders/1`));
  expect(await ask('GET', '/orders/2', as('t'))).toMatchObject(FORBIDDEN);
  expect((await ask('GET', '/orders/1', as('t'))).statusCode).toBe(200);
  expect(await ask('DELETE', '/orders/1', as('t'))).toMatchObject(FORBIDDEN);
  expect(guardEvents).toHaveLength(1);
});

test('a cached simple answer is the answer to every route, unless the route is an identity source', async () => {
  const one = guarded(CACHED, succeed({ isAuthorized: true }), succeed({ isAuthorized: false }));
  expect((await one.ask('GET', '/orders/1', as('t'))).statusCode).toBe(200);
  expect((await one.ask('DELETE', '/orders/1', as('t'))).statusCode).toBe(200);
  const identitySources = ['$request.header.Authorization', '$context.routeKey'];
  const two = guarded(
    { ...CACHED, identitySources },
    succeed({ isAuthorized: true }),
    succeed({ isAuthorized: false }),
  );
  expect((await two.ask('GET', '/orders/1', as('t'))).statusCode).toBe(200);
  expect(await two.ask('DELETE', '/orders/1', as('t'))).toMatchObject(FORBIDDEN);
});

test('an answer is kept for its identity alone, until its time has passed', async () => {
  const { ask, guardEvents, clock, gateway } = guarded(CACHED, succeed({ isAuthorized: true }));
  await ask('GET', '/orders/1', as('one'));
  await ask('GET', '/orders/1', as('two'));
  clock.now = 59_999;
  await ask('GET', '/orders/1', as('one'));
  expect(guardEvents).toHaveLength(2);
  clock.now = 60_000;
  await ask('GET', '/orders/1', as('one'));
  expect(guardEvents).toHaveLength(3);
  gateway.clear();
  await ask('GET', '/orders/1', as('one'));
  expect(guardEvents).toHaveLength(4);
});

test('the events of both formats name the route, and have no body', async () => {
  const body = Buffer.from('x');
  const first = guarded({}, succeed({ isAuthorized: true }));
  await first.ask('GET', '/orders/a%20b?q=1', { ...as('t'), body });
  expect(first.guardEvents[0]).toMatchObject({
    version: '2.0',
    type: 'REQUEST',
    routeArn: `${ARN}/GET/orders/a b`,
    identitySource: ['t'],
    routeKey: 'GET /orders/{id}',
    rawPath: '/orders/a b',
    pathParameters: { id: 'a b' },
  });
  expect(first.guardEvents[0]).not.toHaveProperty('body');
  const second = guarded({ ...POLICY, payloadFormatVersion: '1.0' }, policy(`${ARN}/*`));
  await second.ask('GET', '/orders/1', { ...as('t'), body });
  expect(second.guardEvents[0]).toMatchObject({
    version: '1.0',
    type: 'REQUEST',
    methodArn: `${ARN}/GET/orders/1`,
    identitySource: 't',
    authorizationToken: 't',
    resource: '/orders/{id}',
    stageVariables: {},
  });
  expect(second.guardEvents[0]).not.toHaveProperty('body');
  expect(second.backendEvents[0]).toMatchObject({
    requestContext: { authorizer: { lambda: { principalId: 'alice', why: 'because' } } },
  });
});

test('a function that the API may not call is 500 and is not called', async () => {
  const { ask, guardEvents } = guarded({ isPermitted: false }, succeed({ isAuthorized: true }));
  expect(await ask('GET', '/orders/1', as('t'))).toMatchObject(BROKEN);
  expect(guardEvents).toHaveLength(0);
});
