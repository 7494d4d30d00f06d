import { parseOperator } from './condition-operators';
import type { ConditionEntry, Statement } from './document';
import { foldCase } from './letter-case';

/**
 * Issuers that many organizations share, told apart by a claim: a trust policy that does not look at that claim trusts all of them.
 * For each, the condition keys of which one must be there.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
const REQUIRED_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'agent.buildkite.com': ['sub'],
    'api.pulumi.com/oidc': ['aud'],
    'app.terraform.io': ['sub'],
    'cognito-identity.amazonaws.com': ['aud'],
    'gitlab.com': ['sub'],
    'oidc-configuration.audit-log.githubusercontent.com': ['sub'],
    'oidc.codefresh.io': ['sub'],
    'oidc.vercel.com': ['aud'],
    'proidc.upbound.io': ['sub'],
    'sandboxes.cloud': ['aud'],
    'scalr.io': ['sub'],
    'studio.datachain.ai/api': ['sub'],
    'token.actions.githubusercontent.com': ['sub', 'job_workflow_ref'],
    'tokens.cloud.shisho.dev': ['sub'],
    'vstoken.actions.githubusercontent.com': ['sub'],
  }).map(([issuer, claims]) => [issuer, claims.map((claim) => `${issuer}:${claim}`)]),
).set('sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d', ['sts:RoleSessionName']);

/** What a statement of a trust policy lacks; undefined where it trusts no shared issuer, or looks at the claim. */
export function findSharedProviderProblem(statement: Statement): string | undefined {
  if (statement.Effect === 'Deny') return undefined;
  for (const principal of statement.Principal?.Federated ?? []) {
    const issuer = principal.replace(/^arn:[^:]*:iam::\d*:oidc-provider\//, '');
    const keys = REQUIRED_KEYS.get(foldCase(issuer));
    if (keys === undefined || keys.some((key) => isEvaluated(statement.Condition ?? [], key))) {
      continue;
    }
    return `The trust policy must evaluate the condition key ${keys.join(' or ')}, because many organizations share the OIDC provider ${issuer}.`;
  }
  return undefined;
}

/** Whether the key must have one of some values, of which none is everything. */
function isEvaluated(conditions: readonly ConditionEntry[], key: string): boolean {
  return conditions.some(
    (condition) =>
      foldCase(condition.key) === foldCase(key) &&
      demandsValue(condition.operator) &&
      condition.values.length > 0 &&
      condition.values.every((value) => /[^*?]/.test(value)),
  );
}

function demandsValue(text: string): boolean {
  const use = parseOperator(text);
  return (
    use?.operator.kind === 'comparison' &&
    use.operator.name.startsWith('String') &&
    !use.operator.negated &&
    !use.ifExists &&
    use.quantifier !== 'ForAllValues'
  );
}
