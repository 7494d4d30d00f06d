import type { ErrorCode } from '../protocol/errors';
import { describeOperation, type Service } from '../protocol/schema';
import type { AccessLevel } from './operation';
import type { OperationTable } from './operation-table';

/** One row of an operation table as plain data, for documents and tools. */
export interface OperationDescription {
  readonly service: Service;
  readonly name: string;
  readonly accessLevel: AccessLevel;
  /** What a caller must be allowed to do, and on what; null where nobody needs a permission. */
  readonly permission: {
    readonly action: string;
    readonly resourceType: string;
    readonly conditionKeys: readonly string[];
  } | null;
  /** Relative to the service: `POST /users`. */
  readonly route: string;
  readonly input: readonly { readonly name: string; readonly required: boolean }[];
  /** Of its own, besides those that every operation has. */
  readonly errors: readonly ErrorCode[];
}

/** Every row of the tables, in their order. */
export function describeOperations(
  tables: readonly OperationTable[],
): readonly OperationDescription[] {
  return tables.flatMap(({ service, operations }) =>
    operations.map(({ name, accessLevel, authorization, route, schema, errors }) => ({
      service,
      name,
      accessLevel,
      permission:
        authorization === undefined
          ? null
          : {
              action: authorization.action,
              resourceType: authorization.resourceType,
              conditionKeys: authorization.conditionKeys,
            },
      route,
      input: describeOperation(schema)
        .input.members()
        .map((member) => ({ name: member.name, required: member.required })),
      errors,
    })),
  );
}
