import type { PolicyType } from './decision';

/**
 * A policy as it was understood: AWS's elements, each list a list even where the text had one value.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyDocument {
  /** Absent means 2008-10-17: variables are plain text then. */
  readonly Version?: PolicyVersion;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

export type PolicyVersion = '2008-10-17' | '2012-10-17';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  /** One entry for each operator and key: all of them must hold. */
  readonly Condition?: readonly ConditionEntry[];
  /** Offsets into the text, of the opening brace and behind the closing one; -1 where there is no text. */
  readonly start: number;
  readonly end: number;
}

/** `"*"` is the same as `{"AWS": "*"}` and stands here as that. */
export type PrincipalElement = Readonly<Partial<Record<PrincipalKind, readonly string[]>>>;

export type PrincipalKind = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';

export interface ConditionEntry {
  /** As written, e.g. `ForAllValues:StringEqualsIfExists`. */
  readonly operator: string;
  /** As written; compared without regard to case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** What a policy is written for; each has its own rules. */
export type PolicyKind =
  'identity' | 'managed' | 'resource' | 'trust' | 'scp' | 'rcp' | 'session' | 'endpoint';

export const KIND_OF_POLICY_TYPE: Readonly<Record<PolicyType, PolicyKind>> = {
  'identity-based policy': 'identity',
  'resource-based policy': 'resource',
  'permissions boundary': 'identity',
  'session policy': 'session',
  'service control policy': 'scp',
  'resource control policy': 'rcp',
  'VPC endpoint policy': 'endpoint',
  'role trust policy': 'trust',
};

interface KindRules {
  readonly principal: 'required' | 'prohibited';
  readonly notPrincipal: boolean;
  readonly resource: 'required' | 'optional';
}

const WITHOUT_PRINCIPAL: KindRules = {
  principal: 'prohibited',
  notPrincipal: false,
  resource: 'required',
};

/** Sources: the elements pages of the IAM user guide, and the SCP and RCP syntax pages of Organizations. */
export const KIND_RULES: Readonly<Record<PolicyKind, KindRules>> = {
  identity: WITHOUT_PRINCIPAL,
  managed: WITHOUT_PRINCIPAL,
  session: WITHOUT_PRINCIPAL,
  scp: WITHOUT_PRINCIPAL,
  resource: { principal: 'required', notPrincipal: true, resource: 'optional' },
  trust: { principal: 'required', notPrincipal: false, resource: 'optional' },
  rcp: { principal: 'required', notPrincipal: false, resource: 'required' },
  endpoint: { principal: 'required', notPrincipal: true, resource: 'required' },
};
