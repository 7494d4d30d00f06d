import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

/** Documentation credentials of AWS: fixed, so that a test can sign without reading the output. */
export const ROOT_CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

export interface LocalProcess {
  readonly admin: string;
  readonly orders: string;
  readonly output: () => string;
  /** Ctrl-C; resolves to the exit code. */
  readonly stop: () => Promise<number | null>;
  /** `kill -9`. */
  readonly kill: () => Promise<void>;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Neighbouring free ports: the admin API takes the first, the other APIs the next, a workload's endpoint the one after them. */
export async function findPorts(): Promise<number> {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 20000);
    const neighbours = [port, port + 1, port + 2, port + 3];
    if ((await Promise.all(neighbours.map(isFree))).every(Boolean)) return port;
  }
}

async function waitUntilHealthy(url: string, child: ChildProcess, output: () => string) {
  const deadline = Date.now() + 90_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the local run ended:\n${output()}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (Date.now() > deadline) throw new Error(`the local run is not ready:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What `npm start` runs, as a process of its own, ready to be called. */
export async function startLocalProcess(
  args: readonly string[],
  options: { readonly cwd?: string; readonly port?: number; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<LocalProcess> {
  const port = options.port ?? (await findPorts());
  let text = '';
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(root, 'bin/local.ts'), ...args],
    {
      cwd: options.cwd ?? root,
      env: {
        ...process.env,
        PORT: String(port),
        PORTCULLIS_ROOT_ACCESS_KEY_ID: ROOT_CREDENTIALS.accessKeyId,
        PORTCULLIS_ROOT_SECRET_ACCESS_KEY: ROOT_CREDENTIALS.secretAccessKey,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  }
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const admin = `http://127.0.0.1:${port}`;
  await waitUntilHealthy(admin, child, () => text);
  return {
    admin,
    orders: `http://127.0.0.1:${port + 1}`,
    output: () => text,
    stop: async () => {
      child.kill('SIGINT');
      return (await exited)[0];
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
