import { encodeParts } from '../store/keys';
import type {
  Item,
  Key,
  QueryOptions,
  QueryPage,
  ReadOptions,
  Store,
  TableName,
  Write,
} from '../store/store';

/**
 * The store as one attempt of a call sees it: every read is consistent, and a row that was read once stays as it was read.
 * So the entity that was authorized is the entity that the operation works on, and the revision that its writes demand.
 *
 * Invariant: made anew for each attempt; after a write it remembers nothing.
 */
export class AttemptStore implements Store {
  readonly #store: Store;
  readonly #seen = new Map<string, Promise<Item | undefined>>();

  constructor(store: Store) {
    this.#store = store;
  }

  get(key: Key, _options: ReadOptions): Promise<Item | undefined> {
    const name = encodeParts(key.table, key.partition, key.sort);
    const seen = this.#seen.get(name);
    if (seen !== undefined) {
      return seen;
    }
    const read = this.#store.get(key, { consistent: true });
    this.#seen.set(name, read);
    return read;
  }

  getMany(keys: readonly Key[], _options: ReadOptions): Promise<readonly (Item | undefined)[]> {
    return this.#store.getMany(keys, { consistent: true });
  }

  query(table: TableName, partition: string, options: QueryOptions): Promise<QueryPage> {
    return this.#store.query(table, partition, { ...options, consistent: true });
  }

  async transact(writes: readonly Write[], options: { readonly token: string }): Promise<void> {
    this.#seen.clear();
    await this.#store.transact(writes, options);
  }
}
