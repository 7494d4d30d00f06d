/** The two tables; see `docs/architecture.md`. */
export type TableName = 'identities' | 'policies';

/** Where one item lives. Both parts come from `keys.ts`, which encodes them injectively. */
export interface Key {
  readonly table: TableName;
  readonly partition: string;
  readonly sort: string;
}

export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface Item {
  readonly key: Key;
  /** 1 when written first, one more with each later write. */
  readonly revision: number;
  readonly attributes: Attributes;
  /** Epoch seconds after which the item no longer exists, whether or not the engine has removed it. */
  readonly expiresAt?: number;
}

/**
 * What must hold for a write to happen; all parts together.
 * Every write states one: `exists: 'any'` has to be said, it is never the default.
 */
export interface Condition {
  readonly exists: boolean | 'any';
  /** The item's revision is exactly this. */
  readonly revision?: number;
  /** Numeric attributes below a bound (an absent attribute counts as 0): quotas. */
  readonly below?: Readonly<Record<string, number>>;
  /** Attributes with exactly this value. */
  readonly equals?: Readonly<Record<string, string | number | boolean>>;
}

export type Write =
  | {
      readonly kind: 'put';
      readonly key: Key;
      readonly attributes: Attributes;
      readonly expiresAt?: number;
      readonly condition: Condition;
    }
  | {
      readonly kind: 'update';
      readonly key: Key;
      readonly set?: Attributes;
      readonly remove?: readonly string[];
      /** Numbers added atomically (negative to subtract); an absent attribute counts as 0. */
      readonly add?: Readonly<Record<string, number>>;
      readonly condition: Condition;
    }
  | { readonly kind: 'delete'; readonly key: Key; readonly condition: Condition }
  | { readonly kind: 'check'; readonly key: Key; readonly condition: Condition };

export interface ReadOptions {
  /** A read that guards a mutation is consistent; any other read states its staleness where it is made. */
  readonly consistent: boolean;
}

export interface QueryOptions extends ReadOptions {
  /** Only sort keys that begin with this. */
  readonly prefix?: string;
  /** Only sort keys greater than this: where the last page ended. */
  readonly after?: string;
  /** At most this many items (1 to 1000). */
  readonly limit?: number;
}

export interface QueryPage {
  /** In ascending byte order of the sort key. Expired items are left out. */
  readonly items: readonly Item[];
  /** The sort key to go on after; undefined on the last page. */
  readonly next: string | undefined;
}

/**
 * What the rest of Portcullis reads and writes through. One contract suite (`test/contract/store.ts`) holds for every
 * implementation and engine.
 *
 * Errors: {@link ConditionFailed} where a write's condition did not hold; {@link StoreUnavailable} for everything that is the
 * store's own fault (after its own bounded retries). Nothing else is thrown but assertions.
 */
export interface Store {
  get(key: Key, options: ReadOptions): Promise<Item | undefined>;
  /** In the order of the keys; undefined where there is no item. Any number of keys, duplicates allowed. */
  getMany(keys: readonly Key[], options: ReadOptions): Promise<readonly (Item | undefined)[]>;
  query(table: TableName, partition: string, options: QueryOptions): Promise<QueryPage>;
  /**
   * All writes or none: 1 to 100, each on a key of its own.
   * `token` makes a repeated call safe: the same writes under the same token happen once.
   */
  transact(writes: readonly Write[], options: { readonly token: string }): Promise<void>;
}

/** Every row of a table, in no order; for an operator's tools. No call reads this way. Errors: {@link StoreUnavailable}. */
export interface RowSource {
  readAll(table: TableName): AsyncIterable<Item>;
}

/** Some conditions did not hold; nothing was written. */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionFailed';

  constructor(
    /** Which writes, by their position in the call, ascending. */
    readonly failed: readonly number[],
  ) {
    super(`conditions of writes ${failed.join(', ')} did not hold`);
  }
}

/** The store could not answer. A caller must treat it as an outage: never as "not found", never as "allowed". */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
