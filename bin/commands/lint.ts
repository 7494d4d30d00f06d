import { readFileSync } from 'node:fs';
import { advisePolicy } from '../../lambdas/core/advice';
import type { Finding } from '../../lambdas/core/finding';
import { type PolicyKind, validatePolicy } from '../../lambdas/core/validate';

interface LintOptions {
  readonly kind: PolicyKind;
  readonly json: boolean;
  /** Advice fails the command too. */
  readonly strict: boolean;
}

function renderFinding(file: string, finding: Finding): string {
  const place = finding.position ? `${finding.position.line}:${finding.position.column}` : '1:1';
  return `${file}:${place} ${finding.severity} ${finding.code} ${finding.message}`;
}

/**
 * Validates policy documents and prints every finding with its position.
 *
 * @returns the exit code: 1 if there is an error (with `strict`: any finding but a suggestion), else 0.
 */
export function runLint(files: readonly string[], options: LintOptions): number {
  const results = files.map((file) => {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8');
    const { findings } = validatePolicy(text, options.kind);
    return { file, findings: [...findings, ...advisePolicy(text, options.kind)] };
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  } else {
    for (const { file, findings } of results) {
      for (const finding of findings) process.stdout.write(`${renderFinding(file, finding)}\n`);
    }
    const count = results.reduce((sum, { findings }) => sum + findings.length, 0);
    process.stdout.write(`findings: ${count}, policies: ${files.length}\n`);
  }
  const failing = results
    .flatMap(({ findings }) => findings)
    .some(({ severity }) => severity === 'error' || (options.strict && severity !== 'suggestion'));
  return failing ? 1 : 0;
}
