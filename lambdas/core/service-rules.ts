import type { RequestContext } from './request-context';

/**
 * Where AWS's own services decide in another way than the rest.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and the services' own pages.
 */
export interface ServiceRules {
  /** Needs no permission, and no Deny stops it: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
  readonly alwaysAllowed: boolean;
  /**
   * Resources whose own policy must allow (by naming the account at least) before any other policy counts: a role's trust
   * policy, a KMS key's policy. Undefined for actions that know no such resource.
   */
  readonly needsResourcePolicy: RegExp | undefined;
}

const ROLE = /^arn:[^:]*:iam::[^:]*:role\//;
const KEY = /^arn:[^:]*:kms:[^:]*:[^:]*:key\//;

const TRUST_ACTION = /^sts:(?:assumerole.*|tagsession|setsourceidentity)$/i;

const ORDINARY: ServiceRules = { alwaysAllowed: false, needsResourcePolicy: undefined };

/** Whether the policy of the resource that an action is about is a role's trust policy. */
export function isTrustAction(action: string): boolean {
  return TRUST_ACTION.test(action);
}

/** The rules for an action, given in lower case. */
export function findServiceRules(folded: string): ServiceRules {
  if (folded === 'sts:getcalleridentity') return { ...ORDINARY, alwaysAllowed: true };
  if (TRUST_ACTION.test(folded)) return { ...ORDINARY, needsResourcePolicy: ROLE };
  if (folded.startsWith('kms:')) return { ...ORDINARY, needsResourcePolicy: KEY };
  return ORDINARY;
}

/** Whether nothing but the resource's own policy can open this resource. */
export function needsResourcePolicy(rules: ServiceRules, { resource }: RequestContext): boolean {
  return rules.needsResourcePolicy?.test(resource) === true;
}
