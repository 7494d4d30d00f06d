import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decide } from '../../lambdas/core/evaluate';
import {
  evaluateScenario,
  readScenario,
  readScenarioPolicies,
  readScenarioRequest,
} from '../../lambdas/core/scenario';

interface Case {
  readonly id: string;
  readonly description: string;
  readonly expected: 'allowed' | 'explicitDeny' | 'implicitDeny' | 'Denied';
}

const directory = join(__dirname, '..', 'cases');

function readCases(file: string): readonly Case[] {
  const { cases } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as { cases: Case[] };
  return cases;
}

describe.each(readdirSync(directory))('the decisions of %s', (file) => {
  test.each(readCases(file))('$id: $description', (scenario) => {
    const { decision } = evaluateScenario(scenario);
    const read = readScenario(scenario);
    const fast = decide(readScenarioRequest(read), readScenarioPolicies(read));
    expect(fast).toBe(decision);
    expect(evaluateScenario(JSON.stringify(scenario)).decision).toBe(decision);
    if (scenario.expected === 'Denied') expect(decision).not.toBe('allowed');
    else expect(decision).toBe(scenario.expected);
  });
});
