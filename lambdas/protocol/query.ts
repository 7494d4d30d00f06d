import { encodeRfc3986, isEncodedPolicy } from './encoded-policies';
import { LIMITS } from './limits';
import { malformed } from './parameters';
import type { ParameterNode } from './parameters';
import {
  formatBase64,
  formatTimestamp,
  parseBase64,
  parseBoolean,
  parseInteger,
  parseTimestamp,
} from './scalars';
import { describeOperation } from './schema';
import type { ListShape, MapShape, OperationSchema, Shape, StructureShape } from './schema';
import { SERVICE_DESCRIPTIONS } from './services';
import { element, escapeXml, rootElement } from './xml';

/*
 * The awsQuery protocol, driven by the official clients' schemas: no operation is named here.
 *
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

/** Values of one structure by member name. Absent members have no entry. */
export type Structure = Readonly<Record<string, unknown>>;

/**
 * The typed input of an operation. Parameters that the operation does not have are ignored, as on AWS; required members may be
 * missing (`validateInput` says so in AWS's words).
 *
 * Errors: `MalformedInput` for a value that is not of its type.
 */
export function decodeInput(schema: OperationSchema, parameters: ParameterNode): Structure {
  return decodeStructure(describeOperation(schema).input, parameters, '');
}

function decode(shape: Shape, node: ParameterNode, name: string): unknown {
  switch (shape.kind) {
    case 'structure':
      return decodeStructure(shape, node, name);
    case 'list':
      return decodeList(shape, node, name);
    case 'map':
      return decodeMap(shape, node, name);
    case 'string':
      return node.value;
    case 'integer':
      return node.value === undefined ? undefined : parseInteger(node.value, name);
    case 'boolean':
      return node.value === undefined ? undefined : parseBoolean(node.value, name);
    case 'blob':
      return node.value === undefined ? undefined : parseBase64(node.value, name);
    case 'timestamp':
      return node.value === undefined ? undefined : parseTimestamp(node.value, name);
    case 'document':
      throw malformed(`The value of ${name} can be given in JSON alone.`);
  }
}

function decodeStructure(shape: StructureShape, node: ParameterNode, name: string): Structure {
  const structure: Record<string, unknown> = {};
  for (const member of shape.members()) {
    const child = node.children?.get(member.name);
    const value =
      child === undefined
        ? undefined
        : decode(member.shape, child, name === '' ? member.name : `${name}.${member.name}`);
    if (value !== undefined) {
      structure[member.name] = value;
    }
  }
  if (shape.union && Object.keys(structure).length > 1) {
    throw malformed(`Only one member of ${name} may be given.`);
  }
  return structure;
}

/** `X.member.N`, in the order of the numbers, which may have gaps. `X=` is how clients write an empty list. */
function decodeList(
  shape: ListShape,
  node: ParameterNode,
  name: string,
): readonly unknown[] | undefined {
  const members = numbered(node, 'member', name);
  if (members === undefined) {
    return node.value === '' ? [] : undefined;
  }
  return inOrder(members, `${name}.member`).map(([index, child]) => {
    const value = decode(shape.element(), child, `${name}.member.${index}`);
    if (value === undefined) {
      throw malformed(`${name}.member.${index} has no value.`);
    }
    return value;
  });
}

/** `X.entry.N.key` with `X.entry.N.value`. */
function decodeMap(shape: MapShape, node: ParameterNode, name: string): Structure | undefined {
  const entries = numbered(node, 'entry', name);
  if (entries === undefined) {
    return node.value === '' ? {} : undefined;
  }
  const decoded = new Map<string, unknown>();
  for (const [index, child] of inOrder(entries, `${name}.entry`)) {
    const key = child.children?.get('key')?.value;
    const valueNode = child.children?.get('value');
    const value =
      valueNode === undefined
        ? undefined
        : decode(shape.value(), valueNode, `${name}.entry.${index}.value`);
    if (key === undefined || value === undefined) {
      throw malformed(`${name}.entry.${index} must have a key and a value.`);
    }
    if (decoded.has(key)) {
      throw malformed(`${name} has the key of ${name}.entry.${index} more than once.`);
    }
    decoded.set(key, value);
  }
  return Object.fromEntries(decoded);
}

/**
 * The children of `X.member` or `X.entry`; undefined where there are none. A list or map is given as empty (`X=`) or with members,
 * never both, and never as some other text.
 */
function numbered(
  node: ParameterNode,
  kind: 'member' | 'entry',
  name: string,
): ReadonlyMap<string, ParameterNode> | undefined {
  const group = node.children?.get(kind);
  const given = group?.children !== undefined;
  if (group?.value !== undefined || (node.value !== undefined && (given || node.value !== ''))) {
    throw malformed(`The parameter ${name} is neither empty nor given by its members alone.`);
  }
  return group?.children;
}

const INDEX = /^[1-9][0-9]{0,5}$/;

function inOrder(
  children: ReadonlyMap<string, ParameterNode>,
  name: string,
): [index: number, node: ParameterNode][] {
  const indexed: [number, ParameterNode][] = [];
  for (const [text, node] of children) {
    // One way to write each number: 1 and 01 would be one member given twice.
    if (!INDEX.test(text) || Number(text) > LIMITS.listIndex) {
      throw malformed(`${name}.N must have N between 1 and ${LIMITS.listIndex}.`);
    }
    indexed.push([Number(text), node]);
  }
  return indexed.sort(([left], [right]) => left - right);
}

/** The XML of a successful answer, members in the order of the schema. Members that are undefined or null are left out. */
export function encodeOutput(
  schema: OperationSchema,
  output: Structure | undefined,
  requestId: string,
): string {
  const operation = describeOperation(schema);
  const result =
    operation.output === undefined
      ? ''
      : element(`${operation.name}Result`, encodeStructure(operation.output, output ?? {}));
  const metadata = element('ResponseMetadata', element('RequestId', escapeXml(requestId)));
  const { xmlNamespace } = SERVICE_DESCRIPTIONS[operation.service];
  return rootElement(`${operation.name}Response`, xmlNamespace, result + metadata);
}

function encodeStructure(shape: StructureShape, structure: Structure): string {
  let xml = '';
  for (const member of shape.members()) {
    const value = structure[member.name];
    if (value === undefined || value === null) {
      continue;
    }
    const encoded = isEncodedPolicy(shape.name, member.name)
      ? encodeRfc3986(stringOf(value, member.name))
      : encode(member.shape, value, member.name);
    xml += element(member.name, encoded);
  }
  return xml;
}

function encode(shape: Shape, value: unknown, name: string): string {
  switch (shape.kind) {
    case 'structure':
      return encodeStructure(shape, structureOf(value, name));
    case 'list':
      return listOf(value, name)
        .map((item) => element('member', encode(shape.element(), item, name)))
        .join('');
    case 'map':
      return Object.entries(structureOf(value, name))
        .map(([key, item]) =>
          element(
            'entry',
            element('key', escapeXml(key)) + element('value', encode(shape.value(), item, name)),
          ),
        )
        .join('');
    case 'string':
      return escapeXml(stringOf(value, name));
    case 'integer':
    case 'boolean':
      return primitiveOf(value, shape.kind, name);
    case 'blob':
      return formatBase64(bytesOf(value, name));
    case 'timestamp':
      return formatTimestamp(dateOf(value, name));
    case 'document':
      return escapeXml(JSON.stringify(value));
  }
}

function wrongType(name: string, expected: string): TypeError {
  return new TypeError(`the output member ${name} is not ${expected}`);
}

function structureOf(value: unknown, name: string): Structure {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongType(name, 'an object');
  }
  return value as Structure;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw wrongType(name, 'a list');
  }
  return value;
}

function stringOf(value: unknown, name: string): string {
  if (typeof value !== 'string') {
    throw wrongType(name, 'a string');
  }
  return value;
}

function primitiveOf(value: unknown, kind: 'integer' | 'boolean', name: string): string {
  const matches = kind === 'boolean' ? typeof value === 'boolean' : Number.isInteger(value);
  if (!matches) {
    throw wrongType(name, `of the kind ${kind}`);
  }
  return String(value);
}

function bytesOf(value: unknown, name: string): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    throw wrongType(name, 'a Uint8Array');
  }
  return value;
}

function dateOf(value: unknown, name: string): Date {
  if (!(value instanceof Date)) {
    throw wrongType(name, 'a Date');
  }
  return value;
}
