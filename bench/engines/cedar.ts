import * as cedar from '@cedar-policy/cedar-wasm/nodejs';

import { listOf } from '../../test/model/scenario';
import type { PolicyJson, StatementJson } from '../../test/model/scenario';
import type { Workload, WorkloadRequest } from '../workload';
import type { Engine } from './engine';
import { isWithoutLayers } from './translation';

const quote = (text: string): string => JSON.stringify(text);

/** Exact actions stand in the head, where Cedar knows them; patterns are compared as text. */
function translateActions(patterns: readonly string[]): { head: string; test: string | undefined } {
  if (patterns.every((pattern) => !pattern.includes('*'))) {
    return {
      head: `action in [${patterns.map((name) => `Action::${quote(name)}`).join(', ')}]`,
      test: undefined,
    };
  }
  const tests = patterns.map((pattern) => `context.action like ${quote(pattern)}`);
  return { head: 'action', test: tests.join(' || ') };
}

/** Cedar's `like` takes no variables: the only principal's name is written into the pattern. */
function translateKey(
  operator: string,
  key: string,
  values: readonly string[],
  user: string,
): string {
  const value = `context[${quote(key)}]`;
  const tests: Readonly<Record<string, () => string>> = {
    StringEquals: () => `[${values.map(quote).join(', ')}].contains(${value})`,
    StringLike: () =>
      values
        .map((pattern) => `${value} like ${quote(pattern.replace('${aws:username}', user))}`)
        .join(' || '),
    IpAddress: () => values.map((range) => `${value}.isInRange(ip(${quote(range)}))`).join(' || '),
    NumericLessThan: () => values.map((number) => `${value} < ${number}`).join(' || '),
  };
  const test = tests[operator]?.();
  if (test === undefined) throw new Error(`no translation of the operator ${operator}`);
  return `(context has ${quote(key)} && (${test}))`;
}

function translateStatement(statement: StatementJson, user: string): string {
  const actions = translateActions(listOf(statement.Action));
  const resources = listOf(statement.Resource);
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) =>
      translateKey(operator, key, listOf(values).map(String), user),
    ),
  );
  const tests = [
    ...(actions.test === undefined ? [] : [`(${actions.test})`]),
    ...(resources.includes('*')
      ? []
      : [
          `(${resources.map((pattern) => `context.resource like ${quote(pattern)}`).join(' || ')})`,
        ]),
    ...conditions,
  ];
  const effect = statement.Effect === 'Deny' ? 'forbid' : 'permit';
  const when = tests.length === 0 ? '' : ` when { ${tests.join(' && ')} }`;
  return `${effect} (principal, ${actions.head}, resource)${when};`;
}

/** Parses once, under the name; what `statefulIsAuthorized` then refers to. */
function preparse(name: string, policies: readonly PolicyJson[], user: string): void {
  const texts = policies
    .flatMap(({ Statement }) => listOf(Statement))
    .map((statement) => translateStatement(statement, user));
  const answer = cedar.preparsePolicySet(name, { staticPolicies: texts.join('\n') });
  if (answer.type === 'failure')
    throw new Error(answer.errors.map(({ message }) => message).join('; '));
}

function createCall(
  { principal, action, resource, context }: WorkloadRequest,
  preparsedPolicySetId: string,
): cedar.StatefulAuthorizationCall {
  const values = Object.entries(context).map(([key, value]): [string, cedar.CedarValueJson] => {
    if (key === 'aws:SourceIp') return [key, { __extn: { fn: 'ip', arg: value } }];
    return [key, key === 'app:Size' ? Number(value) : value];
  });
  return {
    principal: { type: 'User', id: principal },
    action: { type: 'Action', id: action },
    resource: { type: 'Resource', id: resource },
    context: { ...Object.fromEntries(values), action, resource },
    preparsedPolicySetId,
    entities: [],
  };
}

function isAllowed(call: cedar.StatefulAuthorizationCall | undefined): boolean {
  if (call === undefined) return true;
  const answer = cedar.statefulIsAuthorized(call);
  if (answer.type === 'failure')
    throw new Error(answer.errors.map(({ message }) => message).join('; '));
  return answer.response.decision === 'allow';
}

export function createCedar({ name, env, requests }: Workload): Promise<Engine | undefined> {
  if (!isWithoutLayers(env)) return Promise.resolve(undefined);
  const user = requests[0]?.context['aws:username'] ?? '';
  preparse(`${name}-identity`, env.identity, user);
  if (env.boundary !== undefined) preparse(`${name}-boundary`, env.boundary, user);
  const calls = requests.map((request) => ({
    identity: createCall(request, `${name}-identity`),
    boundary: env.boundary === undefined ? undefined : createCall(request, `${name}-boundary`),
  }));
  return Promise.resolve({
    decide: (place) => {
      const call = calls[place];
      if (call === undefined) throw new Error(`no request ${place}`);
      return isAllowed(call.identity) && isAllowed(call.boundary) ? 'Allow' : 'Deny';
    },
  });
}
