import { readJson } from '../core/json';
import type { JsonArray, JsonNode, JsonObject } from '../core/json';
import { noSuchOperation } from './error-messages';
import type { HttpRequest } from './http';
import { LIMITS } from './limits';
import { malformed, refuseLargeBody } from './parameters';
import type { Structure } from './query';
import { checkInteger, parseBase64 } from './scalars';
import { describeOperation } from './schema';
import type { OperationSchema, Service, Shape, StructureShape } from './schema';
import { SERVICE_DESCRIPTIONS } from './services';

/*
 * Requests of the awsJson1.1 protocol.
 *
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */

/** A request before its operation is known. */
export interface JsonCall {
  readonly action: string;
  readonly body: JsonObject;
}

const MEDIA_TYPE = 'application/x-amz-json-1.1';

const JSON_LIMITS = { maximumLength: LIMITS.bodyBytes, maximumDepth: LIMITS.depth } as const;

/**
 * The operation of `X-Amz-Target` and the JSON object of the body. Repeated members are refused, as repeated parameters are.
 *
 * Errors: `RequestEntityTooLarge`, `MalformedInput`, `InvalidAction`.
 */
export function readJsonCall(request: HttpRequest, service: Service): JsonCall {
  refuseLargeBody(request);
  const { targetPrefix, version } = SERVICE_DESCRIPTIONS[service];
  const targets = request.headers.get('x-amz-target') ?? [];
  const [target = ''] = targets;
  const prefix = `${targetPrefix ?? ''}.`;
  if (targets.length !== 1 || targetPrefix === undefined || !target.startsWith(prefix)) {
    throw noSuchOperation(target, version);
  }
  const contentTypes = request.headers.get('content-type') ?? [];
  const mediaType = contentTypes[0]?.split(';', 1)[0]?.trim().toLowerCase();
  if (contentTypes.length !== 1 || mediaType !== MEDIA_TYPE) {
    throw malformed(`The content type of the body must be ${MEDIA_TYPE}.`);
  }
  return { action: target.slice(prefix.length), body: readJsonBody(request) };
}

/** The JSON object of a body. Errors: `MalformedInput`. */
export function readJsonBody(request: Pick<HttpRequest, 'body'>): JsonObject {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(request.body);
  } catch {
    throw malformed('The request body is not UTF-8.');
  }
  const { node, problems } = readJson(text, JSON_LIMITS);
  const [problem] = problems;
  if (problem !== undefined) {
    throw malformed(`The request body is not JSON that can be used: ${problem.message}.`);
  }
  if (node?.kind !== 'object') {
    throw malformed('The request body is not a JSON object.');
  }
  return node;
}

/**
 * The typed input of an operation. Members that it does not have are ignored, and a member that is null counts as absent.
 *
 * Errors: `MalformedInput` for a value that is not of its type.
 */
export function decodeJsonInput(schema: OperationSchema, body: JsonObject): Structure {
  return decodeJsonStructure(describeOperation(schema).input, body, '', AWS_JSON);
}

/** What two protocols that carry JSON do not have in common. */
export interface JsonForm {
  /** Whether a member that the shape does not have, or that is null, is refused; else it is as if it were not there. */
  readonly strict: boolean;
  /** Errors: `MalformedInput`. */
  readonly readTime: (node: JsonNode, name: string) => Date;
}

const AWS_JSON: JsonForm = {
  strict: false,
  readTime: (node, name) => dateOf(Number(expectKind(node, 'number', name).value), name),
};

/** The values of a structure. Errors: `MalformedInput`. */
export function decodeJsonStructure(
  shape: StructureShape,
  node: JsonObject,
  name: string,
  form: JsonForm,
): Structure {
  const values = new Map(node.members.map((member) => [member.name, member.value]));
  const structure: Record<string, unknown> = {};
  for (const member of shape.members()) {
    const value = values.get(member.name);
    if (value !== undefined && value.kind !== 'null') {
      const path = name === '' ? member.name : `${name}.${member.name}`;
      structure[member.name] = decode(member.shape, value, path, form);
    }
  }
  if (form.strict) {
    refuseOtherMembers(node, structure, name);
  }
  if (shape.union && Object.keys(structure).length > 1) {
    throw malformed(`Only one member of ${name} may be given.`);
  }
  return structure;
}

function refuseOtherMembers(node: JsonObject, structure: Structure, name: string): void {
  const other = node.members.find((member) => !Object.hasOwn(structure, member.name));
  if (other !== undefined) {
    const path = name === '' ? other.name : `${name}.${other.name}`;
    throw malformed(
      other.value.kind === 'null'
        ? `The value of ${path} is null; what is not given is left out.`
        : `The request has the member ${path}, which is not one of the operation's body.`,
    );
  }
}

function decode(shape: Shape, node: JsonNode, name: string, form: JsonForm): unknown {
  switch (shape.kind) {
    case 'structure':
      return decodeJsonStructure(shape, expectKind(node, 'object', name), name, form);
    case 'list':
      return decodeList(shape.element(), expectKind(node, 'array', name), name, form);
    case 'map':
      return Object.fromEntries(
        expectKind(node, 'object', name).members.map((member) => [
          member.name,
          decode(shape.value(), member.value, `${name}.${member.name}`, form),
        ]),
      );
    case 'string':
      return expectKind(node, 'string', name).value;
    case 'boolean':
      return expectKind(node, 'boolean', name).value === 'true';
    case 'integer':
      return checkInteger(Number(expectKind(node, 'number', name).value), name);
    case 'blob':
      return parseBase64(expectKind(node, 'string', name).value, name);
    case 'timestamp':
      return form.readTime(node, name);
    case 'document':
      return decodeDocument(node);
  }
}

/** Invariant: every member is the object's own, whatever it is called. */
function decodeDocument(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(
        node.members.map(({ name, value }) => [name, decodeDocument(value)]),
      );
    case 'array':
      return node.items.map(decodeDocument);
    case 'string':
      return node.value;
    case 'number':
      return Number(node.value);
    case 'boolean':
      return node.value === 'true';
    case 'null':
      return null;
  }
}

function decodeList(
  element: Shape,
  node: JsonArray,
  name: string,
  form: JsonForm,
): readonly unknown[] {
  if (node.items.length > LIMITS.listIndex) {
    throw malformed(`${name} must have at most ${LIMITS.listIndex} members.`);
  }
  return node.items.map((item, index) => decode(element, item, `${name}.${index + 1}`, form));
}

/** Errors: `MalformedInput`. */
export function expectKind<Kind extends JsonNode['kind']>(
  node: JsonNode,
  kind: Kind,
  name: string,
): JsonNode & { readonly kind: Kind } {
  if (node.kind !== kind) {
    throw malformed(`The value of ${name} is not of the type ${kind}.`);
  }
  return node as JsonNode & { readonly kind: Kind };
}

/** Seconds since the epoch, with a fraction or without. */
function dateOf(seconds: number, name: string): Date {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) {
    throw malformed(`The value of ${name} is not a time.`);
  }
  return date;
}
