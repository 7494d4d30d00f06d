import type { RequestContext } from '../../lambdas/core/request-context';
import { listOf } from './scenario';
import type {
  ConditionElement,
  PolicyJson,
  PolicyLayers,
  PrincipalElement,
  StatementJson,
} from './scenario';

/** Anything that asks requests of policies. */
interface Asked {
  readonly policies: PolicyLayers;
  readonly requests: readonly RequestContext[];
}

/** The same with one part less, for every part that can go: coarse parts first. */
export function* reductionsOf({ policies, requests }: Asked): Generator<Asked> {
  for (const fewer of withoutOne(requests, 1)) yield { policies, requests: fewer };
  for (const fewer of reduceLayers(policies)) yield { policies: fewer, requests };
  for (const fewer of reduceEach(requests, reduceRequest)) yield { policies, requests: fewer };
}

/**
 * Reduces for as long as some reduction still has the property. The property must hold for the value given.
 */
export function minimise<Value extends Asked>(
  value: Value,
  reductions: (value: Value) => Iterable<Value>,
  holds: (value: Value) => boolean,
): Value {
  for (const reduced of reductions(value)) {
    if (holds(reduced)) return minimise(reduced, reductions, holds);
  }
  return value;
}

/** The list without one of its members, for each of them; never shorter than `least`. */
function* withoutOne<Item>(items: readonly Item[], least: number): Generator<readonly Item[]> {
  if (items.length <= least) return;
  for (const index of items.keys()) yield items.filter((_, other) => other !== index);
}

/** The list with one of its members reduced. */
function* reduceEach<Item>(
  items: readonly Item[],
  reduce: (item: Item) => Iterable<Item>,
): Generator<readonly Item[]> {
  for (const [index, item] of items.entries()) {
    for (const reduced of reduce(item)) yield items.with(index, reduced);
  }
}

function* reduceLayers(layers: PolicyLayers): Generator<PolicyLayers> {
  if (layers.resource !== null) {
    yield { ...layers, resource: null };
    for (const resource of reducePolicy(layers.resource)) yield { ...layers, resource };
  }
  for (const layer of ['identity', 'boundary', 'session', 'endpoint'] as const) {
    for (const policies of reducePolicies(layers[layer], 0)) yield { ...layers, [layer]: policies };
  }
  for (const layer of ['scps', 'rcps'] as const) {
    for (const levels of withoutOne(layers[layer], 0)) yield { ...layers, [layer]: levels };
    for (const levels of reduceEach(layers[layer], (level) => reducePolicies(level, 1))) {
      yield { ...layers, [layer]: levels };
    }
  }
}

function* reducePolicies(
  policies: readonly PolicyJson[],
  least: number,
): Generator<readonly PolicyJson[]> {
  yield* withoutOne(policies, least);
  yield* reduceEach(policies, reducePolicy);
}

function* reducePolicy(policy: PolicyJson): Generator<PolicyJson> {
  const statements = listOf(policy.Statement);
  for (const fewer of withoutOne(statements, 1)) yield { ...policy, Statement: fewer };
  for (const fewer of reduceEach(statements, reduceStatement))
    yield { ...policy, Statement: fewer };
}

function* reduceStatement(statement: StatementJson): Generator<StatementJson> {
  const { Condition: condition, ...rest } = statement;
  if (condition !== undefined) {
    yield rest;
    for (const fewer of reduceCondition(condition)) yield { ...rest, Condition: fewer };
  }
  for (const element of ['Principal', 'NotPrincipal'] as const) {
    const names = statement[element];
    if (names === undefined) continue;
    for (const fewer of reduceNames(names)) yield { ...statement, [element]: fewer };
  }
  for (const element of ['Action', 'NotAction', 'Resource', 'NotResource'] as const) {
    for (const fewer of withoutOne(listOf(statement[element]), 1)) {
      yield { ...statement, [element]: fewer };
    }
  }
}

function* reduceNames(names: PrincipalElement): Generator<PrincipalElement> {
  if (names !== '*') yield* reduceRecord(names, reduceValues);
}

const reduceCondition = (condition: ConditionElement): Iterable<ConditionElement> =>
  reduceRecord(condition, (keys) => reduceRecord(keys, reduceValues));

const reduceValues = <Value>(values: Value | readonly Value[]): Iterable<readonly Value[]> =>
  withoutOne(listOf(values), 1);

/** The record without one of its members, never empty; and with one of its members reduced. */
function* reduceRecord<Value>(
  record: Readonly<Record<string, Value>>,
  reduce: (value: Value) => Iterable<Value>,
): Generator<Readonly<Record<string, Value>>> {
  const entries = Object.entries(record);
  for (const fewer of withoutOne(entries, 1)) yield Object.fromEntries(fewer);
  for (const [name, value] of entries) {
    for (const reduced of reduce(value)) yield { ...record, [name]: reduced };
  }
}

function* reduceRequest(request: RequestContext): Generator<RequestContext> {
  for (const entries of withoutOne(Object.entries(request.context), 0)) {
    yield { ...request, context: Object.fromEntries(entries) };
  }
}
