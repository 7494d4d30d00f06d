import { createServer, request as sendRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a front does with a request; `commit-then-…` passes it on and keeps the answer to itself. */
export type Behaviour =
  | 'pass'
  | 'hang'
  | 'reset'
  | 'error-500'
  | 'throttle'
  | 'conflict'
  | 'garbage'
  | 'access-denied'
  | 'commit-then-error-500'
  | 'commit-then-reset'
  | 'commit-then-hang'
  | 'half-unprocessed';

/** A faulty HTTP front before an engine. */
export interface FaultyFront {
  readonly endpoint: string;
  /** What to do with the next requests, one after the other, and with all that follow the last. */
  behave(...behaviours: readonly [Behaviour, ...Behaviour[]]): void;
  /** Requests that came since {@link behave} was called last. */
  readonly requests: () => number;
  readonly stop: () => Promise<void>;
}

const REFUSALS: Partial<Record<Behaviour, { status: number; body: object }>> = {
  'error-500': { status: 500, body: { __type: 'x#InternalServerError', message: 'no' } },
  throttle: {
    status: 400,
    body: { __type: 'x#ProvisionedThroughputExceededException', message: 'slow down' },
  },
  conflict: {
    status: 400,
    body: {
      __type: 'x#TransactionCanceledException',
      Message: 'cancelled',
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    },
  },
  'access-denied': { status: 400, body: { __type: 'x#AccessDeniedException', message: 'no' } },
};

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(target: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const headers = { ...request.headers, host: new URL(target).host };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = sendRequest(target, { method: 'POST', headers, agent: false }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
  return { status: answer.statusCode ?? 0, body: await readBody(answer) };
}

/** Answers half of a BatchGetItem's first table and names the rest as unprocessed. */
async function forwardHalf(
  target: string,
  request: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  interface Batch {
    RequestItems: Record<string, { Keys: unknown[] }>;
  }
  const batch = JSON.parse(body.toString()) as Batch;
  const [table, keys] = Object.entries(batch.RequestItems)[0] ?? ['', { Keys: [] }];
  const rest = keys.Keys.splice(Math.floor(keys.Keys.length / 2));
  if (keys.Keys.length === 0) {
    const unprocessed = { Responses: {}, UnprocessedKeys: { [table]: { ...keys, Keys: rest } } };
    return { status: 200, body: Buffer.from(JSON.stringify(unprocessed)) };
  }
  const headers = { ...request.headers };
  const text = Buffer.from(JSON.stringify(batch));
  headers['content-length'] = String(text.length);
  request.headers = headers;
  const answer = await forward(target, request, text);
  const output = JSON.parse(answer.body.toString()) as object;
  const UnprocessedKeys = { [table]: { ...keys, Keys: rest } };
  return { status: 200, body: Buffer.from(JSON.stringify({ ...output, UnprocessedKeys })) };
}

export async function startFaultyFront(target: string): Promise<FaultyFront> {
  let planned: Behaviour[] = ['pass'];
  let count = 0;

  const send = (response: ServerResponse, { status, body }: Answer): void => {
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' });
    response.end(body);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    count += 1;
    const behaviour = (planned.length > 1 ? planned.shift() : planned[0]) ?? 'pass';
    const body = await readBody(request);
    const refusal = REFUSALS[behaviour];
    if (refusal) {
      send(response, { status: refusal.status, body: Buffer.from(JSON.stringify(refusal.body)) });
    } else if (behaviour === 'garbage') {
      send(response, { status: 200, body: Buffer.from('<html>') });
    } else if (behaviour === 'half-unprocessed') {
      send(response, await forwardHalf(target, request, body));
    } else if (behaviour === 'reset') {
      response.destroy();
    } else if (behaviour !== 'hang') {
      const passed = await forward(target, request, body);
      if (behaviour === 'pass') send(response, passed);
      if (behaviour === 'commit-then-error-500') send(response, { ...passed, status: 500 });
      if (behaviour === 'commit-then-reset') response.destroy();
    }
  };
  const server = createServer((request, response) => {
    // A client that has given up closes the connection under us.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: (...behaviours) => {
      planned = [...behaviours];
      count = 0;
    },
    requests: () => count,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
