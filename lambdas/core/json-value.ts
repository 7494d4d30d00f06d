import type { JsonLimits, JsonMember, JsonNode, JsonProblem, JsonReading } from './json';

/**
 * Turns a plain JavaScript value into the same nodes that text becomes, so that one set of rules judges both.
 * Members that are undefined are left out, as JSON does; anything else that JSON has no word for is a problem.
 */
export function readValue(value: unknown, limits: JsonLimits): JsonReading {
  const problems: JsonProblem[] = [];
  const budget = { nodes: limits.maximumLength };
  const node = convert(value, [], { limits, problems, budget });
  return { node: problems.length > 0 ? undefined : node, problems };
}

interface Conversion {
  readonly limits: JsonLimits;
  readonly problems: JsonProblem[];
  readonly budget: { nodes: number };
}

const NOWHERE = { start: -1, end: -1 } as const;

function convert(
  value: unknown,
  path: readonly (string | number)[],
  conversion: Conversion,
): JsonNode | undefined {
  conversion.budget.nodes -= 1;
  if (conversion.budget.nodes < 0) {
    report(conversion, 'TOO_LARGE', 'the value holds too many members', path);
    return undefined;
  }
  if (typeof value === 'string') return { kind: 'string', value, ...NOWHERE };
  if (typeof value === 'boolean') {
    return { kind: 'boolean', value: value ? 'true' : 'false', ...NOWHERE };
  }
  if (typeof value === 'number' && Number.isFinite(value)) {
    return { kind: 'number', value: String(value), ...NOWHERE };
  }
  if (value === null) return { kind: 'null', value: 'null', ...NOWHERE };
  if (typeof value === 'object') return convertObject(value, path, conversion);
  report(conversion, 'INVALID_JSON', 'the value is not one that JSON can hold', path);
  return undefined;
}

function convertObject(
  value: object,
  path: readonly (string | number)[],
  conversion: Conversion,
): JsonNode | undefined {
  const { maximumDepth } = conversion.limits;
  if (path.length >= maximumDepth) {
    report(conversion, 'TOO_DEEP', `nested deeper than ${maximumDepth} levels`, path);
    return undefined;
  }
  if (Array.isArray(value)) {
    const items: JsonNode[] = [];
    for (let index = 0; index < value.length; index += 1) {
      const item = convert(value[index], [...path, index], conversion);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind: 'array', items, ...NOWHERE };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    report(conversion, 'INVALID_JSON', 'the value is not a plain object', path);
    return undefined;
  }
  const members: JsonMember[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const node = convert(member, [...path, name], conversion);
    if (node === undefined) return undefined;
    members.push({ name, nameStart: -1, value: node });
  }
  return { kind: 'object', members, ...NOWHERE };
}

function report(
  conversion: Conversion,
  code: JsonProblem['code'],
  message: string,
  path: readonly (string | number)[],
): undefined {
  conversion.problems.push({ code, message, path, offset: -1 });
  return undefined;
}
