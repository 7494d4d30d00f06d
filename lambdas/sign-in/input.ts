import type { JsonNode, JsonObject } from '../core/json';
import { readJsonBody } from '../protocol/aws-json-input';
import type { HttpRequest } from '../protocol/http';
import { malformed } from '../protocol/parameters';
import { isWellFormed } from '../store/attribute-values';

/** One member of a body: how it is read, and how the description of the API shows it. */
export interface Field<Value> {
  /** `node` is undefined where the member is missing. Errors: MalformedInput. */
  readonly read: (node: JsonNode | undefined, name: string) => Value;
  readonly schema: object;
  readonly isRequired: boolean;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export type InputOf<Members extends Fields> = {
  readonly [Name in keyof Members]: Members[Name] extends Field<infer Value> ? Value : never;
};

interface TextForm {
  readonly maximumLength: number;
  readonly pattern?: RegExp;
}

export function text(form: TextForm): Field<string> {
  return {
    read: (node, name) => {
      if (node === undefined) throw malformed(`The body must have the member ${name}.`);
      return readText(node, name, form);
    },
    schema: schemaOf(form),
    isRequired: true,
  };
}

export function optionalText(form: TextForm): Field<string | undefined> {
  return {
    read: (node, name) => (node === undefined ? undefined : readText(node, name, form)),
    schema: schemaOf(form),
    isRequired: false,
  };
}

function readText(node: JsonNode, name: string, { maximumLength, pattern }: TextForm): string {
  const isText = node.kind === 'string' && node.value.length > 0;
  if (!isText || node.value.length > maximumLength || !isWellFormed(node.value)) {
    throw malformed(`${name} must be text of 1 to ${maximumLength} characters.`);
  }
  if (pattern !== undefined && !pattern.test(node.value)) {
    throw malformed(`${name} must match ${pattern.source}.`);
  }
  return node.value;
}

function schemaOf({ maximumLength, pattern }: TextForm): object {
  return {
    type: 'string',
    minLength: 1,
    maxLength: maximumLength,
    ...(pattern === undefined ? {} : { pattern: pattern.source }),
  };
}

export const flag: Field<boolean> = {
  read: (node, name) => {
    if (node !== undefined && node.kind !== 'boolean') {
      throw malformed(`${name} must be true or false.`);
    }
    return node?.value === 'true';
  },
  schema: { type: 'boolean', default: false },
  isRequired: false,
};

/** What a browser made, and a library reads. */
export const optionalDocument: Field<object | undefined> = {
  read: (node, name) => {
    if (node === undefined) return undefined;
    if (node.kind !== 'object') throw malformed(`${name} must be an object.`);
    return plainValue(node) as object;
  },
  schema: { type: 'object' },
  isRequired: false,
};

/** Objects without a prototype, so that no name has a meaning to JavaScript. */
function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'string':
      return node.value;
    case 'number':
      return Number(node.value);
    case 'boolean':
      return node.value === 'true';
    case 'null':
      return null;
    case 'array':
      return node.items.map(plainValue);
    case 'object': {
      const members = node.members.map(({ name, value }) => [name, plainValue(value)] as const);
      return Object.assign(Object.create(null) as object, Object.fromEntries(members));
    }
  }
}

/** Bytes; the longest that is needed is what a passkey's maker says of it. */
const MAX_BODY_BYTES = 65_536;

/**
 * The members of a JSON body: every one of its form, none that is not known, none twice.
 *
 * Errors: MalformedInput.
 */
export function readInput<Members extends Fields>(
  request: HttpRequest,
  fields: Members,
): InputOf<Members> {
  const members = membersOf(request);
  for (const name of members.keys()) {
    if (!Object.hasOwn(fields, name)) {
      throw malformed(`The body has the member ${name}, which is not one of this route's.`);
    }
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.read(members.get(name), name)]),
  ) as InputOf<Members>;
}

function membersOf(request: HttpRequest): ReadonlyMap<string, JsonNode> {
  if (request.query.length > 0) {
    throw malformed('The members stand in the body, not in the query.');
  }
  const size = request.body?.byteLength ?? 0;
  if (size === 0) {
    return new Map();
  }
  if (size > MAX_BODY_BYTES) {
    throw malformed(`The body must have at most ${MAX_BODY_BYTES} bytes.`);
  }
  const contentTypes = request.headers.get('content-type') ?? [];
  const mediaType = contentTypes[0]?.split(';', 1)[0]?.trim().toLowerCase();
  if (contentTypes.length !== 1 || mediaType !== 'application/json') {
    throw malformed('The content type of the body must be application/json.');
  }
  const body: JsonObject = readJsonBody(request);
  return new Map(body.members.map(({ name, value }) => [name, value]));
}
