import { newEnforcer, newModelFromString } from 'casbin';
import type { Enforcer } from 'casbin';

import type { PolicyJson } from '../../test/model/scenario';
import { compileGlob } from '../bound-conditions';
import type { Context } from '../bound-conditions';
import type { Workload } from '../workload';
import type { Engine } from './engine';
import { isWithoutLayers, rulesOf } from './translation';

const MODEL = `
[request_definition]
r = action, resource, context
[policy_definition]
p = action, rule, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = actionMatches(r.action, p.action) && ruleMatches(r.resource, r.context, p.rule)
`;

async function createEnforcer(policies: readonly PolicyJson[]): Promise<Enforcer> {
  const rules = rulesOf(policies);
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  const globs = new Map<string, (text: string) => boolean>();
  await enforcer.addFunction('actionMatches', (action: string, pattern: string) => {
    const test = globs.get(pattern) ?? compileGlob(pattern);
    globs.set(pattern, test);
    return test(action);
  });
  await enforcer.addFunction(
    'ruleMatches',
    (resource: string, context: Context, rule: string) =>
      rules[Number(rule)]?.matches(resource, context) === true,
  );
  const lines = rules.flatMap(({ isDeny, actions }, place) =>
    actions.map((action) => [action, String(place), isDeny ? 'deny' : 'allow']),
  );
  await enforcer.addPolicies(lines);
  return enforcer;
}

export async function createCasbin({ env, requests }: Workload): Promise<Engine | undefined> {
  if (!isWithoutLayers(env)) return undefined;
  const identity = await createEnforcer(env.identity);
  const boundary = env.boundary === undefined ? undefined : await createEnforcer(env.boundary);
  return {
    decide: (place) => {
      const request = requests[place];
      if (request === undefined) throw new Error(`no request ${place}`);
      const { action, resource, context } = request;
      const isAllowed =
        identity.enforceSync(action, resource, context) &&
        boundary?.enforceSync(action, resource, context) !== false;
      return isAllowed ? 'Allow' : 'Deny';
    },
  };
}
