import type { DynaliteDatabase } from './database';
import type { Item } from 'dynalite/db';
import type { Json } from './operations';
import { validationError } from './service-error';

/*
 * UpdateTimeToLive and DescribeTimeToLive, and what they are about.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */

const PREFIX = 'ttl~';
/** An expiry longer ago than this is taken for a mistake, as in DynamoDB. */
const MAX_AGE_SECONDS = 5 * 365 * 24 * 60 * 60;

interface Specification {
  readonly Enabled: boolean;
  readonly AttributeName: string;
}

function readSpecification(input: Json): Specification {
  const specification = input['TimeToLiveSpecification'];
  if (typeof specification === 'object' && specification !== null) {
    const { Enabled, AttributeName } = specification as Json;
    if (typeof Enabled === 'boolean' && typeof AttributeName === 'string' && AttributeName !== '') {
      return { Enabled, AttributeName };
    }
  }
  throw validationError('A TimeToLiveSpecification has Enabled and an AttributeName');
}

/** The tables' TTL attributes, and the removal of what has expired. */
export class TimeToLive {
  readonly #database: DynaliteDatabase;
  readonly #now: () => number;

  constructor(database: DynaliteDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  async update(input: Json): Promise<Json> {
    const tableName = String(input['TableName']);
    await this.#database.getTable(tableName);
    const wanted = readSpecification(input);
    return this.#database.lock.run(async () => {
      const current = await this.#find(tableName);
      if (wanted.Enabled && current !== undefined) {
        throw validationError('TimeToLive is already enabled');
      }
      if (!wanted.Enabled && current !== wanted.AttributeName) {
        throw validationError('TimeToLive is already disabled');
      }
      const key = PREFIX + tableName;
      await this.#database.apply([
        wanted.Enabled ? { type: 'put', key, value: wanted.AttributeName } : { type: 'del', key },
      ]);
      return { TimeToLiveSpecification: wanted };
    });
  }

  async describe(input: Json): Promise<Json> {
    const tableName = String(input['TableName']);
    await this.#database.getTable(tableName);
    const AttributeName = await this.#find(tableName);
    return {
      TimeToLiveDescription:
        AttributeName === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName },
    };
  }

  /** A table that is made again begins without. */
  async forget(tableName: string): Promise<void> {
    await this.#database.lock.run(() =>
      this.#database.apply([{ type: 'del', key: PREFIX + tableName }]),
    );
  }

  /** Removes every item that has expired; how many. */
  async removeExpired(): Promise<number> {
    let removed = 0;
    for await (const [tableName, attribute] of this.#database.entries(PREFIX)) {
      const { KeySchema } = await this.#database.getTable(tableName);
      for await (const [, value] of this.#database.entries(`item-${tableName}~`)) {
        const item = value as Item;
        const expiry = item[String(attribute)]?.['N'];
        if (typeof expiry !== 'string' || !this.#isExpired(expiry)) continue;
        removed += await this.#remove(tableName, KeySchema, item, String(attribute), expiry);
      }
    }
    return removed;
  }

  #isExpired(expiry: string): boolean {
    const age = Math.floor(this.#now() / 1000) - Number(expiry);
    return age > 0 && age < MAX_AGE_SECONDS;
  }

  /** Unless somebody has renewed it since it was read. */
  async #remove(
    tableName: string,
    keySchema: readonly { readonly AttributeName: string }[],
    item: Item,
    attribute: string,
    expiry: string,
  ): Promise<number> {
    const Key = Object.fromEntries(
      keySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
    );
    try {
      await this.#database.execute('DeleteItem', {
        TableName: tableName,
        Key,
        ConditionExpression: '#ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':ttl': { N: expiry } },
      });
      return 1;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return 0;
      throw error;
    }
  }

  async #find(tableName: string): Promise<string | undefined> {
    const attribute = await this.#database.store.db.get(PREFIX + tableName);
    return typeof attribute === 'string' ? attribute : undefined;
  }
}
