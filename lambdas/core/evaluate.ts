import type { Decision, DecisionType } from './decision';
import { explain } from './explain';
import { Trace, judge } from './judge';
import type { PolicySet } from './policy-set';
import type { RequestContext } from './request-context';

/**
 * Decides, without reasons: for the hot path.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(request: RequestContext, policies: PolicySet): DecisionType {
  return judge(request, policies);
}

/** Decides, and says what decided. The decision is always the one that {@link decide} makes. */
export function evaluate(request: RequestContext, policies: PolicySet): Decision {
  const trace = new Trace();
  const decision = judge(request, policies, trace);
  return { decision, because: explain(decision, request, trace, policies.policies) };
}
