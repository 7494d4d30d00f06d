import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
} from 'aws-lambda';
import { refuseAppSync, writeAppSyncAnswer, type AppSyncAnswer } from './answers/appsync';
import { denyAnonymous, writePolicyAnswer } from './answers/policy';
import { refuseSimply, writeSimpleAnswer, type SimpleAnswer } from './answers/simple';
import type { AppSyncEvent, readAppSync } from './events/appsync';
import { readHttpApi1, type HttpApiEvent1 } from './events/http-api-1';
import { readHttpApi2 } from './events/http-api-2';
import { readRestRequest } from './events/rest-request';
import { readRestToken } from './events/rest-token';
import { readWebSocketConnect, type WebSocketConnectEvent } from './events/websocket-connect';
import type { GatewayForm } from './gateway-form';

/** What an event does not say, and its answer depends on. */
export interface GatewaySettings {
  /** Where the function runs, and so the GraphQL APIs that it guards: their events do not name it. */
  readonly region: string;
  /** What HTTP APIs that send payload format 2.0 expect; they do not say it. */
  readonly httpApiAnswer: 'simple' | 'policy';
  /** Gives what reads the events of GraphQL APIs; called for each of them, and for no other. */
  readonly loadAppSyncReader: () => Promise<typeof readAppSync>;
}

/** Puts the forms of all gateways behind one type: what each reads it checks itself. */
type AnyForm = GatewayForm<unknown, object>;

/** The form of the gateway that sends this event, by the event's own shape. Throws TypeError where no gateway sends such events. */
export function gatewayFormOf(event: unknown, settings: GatewaySettings): AnyForm {
  const { type, version, authorizationToken, requestContext } = readObject(event, 'the event');
  if (type === 'TOKEN' && version === undefined) {
    return REST_TOKEN as AnyForm;
  }
  const context = readObject(requestContext, 'the requestContext of the event');
  if (type === undefined && version === undefined && authorizationToken !== undefined) {
    return appSync(settings) as AnyForm;
  }
  if (type === 'REQUEST' && version === undefined) {
    return (context['eventType'] === undefined ? REST_REQUEST : WEB_SOCKET) as AnyForm;
  }
  if (type === 'REQUEST' && version === '1.0') {
    return HTTP_API_1 as AnyForm;
  }
  if (type === 'REQUEST' && version === '2.0') {
    return (settings.httpApiAnswer === 'simple' ? HTTP_API_2 : HTTP_API_2_POLICY) as AnyForm;
  }
  throw new TypeError('the event is not one of an authorizer');
}

function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** What REST and WebSocket APIs turn into 401, by this very message. */
function throwUnauthorized(cause: Error): never {
  throw new Error('Unauthorized', { cause });
}

const REST_REQUEST: GatewayForm<APIGatewayRequestAuthorizerEvent, APIGatewayAuthorizerResult> = {
  read: readRestRequest,
  keeps: { keys: ['caller', 'request'], decodesPaths: false },
  decided: writePolicyAnswer,
  tellsDenials: true,
  unauthorized: throwUnauthorized,
};

const REST_TOKEN: GatewayForm<APIGatewayTokenAuthorizerEvent, APIGatewayAuthorizerResult> = {
  read: readRestToken,
  decided: writePolicyAnswer,
  tellsDenials: true,
  unauthorized: throwUnauthorized,
};

const WEB_SOCKET: GatewayForm<WebSocketConnectEvent, APIGatewayAuthorizerResult> = {
  read: readWebSocketConnect,
  decided: writePolicyAnswer,
  unauthorized: throwUnauthorized,
};

const HTTP_API_1: GatewayForm<HttpApiEvent1, APIGatewayAuthorizerResult> = {
  read: readHttpApi1,
  keeps: { keys: ['request'], decodesPaths: true },
  decided: writePolicyAnswer,
  unauthorized: denyAnonymous,
};

const HTTP_API_2: GatewayForm<APIGatewayRequestAuthorizerEventV2, SimpleAnswer> = {
  read: readHttpApi2,
  decided: writeSimpleAnswer,
  unauthorized: refuseSimply,
};

const HTTP_API_2_POLICY: GatewayForm<
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayAuthorizerResult
> = {
  read: readHttpApi2,
  keeps: { keys: ['request'], decodesPaths: true },
  decided: writePolicyAnswer,
  unauthorized: denyAnonymous,
};

function appSync({
  region,
  loadAppSyncReader,
}: GatewaySettings): GatewayForm<AppSyncEvent, AppSyncAnswer> {
  return {
    read: async (event) => (await loadAppSyncReader())(event, region),
    decided: writeAppSyncAnswer,
    unauthorized: refuseAppSync,
  };
}
