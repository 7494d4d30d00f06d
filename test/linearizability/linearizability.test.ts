import { CreateAccessKeyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import type { MemoryStore } from '../../lambdas/store/memory-store';
import type { Item, Store } from '../../lambdas/store/store';
import { createRandom } from '../harness/random';
import { ACCOUNT, deployAdmin } from '../operations/deployment';
import { findViolation } from './checker';
import { KEYS, MEMBER, NAME } from './objects';
import { runWorkload } from './workload';

const call = <Operation>(start: number, end: number, operation: Operation) => ({
  start,
  end,
  operation,
});

describe('the checker', () => {
  test('finds an order for calls that overlap, whatever the order of their ends', () => {
    const history = [
      call(1, 6, 'added' as const),
      call(2, 3, 'is not there' as const),
      call(4, 5, 'is there' as const),
      call(7, 10, 'removed' as const),
      call(8, 9, 'is not there' as const),
    ];
    expect(findViolation(history, MEMBER)).toBeUndefined();
  });

  test('finds a read that is stale: it began when the write was over', () => {
    const stale = call(3, 4, 'is not there' as const);
    expect(findViolation([call(1, 2, 'added' as const), stale], MEMBER)).toBe(stale);
  });

  test('finds a read that goes back behind another', () => {
    const back = call(4, 5, 'is not there' as const);
    const history = [call(1, 6, 'added' as const), call(2, 3, 'is there' as const), back];
    expect(findViolation(history, MEMBER)).toBe(back);
  });

  test('finds a name that two took', () => {
    const second = call(2, 4, { kind: 'taken', id: 'b' } as const);
    const history = [call(1, 3, { kind: 'taken', id: 'a' } as const), second];
    expect(findViolation(history, NAME)).toBe(second);
  });

  test('finds a key above the quota, and a list that lacks one', () => {
    const made = [1, 3, 5].map((at) => call(at, at + 1, { kind: 'made', id: `${at}` } as const));
    expect(findViolation(made, KEYS)).toBe(made[2]);
    const listed = call(5, 6, { kind: 'listed', ids: ['1'] } as const);
    expect(findViolation([...made.slice(0, 2), listed], KEYS)).toBe(listed);
    const whole = call(5, 6, { kind: 'listed', ids: ['3', '1'] } as const);
    expect(findViolation([...made.slice(0, 2), whole], KEYS)).toBeUndefined();
  });
});

test('what 16 clients see of 800 calls has one order', async () => {
  const deployment = await deployAdmin();
  const clients = Array.from({ length: 16 }, () => deployment.iam());
  const report = await runWorkload(clients, 50, createRandom(1));
  expect(report.violations).toEqual([]);
  expect(report.objects).toBeGreaterThan(15);
  expect(report.contended).toBeLessThan(report.operations / 4);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});

test('a store that answers reads as they were some calls ago is found out', async () => {
  const deployment = await deployAdmin({ intercept: stale });
  const clients = Array.from({ length: 4 }, () => deployment.iam());
  const { violations } = await runWorkload(clients, 100, createRandom(3));
  expect(violations).not.toEqual([]);
  await deployment.close();
});

/** Memberships and keys in lists as they were when somebody last listed something else. */
function stale(store: MemoryStore): Store {
  const before = new Map<string, { items: readonly Item[]; next: string | undefined }>();
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    transact: (...write) => store.transact(...write),
    query: async (table, partition, options) => {
      const page = await store.query(table, partition, options);
      if (!/^(?:Attached|AccessKey)#$/.test(options.prefix ?? '')) return page;
      const name = JSON.stringify([partition, options]);
      const old = before.get(name) ?? page;
      before.set(name, page);
      return old;
    },
  };
}

test('of 200 creates of one name at once one wins', async () => {
  const deployment = await deployAdmin();
  const root = deployment.iam();
  const codes = await Promise.all(
    Array.from({ length: 200 }, async () =>
      root.send(new CreateUserCommand({ UserName: 'alice' })).then(
        () => 'made',
        (error: unknown) => (error as Error).name,
      ),
    ),
  );
  expect(codes.filter((code) => code === 'made')).toHaveLength(1);
  expect(new Set(codes)).toEqual(new Set(['made', 'EntityAlreadyExistsException']));
  const keys = await Promise.all(
    Array.from({ length: 200 }, async () =>
      root.send(new CreateAccessKeyCommand({ UserName: 'alice' })).then(
        () => 'made',
        (error: unknown) => (error as Error).name,
      ),
    ),
  );
  expect(keys.filter((code) => code === 'made')).toHaveLength(2);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});
