import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../../lambdas/store/dynamodb-store';
import { ConditionFailed, StoreUnavailable } from '../../lambdas/store/store';
import type { Key, Write } from '../../lambdas/store/store';
import { startDynamoDb } from '../../local/dynamodb/server';
import type { DynamoDb } from '../../local/dynamodb/server';
import { clientOptions, createTables, openDynamoDbStore } from '../contract/dynamodb-engine';
import { startFaultyFront } from './faulty-front';
import type { Behaviour, FaultyFront } from './faulty-front';

/** The store gives up within three seconds; a busy machine is late in saying so. */
const ANSWER_WITHIN_MILLISECONDS = 8000;
const consistent = { consistent: true };

let engine: DynamoDb;

beforeAll(async () => {
  engine = await startDynamoDb({ directory: undefined });
  await createTables(clientOptions(engine.endpoint));
});
afterAll(async () => {
  await engine.stop();
});

/** A store behind a front, and a partition, of its own. */
class Place {
  constructor(
    readonly partition: string,
    readonly front: FaultyFront,
    readonly store: DynamoDbStore,
  ) {}

  readonly token = (): string => `token-${this.partition}`;
  readonly key = (sort = 'a'): Key => ({ table: 'identities', partition: this.partition, sort });
  readonly add = (): Write => ({
    kind: 'update',
    key: this.key(),
    add: { N: 1 },
    condition: { exists: 'any' },
  });

  readonly count = async (): Promise<unknown> =>
    (await this.store.get(this.key(), consistent))?.attributes['N'];

  /** Every call of a store. */
  calls(store = this.store): (() => Promise<unknown>)[] {
    return [
      () => store.get(this.key(), consistent),
      () => store.getMany([this.key(), this.key('b')], consistent),
      () => store.query('identities', this.partition, consistent),
      () => store.transact([this.add()], { token: this.token() }),
    ];
  }
}

let serial = 0;

async function inPlace(test: (place: Place) => Promise<void>): Promise<void> {
  serial += 1;
  const partition = `p${serial}`;
  const front = await startFaultyFront(engine.endpoint);
  const store = openDynamoDbStore(front.endpoint);
  front.behave('pass');
  try {
    await test(new Place(partition, front, store));
  } finally {
    store.close();
    await front.stop();
  }
}

async function expectUnavailable(call: () => Promise<unknown>): Promise<void> {
  const begin = performance.now();
  await expect(call()).rejects.toBeInstanceOf(StoreUnavailable);
  expect(performance.now() - begin).toBeLessThan(ANSWER_WITHIN_MILLISECONDS);
}

const outages: Behaviour[] = ['hang', 'reset', 'error-500', 'throttle', 'garbage', 'access-denied'];

test.concurrent.each(outages)(
  'an engine whose answer to everything is %s is an outage to each call, in time',
  (behaviour) =>
    inPlace(async (place) => {
      place.front.behave(behaviour);
      await Promise.all(place.calls().map(expectUnavailable));
      place.front.behave('pass');
      expect(await place.count()).toBeUndefined();
    }),
);

test.concurrent('an engine that is not there is an outage to each call, in time', () =>
  inPlace(async (place) => {
    const store = openDynamoDbStore('http://127.0.0.1:1');
    await Promise.all(place.calls(store).map(expectUnavailable));
    store.close();
  }),
);

test.concurrent('a table that is not there is an outage, not an absent item', () =>
  inPlace(async (place) => {
    const store = new DynamoDbStore({
      identitiesTable: 'no-such-table',
      policiesTable: 'no-such-table-either',
      client: clientOptions(engine.endpoint),
    });
    await Promise.all(place.calls(store).map(expectUnavailable));
    store.close();
  }),
);

test.concurrent.each<Behaviour>(['hang', 'reset', 'error-500', 'throttle', 'conflict'])(
  'a passing fault of the kind %s is not seen',
  (behaviour) =>
    inPlace(async ({ front, store, key, add, token, count }) => {
      front.behave(behaviour, 'pass');
      await store.transact([add()], { token: token() });
      expect(await count()).toBe(1);
      front.behave(behaviour, 'pass');
      // A read has no conflicts.
      if (behaviour !== 'conflict') expect(await store.get(key(), consistent)).toBeDefined();
    }),
);

test.concurrent('a transaction that goes on conflicting is an outage, not a failed condition', () =>
  inPlace(async ({ front, store, add, token }) => {
    front.behave('conflict');
    await expectUnavailable(() => store.transact([add()], { token: token() }));
  }),
);

test.concurrent('what cannot pass is not tried again', () =>
  inPlace(async ({ front, store, key }) => {
    front.behave('access-denied');
    await expectUnavailable(() => store.get(key(), consistent));
    expect(front.requests()).toBe(1);
  }),
);

test.concurrent('what may pass is tried again, but not without end', () =>
  inPlace(async ({ front, store, key }) => {
    front.behave('error-500');
    await expectUnavailable(() => store.get(key(), consistent));
    expect(front.requests()).toBeGreaterThan(3);
    expect(front.requests()).toBeLessThanOrEqual(8);
  }),
);

test.concurrent.each<Behaviour>(['commit-then-error-500', 'commit-then-reset', 'commit-then-hang'])(
  'a write whose acknowledgement is lost (%s) happens once',
  (behaviour) =>
    inPlace(async ({ front, store, add, token, count }) => {
      front.behave(behaviour, behaviour, 'pass');
      await store.transact([add()], { token: token() });
      // The first addition made the item; the next one changes it.
      front.behave(behaviour, behaviour, 'pass');
      await store.transact([add()], { token: `${token()}-second` });
      front.behave('pass');
      expect(await count()).toBe(2);
    }),
);

test.concurrent(
  'a write whose acknowledgement is lost for good happens once when it is repeated',
  () =>
    inPlace(async ({ front, store, add, token, count }) => {
      front.behave('pass');
      await store.transact([add()], { token: `${token()}-first` });
      // The first answer says that the item is there; that of the changed request is lost.
      front.behave('pass', 'commit-then-error-500');
      await expectUnavailable(() => store.transact([add()], { token: token() }));
      front.behave('pass');
      expect(await count()).toBe(2);
      await store.transact([add()], { token: token() });
      expect(await count()).toBe(2);
    }),
);

test.concurrent('a failed condition is reported although the first answer was lost', () =>
  inPlace(async ({ front, store, key, token }) => {
    const absent: Write = { kind: 'check', key: key(), condition: { exists: true } };
    front.behave('commit-then-reset', 'pass');
    await expect(store.transact([absent], { token: token() })).rejects.toEqual(
      new ConditionFailed([0]),
    );
  }),
);

test.concurrent('keys that are left unprocessed are asked for again until all are answered', () =>
  inPlace(async ({ front, store, key, token }) => {
    const keys = Array.from({ length: 100 }, (_, index) => key(`s${index}`));
    await store.transact(
      keys.map((each) => ({
        kind: 'put',
        key: each,
        attributes: {},
        condition: { exists: false },
      })),
      { token: token() },
    );
    front.behave('half-unprocessed', 'half-unprocessed', 'half-unprocessed', 'pass');
    const items = await store.getMany(keys, consistent);
    expect(items.map((item) => item?.key)).toEqual(keys);
    expect(front.requests()).toBe(4);
    // One key is left over each time: no progress at all.
    front.behave('half-unprocessed');
    await expectUnavailable(() => store.getMany(keys, consistent));
  }),
);

test.concurrent('an item that is not one of the store is an outage', () =>
  inPlace(async ({ store, key }) => {
    const client = new DynamoDBClient(clientOptions(engine.endpoint));
    const Item = { pk: { S: key().partition }, sk: { S: 'a' }, rev: { S: '1' } };
    await client.send(new PutItemCommand({ TableName: 'identities-table', Item }));
    client.destroy();
    await expectUnavailable(() => store.get(key(), consistent));
    await expectUnavailable(() => store.getMany([key()], consistent));
    await expectUnavailable(() => store.query('identities', key().partition, consistent));
  }),
);
