import type { Choices } from '../model/choices';
import { listOf } from '../model/scenario';
import type { PolicyJson, PolicyLayers, StatementJson } from '../model/scenario';

/** The layers, each with its policies in a flat list, and a way back. */
export function mapPolicies(
  layers: PolicyLayers,
  map: (policies: readonly PolicyJson[]) => readonly PolicyJson[],
): PolicyLayers {
  return {
    identity: map(layers.identity),
    resource: layers.resource === null ? null : (map([layers.resource])[0] ?? null),
    boundary: map(layers.boundary),
    session: map(layers.session),
    endpoint: map(layers.endpoint),
    scps: layers.scps.map(map),
    rcps: layers.rcps.map(map),
  };
}

/** The items in another order. */
export function shuffle<Item>(choices: Choices, items: readonly Item[]): readonly Item[] {
  const left = [...items];
  return items.map(() => left.splice(choices.integer(0, left.length - 1), 1)[0] as Item);
}

/** Policies, statements, and the values of every list in another order. */
export function shuffleLayers(choices: Choices, layers: PolicyLayers): PolicyLayers {
  const shuffled = mapPolicies(layers, (policies) =>
    shuffle(choices, policies).map((policy) => ({
      ...policy,
      Statement: shuffle(choices, listOf(policy.Statement)).map((statement) =>
        shuffleStatement(choices, statement),
      ),
    })),
  );
  return {
    ...shuffled,
    scps: shuffle(choices, shuffled.scps),
    rcps: shuffle(choices, shuffled.rcps),
  };
}

function shuffleStatement(choices: Choices, statement: StatementJson): StatementJson {
  const shuffled = Object.entries(statement).map(([element, value]): [string, unknown] => [
    element,
    Array.isArray(value) ? shuffle(choices, value) : value,
  ]);
  return Object.fromEntries(shuffle(choices, shuffled)) as unknown as StatementJson;
}

/** Every place where a statement can be added. */
export type Layer = keyof PolicyLayers;

/**
 * The layers with one more statement in a policy that is there already; undefined where the layer does not apply: a layer
 * that begins to apply is another question.
 */
export function addStatement(
  layers: PolicyLayers,
  layer: Layer,
  statement: StatementJson,
): PolicyLayers | undefined {
  const extend = (policy: PolicyJson): PolicyJson => ({
    ...policy,
    Statement: [...listOf(policy.Statement), statement],
  });
  const extendLast = (policies: readonly PolicyJson[]): readonly PolicyJson[] | undefined => {
    const last = policies.at(-1);
    return last === undefined ? undefined : [...policies.slice(0, -1), extend(last)];
  };
  switch (layer) {
    case 'resource':
      return layers.resource === null
        ? undefined
        : { ...layers, resource: extend(layers.resource) };
    case 'scps':
    case 'rcps': {
      const last = extendLast(layers[layer].at(-1) ?? []);
      return last && { ...layers, [layer]: [...layers[layer].slice(0, -1), last] };
    }
    case 'identity':
    case 'boundary':
    case 'session':
    case 'endpoint': {
      const extended = extendLast(layers[layer]);
      return extended && { ...layers, [layer]: extended };
    }
  }
}

/** Freezes a value and everything in it, so that whoever writes to it throws. */
export function freezeDeep<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freezeDeep(inner);
  }
  return value;
}
