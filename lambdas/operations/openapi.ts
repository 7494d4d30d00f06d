import { constraintOf } from '../protocol/constraints';
import type { Constraint } from '../protocol/constraint-table';
import { ERRORS } from '../protocol/errors';
import { IDEMPOTENCY_KEY_PATTERN } from '../protocol/idempotency-key';
import { isReadFromQuery } from '../protocol/rest-json-input';
import {
  describeOperation,
  type Member,
  type OperationShape,
  type Shape,
  type StructureShape,
} from '../protocol/schema';
import { SERVICE_DESCRIPTIONS } from '../protocol/services';
import { takesIdempotencyKey } from './idempotency';
import type { AnyOperation, OperationTable } from './operation-table';
import { parameterOf, splitRoute } from './routes';

type Json = Readonly<Record<string, unknown>>;

/** Where a service describes itself, below its own path. */
export const DESCRIPTION_PATH = 'openapi.json';

/**
 * The routes of a service as an OpenAPI 3.1 document, all of it made of the rows.
 *
 * Source: https://spec.openapis.org/oas/v3.1.1.html
 */
export function describeApi(table: OperationTable): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const answers = new Map<string, StructureShape>();
  for (const operation of table.operations) {
    const { method, path } = splitRoute(operation.route);
    const item = (paths[path] ??= {});
    item[method.toLowerCase()] = describeRow(operation, answers);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: `Portcullis ${table.service.toUpperCase()}`,
      version: SERVICE_DESCRIPTIONS[table.service].version,
    },
    // Relative to this document, whatever stage or base path the gateway has.
    servers: [{ url: `../${table.service}` }],
    security: [{ signatureVersion4: [] }],
    paths,
    components: {
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY_PARAMETER },
      schemas: { Error: ERROR_SCHEMA, ...describeAnswers(answers) },
      responses: {
        Error: {
          description: 'What was wrong.',
          content: json({ $ref: '#/components/schemas/Error' }),
        },
      },
      securitySchemes: {
        signatureVersion4: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: `AWS Signature Version 4 for the service ${table.service} or execute-api`,
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

const IDEMPOTENCY_KEY_PARAMETER: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A repetition of the request under the same key, by the same caller and within 24 hours, changes nothing and is given ' +
    'the first answer. Another request under the key is refused with IdempotentParameterMismatch.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY_PATTERN, maxLength: 255 },
};

const ERROR_SCHEMA: Json = {
  type: 'object',
  required: ['code', 'message', 'requestId'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    requestId: { type: 'string' },
  },
};

function describeRow(operation: AnyOperation, answers: Map<string, StructureShape>): Json {
  const { method, segments } = splitRoute(operation.route);
  const shape = describeOperation(operation.schema);
  const inPath = segments.map(parameterOf).filter((name) => name !== undefined);
  const others = shape.input.members().filter(({ name }) => !inPath.includes(name));
  const byQuery = isReadFromQuery(method);
  const parameters = [
    ...shape.input
      .members()
      .filter(({ name }) => inPath.includes(name))
      .map((member) => ({ ...parameterIn('path', shape, member), required: true })),
    ...(byQuery ? others.map((member) => parameterIn('query', shape, member)) : []),
    ...(takesIdempotencyKey(operation) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ];
  return {
    operationId: operation.name,
    description: descriptionOf(operation),
    ...(parameters.length > 0 && { parameters }),
    ...(!byQuery &&
      others.length > 0 && {
        requestBody: {
          required: others.some(({ required }) => required),
          content: json(inputSchema({ ...shape.input, members: () => others }, shape)),
        },
      }),
    responses: {
      200: { description: 'Done.', content: json(answerSchema(shape.output, answers)) },
      ...describeErrors(operation),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function descriptionOf({ accessLevel, authorization }: AnyOperation): string {
  const permission = authorization === undefined ? 'none needed' : authorization.action;
  return `Access level: ${accessLevel}. Permission: ${permission}.`;
}

function parameterIn(place: 'path' | 'query', operation: OperationShape, member: Member): Json {
  const constraint = constraintOf(operation.service, operation.name, member.name);
  return {
    name: member.name,
    in: place,
    ...(member.required && { required: true }),
    schema: valueSchema(member.shape, constraint, operation),
  };
}

/** The operation's own errors; those that every operation has are the default. */
function describeErrors({ errors }: AnyOperation): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of errors) {
    const { statusCode } = ERRORS[code];
    byStatus.set(statusCode, [...(byStatus.get(statusCode) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { description: codes.join(', '), content: json({ $ref: '#/components/schemas/Error' }) },
    ]),
  );
}

const json = (schema: Json): Json => ({ 'application/json': { schema } });

function inputSchema(shape: StructureShape, operation: OperationShape): Json {
  const properties = shape.members().map(({ name, shape: inner }) => {
    const constraint = constraintOf(operation.service, operation.name, name);
    return [name, valueSchema(inner, constraint, operation)];
  });
  return {
    ...structureSchema(shape, Object.fromEntries(properties) as Json),
    additionalProperties: false,
  };
}

function structureSchema(shape: StructureShape, properties: Json): Json {
  const required = shape.members().filter((member) => member.required);
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required: required.map(({ name }) => name) }),
    ...(shape.union && { minProperties: 1, maxProperties: 1 }),
  };
}

function valueSchema(
  shape: Shape,
  constraint: Constraint | undefined,
  operation: OperationShape,
): Json {
  switch (shape.kind) {
    case 'structure':
      return inputSchema(shape, operation);
    case 'list': {
      const items = valueSchema(shape.element(), constraint?.element, operation);
      return { type: 'array', items, ...rangeOf(constraint, 'minItems', 'maxItems') };
    }
    case 'map': {
      const additionalProperties = valueSchema(shape.value(), undefined, operation);
      return { type: 'object', additionalProperties };
    }
    case 'string':
      return { type: 'string', ...textLimits(constraint) };
    case 'integer':
      return { ...scalarSchema('integer'), ...rangeOf(constraint, 'minimum', 'maximum') };
    case 'boolean':
    case 'blob':
    case 'timestamp':
      return scalarSchema(shape.kind);
    case 'document':
      return {};
  }
}

function scalarSchema(kind: 'string' | 'integer' | 'boolean' | 'blob' | 'timestamp'): Json {
  switch (kind) {
    case 'integer':
      return { type: 'integer', format: 'int32' };
    case 'blob':
      return { type: 'string', contentEncoding: 'base64' };
    case 'timestamp':
      return { type: 'string', format: 'date-time' };
    case 'string':
    case 'boolean':
      return { type: kind };
  }
}

function textLimits(constraint: Constraint | undefined): Json {
  return {
    ...rangeOf(constraint, 'minLength', 'maxLength'),
    ...(constraint?.pattern !== undefined && { pattern: constraint.pattern.expression.source }),
    ...(constraint?.values !== undefined && { enum: constraint.values }),
  };
}

function rangeOf(constraint: Constraint | undefined, least: string, most: string): Json {
  const range = constraint?.range;
  return range === undefined ? {} : { [least]: range[0], [most]: range[1] };
}

/** Notes the answer's shape, and every shape in it, so that each is described once. */
function answerSchema(
  shape: StructureShape | undefined,
  answers: Map<string, StructureShape>,
): Json {
  return shape === undefined
    ? { type: 'object', additionalProperties: false }
    : shapeReference(shape, answers);
}

function shapeReference(shape: Shape, answers: Map<string, StructureShape>): Json {
  switch (shape.kind) {
    case 'structure':
      answers.set(shape.name, answers.get(shape.name) ?? shape);
      return { $ref: `#/components/schemas/${shape.name}` };
    case 'list':
      return { type: 'array', items: shapeReference(shape.element(), answers) };
    case 'map':
      return { type: 'object', additionalProperties: shapeReference(shape.value(), answers) };
    case 'document':
      return {};
    case 'string':
    case 'integer':
    case 'boolean':
    case 'blob':
    case 'timestamp':
      return scalarSchema(shape.kind);
  }
}

/** A Map gives what is added to it while it is gone through: the shapes within the shapes. */
function describeAnswers(answers: Map<string, StructureShape>): Json {
  const schemas: Record<string, Json> = {};
  for (const [name, shape] of answers) {
    const properties = shape
      .members()
      .map((member) => [member.name, shapeReference(member.shape, answers)]);
    schemas[name] = structureSchema(shape, Object.fromEntries(properties) as Json);
  }
  return schemas;
}
