import { randomInt } from 'node:crypto';

import { compare, explainDifference, shareOfConditionsThatHold } from './differential';
import type { World } from './worlds';

const fixedSeed = 20_261_122;
const freshSeed = randomInt(2 ** 31);

// A mutant is dead at its first difference; nobody wants to see it minimised.
const isMutant = process.env['STRYKER_MUTATOR_WORKER'] !== undefined;
const explain = (world: World): string => (isMutant ? 'a difference' : explainDifference(world));

const seeds: readonly (readonly [string, number])[] = [
  ['the fixed seed', fixedSeed],
  ...(isMutant ? [] : [['a fresh seed', freshSeed] as const]),
];

test.each(seeds)('the evaluator decides as the definition does on cases of %s, %d', (_, seed) => {
  const { cases, decisions, different } = compare(
    seed,
    3000,
    (tally) => tally.different.length === 0,
  );
  expect(different.slice(0, 1).map(explain)).toEqual([]);
  expect(cases).toBeGreaterThanOrEqual(3000);
  // A generator that only ever makes denials would prove nothing.
  expect(Math.min(...Object.values(decisions))).toBeGreaterThan(cases / 20);
});

test('about half of the generated conditions hold', () => {
  const share = shareOfConditionsThatHold(fixedSeed);
  expect(share).toBeGreaterThan(25);
  expect(share).toBeLessThan(75);
});
