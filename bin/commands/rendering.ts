import type { ConditionReason, Decision, Reason } from '../../lambdas/core/decision';

function renderValues(values: readonly string[] | undefined): string {
  return values === undefined
    ? '(missing)'
    : values.map((value) => JSON.stringify(value)).join(', ');
}

function renderCondition(condition: ConditionReason): string {
  const mark = condition.matched ? '✓' : '✗';
  return `      ${mark} ${condition.operator} ${condition.key}: policy ${renderValues(condition.expected)}, request ${renderValues(condition.actual)}`;
}

function renderStatement(reason: Reason): string {
  const parts: string[] = [];
  if (reason.policyId !== undefined) parts.push(`policy ${reason.policyId}`);
  if (reason.statement !== undefined) parts.push(`statement ${reason.statement + 1}`);
  if (reason.sid !== undefined && reason.sid !== '') parts.push(`Sid ${reason.sid}`);
  if (reason.position !== undefined) {
    parts.push(`line ${reason.position.start.line}, column ${reason.position.start.column}`);
  }
  return parts.join(', ');
}

/** `an identity-based policy`, `a session policy`. */
function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** As the organization counts: its root is level 1. */
function renderLevel({ level }: Reason): string {
  return level === undefined ? '' : ` at level ${level + 1}`;
}

function renderReason(reason: Reason): string[] {
  const where = renderStatement(reason);
  const lines: string[] = [];
  switch (reason.effect) {
    case 'denied':
      lines.push(`  denied by ${article(reason.policyType)}${where === '' ? '' : `: ${where}`}`);
      break;
    case 'allowed':
      lines.push(`  allowed by ${article(reason.policyType)}${where === '' ? '' : `: ${where}`}`);
      break;
    case 'notAllowed':
      lines.push(`  no ${reason.policyType}${renderLevel(reason)} allows it`);
      if (where !== '') {
        const why =
          reason.mismatch === undefined ? '' : `, but its ${reason.mismatch} does not match`;
        lines.push(`    nearest: ${where}${why}`);
      }
      break;
    default:
      reason.effect satisfies never;
  }
  return [...lines, ...(reason.conditions ?? []).map(renderCondition)];
}

/** A decision with its reasons, for a person: several lines without an end of line. */
export function renderDecision(decision: Decision): string {
  return [decision.decision, ...decision.because.flatMap(renderReason)].join('\n');
}
