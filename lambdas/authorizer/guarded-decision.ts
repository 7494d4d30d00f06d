import { describeDenial } from '../core/access-denied';
import type { Decision } from '../core/decision';
import { evaluate } from '../core/evaluate';
import { createPolicySet, type PolicySet } from '../core/policy-set';
import type { ConditionContext, Principal, RequestContext } from '../core/request-context';
import type { LoadedPrincipal } from '../identity/principals';
import { multiFactorAge } from '../identity/sessions';
import { requestKeys } from '../protocol/request-keys';
import type { Gateway, GuardedRequest } from './events/guarded-request';
import type { GuardedResource } from './guarded-resource';
import type { GuardedService } from './guarded-services';

/** Who asks, with whatever policies are its own. */
export interface DecisionSubject {
  readonly principal: Principal;
  readonly policies: PolicySet;
  /** The condition keys that come from the principal and its credential. */
  readonly context: ConditionContext;
}

/** What a call asks for, with all that decides about it but the caller. */
export interface GuardedQuestion {
  readonly request: GuardedRequest;
  readonly guarded: GuardedResource;
  /** undefined where the route is not one of a registered service. */
  readonly service: GuardedService | undefined;
}

export interface GuardedDecision {
  readonly decision: Decision;
  /** AWS's sentence; undefined where the call is allowed. */
  readonly message: string | undefined;
}

export function subjectOf({ caller, policies }: LoadedPrincipal, now: number): DecisionSubject {
  return {
    principal: caller.principal,
    policies,
    context: { ...caller.context, ...multiFactorAge(caller.session, now) },
  };
}

/**
 * Whoever calls without any credential: it has no policies, and whatever it may do the resource's policy says.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltype
 */
export const ANONYMOUS: DecisionSubject = {
  principal: { type: 'Anonymous' },
  policies: createPolicySet({ identity: [] }),
  context: { 'aws:PrincipalType': 'Anonymous', 'aws:userid': 'anonymous' },
};

/** `now` is epoch milliseconds. */
export function decideGuarded(
  { request, guarded, service }: GuardedQuestion,
  subject: DecisionSubject,
  now: number,
): GuardedDecision {
  const { action, resource, template, refusal = '' } = guarded;
  const { principal } = subject;
  if (resource === undefined) return refuse(principal, action, `${template} ${refusal}`);
  const { gateway, http } = request;
  const resourceAccount = resourceAccountOf(resource, gateway);
  const context: RequestContext = {
    principal,
    action,
    resource,
    resourceAccount,
    context: {
      ...guarded.context,
      ...subject.context,
      ...requestKeys(http, { region: gateway.region, resourceAccount, now }),
    },
  };
  const { policy, catalogue } = service ?? {};
  const policies = policy === undefined ? subject.policies : subject.policies.withResource(policy);
  const decision = evaluate(context, policies);
  if (decision.decision !== 'allowed') {
    return { decision, message: describeDenial(context, decision) };
  }
  // Behind the policies: whatever one of them forbids is told as that.
  return catalogue?.relates(action)?.(resource) === false
    ? refuse(principal, action, `${resource} because the action is not about this resource`)
    : { decision, message: undefined };
}

function refuse(principal: Principal, action: string, rest: string): GuardedDecision {
  const who = 'arn' in principal ? principal.arn : 'anonymous';
  return {
    decision: { decision: 'implicitDeny', because: [] },
    message: `User: ${who} is not authorized to perform: ${action} on resource: ${rest}`,
  };
}

/** The account in an ARN; a resource without one belongs to the account of its API. */
export function resourceAccountOf(resource: string, gateway: Gateway): string {
  const account = resource.split(':', 5)[4];
  return account === undefined || account === '' ? gateway.accountId : account;
}
