import { newEnforcer, newModelFromString } from 'casbin';
import type { Enforcer } from 'casbin';

import { listOf } from '../../test/model/scenario';
import type { PolicyJson, StatementJson } from '../../test/model/scenario';
import type { Workload } from '../workload';
import type { Engine } from './engine';
import { isWithoutLayers } from './translation';

/**
 * Attribute-based rules as casbin has them: each policy line has an expression of its own, made of casbin's own functions.
 *
 * Source: https://casbin.org/docs/abac#scaling-the-model-for-complex-and-large-number-of-abac-rules
 */
const MODEL = `
[request_definition]
r = act, obj, ctx
[policy_definition]
p = rule, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = eval(p.rule)
`;

const quote = (text: string): string => JSON.stringify(text);

/** The cheapest of casbin's comparisons that says the same. */
function translatePattern(value: string, pattern: string): string {
  const star = pattern.indexOf('*');
  if (star < 0) return `${value} == ${quote(pattern)}`;
  if (star === pattern.length - 1) return `keyMatch(${value}, ${quote(pattern)})`;
  const literals = pattern.split('*').map((text) => text.replace(/[.+^${}()|[\]?]/g, '[$&]'));
  return `regexMatch(${value}, ${quote(`^${literals.join('.*')}$`)})`;
}

/** Casbin has no variables in patterns: the only principal's name is written into them. */
function translateKey(
  operator: string,
  key: string,
  values: readonly string[],
  user: string,
): string {
  const value = `r.ctx[${quote(key)}]`;
  const tests: Readonly<Record<string, (text: string) => string>> = {
    StringEquals: (text) => `${value} == ${quote(text)}`,
    StringLike: (text) => translatePattern(value, text.replace('${aws:username}', user)),
    IpAddress: (text) => `ipMatch(${value}, ${quote(text)})`,
    NumericLessThan: (text) => `${value} < ${text}`,
  };
  const test = tests[operator];
  if (test === undefined) throw new Error(`no translation of the operator ${operator}`);
  return anyOf(values.map(test));
}

const anyOf = (tests: readonly string[]): string => `(${tests.join(' || ')})`;

function translateStatement(
  { Effect, Action, Resource, Condition }: StatementJson,
  user: string,
): readonly string[] {
  const tests = [anyOf(listOf(Action).map((pattern) => translatePattern('r.act', pattern)))];
  const resources = listOf(Resource);
  if (!resources.includes('*')) {
    tests.push(anyOf(resources.map((pattern) => translatePattern('r.obj', pattern))));
  }
  for (const [operator, keys] of Object.entries(Condition ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      tests.push(translateKey(operator, key, listOf(values).map(String), user));
    }
  }
  return [tests.join(' && '), Effect === 'Deny' ? 'deny' : 'allow'];
}

async function createEnforcer(policies: readonly PolicyJson[], user: string): Promise<Enforcer> {
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  const lines = policies
    .flatMap(({ Statement }) => listOf(Statement))
    .map((statement) => [...translateStatement(statement, user)]);
  // Casbin refuses a line that it has: equal statements are one.
  await enforcer.addPolicies([...new Map(lines.map((line) => [line.join(), line])).values()]);
  return enforcer;
}

export async function createCasbin({ env, requests }: Workload): Promise<Engine | undefined> {
  if (!isWithoutLayers(env)) return undefined;
  const user = requests[0]?.context['aws:username'] ?? '';
  const identity = await createEnforcer(env.identity, user);
  const boundary =
    env.boundary === undefined ? undefined : await createEnforcer(env.boundary, user);
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
