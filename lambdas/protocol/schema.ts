import type { CreateUser$ } from '@aws-sdk/client-iam';
import { NormalizedSchema } from '@smithy/core/schema';

/*
 * The one module that reads the schemas which the official clients export. Everything else sees only the shapes below, so that a
 * change of the clients' schema format is a change of this file.
 */

/** The schema of one operation as the official clients export it (`CreateUser$` of `@aws-sdk/client-iam`). */
export type OperationSchema = typeof CreateUser$;

/** AWS's own, and Portcullis's for what AWS has no operations for. */
export type Service = 'iam' | 'sts' | 'organizations' | 'portcullis';

export type Shape =
  ScalarShape | TimestampShape | DocumentShape | ListShape | MapShape | StructureShape;

export interface ScalarShape {
  readonly kind: 'string' | 'boolean' | 'integer' | 'blob';
  /** Never to be echoed or logged. */
  readonly sensitive: boolean;
}

export interface TimestampShape {
  readonly kind: 'timestamp';
}

/** Any JSON value. */
export interface DocumentShape {
  readonly kind: 'document';
}

export interface ListShape {
  readonly kind: 'list';
  readonly element: () => Shape;
}

export interface MapShape {
  readonly kind: 'map';
  /** Keys are strings. */
  readonly value: () => Shape;
}

export interface StructureShape {
  readonly kind: 'structure';
  /** AWS's name of the shape, e.g. `CreateUserRequest`. */
  readonly name: string;
  /** Whether exactly one member is present. */
  readonly union: boolean;
  /** In the order of the model. */
  readonly members: () => readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** Where the caller leaves it out, the server makes one up. */
  readonly idempotencyToken: boolean;
}

/** One operation, ready to be decoded and encoded. */
export interface OperationShape {
  /** `CreateUser`. */
  readonly name: string;
  readonly service: Service;
  /** Without members where the operation takes no input. */
  readonly input: StructureShape;
  /** Undefined where the operation returns nothing. */
  readonly output: StructureShape | undefined;
}

const SERVICES: Readonly<Record<string, Service>> = {
  'com.amazonaws.iam': 'iam',
  'com.amazonaws.sts': 'sts',
  'com.amazonaws.organizations': 'organizations',
  portcullis: 'portcullis',
};

const described = new WeakMap<OperationSchema, OperationShape>();

/** The shapes of one operation; made once per schema. */
export function describeOperation(schema: OperationSchema): OperationShape {
  let shape = described.get(schema);
  if (shape === undefined) {
    const [, namespace, name, , input, output] = schema;
    const service = SERVICES[namespace];
    if (service === undefined) {
      throw new TypeError(`operation ${name} is of the unknown namespace ${namespace}`);
    }
    shape = {
      name,
      service,
      input: structureOf(NormalizedSchema.of(input)) ?? emptyStructure(`${name}Request`),
      output: structureOf(NormalizedSchema.of(output)),
    };
    described.set(schema, shape);
  }
  return shape;
}

function emptyStructure(name: string): StructureShape {
  return { kind: 'structure', name, union: false, members: () => [] };
}

function structureOf(schema: NormalizedSchema): StructureShape | undefined {
  if (schema.isUnitSchema()) {
    return undefined;
  }
  const shape = shapeOf(schema);
  if (shape.kind !== 'structure') {
    throw new TypeError(`${schema.getName() ?? 'an operation'} is not a structure`);
  }
  return shape;
}

function shapeOf(schema: NormalizedSchema): Shape {
  if (schema.isStructSchema()) {
    return {
      kind: 'structure',
      name: schema.getName() ?? '',
      union: schema.isUnionSchema(),
      members: once(() => membersOf(schema)),
    };
  }
  if (schema.isListSchema()) {
    return { kind: 'list', element: once(() => shapeOf(schema.getValueSchema())) };
  }
  if (schema.isMapSchema()) {
    return { kind: 'map', value: once(() => shapeOf(schema.getValueSchema())) };
  }
  if (schema.isTimestampSchema()) {
    return { kind: 'timestamp' };
  }
  if (schema.isDocumentSchema()) {
    return { kind: 'document' };
  }
  return { kind: scalarKindOf(schema), sensitive: Boolean(schema.getMergedTraits().sensitive) };
}

function scalarKindOf(schema: NormalizedSchema): ScalarShape['kind'] {
  if (schema.isStringSchema()) {
    return 'string';
  }
  if (schema.isBooleanSchema()) {
    return 'boolean';
  }
  // The schemas do not tell the widths of numbers apart; these three services have 32-bit integers only.
  if (schema.isNumericSchema()) {
    return 'integer';
  }
  if (schema.isBlobSchema()) {
    return 'blob';
  }
  throw new TypeError(`${schema.getName() ?? 'a shape'} is of a kind that no codec knows`);
}

function membersOf(schema: NormalizedSchema): readonly Member[] {
  const requiredCount = requiredCountOf(schema.getSchema());
  return [...schema.structIterator()].map(([name, member], position) => ({
    name,
    shape: shapeOf(member),
    required: position < requiredCount,
    idempotencyToken: member.isIdempotencyToken(),
  }));
}

/** The model puts the required members first, and their number at the end of the schema. */
function requiredCountOf(schema: unknown): number {
  const count: unknown = Array.isArray(schema) ? schema[6] : undefined;
  return typeof count === 'number' ? count : 0;
}

function once<Value extends object>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= make());
}
