/*
 * The parts of dynalite 4.0.0 that the embedded engine is built from. They are inner parts of the package, which has no
 * types of its own: its version is pinned, and the contract suite holds it to what is used here.
 */

declare module 'dynalite/db' {
  /** An item as DynamoDB's JSON has it. */
  export type Item = Record<string, Record<string, unknown>>;
  export type Callback<Value> = (error: Error | null, value?: Value) => void;

  export interface Operation {
    readonly type: 'put' | 'del';
    readonly key: string;
    readonly value?: unknown;
  }

  /** One key space within the database. */
  export interface KeySpace {
    get(key: string, callback: Callback<Item>): void;
    put(key: string, value: unknown, callback: Callback<undefined>): void;
    del(key: string, callback: Callback<undefined>): void;
    lock(key: string, locked: (release: Release) => void): void;
  }
  export type Release = <Result>(callback: Callback<Result>) => Callback<Result>;

  export interface Table {
    TableName: string;
    TableStatus: string;
    readonly KeySchema: readonly { readonly AttributeName: string }[];
    readonly [member: string]: unknown;
  }

  /** The LevelDB itself; values are JSON. */
  export interface Database {
    open(): Promise<void>;
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    iterator(range: { gte: string; lt: string }): AsyncIterable<[string, unknown]>;
    batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void>;
  }

  export interface DynaliteStore {
    readonly options: { readonly maxItemSize: number };
    readonly db: Database;
    readonly tableDb: KeySpace;
    readonly lifecycleManager: { gracefulClose(): Promise<void> };
    getTable(name: string, checkStatus: boolean, callback: Callback<Table>): void;
    getItemDb(name: string): KeySpace;
    getIndexDb(indexType: string, tableName: string, indexName: string): KeySpace;
  }

  export function create(options: {
    readonly path: string | undefined;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): DynaliteStore;
  export function createKey(item: Item, table: Table): string;
  export function itemSize(item: Item): number;
}

declare module 'dynalite/validations' {
  import type { DynaliteStore } from 'dynalite/db';

  export type Types = Record<string, unknown>;
  export type Custom = (data: Record<string, unknown>, store: DynaliteStore) => string | undefined;

  /** A copy of `data` that holds nothing but what `types` names; throws errors with `statusCode` and `body`. */
  export function checkTypes(data: Record<string, unknown>, types: Types): Record<string, unknown>;
  export function checkValidations(
    data: Record<string, unknown>,
    types: Types,
    custom: Custom | undefined,
    store: DynaliteStore,
  ): void;
}

declare module 'dynalite/validations/*' {
  import type { Custom, Types } from 'dynalite/validations';

  export const types: Types;
  export const custom: Custom | undefined;
}

declare module 'dynalite/actions/*' {
  import type { Callback, DynaliteStore } from 'dynalite/db';

  const action: (
    store: DynaliteStore,
    data: Record<string, unknown>,
    callback: Callback<Record<string, unknown>>,
  ) => void;
  export = action;
}
