import { encodePath } from '../../protocol/raw-path';
import { readHeaders, readPairs } from '../../protocol/rest-event';
import type { GuardedRequest } from './guarded-request';
import { httpRoute, withoutStage } from './http-route';
import { readMethodArn } from './method-arn';
import { readStrings } from './rest-request';

/** What is read of the event; a gateway sends more. */
export interface HttpApiEvent1 {
  readonly version: '1.0';
  readonly methodArn: string;
  readonly resource: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly queryStringParameters: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<
    Record<string, readonly string[] | undefined>
  > | null;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly requestContext: {
    readonly path: string;
    readonly apiId: string;
    readonly stage: string;
    readonly requestId: string;
    readonly domainName?: string;
    readonly identity: { readonly sourceIp: string };
  };
}

/**
 * Reads the event of an HTTP API's authorizer in payload format 1.0. Its path is decoded: the one form that is accepted is that of
 * `encodePath`.
 *
 * Errors: TypeError for what is no such event.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function readHttpApi1(event: HttpApiEvent1): GuardedRequest {
  const { gateway, method } = readMethodArn(event.methodArn);
  const { path, apiId, stage, requestId, identity, domainName } = event.requestContext;
  for (const text of [path, requestId, identity.sourceIp, event.resource]) {
    if (typeof text !== 'string') {
      throw new TypeError('the event is not of the format 1.0');
    }
  }
  if (method !== event.httpMethod || gateway.apiId !== apiId || gateway.stage !== stage) {
    throw new TypeError('the parts of the event do not speak of one route');
  }
  return {
    http: {
      method,
      path: encodePath(path),
      query: readPairs(event.multiValueQueryStringParameters, event.queryStringParameters),
      headers: readHeaders(event.multiValueHeaders, event.headers),
      body: undefined,
      sourceIp: identity.sourceIp,
      secureTransport: true,
      requestId,
    },
    gateway,
    routes: [
      httpRoute({
        gateway,
        method,
        path: event.resource === '/$default' ? '$default' : event.resource,
        parameters: readStrings(event.pathParameters),
        pathBelowStage: withoutStage(path, gateway, domainName),
        arn: event.methodArn,
      }),
    ],
  };
}
