import { measureReads, timeWarmCalls } from '../test/authorizer/read-units';

/*
 * What a million guarded calls cost, from reads that are counted and milliseconds that are measured here: `npm run cost`. List prices of
 * us-east-1 in US dollars; `docs/limits-and-cost.md` names their pages.
 */
const PRICES = {
  restApiMillion: 3.5,
  httpApiMillion: 1,
  lambdaMillion: 0.2,
  lambdaGigabyteSecond: 0.0000133334,
  readUnitMillion: 0.125,
  logGigabyte: 0.5,
};
const MEMORY_GIGABYTES = 1769 / 1024;
const WARM_CALLS = 3000;
/** The first calls are compiled while they run. */
const WARM_UP_CALLS = 500;

/** Lambda bills whole milliseconds. */
function lambdaMillion(milliseconds: number): number {
  const seconds = (Math.ceil(milliseconds) / 1000) * 1_000_000;
  return PRICES.lambdaMillion + seconds * MEMORY_GIGABYTES * PRICES.lambdaGigabyteSecond;
}

async function report(): Promise<void> {
  const reads = await measureReads();
  await timeWarmCalls(WARM_UP_CALLS);
  const times = await timeWarmCalls(WARM_CALLS);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  print('calls of the authorizer        read units  calls of the store');
  for (const { name, readUnits, calls } of reads) {
    print(`${name.padEnd(30)} ${String(readUnits).padStart(10)} ${String(calls).padStart(19)}`);
  }
  const logBytes = reads[0]?.logBytes ?? 0;
  print(
    `a line of the log: ${logBytes} bytes; a million: ${((logBytes / 1024 ** 3) * 1_000_000 * PRICES.logGigabyte).toFixed(2)}`,
  );
  const milliseconds = { p50: at(0.5), p99: at(0.99) };
  print(
    `a warm call in this process: p50 ${milliseconds.p50.toFixed(3)} ms, p99 ${milliseconds.p99.toFixed(3)} ms`,
  );
  const coldReads = (reads[0]?.readUnits ?? 0) * PRICES.readUnitMillion;
  for (const billed of [1, 2, 5, 10, 20]) {
    const authorizer = lambdaMillion(billed);
    print(
      `a million calls of ${String(billed).padStart(2)} ms: authorizer ${authorizer.toFixed(2)}, with a REST API ${(authorizer + PRICES.restApiMillion).toFixed(2)}, with an HTTP API ${(authorizer + PRICES.httpApiMillion).toFixed(2)}; every caller new, ${coldReads.toFixed(2)} more`,
    );
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void report();
