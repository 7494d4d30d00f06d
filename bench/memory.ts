import { holdCallers } from './callers';

/*
 * `npx tsx bench/memory.ts [callers]`: what an authorizer holds while more and more callers come that it never saw before.
 */

const STEPS = 10;

async function main(): Promise<void> {
  const callers = Number(process.argv[2] ?? 1_000_000);
  process.stdout.write('| callers | held, MB |\n|---|---|\n');
  for await (const held of holdCallers(callers, STEPS)) {
    process.stdout.write(
      `| ${held.callers.toLocaleString('en')} | ${held.megabytes.toFixed(1)} |\n`,
    );
  }
}

void main();
