import { performance } from 'node:perf_hooks';

export type Work = () => unknown;

const ROUNDS = 4_000;

/** So few that a machine with other work to do seldom interrupts them. */
const CALLS = 10;

/** Microseconds of each piece of work: the medians of rounds in which all take turns. */
export async function medianMicroseconds(works: readonly Work[]): Promise<readonly number[]> {
  const times = works.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, work] of works.entries()) {
      const startedAt = performance.now();
      for (let call = 0; call < CALLS; call += 1) await work();
      times[index]?.push(((performance.now() - startedAt) * 1000) / CALLS);
    }
  }
  return times.map(
    (measured) => measured.sort((left, right) => left - right)[ROUNDS >> 1] ?? Number.NaN,
  );
}

/** `bound` is what the time is a multiple of. */
export function describeTime(name: string, microseconds: number, bound: number): string {
  return `${name.padEnd(44)} ${microseconds.toFixed(1).padStart(7)} µs  ${(microseconds / bound).toFixed(2).padStart(6)} ×\n`;
}
