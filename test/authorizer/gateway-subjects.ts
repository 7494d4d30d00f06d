import type { CallAnswer } from '../../lambdas/authorizer/answers/call';
import type { Authorizer } from '../../lambdas/authorizer/authorizer';
import { protect } from '../../lambdas/authorizer/middleware';
import { rawQueryOf, type ClientRequest } from './client-request';

/*
 * Every kind of gateway as one subject of the contract: how a client asks it for an order, what event that becomes, and what its
 * answer means.
 */

export const ACCOUNT = '123456789012';
export const API_ID = 'a1b2c3d4e5';
const REGION = 'eu-west-1';
const OWN_HOST = `${API_ID}.execute-api.${REGION}.amazonaws.com`;
const SOURCE_IP = '203.0.113.7';
const REQUEST_ID = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef';
const EXECUTE_API = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${API_ID}`;
const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`;

export type Outcome = 'allowed' | 'denied' | 'unauthorized' | 'outage';

export interface Answered {
  readonly outcome: Outcome;
  /** What the gateway was told; undefined where it was a throw. */
  readonly answer: unknown;
  /** What the backend, or the gateway's own refusal, is told. */
  readonly context: Readonly<Record<string, unknown>>;
}

export interface GatewaySubject {
  readonly name: string;
  /** What clients sign for. */
  readonly service: string;
  /** A request for one order. */
  readonly order: (id: string) => ClientRequest;
  readonly unmapped: {
    readonly request: ClientRequest;
    readonly action: string;
    readonly resource: string;
  };
  /** Signed well, but for no one resource; what becomes of it. Each escaped as given. */
  readonly ambiguous: readonly (readonly [request: ClientRequest, outcome: Outcome])[];
  readonly toEvent: (request: ClientRequest) => object;
  /** `isCataloged`: what has no gateway that routes is told the catalogue itself. */
  readonly ask: (authorizer: Authorizer, event: object, isCataloged?: boolean) => Promise<Answered>;
  /** What is said where the credentials are bad, and where the rights are missing. */
  readonly unauthorized: Outcome;
  readonly knowsSourceIp: boolean;
  readonly settings?: { readonly httpApiAnswer: 'policy' };
}

export const CATALOGUE = {
  Service: 'orders',
  Routes: [
    'GET /orders/{id}',
    'GET /files/{path+}',
    '$connect',
    'Query.getOrder',
    'Query.getInvoice',
    'Mutation.cancelOrder',
  ].map((RouteKey) => ({
    RouteKey,
    Action: `orders:${actionOf(RouteKey)}`,
    Resource: resourceOf(RouteKey),
  })),
};

function actionOf(routeKey: string): string {
  if (routeKey === 'Mutation.cancelOrder') return 'CancelOrder';
  if (routeKey === 'Query.getInvoice') return 'GetInvoice';
  return routeKey === 'GET /files/{path+}' ? 'GetFile' : 'GetOrder';
}

function resourceOf(routeKey: string): string {
  if (routeKey === '$connect') return 'arn:aws:orders:eu-west-1:123456789012:order/42';
  return routeKey === 'GET /files/{path+}'
    ? 'arn:aws:orders:eu-west-1:123456789012:file/{path}'
    : 'arn:aws:orders:eu-west-1:123456789012:order/{id}';
}

const get = (host: string, path: string): ClientRequest => ({
  method: 'GET',
  host,
  path,
  query: {},
  headers: {},
});

/** As an HTTP API or REST API matches them. */
function matchPath(path: string): { resource: string; pathParameters: Record<string, string> } {
  const [, first = '', ...rest] = path.split('/');
  if (first === 'orders' && rest.length === 1) {
    return { resource: '/orders/{id}', pathParameters: { id: rest[0] ?? '' } };
  }
  return first === 'files'
    ? { resource: '/files/{path+}', pathParameters: { path: rest.join('/') } }
    : { resource: path, pathParameters: {} };
}

const lists = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

/** What the throws of REST and WebSocket APIs' authorizers, and policies, mean to their gateways. */
async function askForPolicy(authorizer: Authorizer, event: object): Promise<Answered> {
  try {
    const answer = (await authorizer.authorize(event)) as {
      policyDocument: { Statement: { Effect: string }[] };
      context: Record<string, unknown>;
    };
    const isAllowed = answer.policyDocument.Statement.every(({ Effect }) => Effect === 'Allow');
    return { outcome: isAllowed ? 'allowed' : 'denied', answer, context: answer.context };
  } catch (error) {
    const { message } = error as Error;
    const outcome = message === 'Unauthorized' ? 'unauthorized' : 'outage';
    return { outcome, answer: undefined, context: {} };
  }
}

async function askForBoolean(authorizer: Authorizer, event: object): Promise<Answered> {
  try {
    const answer = (await authorizer.authorize(event)) as {
      isAuthorized: unknown;
      context?: Record<string, unknown>;
      resolverContext?: Record<string, unknown>;
    };
    const context = answer.context ?? answer.resolverContext ?? {};
    return { outcome: answer.isAuthorized === true ? 'allowed' : 'denied', answer, context };
  } catch {
    return { outcome: 'outage', answer: undefined, context: {} };
  }
}

async function askMiddleware(
  authorizer: Authorizer,
  event: object,
  isCataloged = true,
): Promise<Answered> {
  const catalogue = { ...CATALOGUE, Routes: CATALOGUE.Routes.slice(0, 2) };
  let context: Readonly<Record<string, unknown>> = {};
  const backend = protect(
    (_event, _context, call: Extract<CallAnswer, { allowed: true }>['call']) => {
      context = call.context;
      return Promise.resolve({ statusCode: 200, body: '' });
    },
    isCataloged ? { authorizer, catalogue } : { authorizer },
  );
  const answer = await backend(event as never, { invokedFunctionArn: `${FUNCTION_ARN}:live` });
  const outcomes: Record<number, Outcome> = { 200: 'allowed', 401: 'unauthorized', 403: 'denied' };
  const outcome = outcomes[answer.statusCode] ?? 'outage';
  const refused = answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>);
  return { outcome, answer, context: outcome === 'allowed' ? context : refused };
}

const restAmbiguous = (host: string, stage: string): GatewaySubject['ambiguous'] =>
  ['/orders/7%2F42', '/orders/%2A', '/orders/%2541', '/orders/a%5Cb', '/files/a/%2e%2e/b'].map(
    (path) => [get(host, stage + path), 'denied'] as const,
  );

const rest: GatewaySubject = {
  name: 'REST API, REQUEST',
  service: 'execute-api',
  order: (id) => get(OWN_HOST, `/prod/orders/${id}`),
  unmapped: {
    request: get(OWN_HOST, '/prod/health'),
    action: 'execute-api:Invoke',
    resource: `${EXECUTE_API}/prod/GET/health`,
  },
  ambiguous: restAmbiguous(OWN_HOST, '/prod'),
  toEvent: ({ method, path, query, headers }) => {
    const below = path.slice('/prod'.length);
    return {
      type: 'REQUEST',
      methodArn: `${EXECUTE_API}/prod/${method}${below}`,
      path: below,
      httpMethod: method,
      headers,
      multiValueHeaders: lists(headers),
      queryStringParameters: query,
      multiValueQueryStringParameters: lists(query),
      ...matchPath(below),
      requestContext: {
        path,
        apiId: API_ID,
        stage: 'prod',
        requestId: REQUEST_ID,
        identity: { sourceIp: SOURCE_IP },
      },
    };
  },
  ask: askForPolicy,
  unauthorized: 'unauthorized',
  knowsSourceIp: true,
};

/** What reaches the events of an HTTP API of what was sent: decoded once, and cut off at a question mark. */
const decodedPath = (path: string): string => decodeURIComponent(path).split('?')[0] ?? '';

const httpAmbiguous: GatewaySubject['ambiguous'] = [
  // Their like in the event is another path than the one that was signed.
  [get(OWN_HOST, '/prod/orders/7%2F42'), 'denied'],
  [get(OWN_HOST, '/prod/orders/42%3Fx'), 'denied'],
  [get(OWN_HOST, '/prod/orders/%34%32'), 'denied'],
  [get(OWN_HOST, '/prod/orders/%2541'), 'denied'],
  [get(OWN_HOST, '/prod/orders/*'), 'denied'],
];

const http2: GatewaySubject = {
  ...rest,
  name: 'HTTP API 2.0, simple answer',
  ambiguous: httpAmbiguous,
  toEvent: (request) => {
    const rawPath = decodedPath(request.path);
    const { resource, pathParameters } = matchPath(rawPath.slice('/prod'.length));
    const routeKey = `${request.method} ${resource}`;
    return {
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${EXECUTE_API}/prod/${request.method}${rawPath.slice('/prod'.length)}`,
      identitySource: null,
      routeKey,
      rawPath,
      rawQueryString: rawQueryOf(request),
      headers: request.headers,
      pathParameters,
      requestContext: {
        accountId: ACCOUNT,
        apiId: API_ID,
        domainName: OWN_HOST,
        http: { method: request.method, path: rawPath, sourceIp: SOURCE_IP },
        requestId: REQUEST_ID,
        routeKey,
        stage: 'prod',
      },
    };
  },
  ask: askForBoolean,
  unauthorized: 'denied',
};

const http1: GatewaySubject = {
  ...http2,
  name: 'HTTP API 1.0',
  toEvent: (request) => {
    const path = decodedPath(request.path);
    return {
      ...rest.toEvent({ ...request, path }),
      version: '1.0',
      multiValueHeaders: undefined,
      multiValueQueryStringParameters: undefined,
    };
  },
  ask: askForPolicy,
};

const webSocket: GatewaySubject = {
  ...rest,
  name: 'WebSocket API, $connect',
  order: () => get(OWN_HOST, '/prod'),
  unmapped: {
    request: get(OWN_HOST, '/prod'),
    action: 'execute-api:Invoke',
    resource: `${EXECUTE_API}/prod/$connect`,
  },
  ambiguous: [
    [get(OWN_HOST, '/prod/'), 'unauthorized'],
    [get(OWN_HOST, '/prod/orders'), 'unauthorized'],
    [get(OWN_HOST, '/'), 'unauthorized'],
  ],
  toEvent: ({ query, headers }) => ({
    type: 'REQUEST',
    methodArn: `${EXECUTE_API}/prod/$connect`,
    headers,
    multiValueHeaders: lists(headers),
    queryStringParameters: query,
    multiValueQueryStringParameters: lists(query),
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      messageDirection: 'IN',
      stage: 'prod',
      domainName: OWN_HOST,
      apiId: API_ID,
      connectionId: 'c',
      requestId: REQUEST_ID,
      identity: { sourceIp: SOURCE_IP },
    },
  }),
};

const GRAPHQL_HOST = `${API_ID}.appsync-api.${REGION}.amazonaws.com`;

/** A request for an operation. */
export const graphql = (
  query: string,
  variables?: object,
  operationName?: string,
): ClientRequest => ({
  method: 'POST',
  host: GRAPHQL_HOST,
  path: '/graphql',
  query: {},
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables, operationName }),
});

const appSync: GatewaySubject = {
  name: 'AppSync',
  service: 'appsync',
  order: (id) => graphql('query Get($id: ID!) { getOrder(id: $id) { id item } }', { id }),
  unmapped: {
    request: graphql('{ health }'),
    action: 'appsync:GraphQL',
    resource: `arn:aws:appsync:${REGION}:${ACCOUNT}:apis/${API_ID}/types/Query/fields/health`,
  },
  ambiguous: [
    [graphql('{ getOrder(id: "7/42") { id } }'), 'denied'],
    [graphql('{ getOrder(id: "*") { id } }'), 'denied'],
    [graphql('{ getOrder(id: "%34") { id } }'), 'denied'],
    [graphql('{ getOrder { id } }'), 'denied'],
    [graphql('{ getOrder(id: ["42"]) { id } }'), 'denied'],
    [graphql('{ getOrder(id: "42") { id '), 'denied'],
    [graphql('query A { getOrder(id: 42) { id } } query B { health }'), 'denied'],
  ],
  toEvent: ({ headers, body = '' }) => {
    const { authorization = '', ...requestHeaders } = headers;
    const { query, variables, operationName } = JSON.parse(body) as Record<string, unknown>;
    return {
      authorizationToken: authorization,
      requestContext: {
        apiId: API_ID,
        accountId: ACCOUNT,
        requestId: REQUEST_ID,
        queryString: query,
        operationName: operationName ?? null,
        variables: variables ?? {},
      },
      requestHeaders,
    };
  },
  ask: askForBoolean,
  unauthorized: 'denied',
  knowsSourceIp: false,
};

const FUNCTION_HOST = `abcdefghijkl.lambda-url.${REGION}.on.aws`;

const functionUrl: GatewaySubject = {
  name: 'Function URL',
  service: 'lambda',
  order: (id) => get(FUNCTION_HOST, `/orders/${id}`),
  unmapped: {
    request: get(FUNCTION_HOST, '/health'),
    action: 'lambda:InvokeFunctionUrl',
    resource: FUNCTION_ARN,
  },
  ambiguous: [
    ...restAmbiguous(FUNCTION_HOST, ''),
    ...['/orders/42/', '/orders//42', '/Orders/42', '/x/../orders/42'].map(
      (path) => [get(FUNCTION_HOST, path), 'denied'] as const,
    ),
  ],
  toEvent: (request) => ({
    version: '2.0',
    routeKey: '$default',
    rawPath: request.path,
    rawQueryString: rawQueryOf(request),
    headers: request.headers,
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abcdefghijkl',
      domainName: FUNCTION_HOST,
      http: { method: request.method, path: request.path, sourceIp: SOURCE_IP },
      requestId: REQUEST_ID,
      routeKey: '$default',
      stage: '$default',
    },
    body: request.body,
    isBase64Encoded: false,
  }),
  ask: askMiddleware,
  unauthorized: 'unauthorized',
  knowsSourceIp: true,
};

const loadBalancer: GatewaySubject = {
  ...functionUrl,
  name: 'Application Load Balancer',
  unmapped: { ...functionUrl.unmapped, action: 'lambda:InvokeFunction' },
  toEvent: ({ method, path, query, headers, body }) => ({
    requestContext: { elb: { targetGroupArn: `arn:aws:elasticloadbalancing:${REGION}:x` } },
    httpMethod: method,
    path,
    multiValueHeaders: lists({
      ...headers,
      'x-forwarded-for': '198.51.100.1',
      'x-forwarded-proto': 'https',
    }),
    multiValueQueryStringParameters: lists(
      Object.fromEntries(
        Object.entries(query).map(([name, value]) => [
          encodeURIComponent(name),
          encodeURIComponent(value),
        ]),
      ),
    ),
    body: body ?? '',
    isBase64Encoded: false,
  }),
  knowsSourceIp: false,
};

export const SUBJECTS: readonly GatewaySubject[] = [
  rest,
  http1,
  http2,
  {
    ...http2,
    name: 'HTTP API 2.0, policy',
    ask: askForPolicy,
    settings: { httpApiAnswer: 'policy' },
  },
  webSocket,
  appSync,
  functionUrl,
  loadBalancer,
];
