import type { GatewayAnswer } from './gateway-response';
import type { HttpCors } from './http-api';
import { matchesGlob } from './glob';
import { headerOf } from './request';
import type { GatewayRequest } from './request';

type Headers = readonly (readonly [name: string, value: string])[];

/**
 * The answer to a preflight request, which the gateway gives itself, before routes and authorizers; undefined for any other
 * request.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function answerPreflight(
  cors: HttpCors,
  request: GatewayRequest,
): GatewayAnswer | undefined {
  const isPreflight =
    request.method === 'OPTIONS' &&
    headerOf(request, 'origin') !== undefined &&
    headerOf(request, 'access-control-request-method') !== undefined;
  if (!isPreflight) return undefined;
  const headers = corsHeaders(cors, request);
  if (headers.length === 0) return { statusCode: 204, headers: [], body: Buffer.alloc(0) };
  const maxAge = cors.maxAgeSeconds;
  return {
    statusCode: 204,
    headers: [
      ...headers,
      ['access-control-allow-methods', cors.allowMethods.join(',')],
      ['access-control-allow-headers', cors.allowHeaders.join(',')],
      ...(maxAge === undefined ? [] : [['access-control-max-age', String(maxAge)] as const]),
    ],
    body: Buffer.alloc(0),
  };
}

/** The API's configuration replaces whatever CORS headers the function gave. */
export function applyCors(cors: HttpCors, request: GatewayRequest, headers: Headers): Headers {
  const others = headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-'));
  return [...others, ...corsHeaders(cors, request)];
}

function corsHeaders(cors: HttpCors, request: GatewayRequest): Headers {
  const origin = headerOf(request, 'origin');
  if (origin === undefined) return [];
  if (!cors.allowOrigins.some((allowed) => matchesGlob(allowed, origin))) return [];
  return [
    ['access-control-allow-origin', cors.allowOrigins.includes('*') ? '*' : origin],
    ...(cors.allowCredentials ? [['access-control-allow-credentials', 'true'] as const] : []),
    ...(cors.exposeHeaders.length === 0
      ? []
      : [['access-control-expose-headers', cors.exposeHeaders.join(',')] as const]),
  ];
}
