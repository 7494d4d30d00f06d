import { UsageNotes } from '../../lambdas/authorizer/usage';
import type { Caller } from '../../lambdas/identity/caller';
import { loadLastAccessed } from '../../lambdas/identity/last-accessed';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { accessKeyKey, accessKeyLastUsedKey } from '../../lambdas/store/keys';
import { StoreUnavailable, type Store } from '../../lambdas/store/store';

const ACCOUNT = '123456789012';
const KEY = 'AKIAEXAMPLEEXAMPLE22';
const HOUR = 60 * 60 * 1000;
const START = Date.UTC(2026, 0, 1);

const alice: Caller = {
  principal: {
    type: 'User',
    arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
    accountId: ACCOUNT,
    uniqueId: 'AIDAALICE',
  },
  accountId: ACCOUNT,
  userId: 'AIDAALICE',
  userName: 'alice',
  accessKeyId: KEY,
  context: {},
};

async function storeWithKey(): Promise<MemoryStore> {
  const store = new MemoryStore({ now: () => START });
  await store.transact(
    [{ kind: 'put', key: accessKeyKey(KEY), attributes: {}, condition: { exists: false } }],
    { token: 'key' },
  );
  return store;
}

const accessesIn = (store: Store, now: number) =>
  loadLastAccessed(store, { accountId: ACCOUNT, principalId: 'AIDAALICE' }, now);

test('a guarded call is noted for its principal and its access key, by the service of its action', async () => {
  const store = await storeWithKey();
  const usage = new UsageNotes({ store, region: 'eu-west-1' });
  await usage.note({ caller: alice, actions: ['orders:GetOrder'], now: START });
  expect(await accessesIn(store, START)).toEqual([
    { Service: 'orders', Action: 'GetOrder', Region: 'eu-west-1', LastAccessed: START },
  ]);
  const used = await store.get(accessKeyLastUsedKey(KEY));
  expect(used?.attributes).toMatchObject({ ServiceName: 'orders', Region: 'eu-west-1' });
});

test('one action is written once in four hours', async () => {
  const store = await storeWithKey();
  const usage = new UsageNotes({ store, region: 'eu-west-1' });
  for (const now of [START, START + HOUR, START + 4 * HOUR - 1]) {
    await usage.note({ caller: alice, actions: ['orders:GetOrder'], now });
  }
  const [before] = await accessesIn(store, START);
  expect(before?.LastAccessed).toBe(START);
  await usage.note({ caller: alice, actions: ['orders:GetOrder'], now: START + 4 * HOUR });
  const [after] = await accessesIn(store, START);
  expect(after?.LastAccessed).toBe(START + 4 * HOUR);
});

test('a store that is out of reach is nobody’s fault', async () => {
  const broken = (): Promise<never> => Promise.reject(new StoreUnavailable('gone'));
  const store: Store = { get: broken, getMany: broken, query: broken, transact: broken };
  const usage = new UsageNotes({ store, region: 'eu-west-1' });
  await expect(
    usage.note({ caller: alice, actions: ['orders:GetOrder'], now: START }),
  ).resolves.toBeUndefined();
});
