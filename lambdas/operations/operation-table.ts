import { describeOperation, type Service } from '../protocol/schema';
import { SERVICE_DESCRIPTIONS } from '../protocol/services';
import type { Operation, UnsignedOperation } from './operation';
import { Routes } from './routes';

/** A row of any input and output. */
export type AnyOperation = Operation<never, unknown> | UnsignedOperation<never, unknown>;

/** The operations of one service: what cannot be found here does not exist. */
export class OperationTable {
  readonly routes: Routes<AnyOperation>;
  readonly #byName: ReadonlyMap<string, AnyOperation>;

  constructor(
    readonly service: Service,
    readonly operations: readonly AnyOperation[],
  ) {
    this.#byName = new Map(operations.map((operation) => [operation.name, operation]));
    if (this.#byName.size !== operations.length) {
      throw new TypeError(`two operations of ${service} have one name`);
    }
    this.routes = new Routes(operations);
    for (const { name, schema } of operations) {
      const shape = describeOperation(schema);
      if (shape.name !== name || shape.service !== service) {
        throw new TypeError(`the row ${name} has the schema of ${shape.service}:${shape.name}`);
      }
    }
  }

  /** The operation of that name in that version of the service; undefined where there is none. */
  find(name: string, version: string | undefined): AnyOperation | undefined {
    return version === SERVICE_DESCRIPTIONS[this.service].version
      ? this.#byName.get(name)
      : undefined;
  }
}
