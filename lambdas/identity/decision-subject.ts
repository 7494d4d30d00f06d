import type { PolicySet } from '../core/policy-set';
import type { ConditionContext, Principal } from '../core/request-context';
import type { LoadedPrincipal } from './principals';
import { multiFactorAge } from './sessions';

/** Who is decided about, with whatever policies are its own. */
export interface DecisionSubject {
  readonly principal: Principal;
  readonly policies: PolicySet;
  /** The condition keys that come from the principal and its credential. */
  readonly context: ConditionContext;
  /** Keys, in lower case, that it would have in a call of its own, and of which nobody knows the values. */
  readonly unknownKeys?: readonly string[];
}

/** Whoever makes a call, as it is now; `now` is epoch milliseconds. */
export function subjectOf({ caller, policies }: LoadedPrincipal, now: number): DecisionSubject {
  return {
    principal: caller.principal,
    policies,
    context: { ...caller.context, ...multiFactorAge(caller.session, now) },
  };
}
