import { MemoryStore } from '../../lambdas/store/memory-store';
import { ConditionFailed, StoreUnavailable } from '../../lambdas/store/store';
import type { Key, Write } from '../../lambdas/store/store';
import { FaultyStore } from './faults';
import type { Fault } from './faults';

const key: Key = { table: 'identities', partition: 'p', sort: 's' };
const add: Write = { kind: 'update', key, add: { N: 1 }, condition: { exists: 'any' } };
const consistent = { consistent: true };

test.each<[Fault, number]>([
  ['error', 2],
  ['timeout', 2],
  ['commit-then-error', 3],
])('a fault of the kind %s leaves the second of three additions as it says', async (fault, N) => {
  const memory = new MemoryStore();
  const store = new FaultyStore(memory, { at: 2, fault });
  await store.transact([add], { token: '1' });
  expect(store.hasFailed).toBe(false);
  await expect(store.transact([add], { token: '2' })).rejects.toBeInstanceOf(StoreUnavailable);
  await store.transact([add], { token: '3' });
  expect(store.calls).toBe(3);
  expect(store.hasFailed).toBe(true);
  expect((await memory.get(key))?.attributes).toEqual({ N });
});

test('a repetition under its token mends what was committed and not acknowledged', async () => {
  const memory = new MemoryStore();
  const store = new FaultyStore(memory, { at: 1, fault: 'commit-then-error' });
  await expect(store.transact([add], { token: '1' })).rejects.toBeInstanceOf(StoreUnavailable);
  await store.transact([add], { token: '1' });
  expect((await memory.get(key))?.attributes).toEqual({ N: 1 });
});

test('only the calls that are meant are counted and fail', async () => {
  const memory = new MemoryStore();
  const writes = new FaultyStore(memory, { at: 1, fault: 'error', calls: 'writes' });
  expect(await writes.get(key, consistent)).toBeUndefined();
  await expect(writes.transact([add], { token: '1' })).rejects.toBeInstanceOf(StoreUnavailable);
  const reads = new FaultyStore(memory, { at: 2, fault: 'error', calls: 'reads', times: 2 });
  await reads.transact([add], { token: '2' });
  await reads.get(key, consistent);
  await expect(reads.getMany([key], consistent)).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(reads.query('identities', 'p', consistent)).rejects.toBeInstanceOf(StoreUnavailable);
  expect(await reads.get(key, consistent)).toBeDefined();
});

test('an outage lasts, and a condition that fails is not hidden by a fault that did not come up', async () => {
  const store = new FaultyStore(new MemoryStore(), { at: 2, fault: 'error', times: Infinity });
  const absent: Write = { kind: 'check', key, condition: { exists: true } };
  await expect(store.transact([absent], { token: '1' })).rejects.toEqual(new ConditionFailed([0]));
  for (let call = 0; call < 3; call += 1) {
    await expect(store.get(key, consistent)).rejects.toBeInstanceOf(StoreUnavailable);
  }
});
