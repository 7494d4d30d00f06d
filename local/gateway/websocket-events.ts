import { randomBytes } from 'node:crypto';

import { commonLogTime, headersOf } from './events';
import type { AuthorizerContext } from './events';
import { decodeQuery, headerOf } from './request';
import type { GatewayRequest } from './request';
import { executeApiArn } from './rest-api';
import type { WebSocketApi } from './websocket-api';

/** What the gateway knows of one connection from its first request on. */
export interface ConnectionFacts {
  readonly connectionId: string;
  readonly connectedAt: Date;
  /** The request that asked for the connection. */
  readonly request: GatewayRequest;
  /** What the authorizer said of whoever connected; every later event carries it. */
  readonly authorizer: AuthorizerContext | undefined;
}

export type WebSocketEventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

export function connectArnOf(api: WebSocketApi): string {
  return executeApiArn(api, `${api.stageName}/$connect`);
}

/** A connection's id, of the form that API Gateway gives. */
export function createConnectionId(): string {
  return randomBytes(11).toString('base64url').slice(0, 15) + '=';
}

/**
 * The event of the `$connect` route's authorizer.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function createConnectAuthorizerEvent(
  api: WebSocketApi,
  connection: ConnectionFacts,
): object {
  return {
    type: 'REQUEST',
    methodArn: connectArnOf(api),
    ...requestParts(api, connection.request, true),
    requestContext: contextOf(api, connection, '$connect', 'CONNECT', connection.connectedAt),
  };
}

/** The event of the `$connect` route. */
export function createConnectEvent(api: WebSocketApi, connection: ConnectionFacts): object {
  return {
    ...requestParts(api, connection.request, false),
    requestContext: contextOf(api, connection, '$connect', 'CONNECT', connection.connectedAt),
    isBase64Encoded: false,
  };
}

/** The event of a message; `body` as it was sent. */
export function createMessageEvent(
  api: WebSocketApi,
  connection: ConnectionFacts,
  routeKey: string,
  body: string,
  time: Date,
): object {
  return {
    requestContext: {
      ...contextOf(api, connection, routeKey, 'MESSAGE', time),
      messageId: createConnectionId(),
    },
    body,
    isBase64Encoded: false,
  };
}

/** The event of the `$disconnect` route. */
export function createDisconnectEvent(
  api: WebSocketApi,
  connection: ConnectionFacts,
  statusCode: number,
  reason: string,
  time: Date,
): object {
  const host = headerOf(connection.request, 'host') ?? '';
  const headers = { Host: host, 'x-api-key': '', 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    requestContext: {
      ...contextOf(api, connection, '$disconnect', 'DISCONNECT', time),
      disconnectStatusCode: statusCode,
      disconnectReason: reason,
    },
    isBase64Encoded: false,
  };
}

function requestParts(
  api: WebSocketApi,
  request: GatewayRequest,
  isForAuthorizer: boolean,
): Readonly<Record<string, unknown>> {
  const { single, multiple } = headersOf(request, new Set(['content-length']));
  const query = [...decodeQuery(request.query)];
  return {
    headers: single,
    multiValueHeaders: multiple,
    // An integration's event has no member for what is not there; an authorizer's has an empty map.
    ...(query.length === 0 && !isForAuthorizer
      ? {}
      : {
          queryStringParameters: Object.fromEntries(
            query.map(([name, values]) => [name, values.at(-1) ?? '']),
          ),
          multiValueQueryStringParameters: Object.fromEntries(query),
        }),
    ...(api.stageVariables === undefined && !isForAuthorizer
      ? {}
      : { stageVariables: api.stageVariables ?? {} }),
  };
}

function contextOf(
  api: WebSocketApi,
  connection: ConnectionFacts,
  routeKey: string,
  eventType: WebSocketEventType,
  time: Date,
): Readonly<Record<string, unknown>> {
  const { request, connectionId, connectedAt, authorizer } = connection;
  const requestId = createConnectionId();
  return {
    routeKey,
    ...(authorizer === undefined ? {} : { authorizer }),
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(time),
    messageDirection: 'IN',
    stage: api.stageName,
    connectedAt: connectedAt.getTime(),
    requestTimeEpoch: time.getTime(),
    identity: {
      sourceIp: request.sourceIp,
      ...(headerOf(request, 'user-agent') === undefined
        ? {}
        : { userAgent: headerOf(request, 'user-agent') }),
    },
    requestId,
    // The stage is part of the path, as it is at the API's own domain alone: that is what the authorizer concludes from it.
    domainName: `${api.apiId}.execute-api.${api.region}.amazonaws.com`,
    connectionId,
    apiId: api.apiId,
  };
}
