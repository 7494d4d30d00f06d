/** AWS's three answers, in the words of `EvalDecisionType`. */
export type DecisionType = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** The policy types that take part in a decision, in AWS's words. */
export type PolicyType =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'permissions boundary'
  | 'session policy'
  | 'service control policy'
  | 'resource control policy'
  | 'VPC endpoint policy'
  | 'role trust policy';

/** The answer to one request. */
export interface Decision {
  readonly decision: DecisionType;
  /** What decided, most important first; empty only where reasons were not asked for. */
  readonly because: readonly Reason[];
}

/** One reason: a statement that decided, or a layer that lacked an Allow. */
export interface Reason {
  readonly policyType: PolicyType;
  /** `denied`: a Deny matched; `allowed`: an Allow matched; `notAllowed`: this layer had no matching Allow. */
  readonly effect: 'allowed' | 'denied' | 'notAllowed';
  /** The id the policy was given when it was compiled. */
  readonly policyId?: string;
  /** The ARN the policy was given when it was compiled. */
  readonly policyArn?: string;
  /** The Sid, where the statement has one. */
  readonly sid?: string;
  /** For a level of service control policies that lacked an Allow: 0 is the root of the organization. */
  readonly level?: number;
  /** Zero-based position of the statement in its policy. */
  readonly statement?: number;
  /** Where the statement stands in the policy's text: 1-based lines and columns. */
  readonly position?: { readonly start: TextPosition; readonly end: TextPosition };
  /** The conditions that were looked at, with both values. */
  readonly conditions?: readonly ConditionReason[];
  /** For `notAllowed`: what kept the nearest statement from matching. */
  readonly mismatch?: 'principal' | 'action' | 'resource' | 'condition';
}

export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

export interface ConditionReason {
  readonly operator: string;
  readonly key: string;
  /** What the policy asks for, variables already replaced. */
  readonly expected: readonly string[];
  /** What the request had; undefined where the key was missing. */
  readonly actual: readonly string[] | undefined;
  readonly matched: boolean;
}
