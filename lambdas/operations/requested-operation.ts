import { protocolOf } from '../protocol/answers';
import { noSuchOperation } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';
import type { HttpRequest } from '../protocol/http';
import { readQueryCall } from '../protocol/parameters';
import { decodeInput, type Structure } from '../protocol/query';
import { AUTHZEN_JSON, decodeRestInput, REST_JSON } from '../protocol/rest-json-input';
import { restSegmentsOf } from '../protocol/rest-path';
import { idempotencyKeyOf } from './idempotency';
import type { AnyOperation, OperationTable } from './operation-table';

/** What a request asks for. */
export interface RequestedOperation {
  readonly operation: AnyOperation;
  /** Its values are of the types of the operation's input; nothing more is known of them. Errors: `MalformedInput`. */
  readonly readInput: () => Structure;
  /** Under which the caller may repeat the request; undefined also in AWS's own protocols, which have no such header. */
  readonly idempotencyKey: string | undefined;
}

/**
 * The operation that a request names, by a route below the service's path, or by the Query protocol's
 * parameters.
 *
 * Errors: `InvalidAction`, `MissingAction`, `MalformedInput`, `RequestEntityTooLarge`.
 */
export function readRequestedOperation(
  request: HttpRequest,
  table: OperationTable,
): RequestedOperation {
  const segments = restSegmentsOf(request.path, table.service);
  return segments === undefined
    ? readByParameters(request, table)
    : readByRoute(request, table, segments);
}

function readByRoute(
  request: HttpRequest,
  table: OperationTable,
  segments: readonly string[],
): RequestedOperation {
  const match = table.routes.find(request.method, segments);
  if (match === undefined) {
    throw new IamError(
      'InvalidAction',
      `Could not find an operation for ${request.method} /${segments.join('/')}`,
    );
  }
  const { operation, pathParameters } = match;
  return {
    operation,
    idempotencyKey: idempotencyKeyOf(request, operation),
    readInput: () =>
      decodeRestInput(
        operation.schema,
        pathParameters,
        request,
        protocolOf(request, table.service).format === 'authZen' ? AUTHZEN_JSON : REST_JSON,
      ),
  };
}

function readByParameters(request: HttpRequest, table: OperationTable): RequestedOperation {
  const { method, path } = request;
  // A gateway sends nothing else; a path that does not lead to the service is no other name of it.
  if (!path.split('/').includes(table.service)) {
    throw noSuchOperation(`${method} ${path}`, undefined);
  }
  const { action, version, parameters } = readQueryCall(request);
  const operation = table.find(action, version);
  if (operation === undefined) {
    throw noSuchOperation(action, version);
  }
  return {
    operation,
    idempotencyKey: undefined,
    readInput: () => decodeInput(operation.schema, parameters),
  };
}
