import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { clientOptions, createTables, IDENTITIES_TABLE } from '../../contract/dynamodb-engine';

type Item = Record<string, AttributeValue>;

const TableName = IDENTITIES_TABLE;
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** What of DynamoDB's protocol the embedded engine adds; held against AWS's own engine, too. */
export function describeEngine(
  name: string,
  start: () => Promise<{ readonly endpoint: string; readonly stop: () => Promise<void> }>,
): void {
  describe(name, () => {
    let client: DynamoDBClient;
    let stop: () => Promise<void>;
    let serial = 0;
    beforeAll(async () => {
      const engine = await start();
      stop = engine.stop;
      await createTables(clientOptions(engine.endpoint));
      client = new DynamoDBClient({ ...clientOptions(engine.endpoint), maxAttempts: 1 });
    }, 120_000);
    afterAll(async () => {
      client.destroy();
      await stop();
    });
    beforeEach(() => {
      serial += 1;
    });

    const key = (sort: string): Item => ({ pk: { S: `p${serial}` }, sk: { S: sort } });
    const put = (sort: string, item: Item = {}): TransactWriteItem => ({
      Put: { TableName, Item: { ...key(sort), ...item } },
    });
    const check = (sort: string, ConditionExpression: string, old = false): TransactWriteItem => ({
      ConditionCheck: {
        TableName,
        Key: key(sort),
        ConditionExpression,
        ReturnValuesOnConditionCheckFailure: old ? 'ALL_OLD' : 'NONE',
      },
    });
    const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
      client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
    const get = async (sort: string): Promise<Item | undefined> =>
      (await client.send(new GetItemCommand({ TableName, Key: key(sort), ConsistentRead: true })))
        .Item;

    test('a cancelled transaction gives a reason for each action', async () => {
      await transact([put('a', { N: { N: '1' } }), put('b')]);
      const call = transact([
        put('new'),
        check('a', 'attribute_not_exists(pk)', true),
        check('b', 'attribute_not_exists(pk)'),
        check('absent', 'attribute_exists(pk)', true),
      ]);
      const Message = expect.stringMatching(/^The conditional request failed\.?$/) as string;
      await expect(call).rejects.toMatchObject({
        name: 'TransactionCanceledException',
        message:
          'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
          '[None, ConditionalCheckFailed, ConditionalCheckFailed, ConditionalCheckFailed]',
        $metadata: { httpStatusCode: 400 },
        CancellationReasons: [
          { Code: 'None' },
          { Code: 'ConditionalCheckFailed', Message, Item: { ...key('a'), N: { N: '1' } } },
          { Code: 'ConditionalCheckFailed', Message },
          { Code: 'ConditionalCheckFailed', Message },
        ],
      });
      expect(await get('new')).toBeUndefined();
    });

    test('an action that cannot be done leaves all undone', async () => {
      const update = (UpdateExpression: string): TransactWriteItem => ({
        Update: {
          TableName,
          Key: key('absent'),
          UpdateExpression,
          ExpressionAttributeValues: { ':v': { N: '1' } },
        },
      });
      for (const expression of ['SET A.B = :v', 'SET A = B + :v', 'SET A = C']) {
        const call = transact([put('new'), update(expression)]);
        // AWS's service gives such an action the reason ValidationError; its local engine refuses some of the calls.
        await expect(call).rejects.toMatchObject({
          name: expect.stringMatching(/^(TransactionCanceled|Validation)Exception$/) as string,
        });
      }
      expect(await get('new')).toBeUndefined();
    });

    test('put, update, delete and check happen together', async () => {
      await transact([put('changed', { N: { N: '1' } }), put('deleted')]);
      await transact([
        put('new', { B: { B: Uint8Array.of(1, 2) } }),
        {
          Update: {
            TableName,
            Key: key('changed'),
            UpdateExpression: 'SET N = N + :one REMOVE Gone',
            ConditionExpression: 'N = :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
        { Delete: { TableName, Key: key('deleted') } },
        check('never', 'attribute_not_exists(pk)'),
      ]);
      expect(await get('new')).toEqual({ ...key('new'), B: { B: Uint8Array.of(1, 2) } });
      expect(await get('changed')).toEqual({ ...key('changed'), N: { N: '2' } });
      expect(await get('deleted')).toBeUndefined();
      expect(await get('never')).toBeUndefined();
    });

    test('a token makes a repetition succeed without doing anything, and refuses other actions', async () => {
      const token = `token-${serial}`;
      const add: TransactWriteItem = {
        Update: {
          TableName,
          Key: key('a'),
          UpdateExpression: 'ADD N :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      };
      await transact([add], token);
      await transact([add], token);
      expect((await get('a'))?.['N']).toEqual({ N: '1' });
      await expect(transact([add, put('b')], token)).rejects.toMatchObject({
        name: 'IdempotentParameterMismatchException',
      });
      expect(await get('b')).toBeUndefined();
      await transact([add], `${token}-other`);
      expect((await get('a'))?.['N']).toEqual({ N: '2' });
    });

    test('a token of a transaction that was cancelled is free', async () => {
      const token = `token-${serial}`;
      const actions = [check('a', 'attribute_exists(pk)'), put('b')];
      await expect(transact(actions, token)).rejects.toMatchObject({
        name: 'TransactionCanceledException',
      });
      await transact([put('a')]);
      await transact(actions, token);
      expect(await get('b')).toEqual(key('b'));
    });

    test('what is no transaction is refused, and nothing of it is done', async () => {
      const refused = async (actions: TransactWriteItem[], token?: string) => {
        await expect(transact(actions, token)).rejects.toMatchObject({
          name: 'ValidationException',
        });
      };
      await refused([]);
      await refused(range(101).map((index) => put(`n${index}`)));
      await refused([{}]);
      await refused([{ ...put('a'), ...check('b', 'attribute_exists(pk)') }]);
      await refused([put('a'), put('a')]);
      await refused([put('a'), check('b', '')]);
      await refused([put('a'), check('b', 'nonsense(pk)')]);
      await refused([put('a')], 'x'.repeat(37));
      await refused(range(11).map((index) => put(`n${index}`, { T: { S: 'x'.repeat(390_000) } })));
      expect(await get('a')).toBeUndefined();
      expect(await get('n0')).toBeUndefined();
    });

    test('a table that is not there is named as the reason', async () => {
      const action = { Put: { TableName: 'no-such-table', Item: key('a') } };
      await expect(transact([put('b'), action])).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
      expect(await get('b')).toBeUndefined();
    });

    test('a transaction of reads is in order, with nothing where there is nothing', async () => {
      await transact([put('a', { N: { N: '1' } }), put('b')]);
      const wanted = ['b', 'absent', 'a'];
      const { Responses } = await client.send(
        new TransactGetItemsCommand({
          TransactItems: wanted.map((sort) => ({ Get: { TableName, Key: key(sort) } })),
        }),
      );
      expect(Responses?.map(({ Item: item }) => item?.['sk']?.S)).toEqual(['b', undefined, 'a']);
      expect(Responses?.[2]?.Item).toEqual({ ...key('a'), N: { N: '1' } });
      await expect(
        client.send(new TransactGetItemsCommand({ TransactItems: [] })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    });

    test('a reader never sees half a transaction', async () => {
      const sorts = range(10).map((index) => `n${index}`);
      const writeAll = (N: number) =>
        transact(sorts.map((sort) => put(sort, { N: { N: `${N}` } })));
      await writeAll(0);
      const writing = { isDone: false };
      const written = (async () => {
        for (const N of range(30)) await writeAll(N + 1);
        writing.isDone = true;
      })();
      const seen = new Set<string>();
      while (!writing.isDone) {
        const get = new TransactGetItemsCommand({
          TransactItems: sorts.map((sort) => ({ Get: { TableName, Key: key(sort) } })),
        });
        const answer = await client.send(get).catch((error: unknown) => {
          // AWS's engine lets a reader that meets a writer fail.
          if ((error as Error).name === 'TransactionCanceledException') return undefined;
          throw error;
        });
        if (answer === undefined) continue;
        const numbers = new Set(answer.Responses?.map(({ Item: item }) => item?.['N']?.N));
        expect(numbers.size).toBe(1);
        for (const number of numbers) seen.add(String(number));
      }
      await written;
      expect(seen.size).toBeGreaterThan(1);
    });

    test('a single write that fails its condition answers with the item when asked to', async () => {
      const Item = { ...key('a'), N: { N: '1' } };
      const ConditionExpression = 'attribute_not_exists(pk)';
      const old = 'ALL_OLD' as const;
      await client.send(new PutItemCommand({ TableName, Item, ConditionExpression }));
      await expect(
        client.send(
          new PutItemCommand({
            TableName,
            Item,
            ConditionExpression,
            ReturnValuesOnConditionCheckFailure: old,
          }),
        ),
      ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item });
      const update = new UpdateItemCommand({ TableName, Key: key('a'), ConditionExpression });
      const failure: unknown = await client.send(update).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'ConditionalCheckFailedException' });
      expect(failure).not.toHaveProperty('Item', expect.anything());
    });

    test('a TTL attribute is turned on and off, each only once', async () => {
      const Table = `ttl-table-${serial}`;
      await client.send(
        new CreateTableCommand({
          TableName: Table,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
      const set = (Enabled: boolean, AttributeName = 'ttl') =>
        client.send(
          new UpdateTimeToLiveCommand({
            TableName: Table,
            TimeToLiveSpecification: { Enabled, AttributeName },
          }),
        );
      const describeTtl = async () =>
        (await client.send(new DescribeTimeToLiveCommand({ TableName: Table })))
          .TimeToLiveDescription;
      expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'DISABLED' });
      await set(true);
      expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
      await expect(set(true)).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'TimeToLive is already enabled',
      });
      await set(false);
      expect(await describeTtl()).toEqual({ TimeToLiveStatus: 'DISABLED' });
      await expect(set(false)).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'TimeToLive is already disabled',
      });
      await client.send(new DeleteTableCommand({ TableName: Table }));
    });

    test('a table that is deleted takes its items with it', async () => {
      const Table = `deleted-table-${serial}`;
      const create = new CreateTableCommand({
        TableName: Table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      });
      await client.send(create);
      await expect(client.send(create)).rejects.toMatchObject({ name: 'ResourceInUseException' });
      await client.send(
        new BatchWriteItemCommand({
          RequestItems: { [Table]: range(5).map((n) => ({ PutRequest: { Item: key(`${n}`) } })) },
        }),
      );
      const scan = new ScanCommand({ TableName: Table, ConsistentRead: true });
      expect((await client.send(scan)).Count).toBe(5);
      const { Table: described } = await client.send(
        new DescribeTableCommand({ TableName: Table }),
      );
      expect(described).toMatchObject({
        TableStatus: 'ACTIVE',
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      });
      await client.send(new DeleteTableCommand({ TableName: Table }));
      await expect(client.send(scan)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      await client.send(create);
      expect((await client.send(scan)).Count).toBe(0);
      expect((await client.send(new ListTablesCommand({}))).TableNames).toContain(Table);
      await client.send(new DeleteTableCommand({ TableName: Table }));
    });
  });
}
