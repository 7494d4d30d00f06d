import { describeDenial } from '../core/access-denied';
import { evaluate } from '../core/evaluate';
import type { PolicySet } from '../core/policy-set';
import type { RequestContext } from '../core/request-context';
import { IamError } from '../protocol/errors';
import type { HttpRequest } from '../protocol/http';
import type { Authorization, Call } from './operation';
import { requestKeys } from './request-keys';

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
  const context = {
    ...(await authorization.context?.(input, call)),
    ...requestKeys(asked.request, call),
    ...call.caller.context,
  };
  for (const resource of resources) {
    const question: RequestContext = {
      principal: call.caller.principal,
      action: authorization.action,
      resource,
      resourceAccount: call.accountId,
      context,
    };
    const decision = evaluate(question, asked.policies);
    if (decision.decision !== 'allowed') {
      const named = authorization.resourceName?.(input, call) ?? resource;
      throw new IamError(
        'AccessDenied',
        describeDenial({ ...question, resource: named }, decision),
      );
    }
  }
}
