import type { DataKey } from '../../lambdas/credentials/data-key';
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
