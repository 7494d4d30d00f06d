import type { Decision, PolicyType, Reason } from './decision';
import type { Principal, RequestContext } from './request-context';

/**
 * The sentence that AWS answers a denied request with. One policy type is named: the first of the reasons.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function describeDenial(request: RequestContext, decision: Decision): string {
  const { principal, action, resource } = request;
  const asked = `User: ${nameOf(principal)} is not authorized to perform: ${action} on resource: ${resource}`;
  const [reason] = decision.because;
  if (reason === undefined) return asked;
  if (decision.decision === 'explicitDeny') {
    return `${asked} with an explicit deny in ${ARTICLES[reason.policyType]} ${reason.policyType}${policyArnOf(request, reason)}`;
  }
  return `${asked} because no ${reason.policyType} allows the ${action} action`;
}

const ARTICLES: Readonly<Record<PolicyType, 'a' | 'an' | 'the'>> = {
  'identity-based policy': 'an',
  'resource-based policy': 'a',
  'permissions boundary': 'a',
  'session policy': 'a',
  'service control policy': 'a',
  'resource control policy': 'a',
  'VPC endpoint policy': 'a',
  'role trust policy': 'the',
};

/** Types whose policies AWS names, to callers of the resource's own account. */
const NAMED_TYPES: ReadonlySet<PolicyType> = new Set([
  'identity-based policy',
  'permissions boundary',
  'session policy',
  'service control policy',
  'resource control policy',
]);

function policyArnOf({ principal, resourceAccount }: RequestContext, reason: Reason): string {
  const { policyArn, policyType } = reason;
  if (policyArn === undefined || !NAMED_TYPES.has(policyType)) return '';
  return 'arn' in principal && principal.accountId === resourceAccount ? `: ${policyArn}` : '';
}

function nameOf(principal: Principal): string {
  if ('arn' in principal) return principal.arn;
  if ('provider' in principal) return principal.provider;
  return principal.type === 'Service' ? principal.service : 'anonymous';
}
