import { describeOperation, type Service } from '../protocol/schema';
import { SERVICE_DESCRIPTIONS } from '../protocol/services';
import type { Operation, UnsignedOperation } from './operation';
import { Routes } from './routes';

/** A row of any input and output. */
export type AnyOperation = Operation<never, unknown> | UnsignedOperation<never, unknown>;

/** What everybody may read of a service, by its path below the service's own: it says nothing of an account, and needs no read. */
export type PublicDocuments = Readonly<
  Record<string, (deployment: { readonly adminEndpointUrl: string }) => object>
>;

/** The operations of one service: what cannot be found here does not exist. */
export class OperationTable {
  readonly routes: Routes<AnyOperation>;
  readonly #byName: ReadonlyMap<string, AnyOperation>;

  constructor(
    readonly service: Service,
    readonly operations: readonly AnyOperation[],
    /** Besides the description of its routes. */
    readonly documents: PublicDocuments = {},
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
