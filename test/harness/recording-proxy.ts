import { createServer, request as sendRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** Stands before an admin API and notes what clients of the Query protocol ask for. */
export interface RecordingProxy {
  readonly endpoint: string;
  /** `iam:CreateUser`, sorted. */
  readonly operations: () => readonly string[];
  readonly stop: () => Promise<void>;
}

async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const operations = new Set<string>();
  const server = createServer((incoming, outgoing) => {
    const forward = async (): Promise<void> => {
      const body = await readBody(incoming);
      const { pathname } = new URL(incoming.url ?? '/', target);
      const action = new URLSearchParams(body.toString()).get('Action');
      if (action !== null) operations.add(`${pathname.split('/')[1] ?? ''}:${action}`);
      // The host that the client signed stays in the headers.
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const { method, headers, url = '/' } = incoming;
        sendRequest(new URL(url, target), { method, headers }, resolve)
          .once('error', reject)
          .end(body);
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      await pipeline(answer, outgoing);
    };
    forward().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations: () => [...operations].sort(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
