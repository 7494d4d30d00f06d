import { CompiledStatement } from './compiled-statement';
import type { DecisionType, PolicyType } from './decision';
import { KIND_OF_POLICY_TYPE } from './document';
import { parsePolicy } from './parse';
import type { PolicyOrigin } from './policy-origin';
import { PolicyRefused } from './policy-refused';

/**
 * A policy that has been understood. It depends on nothing but its text, so it can be kept for ever under the policy's version and be
 * shared by every principal that has it.
 */
export interface CompiledPolicy extends PolicyOrigin {
  readonly statements: readonly CompiledStatement[];
  /** Set for a policy that could not be read: how every decision ends that it takes part in. */
  readonly unreadable?: Exclude<DecisionType, 'allowed'>;
}

export interface CompileOptions {
  readonly policyType: PolicyType;
  /** What `because` names; the policy's name or id. */
  readonly policyId?: string;
  /** What an access-denied message names, where AWS names one. */
  readonly policyArn?: string;
}

/**
 * Understands a policy, given as text or as the value its text would be.
 *
 * What AWS refuses only when a policy is saved (an old version, a Sid that stands twice, a size) does not keep a stored
 * policy from being evaluated; what cannot be understood does.
 *
 * @throws PolicyRefused where anything in it is not understood. Whoever decides must then deny: {@link unreadablePolicy}.
 */
export function compilePolicy(source: string | object, options: CompileOptions): CompiledPolicy {
  const kind = KIND_OF_POLICY_TYPE[options.policyType];
  const { document, findings, text, denies } = parsePolicy(source, kind);
  if (document === undefined) throw new PolicyRefused(findings, denies);
  const { policyType, policyId, policyArn } = options;
  const statements: CompiledStatement[] = [];
  const policy: CompiledPolicy = {
    policyType,
    policyId,
    policyArn,
    document,
    text,
    variables: document.Version === '2012-10-17',
    statements,
    unreadable: undefined,
  };
  document.Statement.forEach((statement, index) => {
    statements.push(new CompiledStatement(policy, statement, index));
  });
  return policy;
}

/**
 * Stands in for a policy that cannot be read (refused, missing, unavailable): no decision that it takes part in is `allowed`.
 * An explicit deny elsewhere stays one; otherwise the decision is `outcome`.
 */
export function unreadablePolicy(
  options: CompileOptions,
  outcome: Exclude<DecisionType, 'allowed'> = 'implicitDeny',
): CompiledPolicy {
  const { policyType, policyId, policyArn } = options;
  return {
    policyType,
    policyId,
    policyArn,
    document: { Statement: [] },
    text: undefined,
    variables: false,
    statements: [],
    unreadable: outcome,
  };
}

/**
 * Compiles a policy, or stands in for it where it is refused: as an explicit deny where a Deny could be made out in it (what it
 * denies is not known, so everything is), else as an implicit one.
 */
export function compileOrDeny(source: string | object, options: CompileOptions): CompiledPolicy {
  try {
    return compilePolicy(source, options);
  } catch (error) {
    if (!(error instanceof PolicyRefused)) throw error;
    return unreadablePolicy(options, error.denies ? 'explicitDeny' : 'implicitDeny');
  }
}
