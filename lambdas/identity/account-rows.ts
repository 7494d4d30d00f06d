import { decodeParts, encodeParts } from '../store/keys';
import { StoreUnavailable, type Attributes, type Item, type Key } from '../store/store';
import type { RowSource, TableName, Write } from '../store/store';

/** Something in an account's rows that contradicts something else in them. */
export interface Inconsistency {
  /** One sentence, for an operator. */
  readonly message: string;
  readonly rows: readonly Key[];
  /** One transaction that mends it; undefined where nobody can know from the rows what is right. */
  readonly repair?: readonly Write[];
  /** Whether somebody may do more after the repair: what they have refers to something that is gone, and so they may do nothing. */
  readonly widensAccess?: boolean;
}

/** Limit of a transaction. */
const MAX_WRITES = 100;

/** What the tables hold, as it was read, and what has been found wrong with it. */
export class AccountRows {
  readonly found: Inconsistency[] = [];
  readonly #partitions = new Map<string, Map<string, Item>>();

  constructor(
    readonly accountId: string,
    items: readonly Item[],
  ) {
    for (const item of items) {
      const name = nameOf(item.key.table, item.key.partition);
      const partition = this.#partitions.get(name) ?? new Map<string, Item>();
      this.#partitions.set(name, partition.set(item.key.sort, item));
    }
  }

  static async read(source: RowSource, accountId: string): Promise<AccountRows> {
    const items: Item[] = [];
    for (const table of ['identities', 'policies'] as const) {
      for await (const item of source.readAll(table)) items.push(item);
    }
    return new AccountRows(accountId, items);
  }

  get({ table, partition, sort }: Key): Item | undefined {
    return this.#partitions.get(nameOf(table, partition))?.get(sort);
  }

  list(table: TableName, partition: string, prefix = ''): readonly Item[] {
    const items = this.#partitions.get(nameOf(table, partition))?.values() ?? [];
    return [...items].filter((item) => item.key.sort.startsWith(prefix));
  }

  /** The partitions of a kind, of this account: their ids, with their rows. */
  partitionsOf(table: TableName, kind: string): readonly (readonly [string, readonly Item[]])[] {
    const prefix = nameOf(table, encodeParts(kind, this.accountId, ''));
    return [...this.#partitions].flatMap(([name, partition]): [string, readonly Item[]][] => {
      const items = [...partition.values()];
      const id = decodeParts(items[0]?.key.partition ?? '')[2];
      return name.startsWith(prefix) && id !== undefined ? [[id, items]] : [];
    });
  }

  /** The rows whose partition has a kind and one further part. */
  rowsOf(table: TableName, kind: string): readonly Item[] {
    const prefix = nameOf(table, `${kind}#`);
    return [...this.#partitions].flatMap(([name, items]) =>
      name.startsWith(prefix) ? [...items.values()] : [],
    );
  }

  report(
    message: string,
    rows: readonly (Key | Item)[],
    repair?: readonly Write[],
    widensAccess = false,
  ): void {
    this.found.push({
      message,
      rows: rows.map((row) => ('key' in row ? row.key : row)),
      ...(repair === undefined ? {} : { repair: repair.slice(0, MAX_WRITES) }),
      ...(widensAccess ? { widensAccess } : {}),
    });
  }

  /** A counter that is absent counts none. */
  expectCount(item: Item, counter: string, actual: number): void {
    const counted = item.attributes[counter] ?? 0;
    if (counted !== actual) {
      const message = `${counter} of ${item.key.partition} is ${JSON.stringify(counted)}, and there are ${actual}`;
      this.report(message, [item], [change(item, { [counter]: actual })]);
    }
  }

  /** A row that cannot be read is reported, and the rest looked at all the same. */
  inspect(item: Item | undefined, look: (item: Item) => void): void {
    if (item === undefined) return;
    try {
      look(item);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.report(`${error.message} (under ${item.key.partition})`, [item]);
    }
  }
}

const nameOf = (table: TableName, partition: string): string => `${table} ${partition}`;

/** A change of a row that is as it was read. */
export const change = (item: Item, set: Attributes): Write => ({
  kind: 'update',
  key: item.key,
  set,
  condition: { exists: true, revision: item.revision },
});

export const changeWithout = (item: Item, ...names: readonly string[]): Write => ({
  kind: 'update',
  key: item.key,
  remove: names,
  condition: { exists: true, revision: item.revision },
});

export const remove = (item: Item): Write => ({
  kind: 'delete',
  key: item.key,
  condition: { exists: true, revision: item.revision },
});

export const put = (key: Key, attributes: Attributes): Write => ({
  kind: 'put',
  key,
  attributes,
  condition: { exists: false },
});

/** That a row is as it was read, or absent as it was. */
export const unchanged = (key: Key, item: Item | undefined): Write => ({
  kind: 'check',
  key,
  condition: item === undefined ? { exists: false } : { exists: true, revision: item.revision },
});
