import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { readBody } from '../http-server';
import type { GatewayAnswer } from './gateway-response';
import { readRequestHead } from './request';
import { MAXIMUM_BODY_BYTES } from './request-limits';
import type { ServedApi } from './served-api';

/** Answers a request before the API sees it; false leaves it to the API. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface GatewayServerOptions {
  /** undefined until the API can be served; requests are answered 503 meanwhile. */
  readonly gateway: () => ServedApi | undefined;
  readonly intercept?: Intercept;
}

/** Headers larger than this are cut off by the parser; what is larger than API Gateway's limit is refused by the gateway. */
const MAXIMUM_HEADER_BYTES = 64 * 1024;
/** How much of a refused body is still taken in, so that the client reads the answer instead of a broken connection. */
const DRAINED_BYTES = 64 * 1024 * 1024;
const DRAINED_MILLISECONDS = 2000;

/** An HTTP server in front of one API. It does not listen yet. */
export function createGatewayServer(options: GatewayServerOptions): Server {
  const server = createServer(
    { maxHeaderSize: MAXIMUM_HEADER_BYTES, keepAliveTimeout: 65_000 },
    (request, response) => {
      if (options.intercept?.(request, response) === true) return;
      void serve(options, request, response);
    },
  );
  server.on('upgrade', (request, socket, head) => {
    const gateway = options.gateway();
    if (gateway?.upgrade !== undefined) gateway.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return server;
}

async function serve(
  options: GatewayServerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const head = readRequestHead(message);
    const body = await readBody(message, MAXIMUM_BODY_BYTES);
    const gateway = options.gateway();
    if (gateway === undefined) {
      sendJson(response, 503, { message: 'Service Unavailable' });
      return;
    }
    const answer = await gateway.handle(
      { ...head, body: body ?? Buffer.alloc(0) },
      body === undefined,
    );
    if (body === undefined) {
      response.setHeader('Connection', 'close');
      await drain(message);
    }
    send(response, answer);
  } catch {
    // The client went away, or sent what cannot be answered: there is nobody to tell.
    response.destroy();
  }
}

function send(response: ServerResponse, answer: GatewayAnswer): void {
  const headers = new Map<string, [name: string, values: string[]]>();
  for (const [name, value] of answer.headers) {
    const known = headers.get(name.toLowerCase());
    if (known === undefined) headers.set(name.toLowerCase(), [name, [value]]);
    else known[1].push(value);
  }
  for (const [name, values] of headers.values()) {
    response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  }
  response.statusCode = answer.statusCode;
  response.end(answer.body);
}

/**
 * Reads on without keeping anything, for a while: a client that is still sending does not read an answer. One that has only announced its
 * body is not waited for longer than that.
 */
function drain(message: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = setTimeout(resolve, DRAINED_MILLISECONDS);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DRAINED_BYTES) message.destroy();
    });
    message.once('close', finish);
    message.once('end', finish);
    message.resume();
    if (message.readableEnded || message.destroyed) finish();
  });
}

/** Answers with a small JSON document. */
export function sendJson(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
