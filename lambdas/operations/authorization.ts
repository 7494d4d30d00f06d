import { describeDenial } from '../core/access-denied';
import type { Decision } from '../core/decision';
import { evaluate } from '../core/evaluate';
import type { PolicySet } from '../core/policy-set';
import type { RequestContext } from '../core/request-context';
import { multiFactorAge } from '../identity/sessions';
import { IamError } from '../protocol/errors';
import type { HttpRequest } from '../protocol/http';
import type { Authorization, Call } from './operation';
import { requestKeys } from '../protocol/request-keys';

/**
 * Asks whether the caller may do what the row says, on every resource that it names.
 *
 * Errors: AccessDenied with AWS's sentence; whatever the row's own functions throw.
 */
export async function authorize(
  authorization: Authorization<never>,
  input: never,
  call: Call,
  asked: { readonly request: HttpRequest; readonly policies: PolicySet },
): Promise<void> {
  const resources = await authorization.resources(input, call);
  if (resources.length === 0) {
    throw new Error(`${authorization.action} names no resource`);
  }
  // First, as it may write: what is read from here on is what the function works on.
  const proven = await authorization.provenContext?.(input, call);
  const ownPolicy = await authorization.ownPolicy?.(input, call);
  const resourceAccount = ownPolicy?.accountId ?? call.accountId;
  const own = {
    ...requestKeys(asked.request, { ...call, resourceAccount }),
    ...call.caller.context,
    ...multiFactorAge(call.caller.session, call.now),
    ...proven,
  };
  const context = { ...(await authorization.context?.(input, call)), ...own };
  const side: DecisionSide = {
    call,
    resourceAccount,
    policies:
      ownPolicy === undefined ? asked.policies : asked.policies.withResource(ownPolicy.policy),
    resourceName: authorization.resourceName?.(input, call),
    isReasonHidden: ownPolicy !== undefined,
    needsNoAllow: authorization.needsNoAllow === true,
  };
  const [first] = resources;
  if (ownPolicy !== undefined && ownPolicy.policy === undefined) {
    // What is not there lets nobody in, whatever the caller's own policies say.
    const question = { action: authorization.action, resource: first ?? '', context };
    throw accessDenied({ ...question, principal: call.caller.principal, resourceAccount });
  }
  const further = (await authorization.furtherActions?.(input, call)) ?? [];
  for (const action of [authorization.action, ...further]) {
    for (const resource of resources) {
      requireAllowed({ action, resource, context }, side);
    }
  }
  const passed = await authorization.passedRole?.(input, call);
  if (passed !== undefined) {
    const passedContext = { ...passed.context, 'iam:PassedToService': passed.service, ...own };
    const question = { action: 'iam:PassRole', resource: passed.arn, context: passedContext };
    requireAllowed(question, { ...side, resourceName: passed.arn });
  }
}

/** Who decides about a call, and how a denial is told. */
interface DecisionSide {
  readonly call: Call;
  readonly resourceAccount: string;
  readonly policies: PolicySet;
  /** What the caller may know the resource as, where that is not its ARN. */
  readonly resourceName: string | undefined;
  /** A reason would tell whether the resource is there, and what its policy says. */
  readonly isReasonHidden: boolean;
  readonly needsNoAllow: boolean;
}

/** Errors: AccessDenied, with the resource under the name that the caller may know it by. */
function requireAllowed(
  asked: Pick<RequestContext, 'action' | 'resource' | 'context'>,
  side: DecisionSide,
): void {
  const { call, resourceAccount, policies, resourceName, isReasonHidden } = side;
  const question: RequestContext = { ...asked, principal: call.caller.principal, resourceAccount };
  const decision = evaluate(question, policies);
  // A policy that cannot be read might hold a Deny.
  const isOpen = side.needsNoAllow && policies.unreadable.length === 0;
  if (decision.decision !== 'allowed' && !(isOpen && decision.decision === 'implicitDeny')) {
    const named = { ...question, resource: resourceName ?? asked.resource };
    throw accessDenied(named, isReasonHidden ? undefined : decision);
  }
}

/** Without a decision, without a reason. */
function accessDenied(question: RequestContext, decision?: Decision): IamError {
  const told = decision ?? { decision: 'implicitDeny', because: [] };
  return new IamError('AccessDenied', describeDenial(question, told));
}
