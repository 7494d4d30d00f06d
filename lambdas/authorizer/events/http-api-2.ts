import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { signatureDoesNotMatch } from '../../credentials/authentication-errors';
import { encodePath, parseRawQuery } from '../../protocol/raw-path';
import { readHeaders } from '../../protocol/rest-event';
import type { GuardedRequest } from './guarded-request';
import { httpRoute, withoutStage } from './http-route';
import { readMethodArn } from './method-arn';
import { readStrings } from './rest-request';

/**
 * Reads the event of an HTTP API's authorizer in payload format 2.0. Its path is decoded, so that `%2F` and what came behind a
 * decoded `?` are lost: the one form that is accepted is that of `encodePath`, and a signature for any other does not hold.
 *
 * Errors: TypeError for what is no such event; `SignatureDoesNotMatch` for a query that is no text.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function readHttpApi2(event: APIGatewayRequestAuthorizerEventV2): GuardedRequest {
  const { gateway, method } = readMethodArn(event.routeArn);
  const { http, apiId, stage, requestId, domainName } = event.requestContext;
  for (const text of [
    event.rawPath,
    event.rawQueryString,
    event.routeKey,
    http.sourceIp,
    requestId,
  ]) {
    if (typeof text !== 'string') {
      throw new TypeError('the event is not of the format 2.0');
    }
  }
  if (method !== http.method || gateway.apiId !== apiId || gateway.stage !== stage) {
    throw new TypeError('the parts of the event do not speak of one route');
  }
  const query = parseRawQuery(event.rawQueryString);
  if (query === undefined) {
    throw signatureDoesNotMatch();
  }
  return {
    http: {
      method,
      path: encodePath(event.rawPath),
      query,
      headers: readHeaders(undefined, withCookies(event)),
      body: undefined,
      sourceIp: http.sourceIp,
      secureTransport: true,
      requestId,
    },
    gateway,
    routes: [
      httpRoute({
        gateway,
        method,
        path: readRoutePath(event.routeKey, method),
        parameters: readStrings(event.pathParameters),
        pathBelowStage: withoutStage(event.rawPath, gateway, domainName),
        arn: event.routeArn,
      }),
    ],
  };
}

/** Cookies are taken out of the headers; a client may have signed them. */
function withCookies({
  headers,
  cookies,
}: APIGatewayRequestAuthorizerEventV2): Record<string, string | undefined> {
  const names = cookies as readonly string[] | undefined;
  return names === undefined || names.length === 0
    ? { ...headers }
    : { ...headers, cookie: names.join('; ') };
}

function readRoutePath(routeKey: string, method: string): string {
  if (routeKey === '$default') {
    return routeKey;
  }
  const space = routeKey.indexOf(' ');
  const matched = routeKey.slice(0, Math.max(space, 0));
  if (matched !== method && matched !== 'ANY') {
    throw new TypeError('the route key of the event is not of its method');
  }
  return routeKey.slice(space + 1);
}
