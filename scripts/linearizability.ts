/*
 * Whether what many clients see of one account has one order: mixed changes and reads of few entities, by the official client, of the
 * IAM function on the DynamoDB store and the embedded engine.
 *
 *   npx tsx scripts/linearizability.ts [operations a client] [clients] [seed]      5000, 16 and 1 where no number is given
 *   npx tsx scripts/linearizability.ts --http …                                    against the whole local run, over HTTP
 */
import { IAMClient } from '@aws-sdk/client-iam';
import { ROOT_CREDENTIALS, startLocalProcess } from '../test/harness/local-process';
import { createRandom } from '../test/harness/random';
import { runWorkload } from '../test/linearizability/workload';
import { deployOnEngine } from '../test/operations/engine-deployment';

const args = process.argv.slice(2);
const isHttp = args.includes('--http');
const [operations = 5000, clientCount = 16, seed = 1] = args
  .filter((argument) => argument !== '--http')
  .map(Number);

interface Subject {
  readonly iam: () => IAMClient;
  readonly failures?: readonly object[];
  readonly close: () => Promise<unknown>;
}

async function startLocalRun(): Promise<Subject> {
  const local = await startLocalProcess(['--ephemeral']);
  return {
    iam: () =>
      new IAMClient({
        endpoint: `${local.admin}/iam`,
        region: 'us-east-1',
        credentials: ROOT_CREDENTIALS,
        maxAttempts: 1,
      }),
    close: local.stop,
  };
}

/** Whatever happens in this one process: however busy the machine is, that is no outage of the store. */
function deployWithoutTimeouts(): Promise<Subject> {
  AbortSignal.timeout = () => new AbortController().signal;
  return deployOnEngine();
}

async function main(): Promise<void> {
  const subject = await (isHttp ? startLocalRun() : deployWithoutTimeouts());
  try {
    const clients = Array.from({ length: clientCount }, () => subject.iam());
    const started = performance.now();
    const report = await runWorkload(clients, operations, createRandom(seed));
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log({ ...report, clients: clientCount, seconds });
    if (report.violations.length > 0) process.exitCode = 1;
  } finally {
    if (subject.failures?.[0] !== undefined) console.error(subject.failures[0]);
    await subject.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
