import { evaluate } from '../core/evaluate';
import type { ConditionContext } from '../core/request-context';
import type { LoadedPrincipal } from '../identity/principals';
import { requestKeys } from '../protocol/request-keys';
import type { SignInCall } from './call';

/** Whether somebody's policies allow an action of IAM on itself. */
export function isAllowed(
  call: Pick<SignInCall, 'request' | 'region' | 'now'>,
  { caller, policies }: LoadedPrincipal,
  asked: { readonly action: `iam:${string}`; readonly context: ConditionContext },
): boolean {
  const { accountId } = caller;
  const { decision } = evaluate(
    {
      principal: caller.principal,
      action: asked.action,
      resource: caller.principal.arn,
      resourceAccount: accountId,
      context: {
        ...asked.context,
        ...requestKeys(call.request, { ...call, resourceAccount: accountId }),
        ...caller.context,
      },
    },
    policies,
  );
  return decision === 'allowed';
}
