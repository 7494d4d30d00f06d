import { assertThat } from './assertion';
import { decodeAttributes, encodeAttributes } from './attribute-values';
import type { WireAttributes, WireValue } from './attribute-values';
import { conditionHolds } from './conditions';
import {
  assertItemSize,
  assertKey,
  assertQuery,
  assertTransaction,
  itemSizeBytes,
} from './preconditions';
import { ConditionFailed } from './store';
import type {
  Item,
  Key,
  QueryOptions,
  QueryPage,
  RowSource,
  Store,
  TableName,
  Write,
} from './store';

interface StoredItem {
  readonly revision: number;
  readonly attributes: WireAttributes;
  readonly expiresAt: number | undefined;
}

type Partition = Map<string, StoredItem>;

/** What a successful call leaves behind under its token. */
interface Receipt {
  readonly fingerprint: string;
  readonly time: number;
}

/** As long as DynamoDB keeps a ClientRequestToken. */
const TOKEN_LIFETIME_MILLISECONDS = 10 * 60 * 1000;

const compareBytes = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));

/** One text for one list of writes, whatever the order of their members. */
function fingerprint(writes: readonly Write[]): string {
  return JSON.stringify(writes, (_name, value: unknown) => {
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).sort(([left], [right]) => compareBytes(left, right)),
    );
  });
}

/**
 * The store in this process's memory, for tests and simulations: the contract to the letter, nothing kept.
 *
 * `now` gives epoch milliseconds.
 */
export class MemoryStore implements Store, RowSource {
  readonly #now: () => number;
  readonly #tables: Readonly<Record<TableName, Map<string, Partition>>> = {
    identities: new Map(),
    policies: new Map(),
  };
  readonly #receipts = new Map<string, Receipt>();

  constructor(options: { readonly now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
  }

  // The methods are async so that an assertion rejects, as it does where there is a network between.
  // eslint-disable-next-line @typescript-eslint/require-await
  async get(key: Key): Promise<Item | undefined> {
    assertKey(key);
    return this.#read(key);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    keys.forEach(assertKey);
    return keys.map((key) => this.#read(key));
  }

  /** Every item of both tables, for what looks at all of them. */
  // eslint-disable-next-line @typescript-eslint/require-await
  async *listItems(): AsyncGenerator<Item> {
    for (const table of ['identities', 'policies'] as const) {
      for (const [partition, items] of [...this.#tables[table]]) {
        for (const sort of [...items.keys()]) {
          const item = this.#read({ table, partition, sort });
          if (item !== undefined) yield item;
        }
      }
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async query(table: TableName, partition: string, options: QueryOptions): Promise<QueryPage> {
    assertQuery(partition, options);
    const { prefix = '', after, limit = Number.POSITIVE_INFINITY } = options;
    const sorts = [...(this.#tables[table].get(partition)?.keys() ?? [])]
      .filter((sort) => sort.startsWith(prefix))
      .filter((sort) => after === undefined || compareBytes(sort, after) > 0)
      .sort(compareBytes);
    const items: Item[] = [];
    for (const sort of sorts) {
      const item = this.#read({ table, partition, sort });
      if (item === undefined) continue;
      if (items.length === limit) return { items, next: items.at(-1)?.key.sort };
      items.push(item);
    }
    return { items, next: undefined };
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async *readAll(table: TableName): AsyncGenerator<Item> {
    for (const [partition, sorts] of this.#tables[table]) {
      for (const sort of sorts.keys()) {
        const item = this.#read({ table, partition, sort });
        if (item !== undefined) yield item;
      }
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async transact(writes: readonly Write[], options: { readonly token: string }): Promise<void> {
    assertTransaction(writes, options.token);
    const print = fingerprint(writes);
    const receipt = this.#receipt(options.token);
    if (receipt !== undefined) {
      assertThat(receipt.fingerprint === print, 'a token was used again for other writes');
      return;
    }
    const failed = writes.flatMap((write, position) =>
      conditionHolds(this.#find(write.key), write.condition) ? [] : [position],
    );
    if (failed.length > 0) throw new ConditionFailed(failed);
    // Computed before any is applied: an assertion on the last leaves the first undone.
    const results = writes.map((write) => this.#result(write));
    writes.forEach((write, position) => {
      if (write.kind !== 'check') this.#write(write.key, results[position]);
    });
    this.#receipts.set(options.token, { fingerprint: print, time: this.#now() });
  }

  #receipt(token: string): Receipt | undefined {
    for (const [known, { time }] of this.#receipts) {
      // The oldest come first.
      if (this.#now() - time < TOKEN_LIFETIME_MILLISECONDS) break;
      this.#receipts.delete(known);
    }
    return this.#receipts.get(token);
  }

  #find(key: Key): StoredItem | undefined {
    const stored = this.#tables[key.table].get(key.partition)?.get(key.sort);
    const isExpired = stored?.expiresAt !== undefined && stored.expiresAt * 1000 <= this.#now();
    return isExpired ? undefined : stored;
  }

  #read({ table, partition, sort }: Key): Item | undefined {
    const stored = this.#find({ table, partition, sort });
    if (stored === undefined) return undefined;
    const { revision, attributes, expiresAt } = stored;
    return {
      key: { table, partition, sort },
      revision,
      attributes: decodeAttributes(attributes),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
  }

  /** What a write leaves under its key; undefined for nothing. */
  #result(write: Write): StoredItem | undefined {
    const before = this.#find(write.key);
    const revision = (before?.revision ?? 0) + 1;
    switch (write.kind) {
      case 'put':
        return {
          revision,
          attributes: encodeAttributes(write.attributes),
          expiresAt: write.expiresAt,
        };
      case 'update': {
        const attributes = updateAttributes(before?.attributes ?? {}, write);
        const expiresAt = before?.expiresAt;
        assertItemSize(itemSizeBytes(write.key, attributes, expiresAt));
        return { revision, attributes, expiresAt };
      }
      case 'delete':
        return undefined;
      case 'check':
        return before;
    }
  }

  #write(key: Key, item: StoredItem | undefined): void {
    const partitions = this.#tables[key.table];
    const partition: Partition = partitions.get(key.partition) ?? new Map<string, StoredItem>();
    if (item === undefined) partition.delete(key.sort);
    else partition.set(key.sort, item);
    if (partition.size === 0) partitions.delete(key.partition);
    else partitions.set(key.partition, partition);
  }
}

function updateAttributes(
  before: WireAttributes,
  write: Extract<Write, { kind: 'update' }>,
): WireAttributes {
  const attributes = new Map<string, WireValue>(Object.entries(before));
  for (const [name, value] of Object.entries(encodeAttributes(write.set ?? {}))) {
    attributes.set(name, value);
  }
  for (const name of write.remove ?? []) attributes.delete(name);
  for (const [name, amount] of Object.entries(write.add ?? {})) {
    const value = attributes.get(name) ?? { N: '0' };
    assertThat('N' in value, `${name} is not a number that can be added to`);
    attributes.set(name, { N: String(Number(value.N) + amount) });
  }
  return Object.fromEntries(attributes);
}
