import { evaluateScenario } from '../../lambdas/core/scenario';
import { renderDecision } from './rendering';
import { readScenarios } from './scenario-files';

/**
 * Prints each scenario's decision and why it fell that way.
 *
 * @returns the exit code: 0, or 1 if a scenario could not be read.
 */
export function runExplain(files: readonly string[]): number {
  let exitCode = 0;
  for (const entry of files.flatMap(readScenarios)) {
    try {
      process.stdout.write(`${entry.id}: ${renderDecision(evaluateScenario(entry.text))}\n`);
    } catch (error) {
      exitCode = 1;
      const text = error instanceof Error ? error.message : String(error);
      process.stdout.write(`${entry.id}: implicitDeny\n  the scenario cannot be read: ${text}\n`);
    }
  }
  return exitCode;
}
