import type { DataKey, KeyPurpose } from '../../lambdas/credentials/data-key';
import { open, seal } from '../../lambdas/credentials/sealed-box';
import { DATA_KEYS_PARTITION, dataKeyKey } from '../../lambdas/store/keys';
import { deploy } from './test-data-keys';
import type { Deployment } from './test-data-keys';

async function countOfRows({ store }: Deployment): Promise<number> {
  const page = await store.query('identities', DATA_KEYS_PARTITION, { consistent: true });
  return page.items.length;
}

const exported = (key: DataKey): string => key.deriveKey('secret').export().toString('hex');

test('the first use makes one key, and keeps it encrypted only', async () => {
  const deployment = deploy();
  const key = await deployment.dataKeys.newest();
  expect(key.number).toBe(1);
  const item = await deployment.store.get(dataKeyKey(1), { consistent: true });
  expect(Object.keys(item?.attributes ?? {}).sort()).toEqual(['CreateDate', 'EncryptedKey']);
  expect(item?.attributes['EncryptedKey']).toHaveLength(60);
});

test('a hundred first uses at once make one key', async () => {
  const deployment = deploy();
  const functions = Array.from({ length: 100 }, () => deployment.another());
  const keys = await Promise.all(functions.map((dataKeys) => dataKeys.newest()));
  expect(new Set(keys.map(exported)).size).toBe(1);
  expect(await countOfRows(deployment)).toBe(1);
});

test('first uses at once in one function ask the key service once', async () => {
  const deployment = deploy();
  await Promise.all(Array.from({ length: 10 }, () => deployment.dataKeys.newest()));
  expect(deployment.keyEncryption.generated).toBe(1);
});

test('a key that exists is opened, not made again', async () => {
  const deployment = deploy();
  const first = await deployment.dataKeys.newest();
  const second = await deployment.another().newest();
  expect(exported(second)).toBe(exported(first));
  expect(deployment.keyEncryption).toMatchObject({ generated: 1, decrypted: 1 });
});

test('an opened key stays in memory for its lifetime and no longer', async () => {
  const deployment = deploy({ lifetimeMilliseconds: 1000 });
  await deployment.dataKeys.newest();
  const reader = deployment.another();
  deployment.now = 1;
  await Promise.all([reader.find(1), reader.find(1)]);
  deployment.now = 1000;
  await reader.find(1);
  expect(deployment.keyEncryption.decrypted).toBe(1);
  deployment.now = 1001;
  await reader.find(1);
  expect(deployment.keyEncryption.decrypted).toBe(2);
});

test('a number that no key has is not found, and not remembered', async () => {
  const deployment = deploy();
  expect(await deployment.dataKeys.find(1)).toBeUndefined();
  await deployment.another().newest();
  expect((await deployment.dataKeys.find(1))?.number).toBe(1);
});

test('after a rotation the newest key seals, and the older one is still found', async () => {
  const deployment = deploy();
  const first = await deployment.dataKeys.newest();
  const second = await deployment.dataKeys.rotate();
  expect(second.number).toBe(2);
  expect(await deployment.dataKeys.newest()).toBe(second);
  const reader = deployment.another();
  expect((await reader.newest()).number).toBe(2);
  expect(exported((await reader.find(1)) ?? second)).toBe(exported(first));
});

test('rotations at once make one key', async () => {
  const deployment = deploy();
  await deployment.dataKeys.newest();
  const keys = await Promise.all([1, 2, 3].map(() => deployment.another().rotate()));
  expect(keys.map((key) => key.number)).toEqual([2, 2, 2]);
  expect(new Set(keys.map(exported)).size).toBe(1);
});

test.each(['newest', 'find'] as const)(
  'a failure of the key service fails %s, and is not remembered',
  async (method) => {
    const deployment = deploy();
    await deployment.dataKeys.newest();
    const reader = deployment.another();
    deployment.keyEncryption.failure = new Error('the key service is down');
    await expect(reader[method](1)).rejects.toThrow('the key service is down');
    expect((await reader[method](1))?.number).toBe(1);
  },
);

test('a failure to make the first key is not remembered', async () => {
  const deployment = deploy();
  deployment.keyEncryption.failure = new Error('the key service is down');
  await expect(deployment.dataKeys.newest()).rejects.toThrow('the key service is down');
  expect((await deployment.dataKeys.newest()).number).toBe(1);
});

test('the keys of two purposes differ', async () => {
  const key = await deploy().dataKeys.newest();
  expect(key.deriveKey('secret').equals(key.deriveKey('marker'))).toBe(false);
  expect(key.deriveKey('secret')).toBe(key.deriveKey('secret'));
});

test('a row that holds no encrypted key is an error, not a new key', async () => {
  const deployment = deploy();
  await deployment.store.transact(
    [{ kind: 'put', key: dataKeyKey(1), attributes: {}, condition: { exists: false } }],
    { token: 'token' },
  );
  await expect(deployment.dataKeys.newest()).rejects.toThrow('data key 1 is not readable');
});

describe('after tokens have been ended', () => {
  const PURPOSES = {
    session: false,
    bearer: false,
    refresh: false,
    challenge: false,
    secret: true,
    marker: true,
    'authorization message': true,
  } as const;

  test.each(Object.entries(PURPOSES) as [KeyPurpose, boolean][])(
    'what was sealed before as %s opens: %s',
    async (purpose, opens) => {
      const { dataKeys, another } = deploy();
      const box = await seal(dataKeys, purpose, 'before', ['binding']);
      expect(await dataKeys.endTokens()).toBe(2);
      for (const reader of [dataKeys, another()]) {
        expect(await open(reader, purpose, box, ['binding'])).toBe(opens ? 'before' : undefined);
      }
      const later = await seal(another(), purpose, 'after', ['binding']);
      expect(await open(dataKeys, purpose, later, ['binding'])).toBe('after');
    },
  );

  test('a function that holds an older key reads it anew within the hour', async () => {
    const deployment = deploy();
    const running = deployment.another();
    const box = await seal(running, 'session', 'before', []);
    await deployment.dataKeys.endTokens();
    expect(await open(running, 'session', box, [])).toBe('before');
    deployment.now += 3_600_000;
    expect(await open(running, 'session', box, [])).toBeUndefined();
  });

  test('an interrupted end is finished by the next one', async () => {
    const deployment = deploy();
    const box = await seal(deployment.dataKeys, 'session', 'before', []);
    const transact = deployment.store.transact.bind(deployment.store);
    let writes = 0;
    deployment.store.transact = async (...request) => {
      writes += 1;
      if (writes === 2) throw new Error('down');
      return transact(...request);
    };
    await expect(deployment.dataKeys.endTokens()).rejects.toThrow('down');
    await deployment.dataKeys.endTokens();
    expect(await open(deployment.another(), 'session', box, [])).toBeUndefined();
  });
});
