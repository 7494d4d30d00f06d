import { createHash } from 'node:crypto';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type {
  AttributeValue as SdkValue,
  BatchGetItemCommandOutput,
  CancellationReason,
  DynamoDBClientConfig,
  KeysAndAttributes,
  TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { AssertionFailed } from './assertion';
import { decodeAttributes } from './attribute-values';
import type { WireAttributes } from './attribute-values';
import { conditionHolds } from './conditions';
import {
  buildAction,
  firstAssumption,
  nextAssumption,
  parsePhysicalItem,
  physicalKey,
} from './dynamodb-expressions';
import type { Action, Assumption, PhysicalItem } from './dynamodb-expressions';
import { Budget, CONNECTION_MILLISECONDS } from './dynamodb-outage';
import { assertKey, assertQuery, assertTransaction } from './preconditions';
import { ConditionFailed, StoreUnavailable } from './store';
import type {
  Item,
  Key,
  QueryOptions,
  QueryPage,
  ReadOptions,
  Store,
  TableName,
  Write,
} from './store';

/** Limit of BatchGetItem. */
const MAX_BATCH_KEYS = 100;
/** How often a transaction may find its items in another state than assumed before it counts as contention. */
const MAX_ROUNDS = 6;
const MAX_REMEMBERED_PLANS = 1000;

type SdkItem = Record<string, SdkValue>;
type BatchRequest = Record<string, KeysAndAttributes>;

/** What a cancelled transaction found, by the position of each failed write. */
type Observations = ReadonlyMap<number, PhysicalItem | undefined>;

/**
 * The store on two DynamoDB tables with string keys `pk` and `sk` and `ttl` as the TTL attribute.
 *
 * `client` goes to the SDK's client as it is, but for time-outs and retries, which are this store's own.
 * `now` gives epoch milliseconds.
 *
 * A call of `transact` that is repeated under its token happens once, for the ten minutes that DynamoDB remembers a token.
 * Where it met an item with an expiry, or updated an item that may be absent (`exists: 'any'`), that holds for repetitions
 * by the same instance of this class.
 */
export class DynamoDbStore implements Store {
  readonly #client: DynamoDBClient;
  readonly #tableNames: Readonly<Record<TableName, string>>;
  readonly #now: () => number;
  /** What calls had to assume in the end, by their token: a repetition has to assume the same. */
  readonly #plans = new Map<string, readonly Assumption[]>();

  constructor(options: {
    readonly identitiesTable: string;
    readonly policiesTable: string;
    readonly client?: DynamoDBClientConfig;
    readonly now?: () => number;
  }) {
    this.#client = new DynamoDBClient({
      requestHandler: { connectionTimeout: CONNECTION_MILLISECONDS },
      ...options.client,
      maxAttempts: 1,
    });
    this.#tableNames = { identities: options.identitiesTable, policies: options.policiesTable };
    this.#now = options.now ?? Date.now;
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.#client.destroy();
  }

  async get(key: Key, { consistent }: ReadOptions): Promise<Item | undefined> {
    assertKey(key);
    const command = new GetItemCommand({
      TableName: this.#tableNames[key.table],
      Key: sdkKey(key),
      ConsistentRead: consistent,
    });
    const { Item: item } = await new Budget().spend((abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    return item && this.#toItem(key.table, readPhysical(item));
  }

  async getMany(
    keys: readonly Key[],
    { consistent }: ReadOptions,
  ): Promise<readonly (Item | undefined)[]> {
    keys.forEach(assertKey);
    const wanted = [...new Map(keys.map((key) => [keyText(key), key])).values()];
    const found = new Map<string, Item>();
    const chunks: Key[][] = [];
    for (let start = 0; start < wanted.length; start += MAX_BATCH_KEYS) {
      chunks.push(wanted.slice(start, start + MAX_BATCH_KEYS));
    }
    await Promise.all(
      chunks.map(async (chunk) => {
        for (const item of await this.#getBatch(chunk, consistent)) {
          found.set(keyText(item.key), item);
        }
      }),
    );
    return keys.map((key) => found.get(keyText(key)));
  }

  async query(table: TableName, partition: string, options: QueryOptions): Promise<QueryPage> {
    assertQuery(partition, options);
    const { prefix = '', after, limit = Number.POSITIVE_INFINITY } = options;
    const isBeforePrefix = after !== undefined && compareBytes(after, prefix) < 0;
    // Past every sort key with the prefix: DynamoDB would refuse the start key.
    if (after !== undefined && !isBeforePrefix && !after.startsWith(prefix)) {
      return { items: [], next: undefined };
    }
    let start =
      after === undefined || isBeforePrefix ? undefined : sdkKey({ partition, sort: after });
    const items: Item[] = [];
    do {
      // One more than asked for tells whether there is a next page.
      const { Items = [], LastEvaluatedKey } = await this.#queryOnce(table, partition, {
        prefix,
        start,
        limit: limit + 1 - items.length,
        consistent: options.consistent,
      });
      for (const found of Items) {
        const item = this.#toItem(table, readPhysical(found));
        if (item === undefined) continue;
        if (items.length === limit) return { items, next: items.at(-1)?.key.sort };
        items.push(item);
      }
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return { items, next: undefined };
  }

  async transact(given: readonly Write[], { token }: { readonly token: string }): Promise<void> {
    assertTransaction(given, token);
    // Read again in each round: what the caller does with its own meanwhile must not be seen.
    const writes = structuredClone(given);
    const budget = new Budget();
    let plan = this.#plans.get(token) ?? writes.map(firstAssumption);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const observed = await this.#tryTransact(writes, plan, token, budget);
      if (observed === 'done') return;
      const failed = [...observed].flatMap(([position, item]) =>
        conditionHolds(this.#alive(item), writeAt(writes, position).condition) ? [] : [position],
      );
      if (failed.length > 0) throw new ConditionFailed(failed);
      await this.#removeExpired(writes, observed, budget);
      plan = plan.map((assumption, position) =>
        observed.has(position)
          ? nextAssumption(writeAt(writes, position), this.#alive(observed.get(position)))
          : assumption,
      );
      this.#remember(token, plan);
    }
    throw new StoreUnavailable('others kept changing the items of a transaction');
  }

  #alive(item: PhysicalItem | undefined): PhysicalItem | undefined {
    const isExpired = item?.expiresAt !== undefined && item.expiresAt * 1000 <= this.#now();
    return isExpired ? undefined : item;
  }

  #toItem(table: TableName, physical: PhysicalItem): Item | undefined {
    const alive = this.#alive(physical);
    if (alive === undefined) return undefined;
    const { partition, sort, revision, attributes, expiresAt } = alive;
    return {
      key: { table, partition, sort },
      revision,
      attributes: decodeAttributes(attributes),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
  }

  async #getBatch(keys: readonly Key[], consistent: boolean): Promise<Item[]> {
    const items: Item[] = [];
    let budget = new Budget();
    let request: BatchRequest = Object.fromEntries(
      tables.flatMap((table) => {
        const Keys = keys.filter((key) => key.table === table).map(sdkKey);
        if (Keys.length === 0) return [];
        return [[this.#tableNames[table], { Keys, ConsistentRead: consistent }]];
      }),
    );
    for (;;) {
      const command = new BatchGetItemCommand({ RequestItems: request });
      const { Responses = {}, UnprocessedKeys = {} } =
        await budget.spend<BatchGetItemCommandOutput>((abortSignal) =>
          this.#client.send(command, { abortSignal }),
        );
      for (const table of tables) {
        for (const found of Responses[this.#tableNames[table]] ?? []) {
          const item = this.#toItem(table, readPhysical(found));
          if (item !== undefined) items.push(item);
        }
      }
      if (countKeys(UnprocessedKeys) === 0) return items;
      // Keys are left over for the size of an answer, too; as long as there is progress there is no outage.
      if (countKeys(UnprocessedKeys) < countKeys(request)) budget = new Budget();
      else await budget.backOff(new Error('keys were left unprocessed'));
      request = UnprocessedKeys;
    }
  }

  #queryOnce(
    table: TableName,
    partition: string,
    page: { prefix: string; start: SdkItem | undefined; limit: number; consistent: boolean },
  ): Promise<{ Items?: SdkItem[]; LastEvaluatedKey?: SdkItem }> {
    const hasPrefix = page.prefix !== '';
    const command = new QueryCommand({
      TableName: this.#tableNames[table],
      KeyConditionExpression: `#pk = :pk${hasPrefix ? ' AND begins_with(#sk, :prefix)' : ''}`,
      ExpressionAttributeNames: { '#pk': 'pk', ...(hasPrefix && { '#sk': 'sk' }) },
      ExpressionAttributeValues: {
        ':pk': { S: partition },
        ...(hasPrefix && { ':prefix': { S: page.prefix } }),
      },
      ExclusiveStartKey: page.start,
      ...(Number.isFinite(page.limit) && { Limit: page.limit }),
      ConsistentRead: page.consistent,
    });
    // Each page has a budget of its own: a long list is not an outage.
    return new Budget().spend((abortSignal) => this.#client.send(command, { abortSignal }));
  }

  #tryTransact(
    writes: readonly Write[],
    plan: readonly Assumption[],
    token: string,
    budget: Budget,
  ): Promise<'done' | Observations> {
    const command = new TransactWriteItemsCommand({
      TransactItems: writes.map((write, position) =>
        sdkAction(
          buildAction(write, assumptionAt(plan, position), this.#tableNames[write.key.table]),
        ),
      ),
      ClientRequestToken: requestToken(token, writes, plan),
    });
    return budget.spend<'done' | Observations>(
      async (abortSignal) => {
        await this.#client.send(command, { abortSignal });
        return 'done';
      },
      (error) =>
        error instanceof TransactionCanceledException
          ? observe(error.CancellationReasons ?? [])
          : undefined,
    );
  }

  /** An expired item does not exist; where its remains are in the way they go, which changes nothing that can be read. */
  async #removeExpired(
    writes: readonly Write[],
    observed: Observations,
    budget: Budget,
  ): Promise<void> {
    const expired = [...observed].filter(
      ([, item]) => item !== undefined && this.#alive(item) === undefined,
    );
    await Promise.all(
      expired.map(async ([position, item]) => {
        const command = new DeleteItemCommand({
          TableName: this.#tableNames[writeAt(writes, position).key.table],
          Key: sdkKey(writeAt(writes, position).key),
          ConditionExpression: '#ttl = :ttl',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':ttl': { N: String(item?.expiresAt) } },
        });
        await budget.spend<unknown>(
          (abortSignal) => this.#client.send(command, { abortSignal }),
          // Somebody else has removed or renewed it.
          (error) => (error.name === 'ConditionalCheckFailedException' ? 'gone' : undefined),
        );
      }),
    );
  }

  #remember(token: string, plan: readonly Assumption[]): void {
    this.#plans.delete(token);
    this.#plans.set(token, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MAX_REMEMBERED_PLANS) break;
      this.#plans.delete(oldest);
    }
  }
}

const tables: readonly TableName[] = ['identities', 'policies'];

const countKeys = (request: BatchRequest): number =>
  Object.values(request).reduce((sum, { Keys = [] }) => sum + Keys.length, 0);

const compareBytes = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));

const keyText = ({ table, partition, sort }: Key): string =>
  JSON.stringify([table, partition, sort]);

// The SDK's types differ from ours by being mutable, and by a variant for what it does not know.
const sdkAction = (action: Action): TransactWriteItem => action as TransactWriteItem;
const sdkKey = (key: Pick<Key, 'partition' | 'sort'>): SdkItem => physicalKey(key) as SdkItem;

function writeAt(writes: readonly Write[], position: number): Write {
  const write = writes[position];
  if (write === undefined) throw new StoreUnavailable('a reason was given for no write');
  return write;
}

function assumptionAt(plan: readonly Assumption[], position: number): Assumption {
  const assumption = plan[position];
  if (assumption === undefined) {
    throw new AssertionFailed('a token was used again for other writes');
  }
  return assumption;
}

function readPhysical(item: SdkItem): PhysicalItem {
  const physical = parsePhysicalItem(item as WireAttributes);
  if (physical === undefined) throw new StoreUnavailable('an item is not one of the store');
  return physical;
}

/** Undefined where the transaction was cancelled for anything but conditions. */
function observe(reasons: readonly CancellationReason[]): Observations | undefined {
  const observed = new Map<number, PhysicalItem | undefined>();
  for (const [position, { Code, Item: item }] of reasons.entries()) {
    if (Code === 'ConditionalCheckFailed') observed.set(position, item && readPhysical(item));
  }
  // Conditions come first: what a write would do matters only where all of them hold.
  if (observed.size > 0) return observed;
  const invalid = reasons.find(({ Code }) => Code === 'ValidationError');
  if (invalid) throw new AssertionFailed(invalid.Message ?? 'a write is not valid');
  return undefined;
}

/**
 * DynamoDB takes at most 36 characters; 216 bits of a digest are as good as the token, and never the same by chance.
 * Another plan is another request, and so has to have a token of its own.
 */
function requestToken(
  token: string,
  writes: readonly Write[],
  plan: readonly Assumption[],
): string {
  const isFirstPlan = JSON.stringify(plan) === JSON.stringify(writes.map(firstAssumption));
  const text = JSON.stringify(isFirstPlan ? [token] : [token, plan]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 36);
}
