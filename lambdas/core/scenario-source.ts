import { readJson } from './json';
import type { JsonNode } from './json';

/**
 * A question about a decision as people write it down: for tests, for the command line, for bug reports. The context is taken as it is
 * given: nothing is derived from the principal, so a key that is absent is a missing key. `[]`, `null` and a policy that is
 * left out all mean that there is none, and that its layer does not apply. Where a list is expected, one policy will do.
 */
export interface Scenario {
  readonly request: ScenarioRequest;
  readonly policies: Readonly<Partial<Record<LayerName, Layer>>>;
}

export interface ScenarioRequest {
  /** An ARN, an account, `anonymous`, the host name of a service, or the ARN of an identity provider. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context?: Readonly<Record<string, ScenarioValue | readonly ScenarioValue[]>>;
}

export type ScenarioValue = string | number | boolean;

/** `scps` and `rcps` are lists of levels, from the root of the organization to the account. */
export type LayerName =
  'identity' | 'resource' | 'boundary' | 'session' | 'scps' | 'rcps' | 'endpoint';

export type Layer = PolicySource | null | readonly Layer[];

/** A policy's text, or the value that its text would be. */
export type PolicySource = string | object;

/** Thrown for a scenario that cannot be read; whoever must answer denies. */
export class ScenarioRefused extends Error {
  override readonly name = 'ScenarioRefused';
}

const TEXT_LIMITS = { maximumLength: 16_777_216, maximumDepth: 64 } as const;

/**
 * Reads a scenario: its JSON text, or the value of that. In text, a policy that is an object stays text, so that its duplicate members
 * are seen and its findings have positions; `JSON.parse` would have hidden the first ones.
 *
 * @throws ScenarioRefused where it is not one.
 */
export function readScenario(source: unknown): Scenario {
  const value = typeof source === 'string' ? readScenarioText(source) : source;
  if (!isObject(value) || !isObject(value['request']) || !isObject(value['policies'])) {
    throw new ScenarioRefused('a scenario has a request and policies');
  }
  checkRequest(value['request']);
  for (const [name, layer] of Object.entries(value['policies'])) {
    if (!LAYER_NAMES.has(name)) throw new ScenarioRefused(`there are no policies \`${name}\``);
    checkLayer(name, layer, 0);
  }
  return value as unknown as Scenario;
}

const LAYER_NAMES: ReadonlySet<string> = new Set<LayerName>([
  'identity',
  'resource',
  'boundary',
  'session',
  'scps',
  'rcps',
  'endpoint',
]);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const REQUEST_MEMBERS: ReadonlySet<string> = new Set([
  'principal',
  'action',
  'resource',
  'resourceAccount',
  'context',
]);

/** A member that is not known is refused: a context under another name would be no context. */
function checkRequest(request: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(request)) {
    if (!REQUEST_MEMBERS.has(name)) throw new ScenarioRefused(`a request has no \`${name}\``);
  }
  for (const name of ['principal', 'action', 'resource', 'resourceAccount']) {
    if (typeof request[name] !== 'string') {
      throw new ScenarioRefused(`the request's ${name} is a string`);
    }
  }
  const context = request['context'] ?? {};
  if (!isObject(context)) throw new ScenarioRefused("the request's context is an object");
  for (const [key, value] of Object.entries(context)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!values.every((one) => VALUE_TYPES.has(typeof one))) {
      throw new ScenarioRefused(`\`${key}\` is a string, a number, a Boolean, or a list of them`);
    }
  }
}

const VALUE_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);

/** A list of policies, or for SCPs and RCPs a list of such lists. */
function checkLayer(name: string, layer: unknown, depth: number): void {
  if (Array.isArray(layer)) {
    const deepest = name === 'scps' || name === 'rcps' ? 2 : 1;
    if (depth === deepest) throw new ScenarioRefused(`the policies \`${name}\` are too many lists`);
    for (const item of layer) checkLayer(name, item, depth + 1);
  } else if (typeof layer !== 'string' && typeof layer !== 'object' && layer !== undefined) {
    throw new ScenarioRefused(`a policy of \`${name}\` is neither a text nor an object`);
  }
}

function readScenarioText(text: string): unknown {
  const { node, problems } = readJson(text, TEXT_LIMITS);
  const outside = problems.find(({ path }) => path[0] !== 'policies' || path.length <= 2);
  const [problem] = node === undefined ? problems : [outside];
  if (node === undefined || problem !== undefined) {
    throw new ScenarioRefused(problem?.message ?? 'the scenario is not JSON');
  }
  return toValue(node, text, 0);
}

/** `inPolicies` is how deep a node stands in the member `policies`: 1 is that member, and 0 means outside. */
function toValue(node: JsonNode, text: string, inPolicies: number): unknown {
  switch (node.kind) {
    case 'array':
      return node.items.map((item) => toValue(item, text, inPolicies));
    case 'object': {
      if (inPolicies > 1) return text.slice(node.start, node.end);
      const members = node.members.map(({ name, value }) => {
        const isPolicies = inPolicies > 0 || name === 'policies';
        return [name, toValue(value, text, isPolicies ? inPolicies + 1 : 0)];
      });
      return Object.fromEntries(members) as unknown;
    }
    case 'string':
      return node.value;
    case 'number':
    case 'boolean':
    case 'null':
      return JSON.parse(node.value) as unknown;
  }
}
