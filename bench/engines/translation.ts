import { listOf } from '../../test/model/scenario';
import type { PolicyJson } from '../../test/model/scenario';
import { compileAny, compileCondition, compileGlob } from '../bound-conditions';
import type { Context } from '../bound-conditions';
import type { Environment } from '../workload';

/** A statement as engines without IAM's words take it: its action patterns, and the rest as one test. */
export interface Rule {
  readonly isDeny: boolean;
  readonly actions: readonly string[];
  readonly matches: (resource: string, context: Context) => boolean;
}

/** The rules of policies, for engines that let their users bring functions of their own. */
export function rulesOf(policies: readonly PolicyJson[]): readonly Rule[] {
  return policies
    .flatMap(({ Statement }) => listOf(Statement))
    .map(({ Effect, Action, Resource, Condition }) => {
      const onResource = compileAny(listOf(Resource).map(compileGlob));
      const conditions = compileCondition(Condition);
      return {
        isDeny: Effect === 'Deny',
        actions: listOf(Action),
        matches: (resource, context) =>
          onResource(resource) && conditions.every((test) => test(resource, context)),
      };
    });
}

/** True for the workloads that need no more than identity policies and a boundary: what the peers have words for. */
export function isWithoutLayers(env: Environment): boolean {
  return env.session === undefined && env.scps === undefined && env.resourcePolicies === undefined;
}
