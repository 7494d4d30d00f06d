import { Ability } from '@casl/ability';
import type { AbilityTuple, MatchConditions } from '@casl/ability';

import { compileAny, compileGlob } from '../bound-conditions';
import type { PolicyJson } from '../../test/model/scenario';
import type { Workload, WorkloadRequest } from '../workload';
import type { Engine } from './engine';
import { isWithoutLayers, rulesOf } from './translation';

type Asked = Pick<WorkloadRequest, 'resource' | 'context'>;
type ResourceAbility = Ability<AbilityTuple, MatchConditions<Asked>>;

/** CASL has no wildcards in actions: patterns become the actions of the workload that they match. */
function createAbility(
  policies: readonly PolicyJson[],
  actions: readonly string[],
): ResourceAbility {
  const rules = rulesOf(policies).map(({ isDeny, actions: patterns, matches }) => {
    const matchesOne = compileAny(patterns.map(compileGlob));
    return {
      inverted: isDeny,
      action: actions.filter(matchesOne),
      subject: 'Resource',
      conditions: ({ resource, context }: Asked) => matches(resource, context),
    };
  });
  const usable = rules.filter(({ action }) => action.length > 0);
  // The last rule that matches decides: denies come last.
  const ordered = [
    ...usable.filter(({ inverted }) => !inverted),
    ...usable.filter(({ inverted }) => inverted),
  ];
  return new Ability<AbilityTuple, MatchConditions<Asked>>(ordered, {
    conditionsMatcher: (matches) => (request) => matches(request as Asked),
    detectSubjectType: () => 'Resource',
  });
}

export function createCasl({ env, requests }: Workload): Promise<Engine | undefined> {
  if (!isWithoutLayers(env)) return Promise.resolve(undefined);
  const actions = [...new Set(requests.map(({ action }) => action))];
  const identity = createAbility(env.identity, actions);
  const boundary = env.boundary === undefined ? undefined : createAbility(env.boundary, actions);
  return Promise.resolve({
    decide: (place) => {
      const request = requests[place];
      if (request === undefined) throw new Error(`no request ${place}`);
      const isAllowed =
        identity.can(request.action, request) && boundary?.can(request.action, request) !== false;
      return isAllowed ? 'Allow' : 'Deny';
    },
  });
}
