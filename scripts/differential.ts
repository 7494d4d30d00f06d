import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { compare, explainDifference, shareOfConditionsThatHold } from '../test/model/differential';
import type { Tally } from '../test/model/differential';

/*
 * npm run differential -- --cases N --seed S
 *
 * Asks the evaluator and the definitional evaluator the same generated questions, prints every kind of answer's share,
 * and ends with code 1 if one answer differs.
 */

const DISTINCT_DIFFERENCES_SHOWN = 10;

function readPositiveInteger(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`--${option} takes a positive integer, not "${text}"`);
  }
  return value;
}

function describe({ cases, decisions, different }: Tally, startMilliseconds: number): string {
  const seconds = (performance.now() - startMilliseconds) / 1000;
  const shares = Object.entries(decisions)
    .map(([decision, count]) => `${decision} ${((100 * count) / Math.max(1, cases)).toFixed(1)} %`)
    .join(', ');
  const speed = Math.round(cases / seconds);
  return `${cases} cases, ${speed} cases/s, ${shares}, ${different.length} worlds with differences`;
}

function main(): number {
  const { values } = parseArgs({
    options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string' } },
  });
  const cases = readPositiveInteger(values.cases, 'cases');
  const seed =
    values.seed === undefined ? randomInt(1, 2 ** 31) : readPositiveInteger(values.seed, 'seed');
  const share = shareOfConditionsThatHold(seed).toFixed(1);
  console.log(`seed ${seed}, conditions that hold ${share} %`);

  const start = performance.now();
  let nextReport = start + 5000;
  const tally = compare(seed, cases, (sofar) => {
    if (performance.now() >= nextReport) {
      nextReport += 5000;
      console.log(describe(sofar, start));
    }
    return sofar.different.length < 1000;
  });

  const explanations = new Set<string>();
  for (const world of tally.different.slice(0, 200)) {
    if (explanations.size >= DISTINCT_DIFFERENCES_SHOWN) break;
    explanations.add(explainDifference(world));
  }
  for (const explanation of explanations) console.log(`\n${explanation}`);
  console.log(`\nseed ${seed}: ${describe(tally, start)}`);
  return tally.different.length === 0 ? 0 : 1;
}

process.exitCode = main();
