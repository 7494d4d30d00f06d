import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynaliteDatabase } from '../../../local/dynamodb/database';
import { Engine } from '../../../local/dynamodb/engine';
import { startDynamoDb } from '../../../local/dynamodb/server';
import type { DynamoDb } from '../../../local/dynamodb/server';
import { clientOptions, createTables, IDENTITIES_TABLE } from '../../contract/dynamodb-engine';

const TableName = 'some-table';
const START = 4_000_000_000_000;
const TABLE = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
};
const get = { TableName, Key: { pk: { S: 'a' } }, ConsistentRead: true };
const addOne = {
  TransactItems: [
    {
      Update: {
        TableName,
        Key: { pk: { S: 'a' } },
        UpdateExpression: 'ADD N :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    },
  ],
};

let directory: string;
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(tmpdir(), 'portcullis-engine-')), 'data');
});
afterEach(() => {
  rmSync(path.dirname(directory), { recursive: true, force: true });
});

describe('the data', () => {
  test('is there after a restart, and for its owner alone', async () => {
    const first = await startDynamoDb({ directory });
    await createTables(clientOptions(first.endpoint));
    const client = new DynamoDBClient(clientOptions(first.endpoint));
    const Item = { pk: { S: 'p' }, sk: { S: 's' }, B: { B: Uint8Array.of(1, 2) } };
    await client.send(new PutItemCommand({ TableName: IDENTITIES_TABLE, Item }));
    client.destroy();
    await first.stop();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const engine = await Engine.open(directory);
    const { sk, pk } = Item;
    expect(
      await engine.execute('GetItem', { TableName: IDENTITIES_TABLE, Key: { pk, sk } }),
    ).toEqual({
      Item: { pk, sk, B: { B: 'AQI=' } },
    });
    await engine.close();
  });

  test('in memory is gone with the engine', async () => {
    const first = await Engine.open(undefined);
    await first.execute('CreateTable', TABLE);
    await first.close();
    const second = await Engine.open(undefined);
    expect(await second.execute('ListTables', {})).toEqual({ TableNames: [] });
    await second.close();
  });

  test('cannot be opened twice', async () => {
    const first = await startDynamoDb({ directory });
    await expect(startDynamoDb({ directory })).rejects.toThrow(/is another process running on it/);
    await first.stop();
    const second = await startDynamoDb({ directory });
    await second.stop();
  });

  test('of a table whose making or deletion was cut short is put in order', async () => {
    const database = await DynaliteDatabase.open(directory);
    const row = async (name: string, TableStatus: string): Promise<void> => {
      await database.execute('CreateTable', { ...TABLE, TableName: name });
      await database.execute('PutItem', { TableName: name, Item: { pk: { S: 'a' } } });
      const table = (await database.store.db.get(`table~${name}`)) as object;
      await database.store.db.put(`table~${name}`, { ...table, TableStatus });
    };
    await row('made', 'CREATING');
    await row('deleted', 'DELETING');
    await database.close();
    const engine = await Engine.open(directory);
    expect(await engine.execute('ListTables', {})).toEqual({ TableNames: ['made'] });
    expect(await engine.execute('Scan', { TableName: 'made' })).toMatchObject({ Count: 1 });
    await engine.execute('CreateTable', { ...TABLE, TableName: 'deleted' });
    expect(await engine.execute('Scan', { TableName: 'deleted' })).toMatchObject({ Count: 0 });
    await engine.close();
  });
});

describe('a token', () => {
  const count = async (engine: Engine): Promise<unknown> =>
    (await engine.execute('GetItem', get))['Item'];

  test('is known after a restart, for ten minutes from its use', async () => {
    let now = START;
    const input = { ...addOne, ClientRequestToken: 'token' };
    let engine = await Engine.open(directory, () => now);
    await engine.execute('CreateTable', TABLE);
    await engine.execute('TransactWriteItems', input);
    await engine.close();
    engine = await Engine.open(directory, () => now);
    now = START + 10 * 60 * 1000 - 1;
    await engine.execute('TransactWriteItems', input);
    expect(await count(engine)).toMatchObject({ N: { N: '1' } });
    now = START + 10 * 60 * 1000;
    await engine.execute('TransactWriteItems', input);
    expect(await count(engine)).toMatchObject({ N: { N: '2' } });
    await engine.close();
  });

  test('that has had its time is kept no longer', async () => {
    let now = START;
    const engine = await Engine.open(directory, () => now);
    await engine.execute('CreateTable', TABLE);
    for (let index = 0; index < 5; index += 1) {
      await engine.execute('TransactWriteItems', { ...addOne, ClientRequestToken: `t${index}` });
    }
    now += 10 * 60 * 1000;
    await engine.execute('TransactWriteItems', { ...addOne, ClientRequestToken: 'last' });
    await engine.close();
    const database = await DynaliteDatabase.open(directory);
    const tokens: string[] = [];
    for await (const [token] of database.entries('token~')) tokens.push(token);
    await database.close();
    expect(tokens).toEqual(['last']);
  });
});

test('what has expired is removed, and nothing else', async () => {
  const now = START / 1000;
  const engine = await Engine.open(undefined, () => START);
  await engine.execute('CreateTable', TABLE);
  const put = (name: string, ttl: object) =>
    engine.execute('PutItem', { TableName, Item: { pk: { S: name }, ttl } });
  await put('expired', { N: String(now - 1) });
  await put('alive', { N: String(now + 1) });
  await put('text', { S: String(now - 1) });
  await put('age-old', { N: '12' });
  expect(await engine.removeExpired()).toBe(0);
  await engine.execute('UpdateTimeToLive', {
    TableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
  });
  expect(await engine.removeExpired()).toBe(1);
  const { Items } = await engine.execute('Scan', { TableName });
  const names = (Items as { pk: { S: string } }[]).map(({ pk }) => pk.S);
  expect(names.sort()).toEqual(['age-old', 'alive', 'text']);
  await engine.execute('DeleteTable', { TableName });
  expect(await engine.removeExpired()).toBe(0);
  await engine.close();
});

describe('the port', () => {
  interface Raw {
    readonly status: number;
    readonly body: string;
  }
  const send = (
    port: number,
    headers: Record<string, string>,
    body: string,
    method = 'POST',
  ): Promise<Raw> =>
    new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, method, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: text });
        });
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  let running: DynamoDb[] = [];
  const start = async (port?: number): Promise<DynamoDb> => {
    const started = await startDynamoDb({ directory: undefined, ...(port && { port }) });
    running.push(started);
    return started;
  };
  afterEach(async () => {
    await Promise.all(running.map(({ stop }) => stop()));
    running = [];
  });
  const json = { 'content-type': 'application/x-amz-json-1.0' };
  const target = (name: string) => ({ ...json, 'x-amz-target': `DynamoDB_20120810.${name}` });

  test('is on the loopback interface, and free again after the stop', async () => {
    const first = await start();
    expect(first.endpoint).toBe(`http://127.0.0.1:${first.port}`);
    await expect(start(first.port)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await Promise.all([first.stop(), first.stop()]);
    const second = await start(first.port);
    await second.stop();
  });

  test('answers no page of a browser', async () => {
    const { port, stop } = await start();
    const list = target('ListTables');
    expect((await send(port, list, '{}')).status).toBe(200);
    expect((await send(port, { ...list, host: 'localhost:1' }, '{}')).status).toBe(200);
    for (const headers of [
      { ...list, host: 'rebound.example' },
      { ...list, host: `127.0.0.1.example:${port}` },
      { ...list, 'content-type': 'text/plain' },
      { ...list, 'content-type': 'application/json' },
    ]) {
      const { status, body } = await send(port, headers, '{}');
      expect({ status, body: body.includes('UnknownOperationException') }).toEqual({
        status: 404,
        body: true,
      });
    }
    expect((await send(port, list, '', 'GET')).status).toBe(404);
    expect((await send(port, list, '', 'OPTIONS')).status).toBe(404);
    await stop();
  });

  test('answers every malformed request with an error, and goes on', async () => {
    const { port, stop } = await start();
    const typeOf = async (headers: Record<string, string>, body: string) => {
      const { status, body: text } = await send(port, headers, body);
      expect(status).toBeGreaterThanOrEqual(400);
      return (JSON.parse(text) as { __type: string }).__type.replace(/^.*#/, '');
    };
    expect(await typeOf(target('NoSuchThing'), '{}')).toBe('UnknownOperationException');
    expect(await typeOf(target('constructor'), '{}')).toBe('UnknownOperationException');
    expect(await typeOf(json, '{}')).toBe('UnknownOperationException');
    for (const body of ['', '{', '[]', 'null', '"x"']) {
      expect(await typeOf(target('GetItem'), body)).toBe('SerializationException');
    }
    for (const name of ['GetItem', 'PutItem', 'Query', 'UpdateTimeToLive', 'BatchWriteItem']) {
      for (const input of ['{}', '{"TableName":{}}', '{"TableName":"abc","Key":7,"Item":[null]}']) {
        expect(await typeOf(target(name), input)).toMatch(/Exception$/);
      }
    }
    for (const items of ['{}', '[null]', '[{"Put":null}]', '[{"Put":{"Item":{"a":null}}}]', '7']) {
      expect(await typeOf(target('TransactWriteItems'), `{"TransactItems":${items}}`)).toMatch(
        /Exception|InternalServerError/,
      );
    }
    const tooLong = ' '.repeat(17 * 1024 * 1024);
    expect(await typeOf(target('GetItem'), tooLong)).toBe('RequestEntityTooLarge');
    expect((await send(port, target('ListTables'), '{}')).status).toBe(200);
    await stop();
  });

  test('is let go of only when the requests under way are answered', async () => {
    const { endpoint, stop } = await start();
    await createTables(clientOptions(endpoint));
    const client = new DynamoDBClient({ ...clientOptions(endpoint), maxAttempts: 1 });
    const puts = Array.from({ length: 20 }, (_, index) =>
      client.send(
        new PutItemCommand({
          TableName: IDENTITIES_TABLE,
          Item: { pk: { S: 'p' }, sk: { S: String(index) } },
        }),
      ),
    );
    await puts[0];
    const [outcomes] = await Promise.all([Promise.allSettled(puts), stop()]);
    // What had not been begun was refused; nothing was left without an answer.
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    await expect(client.send(new ListTablesCommand({}))).rejects.toThrow();
    client.destroy();
  });
});
