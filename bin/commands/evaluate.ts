import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Decision } from '../../lambdas/core/decision';
import { evaluateScenario } from '../../lambdas/core/scenario';

interface Answer extends Decision {
  readonly id: unknown;
  readonly error?: string;
}

/** A scenario that cannot be read is denied, and says why: in a pipeline a missing line is worse than a denial. */
function answerLine(line: string): Answer {
  let id: unknown = null;
  try {
    const scenario: unknown = JSON.parse(line);
    if (typeof scenario === 'object' && scenario !== null && 'id' in scenario) id = scenario.id;
    // The text, not the value: duplicate members can be seen in nothing else.
    return { id, ...evaluateScenario(line) };
  } catch (error) {
    return {
      id,
      decision: 'implicitDeny',
      because: [],
      error: error instanceof Error ? error.message : String(error),
    };
  }
}

/**
 * Reads JSON lines `{id, request, policies}` and writes one JSON line `{id, decision, because}` for each.
 *
 * @returns the exit code: 0, or 1 if a line could not be read as a scenario.
 */
export async function runEvaluate(files: readonly string[]): Promise<number> {
  let exitCode = 0;
  for (const file of files.length === 0 ? ['-'] : files) {
    const input = file === '-' ? process.stdin : createReadStream(file);
    // A file that cannot be opened must fail the command, and readline does not pass a stream's error on.
    if (file !== '-') await once(input, 'open');
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const answer = answerLine(line);
      if (answer.error !== undefined) exitCode = 1;
      if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) await once(process.stdout, 'drain');
    }
  }
  return exitCode;
}
