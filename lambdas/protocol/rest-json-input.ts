import type { JsonForm } from './aws-json-input';
import { decodeJsonStructure, expectKind, readJsonBody } from './aws-json-input';
import type { HttpRequest } from './http';
import { LIMITS } from './limits';
import { malformed } from './parameters';
import type { Structure } from './query';
import { parseBase64, parseBoolean, parseInteger, parseTimestamp } from './scalars';
import { describeOperation } from './schema';
import type { Member, OperationSchema, Shape, StructureShape } from './schema';

/*
 * Requests of the REST JSON protocol: members of the input stand in the path; the others in the query of a GET or DELETE, else in a
 * JSON body. Whatever is none of the operation's members is refused, and nothing can be said twice.
 */

/** The methods whose requests have no body. */
const METHODS_WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'DELETE']);

const MEDIA_TYPE = 'application/json';

/** Whatever is none of the operation's members is refused. */
export const REST_JSON: JsonForm = {
  strict: true,
  readTime: (node, name) => parseTimestamp(expectKind(node, 'string', name).value, name),
};

/**
 * "Receivers MUST ignore unknown fields".
 *
 * Source: https://openid.net/specs/authorization-api-1_0.html#name-json-serialization
 */
export const AUTHZEN_JSON: JsonForm = { ...REST_JSON, strict: false };

/** Whether a request of the method has its members in the query. */
export function isReadFromQuery(method: string): boolean {
  return METHODS_WITHOUT_BODY.has(method);
}

/**
 * The typed input of an operation; required members may be missing (`validateInput` says so in AWS's words). `pathParameters` are
 * members by name, still percent-encoded.
 *
 * Errors: `RequestEntityTooLarge`, `MalformedInput`.
 */
export function decodeRestInput(
  schema: OperationSchema,
  pathParameters: ReadonlyMap<string, string>,
  request: HttpRequest,
  form: JsonForm = REST_JSON,
): Structure {
  const { input } = describeOperation(schema);
  const inPath: Structure = Object.fromEntries(
    [...pathParameters].map(([name, text]) => [name, decodePathText(text, name)]),
  );
  const members = input.members().filter(({ name }) => !pathParameters.has(name));
  const rest: StructureShape = { ...input, members: () => members };
  const others = isReadFromQuery(request.method)
    ? decodeQuery(members, request)
    : decodeBody(rest, request, form);
  return { ...others, ...inPath };
}

/**
 * The typed input of an operation from what is given as an object instead of a request: read as the body of one would be.
 *
 * Errors: `MalformedInput`.
 */
export function decodeObject(schema: OperationSchema, object: object): Structure {
  const body = Buffer.from(JSON.stringify(object));
  return decodeJsonStructure(
    describeOperation(schema).input,
    readJsonBody({ body }),
    '',
    REST_JSON,
  );
}

function decodePathText(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(`The value of ${name} in the path is not percent-encoded UTF-8.`);
  }
}

function decodeBody(shape: StructureShape, request: HttpRequest, form: JsonForm): Structure {
  const [parameter] = parametersOf(request);
  if (parameter !== undefined) {
    throw malformed(`A ${request.method} request has its members in the body, not in the query.`);
  }
  if (request.body === undefined || request.body.byteLength === 0) {
    return {};
  }
  const contentTypes = request.headers.get('content-type') ?? [];
  const mediaType = contentTypes[0]?.split(';', 1)[0]?.trim().toLowerCase();
  if (contentTypes.length !== 1 || mediaType !== MEDIA_TYPE) {
    throw malformed(`The content type of the body must be ${MEDIA_TYPE}.`);
  }
  return decodeJsonStructure(shape, readJsonBody(request), '', form);
}

/** A list is given by a parameter for each of its elements; anything else is given once. */
function decodeQuery(members: readonly Member[], request: HttpRequest): Structure {
  if (request.body !== undefined && request.body.byteLength > 0) {
    throw malformed(`A ${request.method} request must not have a body.`);
  }
  const known = new Map(members.map((member) => [member.name, member.shape]));
  const texts = new Map<string, string[]>();
  for (const [name, value] of parametersOf(request)) {
    if (!known.has(name)) {
      throw malformed(
        `The request has the parameter ${name}, which is not one of the operation's.`,
      );
    }
    texts.set(name, [...(texts.get(name) ?? []), value]);
  }
  const decoded = [...texts].map(([name, values]) => [
    name,
    decodeTexts(known.get(name), values, name),
  ]);
  return Object.fromEntries(decoded) as Structure;
}

/** The query without what a presigned request has there for its signature. */
function parametersOf({ query }: HttpRequest): readonly (readonly [string, string])[] {
  if (query.length > LIMITS.parameters) {
    throw malformed(`A request must have at most ${LIMITS.parameters} parameters.`);
  }
  return query.filter(([name]) => !name.startsWith('X-Amz-'));
}

function decodeTexts(shape: Shape | undefined, texts: readonly string[], name: string): unknown {
  if (shape?.kind === 'list') {
    const element = shape.element();
    return texts.map((text, index) => decodeText(element, text, `${name}.${index + 1}`));
  }
  const [text = ''] = texts;
  if (texts.length > 1) {
    throw malformed(`The parameter ${name} is given more than once.`);
  }
  return decodeText(shape, text, name);
}

function decodeText(shape: Shape | undefined, text: string, name: string): unknown {
  switch (shape?.kind) {
    case 'string':
      return text;
    case 'integer':
      return parseInteger(text, name);
    case 'boolean':
      return parseBoolean(text, name);
    case 'blob':
      return parseBase64(text, name);
    case 'timestamp':
      return parseTimestamp(text, name);
    case 'document':
    case 'list':
    case 'map':
    case 'structure':
    case undefined:
      throw malformed(`The value of ${name} cannot be given in a query.`);
  }
}
