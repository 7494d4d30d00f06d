import * as fc from 'fast-check';

import type { RequestContext } from '../../lambdas/core/request-context';
import { Choices } from './choices';
import { ACTION_KINDS, PRINCIPAL_KINDS, chooseRequest } from './requests';
import type { ActionKind, PrincipalKind } from './requests';
import { reductionsOf } from './reductions';
import type { PolicyJson, PolicyLayers } from './scenario';
import { choosePolicy } from './statements';
import type { StatementShape } from './statements';

/** Policies in every layer that applies, and some requests that are asked of them one after another. */
export interface World {
  readonly policies: PolicyLayers;
  readonly requests: readonly RequestContext[];
}

const FULL_ACCESS: PolicyJson = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
};

const SHAPES = {
  identity: { principal: 'none', denyPercent: 22, widePercent: 32 },
  /** Enough statements about the same actions that an evaluator may look them up by resource. */
  crowded: { principal: 'none', denyPercent: 30, widePercent: 0, mostStatements: 60 },
  limit: { principal: 'none', denyPercent: 16, widePercent: 65 },
  resource: { principal: 'any', denyPercent: 28, widePercent: 8 },
  trust: { principal: 'named', denyPercent: 18, widePercent: 10, resourceOptional: true },
  rcp: { principal: 'everybody', denyPercent: 100, widePercent: 0 },
  endpoint: { principal: 'any', denyPercent: 16, widePercent: 65 },
} as const satisfies Record<string, StatementShape>;

/** Which layers can be attached to each kind of principal; the others have none in AWS. */
function layersOf(kind: PrincipalKind): {
  identity: boolean;
  boundary: boolean;
  session: boolean;
  scps: boolean;
} {
  const identity = !['Root', 'Service', 'WebIdentityUser', 'SAMLUser', 'Anonymous'].includes(kind);
  return {
    identity,
    boundary: identity,
    session: kind === 'AssumedRole' || kind === 'FederatedUser' || kind === 'ServiceLinkedRole',
    // They bind no caller without an account; they may stand there all the same.
    scps: true,
  };
}

function chooseWorld(choices: Choices): World {
  const kind = choices.pickWeighted(PRINCIPAL_KINDS);
  const action = chooseActionKind(choices, kind);
  const requests = choices.times(choices.integer(2, 6), () => chooseRequest(choices, kind, action));
  const layers = layersOf(kind);
  const policies = (shape: StatementShape, most: number): readonly PolicyJson[] =>
    choices.times(choices.integer(1, most), () => choosePolicy(choices, requests, shape));
  const levels = (
    percent: number,
    level: () => readonly PolicyJson[],
  ): readonly (readonly PolicyJson[])[] =>
    choices.chance(percent) ? choices.times(choices.integer(1, 3), level) : [];
  const identity = choices.chance(4) ? SHAPES.crowded : SHAPES.identity;
  const resourcePercent = layers.identity && action === 'ordinary' ? 55 : 92;
  return {
    requests,
    policies: {
      identity: layers.identity && choices.chance(92) ? policies(identity, 3) : [],
      resource: choices.chance(resourcePercent)
        ? choosePolicy(choices, requests, action === 'assumeRole' ? SHAPES.trust : SHAPES.resource)
        : null,
      boundary: layers.boundary && choices.chance(28) ? policies(SHAPES.limit, 1) : [],
      session: layers.session && choices.chance(45) ? policies(SHAPES.limit, 2) : [],
      scps: layers.scps ? levels(22, () => policies(SHAPES.limit, 2)) : [],
      rcps: levels(14, () =>
        choices.chance(50)
          ? [FULL_ACCESS, ...policies(SHAPES.rcp, 1)]
          : choices.chance(50)
            ? policies(SHAPES.rcp, 1)
            : [FULL_ACCESS],
      ),
      endpoint: choices.chance(10) ? policies(SHAPES.endpoint, 2) : [],
    },
  };
}

/** Root assumes no role and needs no key policy's leave; callers without credentials cannot ask who they are. */
function chooseActionKind(choices: Choices, kind: PrincipalKind): ActionKind {
  const action = choices.pickWeighted(ACTION_KINDS);
  const isUnidentified = ['Service', 'WebIdentityUser', 'SAMLUser', 'Anonymous'].includes(kind);
  if (kind === 'Root' || (isUnidentified && action === 'callerIdentity')) return 'ordinary';
  return action;
}

class WorldArbitrary extends fc.Arbitrary<World> {
  override generate(random: fc.Random): fc.Value<World> {
    return new fc.Value(chooseWorld(new Choices(random)), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is World {
    return (
      typeof value === 'object' && value !== null && 'policies' in value && 'requests' in value
    );
  }

  override shrink(value: World): fc.Stream<fc.Value<World>> {
    return fc.stream(
      [...reductionsOf(value)].map((reduced) => new fc.Value(reduced, undefined)).values(),
    );
  }
}

/** Worlds over small alphabets: all layers, all forms of principals, all operators. Shrinks to fewer and shorter parts. */
export const worlds = (): fc.Arbitrary<World> => new WorldArbitrary();
