import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import * as fc from 'fast-check';
import { GetUserCommand } from '@aws-sdk/client-iam';
import type { AnswerCache } from '../../lambdas/authorizer/answer-cache';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import * as keptAnswers from '../../lambdas/authorizer/kept-answer';
import { matchRoute } from '../../lambdas/core/catalogue/match-route';
import { parseRouteCatalogue } from '../../lambdas/core/catalogue/route-catalogue';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { inlinePolicyKey, routeCatalogueKey } from '../../lambdas/store/keys';
import { put } from '../identity/principal-rows';
import { createPerson, deploySignIn, type SignInDeployment } from '../sign-in/deployment';
import { GATEWAY_SETTINGS } from './gateway-settings';
import { ACCOUNT, API_ID, restEvent, signedEvent } from './rest-events';

const SECONDS = 300;
const ORDER = 'arn:${Partition}:orders:${Region}:${Account}:order/{id}';
const CATALOGUE = {
  Service: 'orders',
  Routes: [
    { Method: 'GET', Path: '/orders', Action: 'orders:List', Resource: '*' },
    { Method: 'GET', Path: '/orders/{id}', Action: 'orders:Get', Resource: ORDER },
    { Method: 'DELETE', Path: '/orders/{id}', Action: 'orders:Delete', Resource: ORDER },
    { Method: 'GET', Path: '/orders/pending', Action: 'orders:ListPending', Resource: '*' },
    {
      Method: 'GET',
      Path: '/orders/{id}/items',
      Action: 'orders:GetItems',
      Resource: `${ORDER}/items`,
    },
    {
      Method: 'ANY',
      Path: '/files/{path+}',
      Action: 'orders:UseFile',
      Resource: 'arn:${Partition}:orders:${Region}:${Account}:file/{path+}'.replace('+', ''),
    },
    {
      Method: 'POST',
      Path: '/orders/{id}/notes',
      Action: 'orders:Note',
      Resource: `${ORDER}/notes`,
      ContextKeys: { 'orders:Channel': 'header.x-channel', 'orders:Order': 'path.id' },
    },
  ],
};
const PARSED = parseRouteCatalogue(CATALOGUE);

let now = Date.now();
let deployment: SignInDeployment;
let token: string;
let userId: string;
const logged: string[] = [];

beforeAll(async () => {
  deployment = await deploySignIn({ now: () => now });
  await createPerson(deployment);
  const { User } = await deployment.admin.iam().send(new GetUserCommand({ UserName: 'alice' }));
  userId = User?.UserId ?? '';
  const { store } = deployment.admin;
  await put(store, routeCatalogueKey(API_ID, '*'), CATALOGUE as never);
  token = (await deployment.signIn()).AccessToken;
});

afterAll(async () => {
  await deployment.admin.close();
});

function createAuthorizer(cache?: AnswerCache): Authorizer {
  const { store, dataKeys } = deployment.admin;
  return new Authorizer({
    store,
    stalenessSeconds: 0,
    keeping: cache && { cache, load: () => Promise.resolve(keptAnswers) },
    openSecret: () => Promise.reject(new Error('no signature is expected')),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: () => now,
    gateways: GATEWAY_SETTINGS,
    log: (line) => logged.push(line),
  });
}

const permit = (...statements: readonly object[]): Promise<void> =>
  put(deployment.admin.store, inlinePolicyKey('User', ACCOUNT, userId, 'permissions'), {
    PolicyName: 'permissions',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
  });

interface Call {
  readonly method: string;
  readonly path: string;
  readonly sourceIp?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The call as the gateway hands it over, by the route that it would choose. */
function eventOf({ method, path, sourceIp = '203.0.113.7', headers = {} }: Call) {
  const matched = matchRoute(PARSED, method, path);
  if (matched === undefined) throw new Error(`no route takes ${method} ${path}`);
  const resource = matched.routeKey.slice(matched.routeKey.indexOf(' ') + 1);
  const pathParameters = Object.fromEntries(matched.parameters);
  return restEvent(
    { method, path, resource, pathParameters, sourceIp },
    { Authorization: `Bearer ${token}`, ...headers },
  );
}

const ask = async (authorizer: Authorizer, call: Call): Promise<APIGatewayAuthorizerResult> =>
  (await authorizer.authorize(eventOf(call))) as APIGatewayAuthorizerResult;

/** As API Gateway evaluates the policy of an authorizer: `*` takes slashes too, and a Deny counts more than any Allow. */
function lets({ policyDocument }: APIGatewayAuthorizerResult, call: Call): boolean {
  const arn = eventOf(call).methodArn;
  const effects = policyDocument.Statement.filter((statement) =>
    'Resource' in statement
      ? [statement.Resource].flat().some((one) => fits(String(one), arn))
      : false,
  ).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function fits(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let index = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, index);
    if (found < 0) return false;
    index = found + piece.length;
  }
  return index <= text.length - last.length;
}

const value = fc.constantFrom('42', 'pending', 'items', 'alice', 'a.b', 'x:y');
const call: fc.Arbitrary<Call> = fc
  .record({
    method: fc.constant('GET'),
    path: fc.constant('/orders'),
    sourceIp: fc.constantFrom('203.0.113.7', '198.51.100.9'),
    headers: fc.record({ 'User-Agent': fc.constantFrom('curl/8', 'browser'), 'x-channel': value }),
  })
  .chain((base) =>
    fc.oneof(
      fc.constant(base),
      value.map((id) => ({ ...base, path: `/orders/${id}` })),
      value.map((id) => ({ ...base, method: 'DELETE', path: `/orders/${id}` })),
      value.map((id) => ({ ...base, path: `/orders/${id}/items` })),
      value.map((id) => ({ ...base, method: 'POST', path: `/orders/${id}/notes` })),
      fc
        .tuple(fc.constantFrom('GET', 'PUT'), fc.array(value, { minLength: 1, maxLength: 3 }))
        .map(([method, parts]) => ({ ...base, method, path: `/files/${parts.join('/')}` })),
    ),
  );

const PREFIX = `arn:aws:orders:eu-west-1:${ACCOUNT}:`;
const condition = fc.constantFrom(
  { StringEquals: { 'aws:username': 'alice' } },
  { StringEquals: { 'aws:username': 'bob' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
  { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { StringLike: { 'aws:UserAgent': 'curl/*' } },
  { DateLessThan: { 'aws:CurrentTime': new Date(now + 100_000).toISOString() } },
  { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } },
  { StringEquals: { 'orders:Order': '42' } },
  { StringEquals: { 'orders:Channel': 'alice' } },
);
const statement = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Action: fc.constantFrom(
      ...['*', 'Get*', 'Get', 'List*', 'Delete', 'UseFile', 'Note', 'GetItems'].map(
        (name) => `orders:${name}`,
      ),
    ),
    Resource: fc.constantFrom(
      '*',
      `${PREFIX}order/*`,
      `${PREFIX}order/42`,
      `${PREFIX}order/4?`,
      `${PREFIX}order/\${aws:username}`,
      `${PREFIX}order/\${aws:UserAgent}`,
      `${PREFIX}*/items`,
      `${PREFIX}file/*`,
    ),
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Action', 'Resource'] },
);
const wide = fc.constantFrom(
  { Effect: 'Allow', Action: 'orders:*', Resource: '*' },
  { Effect: 'Allow', Action: 'orders:Get*', Resource: `${PREFIX}order/*` },
  { Effect: 'Allow', Action: ['orders:UseFile', 'orders:Delete'], Resource: '*' },
);
const statements = fc
  .tuple(fc.option(wide), fc.array(statement, { maxLength: 2 }))
  .map(([first, others]) => [...(first === null ? [] : [first]), ...others])
  .filter(({ length }) => length > 0);

/** The kept answer; undefined where there is none. Any other failure is the test's. */
async function keep(authorizer: Authorizer, asked: Call) {
  try {
    return await ask(authorizer, asked);
  } catch {
    expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({ error: 'AnswerNotKept' });
    return undefined;
  }
}

const signer = { accessKeyId: 'AKIAALICEALICEALICE1', secretAccessKey: 'secret' };

describe('an authorizer whose answers are kept', () => {
  test('takes no signature, which is for one call, and nobody without a credential', async () => {
    const keeping = createAuthorizer({ key: 'request', seconds: SECONDS });
    const signed = await signedEvent({}, { ...signer, now });
    await expect(keeping.authorize(signed)).rejects.toThrow(/^Unauthorized$/);
    const anonymous = restEvent({}, {});
    await expect(keeping.authorize(anonymous)).rejects.toThrow(/^Unauthorized$/);
    expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({ code: 'AccessDenied' });
  });

  test('gives none to a gateway that has no such key', async () => {
    const { methodArn } = eventOf({ method: 'GET', path: '/orders' });
    const event = { type: 'TOKEN', authorizationToken: `Bearer ${token}`, methodArn };
    for (const key of ['request', 'caller'] as const) {
      const keeping = createAuthorizer({ key, seconds: SECONDS });
      await expect(keeping.authorize(event)).rejects.toThrow('could not decide');
    }
  });

  test('names the statement for which an answer may not be kept', async () => {
    await permit(
      { Effect: 'Allow', Action: 'orders:Get', Resource: '*' },
      {
        Sid: 'BrowsersOnly',
        Effect: 'Deny',
        Action: 'orders:*',
        Resource: '*',
        Condition: { StringNotLike: { 'aws:UserAgent': 'Mozilla/*' } },
      },
    );
    const keeping = createAuthorizer({ key: 'request', seconds: SECONDS });
    await expect(ask(keeping, { method: 'GET', path: '/orders/42' })).rejects.toThrow();
    expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({
      event: 'failure',
      error: 'AnswerNotKept',
      message: expect.stringContaining(
        'BrowsersOnly of identity-based policy user_alice_permissions asks for aws:UserAgent',
      ) as string,
    });
  });

  test('keeps what a time decides for as long as it is decided', async () => {
    const until = (seconds: number) =>
      permit({
        Effect: 'Allow',
        Action: 'orders:List',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:CurrentTime': new Date(now + seconds * 1000) } },
      });
    const keeping = createAuthorizer({ key: 'request', seconds: SECONDS });
    const list = { method: 'GET', path: '/orders' };
    await until(SECONDS + 60);
    expect(lets(await ask(keeping, list), list)).toBe(true);
    await until(SECONDS - 60);
    await expect(ask(keeping, list)).rejects.toThrow();
    await until(-60);
    expect(lets(await ask(keeping, list), list)).toBe(false);
  });

  test('says nothing that is of one call alone', async () => {
    await permit({ Effect: 'Allow', Action: 'orders:*', Resource: '*' });
    const list = { method: 'GET', path: '/orders' };
    const forPath = await ask(createAuthorizer({ key: 'request', seconds: SECONDS }), list);
    expect(forPath.context).toMatchObject({ action: 'orders:List', scheme: 'bearer' });
    expect(forPath.context).not.toHaveProperty('requestId');
  });

  test('refuses to tell routes apart that no policy of a gateway can', async () => {
    await permit(
      { Effect: 'Allow', Action: 'orders:UseFile', Resource: '*' },
      { Effect: 'Allow', Action: ['orders:GetItems', 'orders:Get'], Resource: '*' },
    );
    const items = { method: 'GET', path: '/orders/42/items' };
    const keeping = createAuthorizer({ key: 'caller', seconds: SECONDS });
    const kept = await ask(keeping, items);
    expect(Object.keys(kept.context ?? {})).not.toContain('action');
    // The star of the order's own route would let this one through.
    const pending = { method: 'GET', path: '/orders/pending' };
    expect([lets(kept, items), lets(kept, pending)]).toEqual([true, false]);
    expect(lets(kept, { method: 'GET', path: '/orders/9' })).toBe(true);
    await permit({ Effect: 'Allow', Action: 'orders:Get', Resource: '*' });
    const without = await ask(keeping, items);
    expect([lets(without, items), lets(without, { method: 'GET', path: '/orders/9' })]).toEqual([
      false,
      true,
    ]);
  });
});

describe('a kept answer', () => {
  test('says of every route what is decided about each call to it', async () => {
    const keeping = createAuthorizer({ key: 'caller', seconds: SECONDS });
    const plain = createAuthorizer();
    const seen = { kept: 0, not: 0, allowed: 0 };
    const start = now;
    await fc.assert(
      fc.asyncProperty(
        statements,
        call,
        fc.array(call, { minLength: 6, maxLength: 6 }),
        fc.nat(SECONDS),
        async (policy, first, calls, age) => {
          await permit(...policy);
          now = start;
          const kept = await keep(keeping, first);
          seen[kept === undefined ? 'not' : 'kept'] += 1;
          if (kept === undefined) return;
          now = start + age * 1000;
          for (const one of [first, ...calls]) {
            const isAllowed = lets(await ask(plain, one), one);
            if (isAllowed) seen.allowed += 1;
            expect([one, lets(kept, one)]).toEqual([one, isAllowed]);
          }
        },
      ),
      { numRuns: 100 },
    );
    now = start;
    expect(seen.kept).toBeGreaterThan(20);
    expect(seen.not).toBeGreaterThan(10);
    expect(seen.allowed).toBeGreaterThan(20);
  });

  test('for one path says what is decided about each call to that path from that address', async () => {
    const keeping = createAuthorizer({ key: 'request', seconds: SECONDS });
    const plain = createAuthorizer();
    const seen = { kept: 0, not: 0, allowed: 0 };
    const start = now;
    await fc.assert(
      fc.asyncProperty(
        statements,
        call,
        fc.array(call, { minLength: 3, maxLength: 3 }),
        fc.nat(SECONDS),
        async (policy, first, calls, age) => {
          await permit(...policy);
          now = start;
          const kept = await keep(keeping, first);
          seen[kept === undefined ? 'not' : 'kept'] += 1;
          if (kept === undefined) return;
          now = start + age * 1000;
          const { method, path, sourceIp } = first;
          for (const { headers } of [first, ...calls]) {
            const one = { method, path, sourceIp, headers } as Call;
            const isAllowed = lets(await ask(plain, one), one);
            if (isAllowed) seen.allowed += 1;
            expect([one, lets(kept, one)]).toEqual([one, isAllowed]);
          }
          // And nothing of any other path.
          for (const other of calls) {
            if (other.path !== path) expect(lets(kept, other)).toBe(false);
          }
        },
      ),
      { numRuns: 100 },
    );
    now = start;
    expect(seen.kept).toBeGreaterThan(50);
    expect(seen.not).toBeGreaterThan(3);
    expect(seen.allowed).toBeGreaterThan(20);
  });
});

test('a condition key from the path counts in an answer that is kept for a request', async () => {
  const { store } = deployment.admin;
  const Routes = CATALOGUE.Routes.map((route) =>
    route.Action === 'orders:Get'
      ? { ...route, ContextKeys: { 'orders:Order': 'path.id' } }
      : route,
  );
  await put(store, routeCatalogueKey(API_ID, '*'), { ...CATALOGUE, Routes } as never);
  try {
    await permit({
      Effect: 'Allow',
      Action: 'orders:Get',
      Resource: '*',
      Condition: { StringEquals: { 'orders:Order': '42' } },
    });
    const authorizer = createAuthorizer({ key: 'request', seconds: SECONDS });
    for (const [id, isAllowed] of [
      ['42', true],
      ['43', false],
    ] as const) {
      const order = { method: 'GET', path: `/orders/${id}` };
      expect(lets(await ask(authorizer, order), order)).toBe(isAllowed);
    }
  } finally {
    await put(store, routeCatalogueKey(API_ID, '*'), CATALOGUE as never);
  }
});
