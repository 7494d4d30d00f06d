import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetUserCommand } from '@aws-sdk/client-iam';
import { buildSync } from 'esbuild';
import type { AnswerCacheKey } from '../../lambdas/authorizer/answer-cache';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import type * as KeptAnswers from '../../lambdas/authorizer/kept-answer';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { inlinePolicyKey, routeCatalogueKey } from '../../lambdas/store/keys';
import type { InvocationResult } from '../../local/function-worker';
import { Gateway } from '../../local/gateway/gateway';
import { HttpGateway } from '../../local/gateway/http-gateway';
import type { ServedApi } from '../../local/gateway/served-api';
import { put } from '../identity/principal-rows';
import {
  createApi,
  createAuthorizer as restAuthorizer,
  createMethod,
  createRequest,
} from '../local/gateway/fixture';
import { as, httpApi, httpAuthorizer, httpRoute, succeed } from '../local/gateway/http-fixture';
import { createPerson, deploySignIn, type SignInDeployment } from '../sign-in/deployment';
import { GATEWAY_SETTINGS } from './gateway-settings';
import { ACCOUNT, API_ID } from './rest-events';

const SECONDS = 60;
const ORDER = 'arn:${Partition}:orders:${Region}:${Account}:order/{id}';
const ROUTES = ['GET /orders/{id}', 'GET /orders/{id}/items'];
const CATALOGUE = {
  Service: 'orders',
  Routes: [
    { RouteKey: ROUTES[0], Action: 'orders:Get', Resource: ORDER },
    { RouteKey: ROUTES[1], Action: 'orders:GetItems', Resource: `${ORDER}/items` },
  ],
};

/** As it is deployed: a bundle of its own, with classes of its own. */
const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-kept-'));
buildSync({
  entryPoints: [path.join(__dirname, '../../lambdas/authorizer/kept-answer.ts')],
  outfile: path.join(directory, 'kept-answer.js'),
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'error',
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

let now: number;
let deployment: SignInDeployment;
let userId: string;

beforeEach(async () => {
  now = Date.now() - 600_000;
  deployment = await deploySignIn({ now: () => now });
  await createPerson(deployment);
  const { User } = await deployment.admin.iam().send(new GetUserCommand({ UserName: 'alice' }));
  userId = User?.UserId ?? '';
  await put(deployment.admin.store, routeCatalogueKey(API_ID, '*'), CATALOGUE as never);
});

afterEach(async () => {
  await deployment.admin.close();
});

const permit = (Action: string, resource: string) =>
  put(deployment.admin.store, inlinePolicyKey('User', ACCOUNT, userId, 'orders'), {
    PolicyName: 'orders',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action, Resource: `arn:aws:orders:eu-west-1:${ACCOUNT}:${resource}` },
      ],
    }),
  });

const load = () => import(path.join(directory, 'kept-answer.js')) as Promise<typeof KeptAnswers>;

/** The authorizer as a function, and how often the gateway asked it. */
function keeping(key: AnswerCacheKey) {
  const { store, dataKeys } = deployment.admin;
  const authorizer = new Authorizer({
    store,
    stalenessSeconds: 5,
    keeping: { cache: { key, seconds: SECONDS }, load },
    openSecret: () => Promise.reject(new Error('no signature is expected')),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: () => now,
    gateways: { ...GATEWAY_SETTINGS, httpApiAnswer: 'policy' },
    log: () => undefined,
  });
  const asked: unknown[] = [];
  const invoke = async (functionArn: string, payload: string): Promise<InvocationResult> => {
    if (!functionArn.endsWith(':guard')) return succeed({ statusCode: 200, body: 'done' });
    const event: unknown = JSON.parse(payload);
    asked.push(event);
    try {
      return succeed(await authorizer.authorize(event));
    } catch (error) {
      const errorMessage = (error as Error).message;
      return { ok: false, error: { errorType: 'Error', errorMessage, trace: [] } };
    }
  };
  return { asked, invoke };
}

const options = { now: () => now, onProblem: () => undefined };

function restGateway(key: AnswerCacheKey) {
  const { asked, invoke } = keeping(key);
  const identitySources =
    key === 'caller'
      ? ['method.request.header.Authorization']
      : [
          'method.request.header.Authorization',
          'context.httpMethod',
          'context.path',
          'context.identity.sourceIp',
        ];
  const authorizer = restAuthorizer({ identitySources, resultTtlSeconds: SECONDS });
  const methods = ROUTES.map((route) =>
    createMethod('GET', route.slice('GET '.length), { authorizer }),
  );
  return clientOf(new Gateway({ ...options, api: createApi(methods), invoke }), asked);
}

function httpApiGateway() {
  const { asked, invoke } = keeping('request');
  const authorizer = httpAuthorizer({
    identitySources: [
      '$request.header.Authorization',
      '$context.routeKey',
      '$context.httpMethod',
      '$context.path',
      '$context.identity.sourceIp',
    ],
    resultTtlSeconds: SECONDS,
    payloadFormatVersion: '1.0',
    hasSimpleResponses: false,
  });
  const api = httpApi(ROUTES.map((route) => httpRoute(route, { authorizer })));
  return clientOf(new HttpGateway({ ...options, api, invoke }), asked);
}

function clientOf(gateway: ServedApi, asked: readonly unknown[]) {
  const get = async (path: string, token?: string, sourceIp = '127.0.0.1') => {
    const credential = token === undefined ? {} : as(`Bearer ${token}`);
    const { statusCode } = await gateway.handle(
      createRequest('GET', path, { ...credential, sourceIp }),
    );
    return statusCode;
  };
  return { get, asked };
}

describe.each([
  ['a REST API', () => restGateway('request'), 401],
  // An authorizer of an HTTP API has no way to say 401.
  ['an HTTP API', httpApiGateway, 403],
] as const)('%s that keeps answers for each path', (_name, create, unauthorized) => {
  test('gives the kept answer to the same call, and to no other', async () => {
    await permit('orders:Get', 'order/42');
    const { AccessToken } = await deployment.signIn();
    const { get, asked } = create();
    expect(await get('/orders/42')).toBe(401);
    expect(asked).toHaveLength(0);
    expect(await get('/orders/42', 'wrong')).toBe(unauthorized);
    const before = asked.length;
    expect(await get('/orders/42', AccessToken)).toBe(200);
    expect(await get('/orders/42', AccessToken)).toBe(200);
    expect(asked).toHaveLength(before + 1);
    expect(await get('/orders/43', AccessToken)).toBe(403);
    expect(await get('/orders/42/items', AccessToken)).toBe(403);
    expect(await get('/orders/42', AccessToken)).toBe(200);
    expect(asked).toHaveLength(before + 3);
    // A condition on the address would have counted.
    expect(await get('/orders/42', AccessToken, '127.0.0.2')).toBe(200);
    expect(asked).toHaveLength(before + 4);
  });

  test('knows of a session that has been ended when its time is over', async () => {
    await permit('orders:Get', 'order/42');
    const { AccessToken } = await deployment.signIn();
    const { get } = create();
    expect(await get('/orders/42', AccessToken)).toBe(200);
    await deployment.post('/sign-out-everywhere', {}, { token: AccessToken });
    now += SECONDS * 1000 - 1;
    expect(await get('/orders/42', AccessToken)).toBe(200);
    now += 1;
    expect(await get('/orders/42', AccessToken)).toBe(unauthorized);
  });
});

describe('a REST API that keeps answers for each caller', () => {
  test('asks once for all routes', async () => {
    await permit('orders:Get', 'order/*');
    const { AccessToken } = await deployment.signIn();
    const { get, asked } = restGateway('caller');
    expect(await get('/orders/42', AccessToken)).toBe(200);
    expect(await get('/orders/43', AccessToken)).toBe(200);
    // The star for the order takes slashes too; the other route is denied all the same.
    expect(await get('/orders/43/items', AccessToken)).toBe(403);
    expect(asked).toHaveLength(1);
  });

  test('answers nothing that would be wrong for another route', async () => {
    await permit('orders:*', 'order/42');
    const { AccessToken } = await deployment.signIn();
    const { get, asked } = restGateway('caller');
    expect(await get('/orders/42', AccessToken)).toBe(500);
    expect(await get('/orders/42', AccessToken)).toBe(500);
    expect(asked).toHaveLength(2);
  });
});
