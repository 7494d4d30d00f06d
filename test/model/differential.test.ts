import { randomInt } from 'node:crypto';

import { compare, explainDifference, shareOfConditionsThatHold } from './differential';

const fixedSeed = 20_261_122;
const freshSeed = randomInt(2 ** 31);

test.each([
  ['the fixed seed', fixedSeed],
  ['a fresh seed', freshSeed],
])('the evaluator decides as the definition does, on cases of %s (%d)', (_, seed) => {
  const { cases, decisions, different } = compare(seed, 3000);
  expect(different.slice(0, 3).map(explainDifference)).toEqual([]);
  expect(cases).toBeGreaterThanOrEqual(3000);
  // A generator that only ever makes denials would prove nothing.
  expect(Math.min(...Object.values(decisions))).toBeGreaterThan(cases / 20);
});

test('about half of the generated conditions hold', () => {
  const share = shareOfConditionsThatHold(fixedSeed);
  expect(share).toBeGreaterThan(25);
  expect(share).toBeLessThan(75);
});
