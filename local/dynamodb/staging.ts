import type { DynaliteStore, KeySpace, Operation } from 'dynalite/db';

/**
 * A view of a store on which actions read what is there and write into a list of operations.
 *
 * LevelDB applies a batch as one record of its log: it is there whole after a crash, or not at all. So one list that is
 * applied as one batch is a transaction, and there is nothing to roll back.
 */
export class StagedWrites {
  readonly operations: Operation[] = [];
  /** To give to an action in place of the store itself. */
  readonly store: DynaliteStore;

  constructor(store: DynaliteStore) {
    this.store = {
      ...store,
      getItemDb: (name) => this.#stage(store.getItemDb(name), `item-${name}~`),
      getIndexDb: (indexType, table, index) =>
        this.#stage(
          store.getIndexDb(indexType, table, index),
          `index-${indexType.toLowerCase()}~${table}~${index}~`,
        ),
    };
  }

  #stage(keySpace: KeySpace, prefix: string): KeySpace {
    return {
      get: (key, callback) => {
        keySpace.get(key, callback);
      },
      put: (key, value, callback) => {
        this.operations.push({ type: 'put', key: prefix + key, value });
        setImmediate(callback, null);
      },
      del: (key, callback) => {
        this.operations.push({ type: 'del', key: prefix + key });
        setImmediate(callback, null);
      },
      // The one writer holds the lock of the whole store already.
      lock: (_key, locked) => {
        locked((callback) => callback);
      },
    };
  }
}
