import type { Finding } from './finding';
import { POLICY_SIZE_CODE } from './policy-size';

/**
 * AWS names one problem, and looks for problems in stages: the structure first, then the version, and so on. Codes that are in no stage
 * belong to the first, where nothing but the structure is looked at.
 */
const STAGES: readonly (readonly string[])[] = [
  [],
  ['VERSION_TOO_OLD'],
  ['INVALID_EFFECT_CASE', 'INVALID_DATE', 'INVALID_VARIABLE', 'LEGACY_RESOURCE'],
  ['DUPLICATE_SID', 'INVALID_SID'],
  ['MISSING_ACTION'],
  ['INVALID_RESOURCE', 'MISPLACED_VARIABLE'],
  ['INVALID_ACTION'],
  ['MISSING_RESOURCE'],
  [
    'MISSING_PRINCIPAL',
    'INVALID_PRINCIPAL',
    'PROHIBITED_RESOURCE',
    'PROHIBITED_ACTION',
    'PROHIBITED_BY_TYPE',
    'SHARED_PROVIDER',
  ],
];

/**
 * The message that AWS puts into `MalformedPolicyDocument` for these findings; undefined where there is no error that it would say
 * so for. A quota ({@link exceededQuotaMessage}) has its own error.
 */
export function malformedPolicyMessage(findings: readonly Finding[]): string | undefined {
  let first: Finding | undefined;
  for (const finding of findings) {
    if (finding.severity !== 'error' || finding.code === POLICY_SIZE_CODE) continue;
    if (isHidden(finding, findings)) continue;
    if (first === undefined || compareFindings(finding, first) < 0) first = finding;
  }
  return first && (first.awsMessage ?? first.message);
}

/** The message for a document that is too large, as AWS puts it into `LimitExceeded`; undefined where none is. */
export function exceededQuotaMessage(findings: readonly Finding[]): string | undefined {
  return findings.find(({ code }) => code === POLICY_SIZE_CODE)?.message;
}

function stageOf({ code }: Finding): number {
  const stage = STAGES.findIndex((codes) => codes.includes(code));
  return Math.max(stage, 0);
}

/** Of several resources AWS names the one it looks at last: the last statement's, and in it the first in alphabetical order. */
function compareFindings(left: Finding, right: Finding): number {
  const stages = stageOf(left) - stageOf(right);
  if (stages !== 0) return stages;
  if (left.code === 'INVALID_ACTION') {
    return Number(left.path.includes('NotAction')) - Number(right.path.includes('NotAction'));
  }
  if (left.code !== 'INVALID_RESOURCE') return 0;
  return (
    Number(right.path.includes('NotResource')) - Number(left.path.includes('NotResource')) ||
    statementOf(right) - statementOf(left) ||
    (left.message < right.message ? -1 : 1)
  );
}

/** Once a resource has been found wrong, AWS no longer looks for those that it cannot read. */
function isHidden(finding: Finding, findings: readonly Finding[]): boolean {
  return (
    finding.code === 'LEGACY_RESOURCE' &&
    findings.some(
      (other) => other.code === 'INVALID_RESOURCE' && statementOf(other) <= statementOf(finding),
    )
  );
}

function statementOf({ path }: Finding): number {
  return typeof path[1] === 'number' ? path[1] : 0;
}
