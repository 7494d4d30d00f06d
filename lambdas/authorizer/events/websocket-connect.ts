import { readHeaders, readPairs } from '../../protocol/rest-event';
import type { GuardedRequest } from './guarded-request';
import { readMethodArn } from './method-arn';

/** What is read of the event; a gateway sends more. */
export interface WebSocketConnectEvent {
  readonly methodArn: string;
  readonly headers: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<
    Record<string, readonly string[] | undefined>
  > | null;
  readonly requestContext: {
    readonly routeKey: string;
    readonly eventType: string;
    readonly apiId: string;
    readonly stage: string;
    readonly domainName: string;
    readonly requestId: string;
    readonly identity: { readonly sourceIp: string };
  };
}

const CONNECT = '$connect';

/**
 * Reads the event of a WebSocket API's authorizer, which is asked when a connection is opened. The event has no path: it is
 * `/{stage}` at the API's own domain and `/` at a custom one, and a connection at any other path is refused.
 *
 * Errors: TypeError for what is no such event.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function readWebSocketConnect(event: WebSocketConnectEvent): GuardedRequest {
  const { gateway, method } = readMethodArn(event.methodArn);
  const { routeKey, apiId, stage, domainName, requestId, identity } = event.requestContext;
  for (const text of [domainName, requestId, identity.sourceIp]) {
    if (typeof text !== 'string') {
      throw new TypeError('the event is not of a connection');
    }
  }
  const speaksOfOne = routeKey === CONNECT && apiId === gateway.apiId && stage === gateway.stage;
  if (method !== CONNECT || !speaksOfOne) {
    throw new TypeError('the parts of the event do not speak of one connection');
  }
  const isOwnDomain = domainName.startsWith(`${apiId}.execute-api.`);
  return {
    http: {
      method: 'GET',
      path: isOwnDomain ? `/${stage}` : '/',
      query: readPairs(event.multiValueQueryStringParameters, event.queryStringParameters),
      headers: readHeaders(event.multiValueHeaders, event.headers),
      body: undefined,
      sourceIp: identity.sourceIp,
      secureTransport: true,
      requestId,
    },
    gateway,
    routes: [
      {
        name: CONNECT,
        keys: [CONNECT],
        parameters: new Map(),
        unmapped: { action: 'execute-api:Invoke', arn: event.methodArn },
        arn: event.methodArn,
      },
    ],
  };
}
