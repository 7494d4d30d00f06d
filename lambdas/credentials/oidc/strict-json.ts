import { readJson, type JsonLimits, type JsonMember, type JsonNode } from '../../core/json';

/** The members of a JSON object; undefined for any other text, for an object with a member twice, and beyond the limits. */
export function readObject(text: string, limits: JsonLimits): JsonMembers | undefined {
  const { node, problems } = readJson(text, limits);
  return problems.length === 0 ? membersOf(node) : undefined;
}

/** Names that `Object.prototype` has are names like any other. */
export type JsonMembers = ReadonlyMap<string, JsonNode>;

export function membersOf(node: JsonNode | undefined): JsonMembers | undefined {
  return node?.kind === 'object'
    ? new Map(node.members.map(({ name, value }: JsonMember) => [name, value]))
    : undefined;
}

export function textOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'string' ? node.value : undefined;
}

/** A list of texts; undefined where anything else is in it. */
export function textsOf(node: JsonNode | undefined): readonly string[] | undefined {
  if (node?.kind !== 'array') return undefined;
  const texts = node.items.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** One text, or a list of them. */
export function oneOrMoreTextsOf(node: JsonNode | undefined): readonly string[] | undefined {
  const text = textOf(node);
  return text === undefined ? textsOf(node) : [text];
}

/** Whole seconds since 1970; undefined for a fraction, an exponent or a sign. */
export function secondsOf(node: JsonNode | undefined): number | undefined {
  return node?.kind === 'number' && /^[0-9]{1,12}$/.test(node.value)
    ? Number(node.value)
    : undefined;
}
