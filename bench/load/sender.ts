import { Agent, get } from 'node:http';
import type { LoadRequest } from './signed-request';

/* A process of its own, so that what sends the calls takes nothing of what answers them but its share of the processors. */

/** What the sender is told to do: every request once, or round and round for a time. */
export interface Sending {
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly seconds: number | undefined;
}

export interface Sent {
  readonly elapsedMilliseconds: number;
  /** Milliseconds of each call, as its caller waited for it. */
  readonly waits: readonly number[];
  /** Calls by the status of their answer. */
  readonly statuses: Readonly<Record<number, number>>;
}

/** Errors: those of the connection, which no load test should hide. */
async function send({ url, requests, connections, seconds }: Sending): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const waits: number[] = [];
  const statuses: Record<number, number> = {};
  const begin = performance.now();
  const end = seconds === undefined ? undefined : begin + seconds * 1000;
  let next = 0;
  const connection = async (): Promise<void> => {
    while (end === undefined ? next < requests.length : performance.now() < end) {
      const request = requests[next % requests.length];
      next += 1;
      if (request === undefined) return;
      const start = performance.now();
      const status = await call(url, request, agent);
      waits.push(performance.now() - start);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  return { elapsedMilliseconds: performance.now() - begin, waits, statuses };
}

function call(url: string, { path, headers }: LoadRequest, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(new URL(path, url), { agent, headers }, (response) => {
      response.on('error', reject);
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
      response.resume();
    }).on('error', reject);
  });
}

process.on('message', (sending: Sending) => {
  void send(sending).then(
    (sent) => process.send?.(sent),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
