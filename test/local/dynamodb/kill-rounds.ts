import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { clientOptions, createTables, IDENTITIES_TABLE } from '../../contract/dynamodb-engine';

const WRITERS = 4;
const GROUP_SIZE = 10;
const MAX_LIFE_MILLISECONDS = 400;

/** What the clients of one data directory know. */
interface Ledger {
  /** Single items whose put was acknowledged. */
  readonly acknowledgedItems: Set<string>;
  /** Transactions whose acknowledgement never came; each is made again under its token. */
  unacknowledged: TransactWriteItemsCommandInput[];
  /** Transactions that have been made or attempted: each adds one to the counter of its writer. */
  readonly transactions: number[];
  items: number;
}

export interface KillReport {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly unacknowledged: number;
}

type Item = Record<string, AttributeValue>;

interface RunningEngine {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  kill(): Promise<void>;
}

async function startEngine(directory: string): Promise<RunningEngine> {
  const script = path.join(__dirname, 'engine-process.ts');
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (child.stdout === null) throw new Error('the process has no output');
  const lines = createInterface({ input: child.stdout });
  const endpoint = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    exited.then(() => Promise.reject(new Error('the engine did not start'))),
  ]);
  const client = new DynamoDBClient({ ...clientOptions(endpoint), maxAttempts: 1 });
  return {
    client,
    endpoint,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      client.destroy();
    },
  };
}

const keyOf = (partition: string, sort: string): Item => ({
  pk: { S: partition },
  sk: { S: sort },
});

/** Writes one generation into every member of the writer's group and counts it, all in one. */
function nextTransaction(ledger: Ledger, writer: number): TransactWriteItemsCommandInput {
  const generation = (ledger.transactions[writer] ?? 0) + 1;
  ledger.transactions[writer] = generation;
  const members = Array.from({ length: GROUP_SIZE }, (_, member) => ({
    Put: {
      TableName: IDENTITIES_TABLE,
      Item: { ...keyOf(`group-${writer}`, `member-${member}`), n: { N: String(generation) } },
    },
  }));
  const counter = {
    Update: {
      TableName: IDENTITIES_TABLE,
      Key: keyOf(`group-${writer}`, 'counter'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  };
  return {
    TransactItems: [...members, counter],
    ClientRequestToken: `token-${writer}-${generation}`,
  };
}

/** Writes until the engine is gone. */
async function write(client: DynamoDBClient, ledger: Ledger, writer: number): Promise<number> {
  let acknowledged = 0;
  for (;;) {
    ledger.items += 1;
    const name = `item-${ledger.items}`;
    const put = new PutItemCommand({ TableName: IDENTITIES_TABLE, Item: keyOf('items', name) });
    try {
      await client.send(put);
    } catch {
      return acknowledged;
    }
    ledger.acknowledgedItems.add(name);
    const input = nextTransaction(ledger, writer);
    try {
      await client.send(new TransactWriteItemsCommand(input));
    } catch {
      ledger.unacknowledged.push(input);
      return acknowledged;
    }
    acknowledged += 2;
  }
}

async function query(client: DynamoDBClient, partition: string): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page: { Items?: Item[]; LastEvaluatedKey?: Item } = await client.send(
      new QueryCommand({
        TableName: IDENTITIES_TABLE,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition } },
        ExclusiveStartKey,
        ConsistentRead: true,
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

function assertThat(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

async function verifyGroup(client: DynamoDBClient, writer: number): Promise<number> {
  const items = await query(client, `group-${writer}`);
  const numbers = items.map((item) => Number(item['n']?.N));
  assertThat(
    new Set(numbers).size <= 1 && (items.length === 0 || items.length === GROUP_SIZE + 1),
    `half a transaction: group ${writer} has ${items.length} items of the generations ${numbers.join(', ')}`,
  );
  return numbers[0] ?? 0;
}

/** What a restarted engine must have; then completes what was not acknowledged, which must happen once. */
async function verify(client: DynamoDBClient, ledger: Ledger): Promise<void> {
  const items = new Set((await query(client, 'items')).map((item) => item['sk']?.S));
  const lost = [...ledger.acknowledgedItems].filter((name) => !items.has(name));
  assertThat(lost.length === 0, `acknowledged and lost: ${lost.join(', ')}`);
  for (let writer = 0; writer < WRITERS; writer += 1) {
    const open = ledger.unacknowledged.some((input) => isOf(input, writer)) ? 1 : 0;
    const generation = await verifyGroup(client, writer);
    const attempted = ledger.transactions[writer] ?? 0;
    assertThat(
      generation === attempted || generation === attempted - open,
      `group ${writer} is at ${generation} of ${attempted}, ${open} of them not acknowledged`,
    );
  }
  for (const input of ledger.unacknowledged) {
    await client.send(new TransactWriteItemsCommand(input));
  }
  ledger.unacknowledged = [];
  for (let writer = 0; writer < WRITERS; writer += 1) {
    const generation = await verifyGroup(client, writer);
    const attempted = ledger.transactions[writer] ?? 0;
    assertThat(
      generation === attempted,
      `group ${writer} is at ${generation} after ${attempted} transactions, each made under its token`,
    );
  }
}

const isOf = (input: TransactWriteItemsCommandInput, writer: number): boolean =>
  input.ClientRequestToken?.startsWith(`token-${writer}-`) ?? false;

/**
 * Starts the engine in `directory`, writes to it, kills it with SIGKILL at a random moment, and looks at what is there after
 * a restart; `rounds` times on the same data. Throws where an acknowledged write is lost, a transaction is half there, or
 * one that is repeated under its token after the restart happens twice.
 */
export async function runKillRounds(
  directory: string,
  rounds: number,
  report: (progress: KillReport) => void = () => undefined,
): Promise<KillReport> {
  const ledger: Ledger = {
    acknowledgedItems: new Set(),
    unacknowledged: [],
    transactions: [],
    items: 0,
  };
  let acknowledged = 0;
  let unacknowledged = 0;
  for (let round = 1; round <= rounds + 1; round += 1) {
    const engine = await startEngine(directory);
    try {
      if (round === 1) await createTables(clientOptions(engine.endpoint));
      await verify(engine.client, ledger);
      if (round > rounds) break;
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        write(engine.client, ledger, writer),
      );
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_LIFE_MILLISECONDS));
      await engine.kill();
      for (const count of await Promise.all(writers)) acknowledged += count;
      unacknowledged += ledger.unacknowledged.length;
      report({ rounds: round, acknowledged, unacknowledged });
    } finally {
      await engine.kill();
    }
  }
  return { rounds, acknowledged, unacknowledged };
}
