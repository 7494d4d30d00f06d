import { compileOrDeny, type CompiledPolicy } from '../core/compile';
import type { Decision } from '../core/decision';
import { evaluate } from '../core/evaluate';
import { createPolicySet, type Policies } from '../core/policy-set';
import type { ConditionContext, Principal } from '../core/request-context';
import { encodeParts } from '../store/keys';
import { BoundedMap } from './principal-bounded-map';
import type { RoleRecord } from './role-entities';

/** The actions that a role's trust policy has a say in. */
export type TrustAction =
  | 'sts:AssumeRole'
  | 'sts:AssumeRoleWithWebIdentity'
  | 'sts:AssumeRoleWithSAML'
  | 'sts:TagSession'
  | 'sts:SetSourceIdentity';

export interface AskedTrust {
  readonly action: TrustAction;
  readonly principal: Principal;
  readonly roleArn: string;
  /** The role's account. */
  readonly accountId: string;
  /** All condition keys of the request and of who asks. */
  readonly context: ConditionContext;
  /** The policies of who asks; absent for those who have none before they have a session. */
  readonly identity?: Policies;
}

/** Text → what it means, for as long as the process lives. */
const compiledPolicies = new BoundedMap<CompiledPolicy>({ entries: 1024, bytes: 8 * 1024 * 1024 });

/** About what a policy takes in memory for each character of its text. */
const COMPILED_BYTES_PER_CHARACTER = 16;

/** The trust policy of a role, which names users and roles by their ids. One that cannot be read trusts nobody. */
export function compileTrustPolicy(
  role: Pick<RoleRecord, 'AssumeRolePolicyDocument' | 'RoleId'>,
): CompiledPolicy {
  const { AssumeRolePolicyDocument: document, RoleId: policyId } = role;
  const key = encodeParts(policyId, document);
  const kept = compiledPolicies.get(key);
  if (kept !== undefined) {
    return kept;
  }
  const compiled = compileOrDeny(document, { policyType: 'role trust policy', policyId });
  compiledPolicies.set(key, compiled, 512 + document.length * COMPILED_BYTES_PER_CHARACTER);
  return compiled;
}

/**
 * Whether a role may be assumed, as its trust policy and the policies of who asks say together: an ARN in the role's own account is
 * enough there, an account or another account's principal needs its own permission as well, and nobody, the role itself
 * included, is trusted without being named.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function evaluateTrust(role: RoleRecord, asked: AskedTrust): Decision {
  const { action, principal, roleArn, accountId, context } = asked;
  const policies = createPolicySet({
    ...(asked.identity ?? { identity: [] }),
    resource: compileTrustPolicy(role),
  });
  return evaluate(
    { action, principal, resource: roleArn, resourceAccount: accountId, context },
    policies,
  );
}
