import { createCatalogue, type Catalogue } from './catalogue/catalogue';
import type { ServiceDefinition } from './catalogue/service-definition';
import { describeDenial } from './access-denied';
import { compileOrDeny, type CompiledPolicy } from './compile';
import type { Decision } from './decision';
import { evaluate } from './evaluate';
import type { PolicySet } from './policy-set';
import type { RequestContext } from './request-context';

/** What an account says of the service that its resources belong to. */
export interface GuardedService {
  /** undefined where the service is not registered: then nothing is said about what its actions are about. */
  readonly catalogue: Catalogue | undefined;
  /** The resource-based policy of all its resources; one that cannot be read denies. */
  readonly policy: CompiledPolicy | undefined;
}

export interface GuardedDecision {
  readonly decision: Decision;
  /** AWS's sentence; undefined where the call is allowed. */
  readonly message: string | undefined;
}

/** Throws a TypeError for a definition that contradicts itself: taking its service for unknown would let more through. */
export function understandService(
  registered: {
    readonly definition: ServiceDefinition | undefined;
    readonly policyDocument: string | undefined;
  },
  service: string,
): GuardedService {
  const { definition, policyDocument } = registered;
  return {
    catalogue: definition && createCatalogue([definition]),
    policy:
      policyDocument === undefined
        ? undefined
        : compileOrDeny(policyDocument, { policyType: 'resource-based policy', policyId: service }),
  };
}

/**
 * Decides about a resource of a team's own service, with the service's policy and definition. `service` is undefined where the resource
 * is not one of such a service.
 *
 * Invariant: who asks in front of an API, and who asks in the middle of a request, are both decided here.
 */
export function decideOnService(
  request: RequestContext,
  callersPolicies: PolicySet,
  service: GuardedService | undefined,
): GuardedDecision {
  const { policy, catalogue } = service ?? {};
  const policies = policy === undefined ? callersPolicies : callersPolicies.withResource(policy);
  const decision = evaluate(request, policies);
  if (decision.decision !== 'allowed') {
    return { decision, message: describeDenial(request, decision) };
  }
  // Behind the policies: whatever one of them forbids is told as that.
  return catalogue?.relates(request.action)?.(request.resource) === false
    ? refuse(request, `${request.resource} because the action is not about this resource`)
    : { decision, message: undefined };
}

/** Nothing can allow it; `rest` is what AWS's sentence ends with. */
export function refuse(
  { principal, action }: Pick<RequestContext, 'principal' | 'action'>,
  rest: string,
): GuardedDecision {
  const who = 'arn' in principal ? principal.arn : 'anonymous';
  return {
    decision: { decision: 'implicitDeny', because: [] },
    message: `User: ${who} is not authorized to perform: ${action} on resource: ${rest}`,
  };
}
