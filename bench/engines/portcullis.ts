import { compilePolicy } from '../../lambdas/core/compile';
import type { DecisionType, PolicyType } from '../../lambdas/core/decision';
import { decide, evaluate } from '../../lambdas/core/evaluate';
import { createPolicySet } from '../../lambdas/core/policy-set';
import type { Policies, PolicySet } from '../../lambdas/core/policy-set';
import type { RequestContext } from '../../lambdas/core/request-context';
import { readPrincipal } from '../../test/model/scenario';
import type { PolicyJson } from '../../test/model/scenario';
import type { Environment, Expected, Workload } from '../workload';
import type { Engine } from './engine';

const WORDS: Readonly<Record<DecisionType, Expected>> = {
  allowed: 'Allow',
  explicitDeny: 'ExplicitDeny',
  implicitDeny: 'ImplicitDeny',
};

/** Compiles every policy from its text: what a function does once a policy version. */
export function compileEnvironment(env: Environment): (resource: string) => PolicySet {
  const compile = (policyType: PolicyType) => (policy: PolicyJson) =>
    compilePolicy(JSON.stringify(policy), { policyType });
  const levels = (
    list: readonly (readonly PolicyJson[])[] | undefined,
    policyType: PolicyType,
  ): Policies['scps'] => list?.map((level) => level.map(compile(policyType)));
  const policies: Policies = {
    identity: env.identity.map(compile('identity-based policy')),
    boundary: env.boundary?.map(compile('permissions boundary')),
    session: env.session === undefined ? undefined : [compile('session policy')(env.session)],
    scps: levels(env.scps, 'service control policy'),
    rcps: levels(env.rcps, 'resource control policy'),
  };
  const withoutResourcePolicy = createPolicySet(policies);
  const sets = new Map(
    Object.entries(env.resourcePolicies ?? {}).map(([arn, policy]) => [
      arn,
      withoutResourcePolicy.withResource(compile('resource-based policy')(policy)),
    ]),
  );
  return sets.size === 0
    ? () => withoutResourcePolicy
    : (resource) => sets.get(resource) ?? withoutResourcePolicy;
}

export function requestContexts(workload: Workload): readonly RequestContext[] {
  return workload.requests.map(({ principal, action, resource, resourceAccount, context }) => ({
    principal: readPrincipal(principal),
    action,
    resource,
    resourceAccount,
    context,
  }));
}

export function createPortcullis(workload: Workload): Promise<Engine> {
  const policySetFor = compileEnvironment(workload.env);
  const requests = requestContexts(workload);
  const at = (place: number): RequestContext => {
    const request = requests[place];
    if (request === undefined) throw new Error(`no request ${place}`);
    return request;
  };
  return Promise.resolve({
    decide: (place) => {
      const request = at(place);
      return WORDS[decide(request, policySetFor(request.resource))];
    },
    explain: (place) => {
      const request = at(place);
      return WORDS[evaluate(request, policySetFor(request.resource)).decision];
    },
  });
}
