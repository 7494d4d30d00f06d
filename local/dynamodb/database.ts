import { mkdirSync } from 'node:fs';
import { create } from 'dynalite/db';
import type { Database, DynaliteStore, Item, Operation, Table } from 'dynalite/db';
import { isOperationName, OPERATIONS, runAction, validateInput } from './operations';
import type { Json, OperationName } from './operations';
import { toServiceError } from './service-error';
import { StagedWrites } from './staging';
import { WriterLock } from './writer-lock';

/** Above every key that begins with a prefix: keys are ASCII. */
const AFTER_ASCII = '\u007f';

/** dynalite's tables and items, with every write of items applied at once and on the disk before it is acknowledged. */
export class DynaliteDatabase {
  readonly lock = new WriterLock();
  readonly store: DynaliteStore;

  private constructor(store: DynaliteStore) {
    this.store = store;
  }

  /** `directory` undefined: in memory. Throws when another process has the directory open. */
  static async open(directory: string | undefined): Promise<DynaliteDatabase> {
    // What is kept here is as secret as the tables of the account.
    if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
    const store = create({
      path: directory,
      createTableMs: 0,
      deleteTableMs: 0,
      updateTableMs: 0,
    });
    try {
      await store.db.open();
    } catch (error) {
      throw new Error(
        `the data in ${directory ?? 'memory'} cannot be opened; is another process running on it?`,
        { cause: error },
      );
    }
    const database = new DynaliteDatabase(store);
    await database.#finishTableChanges();
    return database;
  }

  async close(): Promise<void> {
    // Whoever has the lock finishes first.
    await this.lock.run(() => Promise.resolve());
    await this.store.lifecycleManager.gracefulClose();
  }

  /** One of dynalite's own operations; undefined when it has none of that name. */
  async execute(name: string, input: Json): Promise<Json | undefined> {
    if (!isOperationName(name)) return undefined;
    const data = validateInput(name, input, this.store);
    switch (OPERATIONS[name].writes) {
      case 'nothing':
        return runAction(name, data, this.store);
      case 'items':
        return this.lock.run(() => this.#writeItems(name, data));
      case 'tables':
        return this.lock.run(() => this.#writeTable(name, data));
    }
  }

  /** All of them or none, and on the disk when the promise resolves. */
  async apply(operations: readonly Operation[]): Promise<void> {
    const { db } = this.store;
    // dynalite hides the original behind one that takes no options.
    const original = Object.getPrototypeOf(db) as Database;
    await original.batch.call(db, operations, { sync: true });
  }

  getTable(name: string): Promise<Table> {
    return new Promise((resolve, reject) => {
      this.store.getTable(name, true, (error, table) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is one
        if (error || table === undefined) reject(toServiceError(error));
        else resolve(table);
      });
    });
  }

  getItem(tableName: string, key: string): Promise<Item | undefined> {
    return new Promise((resolve, reject) => {
      this.store.getItemDb(tableName).get(key, (error, item) => {
        if (error) reject(error);
        else resolve(item);
      });
    });
  }

  /** Everything under keys that begin with `prefix`, with what follows the prefix. */
  async *entries(prefix: string): AsyncGenerator<[string, unknown]> {
    const range = { gte: prefix, lt: prefix + AFTER_ASCII };
    for await (const [key, value] of this.store.db.iterator(range)) {
      yield [key.slice(prefix.length), value];
    }
  }

  async #writeItems(name: OperationName, data: Json): Promise<Json> {
    const staged = new StagedWrites(this.store);
    const output = await runAction(name, data, staged.store);
    await this.apply(staged.operations);
    return output;
  }

  async #writeTable(name: OperationName, data: Json): Promise<Json> {
    const output = structuredClone(await runAction(name, data, this.store));
    const tableName = data['TableName'];
    // dynalite ends the change in a timer; the next request has to find it ended.
    if (typeof tableName === 'string') {
      while (await this.#isChanging(tableName))
        await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return output;
  }

  async #isChanging(tableName: string): Promise<boolean> {
    const table = (await this.store.db.get(`table~${tableName}`)) as Table | undefined;
    return table !== undefined && table.TableStatus !== 'ACTIVE';
  }

  /** Ends what a process that died had begun. */
  async #finishTableChanges(): Promise<void> {
    for await (const [key, value] of this.entries('table~')) {
      const table = value as Table;
      if (table.TableStatus === 'DELETING') {
        await this.#writeTable('DeleteTable', { TableName: table.TableName });
      } else if (table.TableStatus !== 'ACTIVE') {
        await this.apply([
          { type: 'put', key: `table~${key}`, value: { ...table, TableStatus: 'ACTIVE' } },
        ]);
      }
    }
  }
}
