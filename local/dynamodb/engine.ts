import { createKey } from 'dynalite/db';
import type { Item } from 'dynalite/db';
import { DynaliteDatabase } from './database';
import type { Json } from './operations';
import { ServiceError } from './service-error';
import { TimeToLive } from './time-to-live';
import { returnsOldItem, Transactions } from './transactions';

const SWEEP_INTERVAL_MILLISECONDS = 60_000;

/** DynamoDB's operations by their names, on one database. */
export class Engine {
  readonly #database: DynaliteDatabase;
  readonly #transactions: Transactions;
  readonly #timeToLive: TimeToLive;
  readonly #sweeper: NodeJS.Timeout;
  #sweep: Promise<unknown> = Promise.resolve();

  private constructor(
    database: DynaliteDatabase,
    transactions: Transactions,
    timeToLive: TimeToLive,
  ) {
    this.#database = database;
    this.#transactions = transactions;
    this.#timeToLive = timeToLive;
    this.#sweeper = setInterval(() => {
      this.#sweep = this.removeExpired().catch(() => 0);
    }, SWEEP_INTERVAL_MILLISECONDS).unref();
  }

  /** `directory` undefined: in memory. `now` gives epoch milliseconds. */
  static async open(directory: string | undefined, now: () => number = Date.now): Promise<Engine> {
    const database = await DynaliteDatabase.open(directory);
    const transactions = await Transactions.open(database, now);
    return new Engine(database, transactions, new TimeToLive(database, now));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#sweep;
    await this.#database.close();
  }

  /** Removes what DynamoDB's TTL would remove some time; how many items. */
  removeExpired(): Promise<number> {
    return this.#timeToLive.removeExpired();
  }

  /** Answers one request; throws a `ServiceError` where DynamoDB answers an error. */
  async execute(operation: string, input: Json): Promise<Json> {
    switch (operation) {
      case 'TransactWriteItems':
        return this.#transactions.write(input);
      case 'TransactGetItems':
        return this.#transactions.get(input);
      case 'UpdateTimeToLive':
        return this.#timeToLive.update(input);
      case 'DescribeTimeToLive':
        return this.#timeToLive.describe(input);
      case 'DeleteTable': {
        const output = await this.#executeOwn(operation, input);
        await this.#timeToLive.forget(String(input['TableName']));
        return output;
      }
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return this.#executeConditional(operation, input);
      default:
        return this.#executeOwn(operation, input);
    }
  }

  async #executeOwn(operation: string, input: Json): Promise<Json> {
    const output = await this.#database.execute(operation, input);
    if (output === undefined) throw new ServiceError('UnknownOperationException', '');
    return output;
  }

  async #executeConditional(operation: string, input: Json): Promise<Json> {
    const wantsOldItem = returnsOldItem(input);
    try {
      return await this.#executeOwn(operation, input);
    } catch (error) {
      if (!(error instanceof ServiceError) || !wantsOldItem) throw error;
      if (error.code !== 'ConditionalCheckFailedException') throw error;
      const tableName = String(input['TableName']);
      const table = await this.#database.getTable(tableName);
      const key = createKey((input['Key'] ?? input['Item']) as Item, table);
      const old = await this.#database.getItem(tableName, key);
      throw new ServiceError(error.code, error.message, old && { Item: old });
    }
  }
}
