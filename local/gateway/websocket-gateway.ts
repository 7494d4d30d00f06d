import { after, AuthorizerCalls, readIdentity } from './authorizer-calls';
import type { InvokeFunction } from './authorizer-calls';
import { readAuthorizerAnswer } from './authorizer-answer';
import type { AuthorizerAnswer } from './authorizer-answer';
import { withDeadline } from './deadline';
import type { AuthorizerContext } from './events';
import { GatewayError } from './gateway-error';
import { decideInvoke } from './invoke-policy';
import { readVersion1Answer } from './proxy-answer';
import type { Version1Answer } from './proxy-answer';
import { decodeQuery, headerOf } from './request';
import type { GatewayRequest } from './request';
import type { WebSocketApi, WebSocketIntegration, WebSocketRoute } from './websocket-api';
import {
  connectArnOf,
  createConnectAuthorizerEvent,
  createConnectEvent,
  createConnectionId,
  createDisconnectEvent,
  createMessageEvent,
} from './websocket-events';
import type { ConnectionFacts } from './websocket-events';

export interface WebSocketGatewayOptions {
  readonly api: WebSocketApi;
  readonly invoke: InvokeFunction;
  readonly now: () => number;
  /** Takes what API Gateway would write into its logs. */
  readonly onProblem: (problem: string) => void;
}

/** A connection that may be opened, or the status with which it is refused. */
export type ConnectAnswer =
  | { readonly isAccepted: true; readonly connection: ConnectionFacts; readonly protocol?: string }
  | { readonly isAccepted: false; readonly statusCode: number; readonly message: string };

/** The routes of one WebSocket API: what is asked of authorizer and functions, and what comes of it. No socket is touched here. */
export class WebSocketGateway {
  readonly #authorizers: AuthorizerCalls<AuthorizerAnswer>;

  constructor(private readonly options: WebSocketGatewayOptions) {
    this.#authorizers = new AuthorizerCalls({
      apiName: options.api.name,
      knowsUnauthorized: true,
      ...options,
    });
  }

  get api(): WebSocketApi {
    return this.options.api;
  }

  /** Decides on the request that asks for a connection: its authorizer, then the function of `$connect`. Never rejects. */
  async connect(request: GatewayRequest): Promise<ConnectAnswer> {
    if (request.path !== `/${this.api.stageName}` && request.path !== `/${this.api.stageName}/`)
      return refuse(403, 'Forbidden');
    const facts = {
      connectionId: createConnectionId(),
      connectedAt: new Date(this.options.now()),
      request,
    };
    const route = this.api.routes.get('$connect');
    try {
      const authorizer =
        route && (await this.#authorize(route, { ...facts, authorizer: undefined }));
      const connection = { ...facts, authorizer };
      if (route?.integration === undefined) return { isAccepted: true, connection };
      const answer = await this.#call(route, createConnectEvent(this.api, connection));
      if (answer === undefined) return refuse(500, 'Internal server error');
      if (answer.statusCode >= 300) return refuse(answer.statusCode, answer.body);
      const protocol = headerOf(answer, 'sec-websocket-protocol');
      return { isAccepted: true, connection, ...(protocol === undefined ? {} : { protocol }) };
    } catch (error) {
      return this.#refusal(error);
    }
  }

  /** Hands a message to its route; resolves with what is sent back over the connection, if anything is. Never rejects. */
  async receive(connection: ConnectionFacts, body: string): Promise<string | undefined> {
    const routeKey = this.#routeKeyOf(body);
    const route = this.api.routes.get(routeKey) ?? this.api.routes.get('$default');
    if (route === undefined) return this.#error(connection, 'Forbidden');
    if (route.integration === undefined) return undefined;
    const time = new Date(this.options.now());
    const event = createMessageEvent(this.api, connection, route.routeKey, body, time);
    try {
      const answer = await this.#call(route, event);
      if (answer === undefined) return this.#error(connection, 'Internal server error');
      return route.hasResponse ? answer.body : undefined;
    } catch {
      return this.#error(connection, 'Internal server error');
    }
  }

  /** Tells the function of `$disconnect`, which cannot object. Never rejects. */
  async disconnect(connection: ConnectionFacts, statusCode: number, reason: string): Promise<void> {
    const route = this.api.routes.get('$disconnect');
    if (route?.integration === undefined) return;
    const time = new Date(this.options.now());
    const event = createDisconnectEvent(this.api, connection, statusCode, reason, time);
    await this.#call(route, event).catch(() => undefined);
  }

  async #authorize(
    route: WebSocketRoute,
    connection: ConnectionFacts,
  ): Promise<AuthorizerContext | undefined> {
    const { authorizer } = route;
    if (authorizer === undefined) return undefined;
    const identity = readIdentity(authorizer.identitySources, (source) =>
      identityValue(this.api, source, connection.request),
    );
    const answer = await this.#authorizers.answer(
      authorizer,
      identity,
      () => createConnectAuthorizerEvent(this.api, connection),
      readAuthorizerAnswer,
    );
    if (decideInvoke(answer.policy, connectArnOf(this.api)) !== 'allowed')
      throw new GatewayError('ACCESS_DENIED', 'Forbidden');
    return { ...answer.context, principalId: answer.principalId };
  }

  /** undefined: the function cannot be called, failed, took too long or answered in another format. */
  async #call(route: WebSocketRoute, event: object): Promise<Version1Answer | undefined> {
    const { integration } = route;
    if (integration === undefined) return undefined;
    const answer = await this.#invoke(integration, JSON.stringify(event));
    if (typeof answer !== 'string') return answer;
    this.options.onProblem(`${this.api.name} ${route.routeKey}: ${answer}`);
    return undefined;
  }

  /** A string is the reason why there is no answer. */
  async #invoke(
    integration: WebSocketIntegration,
    payload: string,
  ): Promise<Version1Answer | string> {
    const { functionArn, isPermitted, timeoutMilliseconds } = integration;
    if (!isPermitted) return `no AWS::Lambda::Permission lets the API call ${functionArn}`;
    const invocation = this.options.invoke(functionArn, payload);
    if (invocation === undefined) return `${functionArn} is no function of this run`;
    const result = await withDeadline(invocation, timeoutMilliseconds);
    if (result === undefined) return 'the function took too long';
    if (!result.ok) return `the function failed: ${result.error.errorMessage}`;
    return readVersion1Answer(JSON.parse(result.payload) as unknown);
  }

  /** Never the key of the gateway's own routes: a message cannot connect or disconnect. */
  #routeKeyOf(body: string): string {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return '$default';
    }
    for (const name of this.api.routeSelectionPath) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
        return '$default';
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return typeof value === 'string' && !value.startsWith('$') ? value : '$default';
  }

  #error(connection: ConnectionFacts, message: string): string {
    const { connectionId } = connection;
    return JSON.stringify({ message, connectionId, requestId: createConnectionId() });
  }

  #refusal(error: unknown): ConnectAnswer {
    if (error instanceof GatewayError && error.statusCode < 500)
      return refuse(error.statusCode, error.text ?? '');
    if (!(error instanceof GatewayError))
      this.options.onProblem(`${this.api.name}: ${error instanceof Error ? error.message : ''}`);
    return refuse(500, 'Internal server error');
  }
}

function refuse(statusCode: number, message: string): ConnectAnswer {
  return { isAccepted: false, statusCode, message };
}

function identityValue(
  api: WebSocketApi,
  source: string,
  request: GatewayRequest,
): string | undefined {
  const header = after(source, 'route.request.header.');
  if (header !== undefined) return headerOf(request, header);
  const parameter = after(source, 'route.request.querystring.');
  if (parameter !== undefined) return decodeQuery(request.query).get(parameter)?.at(-1);
  const variable = after(source, 'stageVariables.');
  if (variable !== undefined) return api.stageVariables?.[variable];
  const context: Readonly<Record<string, string | undefined>> = {
    'context.stage': api.stageName,
    'context.apiId': api.apiId,
    'context.routeKey': '$connect',
    'context.identity.sourceIp': request.sourceIp,
    'context.identity.userAgent': headerOf(request, 'user-agent'),
  };
  return context[source];
}
