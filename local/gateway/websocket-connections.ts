import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';

import { isSignedWith } from '../services/signed-with';
import type { GatewayAnswer } from './gateway-response';
import { headerOf, readRequestHead } from './request';
import type { GatewayRequest } from './request';
import type { ServedApi } from './served-api';
import type { ConnectionFacts } from './websocket-events';
import type { ConnectAnswer, WebSocketGateway } from './websocket-gateway';

/** API Gateway's limit of a message. */
const MAXIMUM_MESSAGE_BYTES = 128 * 1024;
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;
const CLOSING_MILLISECONDS = 300;

interface OpenConnection {
  readonly facts: ConnectionFacts;
  readonly socket: WebSocket;
  lastActiveAt: Date;
}

export interface WebSocketConnectionsOptions {
  readonly gateway: WebSocketGateway;
  /** Whose signature the @connections API takes: the functions' own. */
  readonly accessKeyId: string;
  readonly now: () => number;
}

/**
 * The open connections of one WebSocket API, and the @connections API through which functions reach them.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export class WebSocketConnections implements ServedApi {
  readonly #open = new Map<string, OpenConnection>();

  constructor(private readonly options: WebSocketConnectionsOptions) {}

  /** Opens the connection that a request asks for, or refuses it with a status. */
  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const request = { ...readRequestHead(message), body: Buffer.alloc(0) };
    void this.options.gateway.connect(request).then((answer) => {
      if (answer.isAccepted) this.#accept(answer, message, socket, head);
      else refuse(socket, answer);
    });
  }

  /** Answers the @connections API; nothing else is asked without a connection. Never rejects. */
  handle(request: GatewayRequest, isTooLarge = false): Promise<GatewayAnswer> {
    return Promise.resolve(this.#answer(request, isTooLarge));
  }

  clear(): void {
    this.close();
  }

  /** Ends every connection. */
  close(): void {
    for (const { socket } of this.#open.values()) {
      socket.close(GOING_AWAY);
      // A client that does not answer must not hold up whoever stops the run.
      setTimeout(() => {
        socket.terminate();
      }, CLOSING_MILLISECONDS).unref();
    }
  }

  #accept(
    answer: Extract<ConnectAnswer, { isAccepted: true }>,
    message: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MAXIMUM_MESSAGE_BYTES,
      handleProtocols: () => answer.protocol ?? false,
    });
    server.handleUpgrade(message, socket, head, (webSocket) => {
      this.#opened(answer.connection, webSocket);
    });
  }

  #opened(facts: ConnectionFacts, socket: WebSocket): void {
    const { gateway } = this.options;
    const connection = { facts, socket, lastActiveAt: facts.connectedAt };
    this.#open.set(facts.connectionId, connection);
    socket.on('error', () => {
      socket.terminate();
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        socket.close(UNSUPPORTED_DATA);
        return;
      }
      connection.lastActiveAt = new Date(this.options.now());
      void gateway.receive(facts, textOf(data)).then((answer) => {
        if (answer !== undefined) socket.send(answer);
      });
    });
    socket.on('close', (code, reason) => {
      this.#open.delete(facts.connectionId);
      void gateway.disconnect(facts, code, reason.toString());
    });
  }

  #answer(request: GatewayRequest, isTooLarge: boolean): GatewayAnswer {
    const prefix = `/${this.options.gateway.api.stageName}/@connections/`;
    const isSigned = isSignedWith(
      this.options.accessKeyId,
      headerOf(request, 'authorization') ?? '',
    );
    if (!request.path.startsWith(prefix) || !isSigned)
      return json(403, { message: 'Missing Authentication Token' });
    if (isTooLarge || request.body.length > MAXIMUM_MESSAGE_BYTES)
      return json(413, { message: 'Message too long' }, 'PayloadTooLargeException');
    const connection = this.#open.get(decode(request.path.slice(prefix.length)));
    if (connection === undefined) return json(410, { message: null }, 'GoneException');
    switch (request.method) {
      case 'POST':
        connection.socket.send(request.body.toString('utf8'));
        return empty(200);
      case 'DELETE':
        connection.socket.close();
        return empty(204);
      case 'GET':
        return json(200, describe(connection));
      default:
        return json(403, { message: 'Missing Authentication Token' });
    }
  }
}

function describe({ facts, lastActiveAt }: OpenConnection): object {
  const { request, connectedAt } = facts;
  return {
    connectedAt: connectedAt.toISOString(),
    identity: { sourceIp: request.sourceIp, userAgent: headerOf(request, 'user-agent') ?? '' },
    lastActiveAt: lastActiveAt.toISOString(),
  };
}

function refuse(socket: Duplex, answer: Extract<ConnectAnswer, { isAccepted: false }>): void {
  const body = JSON.stringify({ message: answer.message });
  const status = `${answer.statusCode} ${STATUS_CODES[answer.statusCode] ?? ''}`;
  const length = Buffer.byteLength(body);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.from(data as Buffer).toString('utf8');
}

function decode(connectionId: string): string {
  try {
    return decodeURIComponent(connectionId);
  } catch {
    return '';
  }
}

function json(statusCode: number, body: object, exceptionName?: string): GatewayAnswer {
  return {
    statusCode,
    headers: [
      ['Content-Type', 'application/json'],
      ...(exceptionName === undefined ? [] : [['x-amzn-ErrorType', exceptionName] as const]),
    ],
    body: Buffer.from(JSON.stringify(body)),
  };
}

function empty(statusCode: number): GatewayAnswer {
  return { statusCode, headers: [], body: Buffer.alloc(0) };
}
