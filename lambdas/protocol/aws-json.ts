import { ERRORS } from './errors';
import type { ErrorCode, IamError } from './errors';
import type { Structure } from './query';
import { formatBase64 } from './scalars';
import { describeOperation } from './schema';
import type { OperationSchema, Shape, StructureShape } from './schema';

/*
 * JSON answers: of awsJson1.1 (Organizations), and those that the Query services give to `Accept: application/json`.
 *
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */

/** The body of a successful awsJson1.1 answer. */
export function encodeJsonOutput(schema: OperationSchema, output: Structure | undefined): string {
  const operation = describeOperation(schema);
  return operation.output === undefined
    ? '{}'
    : JSON.stringify(toJson(operation.output, output ?? {}, operation.output.name, epochSeconds));
}

/** The body of a successful answer of a Query service in JSON: the same members as its XML. */
export function encodeQueryJsonOutput(
  schema: OperationSchema,
  output: Structure | undefined,
  requestId: string,
): string {
  const operation = describeOperation(schema);
  return JSON.stringify({
    [`${operation.name}Response`]: {
      ...(operation.output !== undefined && {
        [`${operation.name}Result`]: toJson(
          operation.output,
          output ?? {},
          operation.output.name,
          epochSeconds,
        ),
      }),
      ResponseMetadata: { RequestId: requestId },
    },
  });
}

export function encodeQueryJsonError(error: IamError, requestId: string): string {
  return JSON.stringify({
    Error: { Code: error.code, Message: error.message, Type: ERRORS[error.code].fault },
    RequestId: requestId,
  });
}

/** The names that AWS's JSON services have for what the Query services call otherwise. */
const JSON_CODES: Partial<Record<ErrorCode, string>> = {
  AccessDenied: 'AccessDeniedException',
  ExpiredToken: 'ExpiredTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  InvalidAction: 'UnknownOperationException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  MalformedInput: 'SerializationException',
  MissingAction: 'UnknownOperationException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  RequestEntityTooLarge: 'RequestEntityTooLargeException',
  ServiceFailure: 'InternalFailure',
  ServiceUnavailable: 'ServiceUnavailableException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  Throttling: 'ThrottlingException',
  ValidationError: 'ValidationException',
};

/** The body of an awsJson1.1 error. */
export function encodeJsonError(error: IamError): string {
  return JSON.stringify({
    ...error.details,
    __type: JSON_CODES[error.code] ?? error.code,
    Message: error.message,
  });
}

/** Seconds since the epoch, with a fraction where there is one. */
function epochSeconds(date: Date): number {
  return date.getTime() / 1000;
}

/** A value of the shape as `JSON.stringify` takes it. Errors: TypeError for a value that is not of its shape. */
export function toJson(
  shape: Shape,
  value: unknown,
  name: string,
  writeTime: (date: Date) => string | number,
): unknown {
  switch (shape.kind) {
    case 'structure':
      return structureToJson(shape, value as Structure, writeTime);
    case 'list':
      return (value as readonly unknown[]).map((item) =>
        toJson(shape.element(), item, name, writeTime),
      );
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Structure).map(([key, item]) => [
          key,
          toJson(shape.value(), item, name, writeTime),
        ]),
      );
    case 'blob':
      return formatBase64(value as Uint8Array);
    case 'timestamp':
      return writeTime(value as Date);
    case 'document':
      return value;
    case 'string':
    case 'integer':
    case 'boolean':
      if (typeof value !== (shape.kind === 'integer' ? 'number' : shape.kind)) {
        throw new TypeError(`the output member ${name} is not of the kind ${shape.kind}`);
      }
      return value;
  }
}

function structureToJson(
  shape: StructureShape,
  structure: Structure,
  writeTime: (date: Date) => string | number,
): Structure {
  const json: Record<string, unknown> = {};
  for (const member of shape.members()) {
    const value = structure[member.name];
    if (value !== undefined && value !== null) {
      json[member.name] = toJson(member.shape, value, member.name, writeTime);
    }
  }
  return json;
}
