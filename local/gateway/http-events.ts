import { commonLogTime, headersOf } from './events';
import type { HttpApi, HttpAuthorizer, HttpRoute } from './http-api';
import { DEFAULT_NAME } from './http-api';
import { decodeQuery, headerOf } from './request';
import type { GatewayRequest } from './request';
import { executeApiArn } from './rest-api';
import type { MatchedRoute } from './routing';

/** Headers that end at the gateway; a Content-Length does not. */
const DROPPED_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** What an authorizer of an HTTP API told the backend; values of any JSON type. */
export type HttpAuthorizerContext = Readonly<Record<string, unknown>>;

/** One call of an HTTP API on its way to the functions. */
export interface HttpCall {
  readonly api: HttpApi;
  readonly route: MatchedRoute<HttpRoute>;
  readonly request: GatewayRequest;
  /** Decoded, with the stage in front unless it is `$default`. */
  readonly rawPath: string;
  /** Decoded, without the stage. */
  readonly routedPath: string;
}

/** The ARN that an authorizer is asked about: the method and the path that are called, decoded. */
export function routeArnOf(call: HttpCall): string {
  const { api, request, routedPath } = call;
  return executeApiArn(api, `${api.stageName}/${request.method}${routedPath}`);
}

/**
 * The event of a Lambda proxy integration.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function createHttpProxyEvent(
  call: HttpCall,
  authorizer: HttpAuthorizerContext | undefined,
): object {
  const { request, route } = call;
  const isText = isTextType(headerOf(request, 'content-type'));
  const hasBody = request.body.length > 0;
  const body = hasBody ? request.body.toString(isText ? 'utf8' : 'base64') : undefined;
  if (route.method.integration.payloadFormatVersion === '1.0') {
    return {
      version: '1.0',
      ...version1(call, false),
      requestContext: version1Context(call, authorizer),
      body: body ?? null,
      isBase64Encoded: hasBody && !isText,
    };
  }
  return {
    version: '2.0',
    ...version2(call),
    requestContext: {
      ...version2Context(call),
      ...(authorizer === undefined ? {} : { authorizer: { lambda: authorizer } }),
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: hasBody && !isText,
  };
}

/**
 * The event of a Lambda authorizer, without the body.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function createHttpAuthorizerEvent(
  call: HttpCall,
  authorizer: HttpAuthorizer,
  identity: readonly string[],
): object {
  if (authorizer.payloadFormatVersion === '1.0') {
    const joined = identity.length === 0 ? null : identity.join(',');
    return {
      version: '1.0',
      type: 'REQUEST',
      methodArn: routeArnOf(call),
      identitySource: joined,
      authorizationToken: joined,
      ...version1(call, true),
      requestContext: version1Context(call, undefined),
    };
  }
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: routeArnOf(call),
    identitySource: identity.length === 0 ? null : identity,
    ...version2(call),
    requestContext: version2Context(call),
  };
}

function version2(call: HttpCall): Readonly<Record<string, unknown>> {
  const { api, request, route } = call;
  const cookies = request.headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';').map((cookie) => cookie.trim()))
    .filter((cookie) => cookie !== '');
  const { multiple } = headersOf(request, DROPPED_HEADERS);
  const headers = Object.entries(multiple)
    .map(([name, values]) => [name.toLowerCase(), values.join(',')] as const)
    .filter(([name]) => name !== 'cookie');
  const query = [...decodeQuery(request.query, '&')];
  const hasParameters = Object.keys(route.pathParameters).length > 0;
  return {
    routeKey: route.method.routeKey,
    rawPath: call.rawPath,
    rawQueryString: request.query,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: Object.fromEntries(headers),
    ...(query.length === 0
      ? {}
      : {
          queryStringParameters: Object.fromEntries(
            query.map(([name, values]) => [name, values.join(',')]),
          ),
        }),
    ...(hasParameters ? { pathParameters: route.pathParameters } : {}),
    ...(api.stageVariables === undefined ? {} : { stageVariables: api.stageVariables }),
  };
}

function version2Context(call: HttpCall): Readonly<Record<string, unknown>> {
  const { api, request, route } = call;
  const domainName = domainOf(request);
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    http: {
      method: request.method,
      path: call.rawPath,
      protocol: request.httpVersion,
      sourceIp: request.sourceIp,
      userAgent: headerOf(request, 'user-agent') ?? '',
    },
    requestId: request.extendedRequestId,
    routeKey: route.method.routeKey,
    stage: api.stageName,
    time: commonLogTime(request.receivedAt),
    timeEpoch: request.receivedAt.getTime(),
  };
}

/** Empty maps are null to an integration and empty to an authorizer. */
function version1(call: HttpCall, isForAuthorizer: boolean): Readonly<Record<string, unknown>> {
  const { api, request, route } = call;
  const { single, multiple } = headersOf(request, DROPPED_HEADERS);
  const query = [...decodeQuery(request.query, '&')];
  const orNull = <T extends object>(map: T): T | null =>
    Object.keys(map).length === 0 && !isForAuthorizer ? null : map;
  return {
    resource: route.method.resourcePath,
    path: call.rawPath,
    httpMethod: request.method,
    headers: single,
    multiValueHeaders: multiple,
    queryStringParameters: orNull(
      Object.fromEntries(query.map(([name, values]) => [name, values.at(-1) ?? ''])),
    ),
    multiValueQueryStringParameters: orNull(Object.fromEntries(query)),
    pathParameters: orNull(route.pathParameters),
    stageVariables: orNull(api.stageVariables ?? {}),
  };
}

function version1Context(
  call: HttpCall,
  authorizer: HttpAuthorizerContext | undefined,
): Readonly<Record<string, unknown>> {
  const { api, request, route } = call;
  const domainName = domainOf(request);
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    ...(authorizer === undefined ? {} : { authorizer }),
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    extendedRequestId: request.extendedRequestId,
    httpMethod: request.method,
    identity: {
      accessKey: null,
      accountId: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: null,
      userAgent: headerOf(request, 'user-agent') ?? '',
      userArn: null,
    },
    path: call.rawPath,
    protocol: request.httpVersion,
    requestId: request.extendedRequestId,
    requestTime: commonLogTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt.getTime(),
    resourceId: route.method.routeKey,
    resourcePath: route.method.routeKey === DEFAULT_NAME ? '/$default' : route.method.resourcePath,
    stage: api.stageName,
  };
}

function domainOf(request: GatewayRequest): string {
  return (headerOf(request, 'host') ?? '').replace(/:\d+$/, '');
}

/** Bodies of every other type, forms among them, arrive as base64. */
function isTextType(contentType: string | undefined): boolean {
  const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return (
    mediaType.startsWith('text/') ||
    ['application/json', 'application/javascript', 'application/xml'].includes(mediaType)
  );
}
