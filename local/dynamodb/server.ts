import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Engine } from './engine';
import type { Json } from './operations';
import { ServiceError } from './service-error';

const HOST = '127.0.0.1';
/** DynamoDB's own limit of a request. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const CONTENT_TYPE = 'application/x-amz-json-1.0';
const TARGET_PREFIX = 'DynamoDB_20120810.';

export interface DynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  readonly port: number;
  /** Answers what it has begun, and lets go of the port and the directory. */
  readonly stop: () => Promise<void>;
}

/**
 * DynamoDB for one machine, on the loopback interface; it takes any credentials.
 *
 * Whatever it has acknowledged is on the disk. `directory` undefined keeps everything in memory; `port` undefined, or 0,
 * takes a free one. Throws when the directory is open in another process, or the port is taken.
 */
export async function startDynamoDb(options: {
  readonly directory: string | undefined;
  readonly port?: number;
  /** Told of every request that is answered. */
  readonly onRequest?: (operation: string) => void;
}): Promise<DynamoDb> {
  const engine = await Engine.open(options.directory);
  const server = createServer((request, response) => {
    void answer(engine, request, response, {
      isClosing: () => !server.listening,
      onRequest: options.onRequest,
    });
  });
  try {
    await listen(server, options.port ?? 0);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  return {
    endpoint: `http://${HOST}:${port}`,
    port,
    stop: () => (stopped ??= stop(server, engine)),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function stop(server: Server, engine: Engine): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // Requests that are being answered end first: an acknowledgement that is lost is a write that is made twice.
  server.closeIdleConnections();
  await closed;
  await engine.close();
}

interface AnswerOptions {
  readonly isClosing: () => boolean;
  readonly onRequest: ((operation: string) => void) | undefined;
}

async function answer(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  { isClosing, onRequest }: AnswerOptions,
): Promise<void> {
  let statusCode = 200;
  let body: Json;
  try {
    const { operation, input } = await readRequest(request);
    onRequest?.(operation);
    body = await engine.execute(operation, input);
  } catch (error) {
    const failure =
      error instanceof ServiceError
        ? error
        : new ServiceError('InternalServerError', messageOf(error), {}, 500);
    statusCode = failure.statusCode;
    body = {
      __type: `com.amazonaws.dynamodb.v20120810#${failure.code}`,
      message: failure.message,
      ...failure.members,
    };
  }
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(statusCode, {
    'Content-Type': CONTENT_TYPE,
    'Content-Length': bytes.length,
    'x-amzn-RequestId': randomUUID(),
    // Once the server is closing, a connection that is kept open would hold it up.
    ...(isClosing() && { Connection: 'close' }),
  });
  response.end(bytes);
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * A page in a browser can send requests to this machine. It cannot name this host and an AWS content type without asking
 * first, and nobody answers.
 */
function assertLoopback(request: IncomingMessage): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim();
  const isAllowed = host === HOST || host === 'localhost';
  if (!isAllowed || request.method !== 'POST' || contentType !== CONTENT_TYPE) {
    throw new ServiceError('UnknownOperationException', '', {}, 404);
  }
}

async function readRequest(request: IncomingMessage): Promise<{ operation: string; input: Json }> {
  assertLoopback(request);
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string' || !target.startsWith(TARGET_PREFIX)) {
    throw new ServiceError('UnknownOperationException', '');
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Read to its end even when it is too long: a client that is still sending does not hear an answer.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (sizeBytes > MAX_BODY_BYTES) {
    throw new ServiceError('RequestEntityTooLarge', 'Request body too large', {}, 413);
  }
  return {
    operation: target.slice(TARGET_PREFIX.length),
    input: parseObject(Buffer.concat(chunks).toString('utf8')),
  };
}

function parseObject(text: string): Json {
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Json;
  } catch {
    // Answered below, as anything else that is no object.
  }
  throw new ServiceError('SerializationException', '');
}
