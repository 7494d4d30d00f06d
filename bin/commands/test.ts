import type { DecisionType } from '../../lambdas/core/decision';
import { evaluateScenario } from '../../lambdas/core/scenario';
import { renderDecision } from './rendering';
import { readScenarios, type ScenarioEntry } from './scenario-files';

/** What a scenario may expect: a decision, or `Denied` for either denial. The first form is AWS's `EvalDecisionType`. */
const EXPECTATIONS: ReadonlyMap<string, readonly DecisionType[]> = new Map([
  ['allowed', ['allowed']],
  ['explicitDeny', ['explicitDeny']],
  ['implicitDeny', ['implicitDeny']],
  ['Allowed', ['allowed']],
  ['ExplicitlyDenied', ['explicitDeny']],
  ['ImplicitlyDenied', ['implicitDeny']],
  ['Denied', ['explicitDeny', 'implicitDeny']],
]);

interface Outcome {
  readonly passed: boolean;
  readonly text: string;
}

function checkScenario(entry: ScenarioEntry): Outcome {
  const expected = EXPECTATIONS.get(entry.expected ?? '');
  if (expected === undefined) {
    const given = entry.expected ?? 'missing';
    return {
      passed: false,
      text: `expected is ${given}; it must be one of ${[...EXPECTATIONS.keys()].join(', ')}`,
    };
  }
  try {
    const decision = evaluateScenario(entry.text);
    if (expected.includes(decision.decision)) return { passed: true, text: decision.decision };
    return {
      passed: false,
      text: `expected ${expected.join(' or ')}, got ${renderDecision(decision)}`,
    };
  } catch (error) {
    return { passed: false, text: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Runs scenarios with expected decisions; for a team's own CI.
 *
 * @returns the exit code: 0 if every scenario has its expected decision and there is at least one.
 */
export function runTest(files: readonly string[], options: { readonly quiet: boolean }): number {
  let passed = 0;
  let failed = 0;
  for (const entry of files.flatMap(readScenarios)) {
    const outcome = checkScenario(entry);
    if (outcome.passed) passed += 1;
    else failed += 1;
    if (!outcome.passed || !options.quiet) {
      const mark = outcome.passed ? '✓' : '✗';
      process.stdout.write(`${mark} ${entry.file} ${entry.id}: ${outcome.text}\n`);
    }
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
