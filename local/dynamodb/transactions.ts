import { createHash } from 'node:crypto';
import { createKey, itemSize } from 'dynalite/db';
import type { Item, Operation } from 'dynalite/db';
import type { DynaliteDatabase } from './database';
import { runAction, validateInput } from './operations';
import type { Json, OperationName } from './operations';
import { ServiceError, validationError } from './service-error';
import { StagedWrites } from './staging';

/*
 * TransactWriteItems and TransactGetItems.
 *
 * Sources: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */

const MAX_ACTIONS = 100;
const MAX_SIZE_BYTES = 4 * 1024 * 1024;
const MAX_TOKEN_LENGTH = 36;
const TOKEN_LIFETIME_MILLISECONDS = 10 * 60 * 1000;
const TOKEN_PREFIX = 'token~';

const ACTION_OPERATIONS: Readonly<Record<string, OperationName>> = {
  ConditionCheck: 'DeleteItem',
  Delete: 'DeleteItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

interface TransactAction {
  readonly kind: string;
  readonly operation: OperationName;
  readonly tableName: string;
  readonly data: Json;
  readonly returnsOldItem: boolean;
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

interface Receipt {
  readonly digest: string;
  readonly time: number;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readList(input: Json): readonly unknown[] {
  const items = input['TransactItems'];
  if (!Array.isArray(items) || items.length === 0 || items.length > MAX_ACTIONS) {
    const constraint =
      Array.isArray(items) && items.length > 0
        ? `have length less than or equal to ${MAX_ACTIONS}`
        : 'have length greater than or equal to 1';
    throw validationError(
      "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: " +
        `Member must ${constraint}`,
    );
  }
  return items;
}

/** Text of an object that does not depend on the order of its members. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** The transactions of one database, and the tokens of those that succeeded. */
export class Transactions {
  readonly #database: DynaliteDatabase;
  readonly #now: () => number;
  readonly #receipts = new Map<string, Receipt>();

  private constructor(database: DynaliteDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** Tokens are kept with the data: a repetition may come after a restart. */
  static async open(database: DynaliteDatabase, now: () => number): Promise<Transactions> {
    const transactions = new Transactions(database, now);
    const receipts: [string, Receipt][] = [];
    for await (const [token, value] of database.entries(TOKEN_PREFIX)) {
      receipts.push([token, value as Receipt]);
    }
    receipts.sort(([, left], [, right]) => left.time - right.time);
    for (const [token, receipt] of receipts) transactions.#receipts.set(token, receipt);
    return transactions;
  }

  async write(input: Json): Promise<Json> {
    const token = this.#readToken(input);
    const actions = readList(input).map((item) => this.#readAction(item));
    const digest = createHash('sha256')
      .update(canonicalText(input['TransactItems']))
      .digest('base64url');
    return this.#database.lock.run(async () => {
      const receipt = token === undefined ? undefined : this.#findReceipt(token);
      if (receipt !== undefined) {
        if (receipt.digest === digest) return {};
        throw new ServiceError(
          'IdempotentParameterMismatchException',
          'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with ' +
            'different requests, unless the requests are identical',
        );
      }
      const operations = await this.#stage(actions);
      if (token === undefined) await this.#database.apply(operations);
      else await this.#applyOnce(operations, token, { digest, time: this.#now() });
      return {};
    });
  }

  async get(input: Json): Promise<Json> {
    const gets = readList(input).map((item) => {
      const get = isObject(item) ? item['Get'] : undefined;
      if (!isObject(get)) throw validationError('TransactItems can only contain Get');
      return validateInput('GetItem', { ...get, ConsistentRead: true }, this.#database.store);
    });
    return this.#database.lock.run(async () => {
      const Responses: Json[] = [];
      let sizeBytes = 0;
      for (const get of gets) {
        const { Item: item } = await runAction('GetItem', get, this.#database.store);
        if (item !== undefined) sizeBytes += itemSize(item as Item);
        Responses.push(item === undefined ? {} : { Item: item });
      }
      if (sizeBytes > MAX_SIZE_BYTES) {
        throw validationError('The items of a transaction exceed 4 MB');
      }
      return { Responses };
    });
  }

  #readToken(input: Json): string | undefined {
    const token = input['ClientRequestToken'];
    if (token === undefined || token === null) return undefined;
    if (typeof token !== 'string' || token.length < 1 || token.length > MAX_TOKEN_LENGTH) {
      throw validationError(
        "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: " +
          `Member must have length between 1 and ${MAX_TOKEN_LENGTH}`,
      );
    }
    return token;
  }

  #readAction(item: unknown): TransactAction {
    const members = isObject(item) ? Object.entries(item).filter(([, value]) => value != null) : [];
    const [kind, input] = members[0] ?? ['', undefined];
    const operation = Object.hasOwn(ACTION_OPERATIONS, kind) ? ACTION_OPERATIONS[kind] : undefined;
    if (members.length !== 1 || operation === undefined || !isObject(input)) {
      throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    if (kind === 'ConditionCheck' && typeof input['ConditionExpression'] !== 'string') {
      throw validationError('A ConditionCheck has to have a ConditionExpression');
    }
    if (kind === 'Update' && typeof input['UpdateExpression'] !== 'string') {
      throw validationError('An Update has to have an UpdateExpression');
    }
    const data = validateInput(operation, input, this.#database.store);
    return {
      kind,
      operation,
      tableName: String(data['TableName']),
      data,
      returnsOldItem: returnsOldItem(input),
    };
  }

  /** What all actions together would write; throws where any of them is refused. */
  async #stage(actions: readonly TransactAction[]): Promise<Operation[]> {
    const keys = await Promise.all(actions.map((action) => this.#keyOf(action)));
    if (new Set(keys.map(({ text }) => text)).size < keys.length) {
      throw validationError('Transaction request cannot include multiple operations on one item');
    }
    const operations: Operation[] = [];
    const reasons: Reason[] = [];
    let sizeBytes = 0;
    for (const [position, action] of actions.entries()) {
      const staged = new StagedWrites(this.#database.store);
      reasons.push(await this.#stageOne(action, staged, keys[position]?.key ?? ''));
      if (action.kind === 'ConditionCheck') continue;
      operations.push(...staged.operations);
      for (const { key, value } of staged.operations) {
        if (key.startsWith('item-') && value !== undefined) sizeBytes += itemSize(value as Item);
      }
    }
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    if (sizeBytes > MAX_SIZE_BYTES) {
      throw validationError('The items of a transaction exceed 4 MB');
    }
    return operations;
  }

  async #stageOne(action: TransactAction, staged: StagedWrites, key: string): Promise<Reason> {
    try {
      await runAction(action.operation, action.data, staged.store);
      return { Code: 'None' };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.code === 'ValidationException') {
        return { Code: 'ValidationError', Message: error.message };
      }
      if (error.code !== 'ConditionalCheckFailedException') throw error;
      const old = action.returnsOldItem
        ? await this.#database.getItem(action.tableName, key)
        : undefined;
      return {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        ...(old && { Item: old }),
      };
    }
  }

  async #keyOf({ tableName, data }: TransactAction): Promise<{ key: string; text: string }> {
    const table = await this.#database.getTable(tableName);
    const item = (data['Key'] ?? data['Item']) as Item;
    const isComplete = table.KeySchema.every(({ AttributeName }) =>
      Object.hasOwn(item, AttributeName),
    );
    // The action itself refuses what is incomplete, each in its own words.
    const key = isComplete ? createKey(item, table) : canonicalText(item);
    return { key, text: JSON.stringify([tableName, key]) };
  }

  #findReceipt(token: string): Receipt | undefined {
    const receipt = this.#receipts.get(token);
    const isFresh =
      receipt !== undefined && this.#now() - receipt.time < TOKEN_LIFETIME_MILLISECONDS;
    return isFresh ? receipt : undefined;
  }

  /** The receipt goes into the very batch that it is for; those that have had their time leave with it. */
  async #applyOnce(
    operations: readonly Operation[],
    token: string,
    receipt: Receipt,
  ): Promise<void> {
    const stale: string[] = [];
    for (const [old, { time }] of this.#receipts) {
      // The oldest come first.
      if (this.#now() - time < TOKEN_LIFETIME_MILLISECONDS) break;
      stale.push(old);
    }
    await this.#database.apply([
      ...operations,
      ...stale.map((old) => ({ type: 'del' as const, key: TOKEN_PREFIX + old })),
      { type: 'put', key: TOKEN_PREFIX + token, value: receipt },
    ]);
    for (const old of stale) this.#receipts.delete(old);
    this.#receipts.set(token, receipt);
  }
}

/** Whether a failed condition is to be answered with the item that failed it. */
export function returnsOldItem(input: Json): boolean {
  const wanted = input['ReturnValuesOnConditionCheckFailure'] ?? 'NONE';
  if (wanted !== 'ALL_OLD' && wanted !== 'NONE') {
    throw validationError(
      "1 validation error detected: Value at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [ALL_OLD, NONE]',
    );
  }
  return wanted === 'ALL_OLD';
}

function cancelled(reasons: readonly Reason[]): ServiceError {
  return new ServiceError(
    'TransactionCanceledException',
    'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
      `[${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  );
}
