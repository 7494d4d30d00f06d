import type { Finding } from './finding';
import type { PolicyDocument, PolicyKind, Statement } from './document';
import { parseOperator } from './condition-operators';
import { FindingCollector } from './findings';
import type { JsonNode } from './json';
import { offsetOf, statementPath } from './node-path';
import { parsePolicy } from './parse';
import { isAcceptedDate } from './policy-dates';
import type { Path } from './policy-reader';
import { findKindProblems } from './policy-kinds';
import { checkPolicySize } from './policy-size';
import { findResourceProblem, findSavedResourceProblem } from './resource-pattern';

export { malformedPolicyMessage, exceededQuotaMessage } from './malformed-policy';
export type { PolicyKind } from './document';

/** What a policy's text was understood as, and what is wrong with it. */
export interface Validation {
  /** Undefined where there are errors. */
  readonly document: PolicyDocument | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Judges a policy as AWS does when it is saved: all that an evaluator must understand, and what AWS refuses besides. Errors only; for
 * advice see `advice.ts`.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_policy-validator.html
 */
export function validatePolicy(text: string, kind: PolicyKind): Validation {
  const { document, draft, root, findings } = parsePolicy(text, kind);
  const collector = new FindingCollector(text);
  checkPolicySize(text, kind, collector);
  if (draft !== undefined && root !== undefined) checkSaved({ draft, root, kind }, collector);
  const all = [...findings, ...collector.findings];
  return { document: all.length === 0 ? document : undefined, findings: all };
}

interface Draft {
  readonly draft: PolicyDocument;
  readonly root: JsonNode;
  readonly kind: PolicyKind;
}

function checkSaved({ draft, root, kind }: Draft, collector: FindingCollector): void {
  const report: Report = (code, path, message, awsMessage) => {
    const finding = { code, path, message, severity: 'error' } as const;
    const offset = offsetOf(root, path);
    collector.report(awsMessage === undefined ? finding : { ...finding, awsMessage }, offset);
  };
  if (kind === 'managed' && draft.Version !== '2012-10-17') {
    const message = 'Policy document must be version 2012-10-17 or greater.';
    report('VERSION_TOO_OLD', draft.Version === undefined ? [] : ['Version'], message);
  }
  const sids = new Set<string>();
  for (const [index, statement] of draft.Statement.entries()) {
    const path = statementPath(root, index);
    checkSid(statement, path, sids, report);
    checkResources(statement, path, draft.Version === '2012-10-17', report);
    checkDates(statement, path, report);
    for (const problem of findKindProblems(statement, kind)) {
      report(problem.code, [...path, problem.element], problem.message, problem.awsMessage);
    }
  }
}

type Report = (code: string, path: Path, message: string, awsMessage?: string) => void;

function checkSid({ Sid }: Statement, path: Path, sids: Set<string>, report: Report): void {
  if (Sid === undefined || Sid === '') return;
  if (sids.has(Sid)) {
    const message = 'Statement IDs (SID) in a single policy must be unique.';
    report('DUPLICATE_SID', [...path, 'Sid'], message);
  }
  sids.add(Sid);
}

function checkResources(
  statement: Statement,
  path: Path,
  variables: boolean,
  report: Report,
): void {
  for (const element of ['Resource', 'NotResource'] as const) {
    for (const [index, text] of (statement[element] ?? []).entries()) {
      // What the parser refuses has been reported by it.
      if (findResourceProblem(text, variables) !== undefined) continue;
      const problem = findSavedResourceProblem(text) ?? findMisplacedVariable(text, variables);
      if (problem !== undefined) report(problem.code, [...path, element, index], problem.message);
    }
  }
}

/** Variables stand behind the fifth colon; before it they are plain text, which nobody can have meant. */
function findMisplacedVariable(text: string, variables: boolean) {
  if (!variables) return undefined;
  const head = text.split(':').slice(0, 5).join(':');
  if (!head.includes('${')) return undefined;
  const message = `Resource ${text} has a policy variable before its last part`;
  return { code: 'MISPLACED_VARIABLE', message };
}

function checkDates(statement: Statement, path: Path, report: Report): void {
  for (const { operator, key, values } of statement.Condition ?? []) {
    if (parseOperator(operator)?.operator.name.startsWith('Date') !== true) continue;
    for (const value of values) {
      if (isAcceptedDate(value)) continue;
      const conditionPath = [...path, 'Condition', operator, key];
      const message = `\`${value}\` is no date`;
      report('INVALID_DATE', conditionPath, message, 'The policy failed legacy parsing');
    }
  }
}
