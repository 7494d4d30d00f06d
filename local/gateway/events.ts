import { randomBytes } from 'node:crypto';

import { executeApiArn } from './rest-api';
import type { Authorizer, RestApi } from './rest-api';
import { decodeQuery, headerOf } from './request';
import type { GatewayRequest } from './request';
import type { MatchedRoute } from './routing';

type Values = Readonly<Record<string, string>>;
type MultiValues = Readonly<Record<string, readonly string[]>>;

/** What an authorizer told the backend: the principal and its context, every value as text. */
export type AuthorizerContext = Readonly<Record<string, string | number>>;

/** Headers that end at the gateway. */
const DROPPED_HEADERS = new Set([
  'content-length',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** The ARN of the very method that is called, with the client's path. */
export function methodArnOf(api: RestApi, request: GatewayRequest): string {
  return executeApiArn(api, `${api.stageName}/${request.method}${request.path}`);
}

/**
 * The event of a Lambda proxy integration, payload format 1.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function createProxyEvent(
  api: RestApi,
  route: MatchedRoute,
  request: GatewayRequest,
  authorizer: AuthorizerContext | undefined,
): object {
  const { single, multiple } = headersOf(request);
  const query = decodeQuery(request.query);
  const isBinary = isBinaryType(api, headerOf(request, 'content-type'));
  return {
    resource: route.method.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: single,
    multiValueHeaders: multiple,
    queryStringParameters: query.size === 0 ? null : lastValues(query),
    multiValueQueryStringParameters: query.size === 0 ? null : Object.fromEntries(query),
    pathParameters: Object.keys(route.pathParameters).length === 0 ? null : route.pathParameters,
    stageVariables: api.stageVariables ?? null,
    requestContext: requestContext(api, route, request, authorizer),
    body: request.body.length === 0 ? null : request.body.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: request.body.length > 0 && isBinary,
  };
}

/**
 * The event of a Lambda authorizer. It has no body, and empty maps where a proxy event has null.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function createAuthorizerEvent(
  api: RestApi,
  authorizer: Authorizer,
  route: MatchedRoute,
  request: GatewayRequest,
  identity: readonly string[],
): object {
  const methodArn = methodArnOf(api, request);
  if (authorizer.type === 'TOKEN') {
    return { type: 'TOKEN', methodArn, authorizationToken: identity[0] ?? '' };
  }
  const { single, multiple } = headersOf(request);
  const query = decodeQuery(request.query);
  return {
    type: 'REQUEST',
    methodArn,
    resource: route.method.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: single,
    multiValueHeaders: multiple,
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: Object.fromEntries(query),
    pathParameters: route.pathParameters,
    stageVariables: api.stageVariables ?? {},
    requestContext: requestContext(api, route, request, undefined),
  };
}

/** Whether bodies of this content type are binary to the API. */
export function isBinaryType(api: RestApi, contentType: string | undefined): boolean {
  const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return api.binaryMediaTypes.some((binary) => {
    const wanted = binary.toLowerCase();
    if (wanted === '*/*') return true;
    return wanted.endsWith('/*') ? mediaType.startsWith(wanted.slice(0, -1)) : mediaType === wanted;
  });
}

/** What `$context` and `event.requestContext` are made of. */
export function requestContext(
  api: RestApi,
  route: MatchedRoute | undefined,
  request: GatewayRequest,
  authorizer: AuthorizerContext | undefined,
): Readonly<Record<string, unknown>> {
  const domainName = (headerOf(request, 'host') ?? '').replace(/:\d+$/, '');
  return {
    ...(route === undefined
      ? {}
      : { resourceId: route.method.resourceId, resourcePath: route.method.resourcePath }),
    ...(authorizer === undefined ? {} : { authorizer }),
    httpMethod: request.method,
    extendedRequestId: request.extendedRequestId,
    requestTime: commonLogTime(request.receivedAt),
    // The path that the client sent: behind a custom domain with an empty base path it has no stage.
    path: request.path,
    accountId: api.accountId,
    protocol: request.httpVersion,
    stage: api.stageName,
    domainPrefix: domainName.split('.')[0] ?? '',
    requestTimeEpoch: request.receivedAt.getTime(),
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: headerOf(request, 'user-agent') ?? null,
      user: null,
    },
    domainName,
    deploymentId: api.deploymentId,
    apiId: api.apiId,
  };
}

/** The headers as a function gets them: without those of the connection, with those that the gateway adds. */
export function headersOf(
  request: GatewayRequest,
  dropped: ReadonlySet<string> = DROPPED_HEADERS,
): { readonly single: Values; readonly multiple: MultiValues } {
  const byName = new Map<string, { readonly name: string; readonly values: string[] }>();
  const add = (name: string, value: string): void => {
    const known = byName.get(name.toLowerCase());
    if (known === undefined) byName.set(name.toLowerCase(), { name, values: [value] });
    else known.values.push(value);
  };
  for (const [name, value] of request.headers) {
    if (!dropped.has(name.toLowerCase())) add(name, value);
  }
  const forwardedFor = headerOf(request, 'x-forwarded-for');
  for (const name of ['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto'])
    byName.delete(name);
  add(
    'X-Forwarded-For',
    forwardedFor === undefined ? request.sourceIp : `${forwardedFor}, ${request.sourceIp}`,
  );
  add('X-Forwarded-Port', String(request.port));
  add('X-Forwarded-Proto', 'http');
  if (!byName.has('x-amzn-trace-id')) add('X-Amzn-Trace-Id', traceId(request.receivedAt));
  const entries = [...byName.values()];
  return {
    single: Object.fromEntries(entries.map(({ name, values }) => [name, values.at(-1) ?? ''])),
    multiple: Object.fromEntries(entries.map(({ name, values }) => [name, values])),
  };
}

function traceId(time: Date): string {
  const seconds = Math.floor(time.getTime() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

function lastValues(query: ReadonlyMap<string, readonly string[]>): Values {
  return Object.fromEntries([...query].map(([name, values]) => [name, values.at(-1) ?? '']));
}

/** `09/Apr/2015:12:34:56 +0000`. */
export function commonLogTime(time: Date): string {
  const [, day, month, year, clock] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day ?? ''}/${month ?? ''}/${year ?? ''}:${clock ?? ''} +0000`;
}
