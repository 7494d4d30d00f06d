import * as fc from 'fast-check';

import { compilePolicy } from '../../lambdas/core/compile';
import type { DecisionType, PolicyType } from '../../lambdas/core/decision';
import { decide, evaluate } from '../../lambdas/core/evaluate';
import { createPolicySet } from '../../lambdas/core/policy-set';
import type { PolicySet } from '../../lambdas/core/policy-set';
import type { RequestContext } from '../../lambdas/core/request-context';
import { conditionHolds } from './conditions';
import { decideByDefinition } from './model';
import { minimise, reductionsOf } from './reductions';
import type { PolicyJson, PolicyLayers } from './scenario';
import { listOf, writeScenario } from './scenario';
import { worlds } from './worlds';
import type { World } from './worlds';

/** One request on which the evaluator and the definition do not agree. */
export interface Difference {
  readonly request: RequestContext;
  readonly byDefinition: DecisionType;
  /** What `decide` and `evaluate` said, or the error that they threw. */
  readonly decided: string;
  readonly evaluated: string;
}

/** What a run saw. */
export interface Tally {
  cases: number;
  readonly decisions: Record<DecisionType, number>;
  /** The worlds in which some request made a difference, as they were generated. */
  readonly different: World[];
}

/** The policies as the evaluator takes them: compiled from their text, absent layers left out. */
export function compileLayers(layers: PolicyLayers, isTrust: boolean): PolicySet {
  const compile = (policyType: PolicyType) => (policy: PolicyJson) =>
    compilePolicy(JSON.stringify(policy), { policyType });
  const layer = (policies: readonly PolicyJson[], policyType: PolicyType) =>
    policies.length === 0 ? undefined : policies.map(compile(policyType));
  const levels = (list: readonly (readonly PolicyJson[])[], policyType: PolicyType) =>
    list.length === 0 ? undefined : list.map((level) => level.map(compile(policyType)));
  const { resource } = layers;
  return createPolicySet({
    identity: layers.identity.map(compile('identity-based policy')),
    resource:
      resource === null
        ? undefined
        : compile(isTrust ? 'role trust policy' : 'resource-based policy')(resource),
    boundary: layer(layers.boundary, 'permissions boundary'),
    session: layer(layers.session, 'session policy'),
    scps: levels(layers.scps, 'service control policy'),
    rcps: levels(layers.rcps, 'resource control policy'),
    endpoint: layer(layers.endpoint, 'VPC endpoint policy'),
  });
}

/** True for the requests whose resource-based policy is a role's trust policy. */
export function asksForRole({ action, resource }: RequestContext): boolean {
  return action.toLowerCase().startsWith('sts:') && resource.includes(':role/');
}

function attempt(answer: () => string): string {
  try {
    return answer();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'a throw of no error';
  }
}

/** Asks every request of one world, in order and of one compiled set, and gives those with a difference. */
export function findDifferences(world: World, tally?: Tally): readonly Difference[] {
  const byDefinition = world.requests.map((request) =>
    decideByDefinition({ request, policies: world.policies }),
  );
  let set: PolicySet | undefined;
  const compiled = attempt(() => {
    set = compileLayers(world.policies, world.requests.some(asksForRole));
    return '';
  });
  const differences: Difference[] = [];
  for (const [index, request] of world.requests.entries()) {
    const expected = byDefinition[index] ?? 'implicitDeny';
    const ask = (answer: (policies: PolicySet) => string): string =>
      set === undefined ? compiled : attempt(() => answer(set as PolicySet));
    const decided = ask((policies) => decide(request, policies));
    const evaluated = ask((policies) => evaluate(request, policies).decision);
    if (decided !== expected || evaluated !== expected) {
      differences.push({ request, byDefinition: expected, decided, evaluated });
    }
    if (tally !== undefined) {
      tally.cases += 1;
      tally.decisions[expected] += 1;
    }
  }
  if (differences.length > 0) tally?.different.push(world);
  return differences;
}

/** Compares worlds generated from the seed until so many cases have been asked. */
export function compare(seed: number, cases: number, report?: (tally: Tally) => boolean): Tally {
  const tally: Tally = {
    cases: 0,
    decisions: { allowed: 0, explicitDeny: 0, implicitDeny: 0 },
    different: [],
  };
  // Each batch has a seed of its own, so that a long run needs little memory and begins like a short one.
  for (let batch = 0; tally.cases < cases; batch += 1) {
    const sample = fc.sample(worlds(), { seed: seed + batch * 7919, numRuns: 50 });
    for (const world of sample) {
      if (tally.cases >= cases) break;
      findDifferences(world, tally);
    }
    if (report?.(tally) === false) break;
  }
  return tally;
}

/** Of a hundred conditions that the requests of a sample meet, how many hold: neither all nor none would test anything. */
export function shareOfConditionsThatHold(seed: number): number {
  let asked = 0;
  let held = 0;
  for (const { policies, requests } of fc.sample(worlds(), { seed, numRuns: 300 })) {
    const { identity, resource, boundary, session, endpoint, scps, rcps } = policies;
    const all = [...identity, ...boundary, ...session, ...endpoint, ...scps.flat(), ...rcps.flat()];
    for (const policy of [...all, ...listOf(resource ?? undefined)]) {
      for (const { Condition } of listOf(policy.Statement)) {
        if (Condition === undefined) continue;
        for (const { context } of requests) {
          asked += 1;
          if (conditionHolds(Condition, { version: policy.Version, context })) held += 1;
        }
      }
    }
  }
  return (100 * held) / asked;
}

/** The smallest world found that still makes a difference, as lines of a scenario file with what was said instead. */
export function explainDifference(world: World): string {
  const smallest = minimise(world, reductionsOf, (smaller) => findDifferences(smaller).length > 0);
  const [difference] = findDifferences(smallest);
  if (difference === undefined) throw new Error('the world makes no difference');
  const { byDefinition, decided, evaluated } = difference;
  return [
    `by definition ${byDefinition}, decide said ${decided}, evaluate said ${evaluated}:`,
    ...smallest.requests.map((request, index) =>
      writeScenario(
        `request-${index + 1}`,
        { request, policies: smallest.policies },
        decideByDefinition({ request, policies: smallest.policies }),
      ),
    ),
  ].join('\n');
}
