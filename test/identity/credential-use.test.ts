import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import { CredentialUse } from '../../lambdas/identity/credential-use';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { accessKeyKey, accessKeyLastUsedKey } from '../../lambdas/store/keys';
import { StoreUnavailable, type Store } from '../../lambdas/store/store';
import { deployAdmin, ROOT } from '../operations/deployment';

const KEY = 'AKIAEXAMPLEEXAMPLE22';
const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);

/** A store that counts its transactions, with the row of a key. */
async function storeWithKey(): Promise<{ store: Store; count: () => number }> {
  const memory = new MemoryStore({ now: () => START });
  await memory.transact(
    [{ kind: 'put', key: accessKeyKey(KEY), attributes: {}, condition: { exists: false } }],
    { token: 'key' },
  );
  let transactions = 0;
  const store: Store = {
    get: (key) => memory.get(key),
    getMany: (keys) => memory.getMany(keys),
    query: (...read) => memory.query(...read),
    transact: (...write) => {
      transactions += 1;
      return memory.transact(...write);
    },
  };
  return { store, count: () => transactions };
}

const useOf = (store: Store): CredentialUse => new CredentialUse({ store, region: 'eu-central-1' });

async function dateIn(store: Store): Promise<unknown> {
  const item = await store.get(accessKeyLastUsedKey(KEY), { consistent: true });
  return item?.attributes['LastUsedDate'];
}

test('one function writes once in a quarter of an hour', async () => {
  const { store, count } = await storeWithKey();
  const use = useOf(store);
  for (let minute = 0; minute < 15; minute += 1)
    await use.note({
      user: { accessKeyId: KEY },
      serviceName: 'iam',
      now: START + minute * MINUTE,
    });
  expect(count()).toBe(1);
  expect(await dateIn(store)).toBe(START);
  await use.note({ user: { accessKeyId: KEY }, serviceName: 'iam', now: START + 15 * MINUTE });
  expect(count()).toBe(2);
  expect(await dateIn(store)).toBe(START + 15 * MINUTE);
});

test('what another function has noted is not written again, and no later use by an earlier one', async () => {
  const { store } = await storeWithKey();
  await useOf(store).note({ user: { accessKeyId: KEY }, serviceName: 'iam', now: START });
  await useOf(store).note({ user: { accessKeyId: KEY }, serviceName: 'iam', now: START + MINUTE });
  await useOf(store).note({
    user: { accessKeyId: KEY },
    serviceName: 'iam',
    now: START - 60 * MINUTE,
  });
  expect(await dateIn(store)).toBe(START);
});

test('a key that is gone is not noted', async () => {
  const { store } = await storeWithKey();
  await useOf(store).note({
    user: { accessKeyId: 'AKIAGONEGONEGONEGONE' },
    serviceName: 'iam',
    now: START,
  });
  const key = accessKeyLastUsedKey('AKIAGONEGONEGONEGONE');
  expect(await store.get(key, { consistent: true })).toBeUndefined();
});

test('a store that cannot be written does not fail the call', async () => {
  let refused = 0;
  const deployment = await deployAdmin({
    intercept: (store) => ({
      get: (key) => store.get(key),
      getMany: (keys) => store.getMany(keys),
      query: (...read) => store.query(...read),
      transact: () => {
        refused += 1;
        return Promise.reject(new StoreUnavailable('no writes today'));
      },
    }),
  });
  const { SummaryMap } = await deployment.iam(ROOT).send(new GetAccountSummaryCommand({}));
  await deployment.close();
  expect(SummaryMap).toMatchObject({ Users: 0 });
  // The use of the key, and the access.
  expect(refused).toBe(2);
  expect(deployment.failures).toEqual([]);
});
