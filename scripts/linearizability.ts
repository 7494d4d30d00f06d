/*
 * Whether what many clients see of one account has one order: mixed changes and reads of few entities against a local run over HTTP.
 *
 *   npx tsx scripts/linearizability.ts [operations a client] [clients] [seed]      5000, 16 and 1 where no number is given
 */
import { IAMClient } from '@aws-sdk/client-iam';
import { ROOT_CREDENTIALS, startLocalProcess } from '../test/harness/local-process';
import { createRandom } from '../test/harness/random';
import { runWorkload } from '../test/linearizability/workload';

const [operations = 5000, clientCount = 16, seed = 1] = process.argv.slice(2).map(Number);

async function main(): Promise<void> {
  const local = await startLocalProcess(['--ephemeral']);
  try {
    const clients = Array.from(
      { length: clientCount },
      () =>
        new IAMClient({
          endpoint: `${local.admin}/iam`,
          region: 'us-east-1',
          credentials: ROOT_CREDENTIALS,
          maxAttempts: 1,
        }),
    );
    const started = performance.now();
    const report = await runWorkload(clients, operations, createRandom(seed));
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log({ ...report, clients: clientCount, seconds });
    if (report.violations.length > 0) process.exitCode = 1;
  } finally {
    await local.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
