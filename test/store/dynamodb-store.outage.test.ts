import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../../lambdas/store/dynamodb-store';
import { ConditionFailed, StoreUnavailable } from '../../lambdas/store/store';
import type { Key, Write } from '../../lambdas/store/store';
import { startDynamoDb } from '../../local/dynamodb/server';
import type { DynamoDb } from '../../local/dynamodb/server';
import { clientOptions, createTables, openDynamoDbStore } from '../contract/dynamodb-engine';
import { startFaultyFront } from './faulty-front';
import type { Behaviour, FaultyFront } from './faulty-front';

const ANSWER_WITHIN_MILLISECONDS = 3000;
const consistent = { consistent: true };

let engine: DynamoDb;
let front: FaultyFront;
let store: DynamoDbStore;
let serial = 0;

beforeAll(async () => {
  engine = await startDynamoDb({ directory: undefined });
  await createTables(clientOptions(engine.endpoint));
  front = await startFaultyFront(engine.endpoint);
  store = openDynamoDbStore(front.endpoint);
});
afterAll(async () => {
  store.close();
  await front.stop();
  await engine.stop();
});
beforeEach(() => {
  serial += 1;
  front.behave('pass');
});

const key = (sort = 'a'): Key => ({ table: 'identities', partition: `p${serial}`, sort });
const token = (): string => `token-${serial}`;
const add = (): Write => ({
  kind: 'update',
  key: key(),
  add: { N: 1 },
  condition: { exists: 'any' },
});
const count = async (): Promise<unknown> => (await store.get(key(), consistent))?.attributes['N'];

/** Every call of the store, each of which must be answered in time. */
const calls: (() => Promise<unknown>)[] = [
  () => store.get(key(), consistent),
  () => store.getMany([key(), key('b')], consistent),
  () => store.query('identities', 'p', consistent),
  () => store.transact([add()], { token: token() }),
];

async function expectUnavailable(call: () => Promise<unknown>): Promise<void> {
  const begin = performance.now();
  await expect(call()).rejects.toBeInstanceOf(StoreUnavailable);
  expect(performance.now() - begin).toBeLessThan(ANSWER_WITHIN_MILLISECONDS);
}

const outages: Behaviour[] = ['hang', 'reset', 'error-500', 'throttle', 'garbage', 'access-denied'];

test.each(outages)(
  'an engine whose answer to everything is %s is an outage to each call, within three seconds',
  async (behaviour) => {
    front.behave(behaviour);
    await Promise.all(calls.map(expectUnavailable));
    front.behave('pass');
    expect(await count()).toBeUndefined();
  },
);

test('an engine that is not there is an outage to each call, within three seconds', async () => {
  const own = store;
  store = openDynamoDbStore('http://127.0.0.1:1');
  try {
    await Promise.all(calls.map(expectUnavailable));
  } finally {
    store.close();
    store = own;
  }
});

test('a table that is not there is an outage, not an absent item', async () => {
  const other = new DynamoDbStore({
    identitiesTable: 'no-such-table',
    policiesTable: 'no-such-table-either',
    client: clientOptions(engine.endpoint),
  });
  await expectUnavailable(() => other.get(key(), consistent));
  await expectUnavailable(() => other.getMany([key()], consistent));
  await expectUnavailable(() => other.query('identities', 'p', consistent));
  await expectUnavailable(() => other.transact([add()], { token: token() }));
  other.close();
});

test.each<Behaviour>(['hang', 'reset', 'error-500', 'throttle', 'conflict'])(
  'a passing fault of the kind %s is not seen',
  async (behaviour) => {
    front.behave(behaviour, 'pass');
    await store.transact([add()], { token: token() });
    expect(await count()).toBe(1);
    front.behave(behaviour, 'pass');
    // A read has no conflicts.
    if (behaviour !== 'conflict') expect(await store.get(key(), consistent)).toBeDefined();
  },
);

test('a transaction that goes on conflicting is an outage, not a failed condition', async () => {
  front.behave('conflict');
  await expectUnavailable(() => store.transact([add()], { token: token() }));
});

test('what cannot pass is not tried again', async () => {
  front.behave('access-denied');
  await expectUnavailable(() => store.get(key(), consistent));
  expect(front.requests()).toBe(1);
});

test('what may pass is tried again, but not without end', async () => {
  front.behave('error-500');
  await expectUnavailable(() => store.get(key(), consistent));
  expect(front.requests()).toBeGreaterThan(3);
  expect(front.requests()).toBeLessThanOrEqual(8);
});

test.each<Behaviour>(['commit-then-error-500', 'commit-then-reset', 'commit-then-hang'])(
  'a write whose acknowledgement is lost (%s) happens once',
  async (behaviour) => {
    front.behave(behaviour, behaviour, 'pass');
    await store.transact([add()], { token: token() });
    // The first addition made the item; the next one changes it.
    front.behave(behaviour, behaviour, 'pass');
    await store.transact([add()], { token: `${token()}-second` });
    front.behave('pass');
    expect(await count()).toBe(2);
  },
);

test('a write whose acknowledgement is lost for good happens once when it is repeated', async () => {
  front.behave('pass');
  await store.transact([add()], { token: `${token()}-first` });
  // The first answer says that the item is there; that of the changed request is lost.
  front.behave('pass', 'commit-then-error-500');
  await expectUnavailable(() => store.transact([add()], { token: token() }));
  front.behave('pass');
  expect(await count()).toBe(2);
  await store.transact([add()], { token: token() });
  expect(await count()).toBe(2);
});

test('a failed condition is reported although the first answer was lost', async () => {
  const absent: Write = { kind: 'check', key: key(), condition: { exists: true } };
  front.behave('commit-then-reset', 'pass');
  await expect(store.transact([absent], { token: token() })).rejects.toEqual(
    new ConditionFailed([0]),
  );
});

test('keys that are left unprocessed are asked for again until all are answered', async () => {
  const keys = Array.from({ length: 100 }, (_, index) => key(`s${index}`));
  await store.transact(
    keys.map((each) => ({ kind: 'put', key: each, attributes: {}, condition: { exists: false } })),
    { token: token() },
  );
  front.behave('half-unprocessed', 'half-unprocessed', 'half-unprocessed', 'pass');
  const items = await store.getMany(keys, consistent);
  expect(items.map((item) => item?.key)).toEqual(keys);
  expect(front.requests()).toBe(4);
  // One key is left over each time: no progress at all.
  front.behave('half-unprocessed');
  await expectUnavailable(() => store.getMany(keys, consistent));
});

test('an item that is not one of the store is an outage', async () => {
  const client = new DynamoDBClient(clientOptions(engine.endpoint));
  const Item = { pk: { S: key().partition }, sk: { S: 'a' }, rev: { S: '1' } };
  await client.send(new PutItemCommand({ TableName: 'identities-table', Item }));
  client.destroy();
  await expectUnavailable(() => store.get(key(), consistent));
  await expectUnavailable(() => store.getMany([key()], consistent));
  await expectUnavailable(() => store.query('identities', key().partition, consistent));
});
