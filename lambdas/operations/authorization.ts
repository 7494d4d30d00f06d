import { describeDenial } from '../core/access-denied';
import { evaluate } from '../core/evaluate';
import type { PolicySet } from '../core/policy-set';
import type { RequestContext } from '../core/request-context';
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
  const own = {
    ...requestKeys(asked.request, { ...call, resourceAccount: call.accountId }),
    ...call.caller.context,
  };
  const context = { ...(await authorization.context?.(input, call)), ...own };
  const resourceName = authorization.resourceName?.(input, call);
  for (const resource of resources) {
    const question = { action: authorization.action, resource, context };
    requireAllowed(question, call, asked.policies, resourceName ?? resource);
  }
  const passed = await authorization.passedRole?.(input, call);
  if (passed !== undefined) {
    const passedContext = { ...passed.context, 'iam:PassedToService': passed.service, ...own };
    const question = { action: 'iam:PassRole', resource: passed.arn, context: passedContext };
    requireAllowed(question, call, asked.policies, passed.arn);
  }
}

/** Errors: AccessDenied, with the resource under the name that the caller may know it by. */
function requireAllowed(
  asked: Pick<RequestContext, 'action' | 'resource' | 'context'>,
  call: Call,
  policies: PolicySet,
  resourceName: string,
): void {
  const question: RequestContext = {
    ...asked,
    principal: call.caller.principal,
    resourceAccount: call.accountId,
  };
  const decision = evaluate(question, policies);
  if (decision.decision !== 'allowed') {
    throw new IamError(
      'AccessDenied',
      describeDenial({ ...question, resource: resourceName }, decision),
    );
  }
}
