/*
 * How many admin calls succeed, and how many requests to DynamoDB they take, while it throttles 30 % of all requests. Waits are real.
 *
 *   npx tsx scripts/throttling.ts [users] [clients] [seed]      1000 (9 calls each), 16 and 1 where no number is given
 */
import { createRandom } from '../test/harness/random';
import { administerThrottled } from '../test/reliability/throttling';

const [users = 1000, clients = 16, seed = 1] = process.argv.slice(2).map(Number);

const MIN_SUCCESS_PERCENT = 99.9;
const MAX_AMPLIFICATION = 1.5;

async function main(): Promise<void> {
  const random = createRandom(seed);
  const calm = await administerThrottled({ users, clients, isThrottled: () => false });
  const throttled = await administerThrottled({
    users,
    clients,
    isThrottled: () => random(1000) < 300,
  });
  const successPercent = 100 * (1 - throttled.failed / throttled.calls);
  // By the call: a life that ended early made fewer.
  const amplification = throttled.requests / throttled.calls / (calm.requests / calm.calls);
  console.log({ ...throttled, successPercent, amplification });
  if (successPercent < MIN_SUCCESS_PERCENT || amplification > MAX_AMPLIFICATION) {
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
