import { MemoryStore } from '../../lambdas/store/memory-store';
import { ConditionFailed } from '../../lambdas/store/store';
import type { Key } from '../../lambdas/store/store';

const key: Key = { table: 'identities', partition: 'p', sort: 's' };
const consistent = { consistent: true };

test('an item that was written is read back as a copy of its own', async () => {
  const store = new MemoryStore();
  const attributes = { Name: 'a', Bytes: Uint8Array.of(1, 2) };
  await store.transact([{ kind: 'put', key, attributes, condition: { exists: false } }], {
    token: 't1',
  });
  attributes.Bytes[0] = 9;
  const item = await store.get(key);
  expect(item).toEqual({ key, revision: 1, attributes: { Name: 'a', Bytes: Uint8Array.of(1, 2) } });
  (item?.attributes['Bytes'] as Uint8Array)[0] = 8;
  expect((await store.get(key))?.attributes['Bytes']).toEqual(Uint8Array.of(1, 2));
});

test('a failed condition leaves every write of its transaction undone', async () => {
  const store = new MemoryStore();
  const other = { ...key, sort: 'other' };
  const call = store.transact(
    [
      { kind: 'put', key, attributes: {}, condition: { exists: false } },
      { kind: 'check', key: other, condition: { exists: true } },
    ],
    { token: 't1' },
  );
  await expect(call).rejects.toEqual(new ConditionFailed([1]));
  expect((await store.query('identities', 'p', consistent)).items).toEqual([]);
});
