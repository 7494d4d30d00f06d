import {
  LastAccessed,
  loadLastAccessed,
  TRACKING_MILLISECONDS,
  type Access,
} from '../../lambdas/identity/last-accessed';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { StoreUnavailable, type Store } from '../../lambdas/store/store';

const HOUR = 60 * 60 * 1000;

let now: number;
let store: Store;
let writes: number;

/** The store, with its writes counted. */
function counted(): Store {
  return {
    get: (...read) => store.get(...read),
    getMany: (...read) => store.getMany(...read),
    query: (...read) => store.query(...read),
    transact: (...write) => {
      writes += 1;
      return store.transact(...write);
    },
  };
}

beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  store = new MemoryStore({ now: () => now });
  writes = 0;
});

const access = (more: Partial<Access> = {}): Access => ({
  accountId: '123456789012',
  principalId: 'AIDAEXAMPLE',
  service: 'orders',
  action: 'GetOrder',
  now,
  ...more,
});

const principal = { accountId: '123456789012', principalId: 'AIDAEXAMPLE' };

test('an access is noted with its region, and again only after an hour', async () => {
  const accesses = new LastAccessed({ store: counted(), region: 'eu-central-1' });
  await accesses.note(access());
  now += HOUR - 1;
  await accesses.note(access());
  expect(writes).toBe(1);
  expect(await loadLastAccessed(store, principal, now)).toEqual([
    {
      Service: 'orders',
      Action: 'GetOrder',
      Region: 'eu-central-1',
      LastAccessed: Date.UTC(2026, 0, 1),
    },
  ]);
  now += 1;
  await accesses.note(access());
  const [later] = await loadLastAccessed(store, principal, now);
  expect(later?.LastAccessed).toBe(now);
});

test('what another process noted within the hour stays', async () => {
  await new LastAccessed({ store, region: 'eu-central-1' }).note(access());
  const noted = await loadLastAccessed(store, principal, now);
  now += 1000;
  await new LastAccessed({ store, region: 'us-east-1' }).note(access());
  expect(await loadLastAccessed(store, principal, now)).toEqual(noted);
});

test('each action and each principal has a row of its own', async () => {
  const accesses = new LastAccessed({ store, region: 'eu-central-1' });
  await accesses.note(access());
  await accesses.note(access({ action: 'PutOrder' }));
  await accesses.note(access({ principalId: 'AIDAOTHER' }));
  expect(await loadLastAccessed(store, principal, now)).toHaveLength(2);
});

test('after 400 days nothing is known any more', async () => {
  await new LastAccessed({ store, region: 'eu-central-1' }).note(access());
  now += TRACKING_MILLISECONDS;
  expect(await loadLastAccessed(store, principal, now)).toEqual([]);
});

test('a store that is out of reach fails nobody', async () => {
  const broken: Store = {
    ...counted(),
    transact: () => Promise.reject(new StoreUnavailable('no writes today')),
  };
  const accesses = new LastAccessed({ store: broken, region: 'eu-central-1' });
  await expect(accesses.note(access())).resolves.toBeUndefined();
});
