import { decideOnService, refuse, type GuardedDecision } from '../core/guarded-service';
import type { GuardedService } from '../core/guarded-service';
import { createPolicySet } from '../core/policy-set';
import type { RequestContext } from '../core/request-context';
import type { DecisionSubject } from '../identity/decision-subject';
import { requestKeys } from '../protocol/request-keys';
import type { Gateway, GuardedRequest } from './events/guarded-request';
import type { GuardedResource } from './guarded-resource';

/** What a call asks for, with all that decides about it but the caller. */
export interface GuardedQuestion {
  readonly request: GuardedRequest;
  readonly guarded: GuardedResource;
  /** undefined where the route is not one of a registered service. */
  readonly service: GuardedService | undefined;
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

/** `asked` is what was decided, where that was not to allow it. */
type Guarded = GuardedDecision & { readonly asked?: RequestContext };

/** `now` is epoch milliseconds. */
export function decideGuarded(
  { request, guarded, service }: GuardedQuestion,
  subject: DecisionSubject,
  now: number,
): Guarded {
  const { action, resource, template, refusal = '' } = guarded;
  const { principal, policies } = subject;
  if (resource === undefined) return refuse({ principal, action }, `${template} ${refusal}`);
  const { gateway, http } = request;
  const resourceAccount = resourceAccountOf(resource, gateway);
  const context = {
    ...guarded.context,
    ...subject.context,
    ...requestKeys(http, { region: gateway.region, resourceAccount, now }),
  };
  const asked = { principal, action, resource, resourceAccount, context };
  const decided = decideOnService(asked, policies, service);
  return decided.decision.decision === 'allowed' ? decided : { ...decided, asked };
}

/** The account in an ARN; a resource without one belongs to the account of its API. */
export function resourceAccountOf(resource: string, gateway: Gateway): string {
  const account = resource.split(':', 5)[4];
  return account === undefined || account === '' ? gateway.accountId : account;
}
