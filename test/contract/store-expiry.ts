import { ConditionFailed } from '../../lambdas/store/store';
import type { Write } from '../../lambdas/store/store';
import { ANY, CONSISTENT, NEW, OLD, START_SECONDS } from './subject';
import type { Subject } from './subject';

const failure = new ConditionFailed([0]);

/** An item that has expired does not exist, whether or not the engine has removed it. */
export function describeExpiry(subject: () => Subject): void {
  /** One item that ends 10 seconds after the start, as `sort`. */
  const putExpiring = (it: Subject, sort: string): Promise<void> =>
    it.put(sort, { N: 7, Old: true }, ANY, START_SECONDS + 10);
  const expire = (it: Subject): void => {
    it.seconds = START_SECONDS + 10;
  };

  test('an item is there until the second in which it expires', async () => {
    const it = subject();
    await putExpiring(it, 'a');
    it.seconds = START_SECONDS + 9;
    expect(await it.get('a')).toEqual({
      key: it.key('a'),
      revision: 1,
      attributes: { N: 7, Old: true },
      expiresAt: START_SECONDS + 10,
    });
    expire(it);
    expect(await it.get('a')).toBeUndefined();
    expect(await it.store.getMany([it.key('a')], CONSISTENT)).toEqual([undefined]);
    expect(await it.sorts()).toEqual([]);
  });

  test('pages leave out what has expired and are full all the same', async () => {
    const it = subject();
    for (const sort of ['a', 'c', 'e', 'g']) await it.put(sort);
    for (const sort of ['b', 'd', 'f', 'h']) await putExpiring(it, sort);
    expire(it);
    const first = await it.store.query('identities', it.partition, { ...CONSISTENT, limit: 3 });
    expect(first.items.map(({ key }) => key.sort)).toEqual(['a', 'c', 'e']);
    expect(first.next).toBe('e');
    const rest = { ...CONSISTENT, limit: 1, after: 'e' };
    const last = await it.store.query('identities', it.partition, rest);
    expect(last.items.map(({ key }) => key.sort)).toEqual(['g']);
    expect(last.next).toBeUndefined();
  });

  test('conditions see an item with an expiry as long as it is there', async () => {
    const it = subject();
    await putExpiring(it, 'a');
    await expect(it.put('a', {}, NEW)).rejects.toEqual(failure);
    await it.check('a', { exists: true, revision: 1, equals: { N: 7 }, below: { N: 8 } });
    await expect(it.check('a', { exists: true, revision: 2 })).rejects.toEqual(failure);
    await expect(it.check('a', { exists: 'any', below: { N: 7 } })).rejects.toEqual(failure);
    await it.update('a', { add: { N: 1 } });
    await it.update('a', { add: { N: 1 }, remove: ['Old'] }, OLD);
    expect(await it.get('a')).toEqual({
      key: it.key('a'),
      revision: 3,
      attributes: { N: 9 },
      expiresAt: START_SECONDS + 10,
    });
    await it.delete('a', { exists: true, revision: 3 });
    expect(await it.sorts()).toEqual([]);
  });

  test('conditions do not see an item that has expired', async () => {
    const it = subject();
    const expired: [string, Write['kind'], Write['condition']][] = [
      ['a', 'put', OLD],
      ['b', 'update', OLD],
      ['c', 'delete', OLD],
      ['d', 'check', OLD],
      ['e', 'put', { exists: 'any', revision: 1 }],
      ['f', 'update', { exists: 'any', equals: { N: 7 } }],
      ['g', 'check', { exists: 'any', below: { N: 0 } }],
    ];
    for (const [sort] of expired) await putExpiring(it, sort);
    expire(it);
    for (const [sort, kind, condition] of expired) {
      const write = { kind, key: it.key(sort), attributes: {}, condition } as Write;
      await expect(it.transact(write)).rejects.toEqual(failure);
    }
  });

  test('what is written where an item has expired is new', async () => {
    const it = subject();
    for (const sort of ['a', 'b', 'c', 'd', 'e', 'f']) await putExpiring(it, sort);
    expire(it);
    await it.put('a', { N: 1 }, NEW);
    await it.put('b', { N: 1 }, ANY);
    await it.update('c', { add: { N: 1 } }, NEW);
    await it.update('d', { add: { N: 1 } }, { exists: 'any', below: { N: 1 } });
    await it.transact(
      { kind: 'check', key: it.key('e'), condition: NEW },
      { kind: 'delete', key: it.key('f'), condition: { exists: 'any', below: { N: 1 } } },
      { kind: 'put', key: it.key('g'), attributes: { N: 1 }, condition: NEW },
    );
    for (const sort of ['a', 'b', 'c', 'd', 'g']) {
      expect(await it.get(sort)).toEqual({ key: it.key(sort), revision: 1, attributes: { N: 1 } });
    }
    expect(await it.sorts()).toEqual(['a', 'b', 'c', 'd', 'g']);
  });

  test('a put sets, renews and takes away an expiry', async () => {
    const it = subject();
    await it.put('a', {}, ANY, START_SECONDS + 10);
    await it.put('a', {}, OLD, START_SECONDS + 20);
    expect(await it.get('a')).toMatchObject({ revision: 2, expiresAt: START_SECONDS + 20 });
    await it.put('a', {}, { exists: true, revision: 2 });
    it.seconds = START_SECONDS + 30;
    expect(await it.get('a')).toEqual({ key: it.key('a'), revision: 3, attributes: {} });
    await it.put('a', {}, ANY, START_SECONDS + 40);
    it.seconds = START_SECONDS + 40;
    expect(await it.get('a')).toBeUndefined();
  });

  test('every failed position is reported among items that expire, have expired and stay', async () => {
    const it = subject();
    await it.put('stays');
    await putExpiring(it, 'expired');
    await it.put('expiring', {}, ANY, START_SECONDS + 100);
    expire(it);
    const check = (sort: string, condition: Write['condition']): Write => ({
      kind: 'check',
      key: it.key(sort),
      condition,
    });
    const writes = [
      check('stays', NEW),
      check('expired', OLD),
      check('expiring', NEW),
      check('absent', NEW),
      check('absent-too', OLD),
    ];
    await expect(it.transact(...writes)).rejects.toEqual(new ConditionFailed([0, 1, 2, 4]));
    await it.transact(
      check('stays', OLD),
      check('expired', NEW),
      { kind: 'update', key: it.key('expiring'), set: { N: 1 }, condition: OLD },
      { kind: 'update', key: it.key('absent'), set: { N: 1 }, condition: ANY },
    );
    expect(await it.sorts()).toEqual(['absent', 'expiring', 'stays']);
  });

  test('a call on items with an expiry happens once under its token', async () => {
    const it = subject();
    await it.put('kept', { N: 0 }, ANY, START_SECONDS + 100);
    await it.put('taken', { N: 0 }, ANY, START_SECONDS + 100);
    await it.put('deleted', { N: 0 }, ANY, START_SECONDS + 100);
    const writes: Write[] = [
      { kind: 'update', key: it.key('kept'), add: { N: 1 }, condition: ANY },
      { kind: 'put', key: it.key('taken'), attributes: { N: 1 }, condition: OLD },
      { kind: 'delete', key: it.key('deleted'), condition: OLD },
    ];
    const token = it.token();
    await it.store.transact(writes, { token });
    it.seconds += 5;
    await it.store.transact(writes, { token });
    expect(await it.get('kept')).toMatchObject({ revision: 2, attributes: { N: 1 } });
    expect(await it.get('taken')).toMatchObject({ revision: 2, attributes: { N: 1 } });
    expect(await it.sorts()).toEqual(['kept', 'taken']);
  });
}
