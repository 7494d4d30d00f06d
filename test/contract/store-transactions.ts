import { AssertionFailed } from '../../lambdas/store/assertion';
import { ConditionFailed } from '../../lambdas/store/store';
import type { Condition, Write } from '../../lambdas/store/store';
import { ANY, NEW, OLD } from './subject';
import type { Subject } from './subject';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** All or nothing, once for each token. */
export function describeTransactions(subject: () => Subject): void {
  const putOf = (it: Subject, sort: string, condition: Condition, N = 1): Write => ({
    kind: 'put',
    key: it.key(sort),
    attributes: { N },
    condition,
  });

  test('100 writes happen together', async () => {
    const it = subject();
    const names = range(100).map((index) => `n${String(index).padStart(3, '0')}`);
    await it.transact(...names.map((name) => putOf(it, name, NEW)));
    expect(await it.sorts()).toEqual(names);
  });

  test('one failed condition of 100 leaves all undone', async () => {
    const it = subject();
    await it.put('n50');
    const writes = range(100).map((index) => putOf(it, `n${index}`, NEW));
    await expect(it.transact(...writes)).rejects.toEqual(new ConditionFailed([50]));
    expect(await it.sorts()).toEqual(['n50']);
  });

  test('every failed position is reported, in ascending order', async () => {
    const it = subject();
    await it.put('there', { N: 3 });
    const failed = it.transact(
      putOf(it, 'there', NEW),
      putOf(it, 'absent', OLD),
      putOf(it, 'new', NEW),
      { kind: 'check', key: it.key('absent-too'), condition: OLD },
      { kind: 'delete', key: it.key('absent-three'), condition: { exists: 'any', revision: 1 } },
      { kind: 'update', key: it.key('new-too'), add: { N: 1 }, condition: ANY },
    );
    await expect(failed).rejects.toEqual(new ConditionFailed([0, 1, 3, 4]));
    expect(await it.sorts()).toEqual(['there']);
  });

  test('a transaction spans both tables', async () => {
    const it = subject();
    const other = { table: 'policies', partition: it.partition, sort: 'a' } as const;
    await it.transact(putOf(it, 'a', NEW, 1), {
      kind: 'put',
      key: other,
      attributes: { N: 2 },
      condition: NEW,
    });
    expect(await it.attributes('a')).toEqual({ N: 1 });
    expect((await it.store.get(other, { consistent: true }))?.attributes).toEqual({ N: 2 });
    await expect(
      it.transact(putOf(it, 'b', NEW), { kind: 'delete', key: other, condition: NEW }),
    ).rejects.toEqual(new ConditionFailed([1]));
    expect(await it.sorts()).toEqual(['a']);
  });

  test('a call that is repeated under its token happens once', async () => {
    const it = subject();
    await it.put('put', { N: 1 });
    await it.put('deleted');
    const writes: Write[] = [
      { kind: 'update', key: it.key('there'), add: { N: 1 }, condition: ANY },
      putOf(it, 'put', { exists: true, revision: 1 }, 2),
      putOf(it, 'new', NEW),
      { kind: 'delete', key: it.key('deleted'), condition: OLD },
    ];
    const token = it.token();
    await it.store.transact(writes, { token });
    await it.store.transact(writes, { token });
    await it.openStore().transact(writes, { token });
    expect(await it.get('there')).toMatchObject({ revision: 1, attributes: { N: 1 } });
    expect(await it.get('put')).toMatchObject({ revision: 2, attributes: { N: 2 } });
    expect(await it.sorts()).toEqual(['new', 'put', 'there']);
  });

  test('an addition to an item that may be absent is repeated safely whichever it was', async () => {
    const it = subject();
    const add = { kind: 'update', key: it.key('a'), add: { N: 1 }, condition: ANY } as const;
    for (const count of [1, 2, 3]) {
      const token = it.token();
      await it.store.transact([add], { token });
      await it.store.transact([add], { token });
      await it.openStore().transact([add], { token });
      expect(await it.attributes('a')).toEqual({ N: count });
    }
  });

  test('a call whose condition failed may be made again under its token', async () => {
    const it = subject();
    const token = it.token();
    const writes = [putOf(it, 'a', OLD, 2)];
    await expect(it.store.transact(writes, { token })).rejects.toEqual(new ConditionFailed([0]));
    await it.put('a', { N: 1 });
    await it.store.transact(writes, { token });
    expect(await it.attributes('a')).toEqual({ N: 2 });
  });

  test('a token is not taken for other writes', async () => {
    const it = subject();
    const token = it.token();
    await it.store.transact([putOf(it, 'a', NEW)], { token });
    await expect(it.store.transact([putOf(it, 'b', NEW)], { token })).rejects.toBeInstanceOf(
      AssertionFailed,
    );
    expect(await it.sorts()).toEqual(['a']);
  });

  test('of 200 that create one key, 25 at a time, one wins', async () => {
    const it = subject();
    const winners: number[] = [];
    const losses: unknown[] = [];
    const create = async (N: number): Promise<void> => {
      try {
        await it.put('contended', { N }, NEW);
        winners.push(N);
      } catch (error) {
        losses.push(error);
      }
    };
    await Promise.all(
      range(25).map(async (worker) => {
        for (const turn of range(8)) await create(worker * 8 + turn);
      }),
    );
    expect(winners).toHaveLength(1);
    expect(losses).toEqual(Array.from({ length: 199 }, () => new ConditionFailed([0])));
    expect(await it.get('contended')).toMatchObject({ revision: 1, attributes: { N: winners[0] } });
  }, 60_000);

  test('keys that look alike are different keys', async () => {
    const it = subject();
    const odd = [
      'a', 'A', 'a ', ' a', 'a#b', 'a%23b', 'a%2523b', 'a/b', 'a~', 'ä', 'a\u0308', '\u0000', '\u0000a',
      '\u{1f600}', '\uffff', '#', '%', '~', '.', '..', '__proto__', 'constructor', "'", '"', '\\', '\n',
      'x'.repeat(1024),
    ]; // prettier-ignore
    for (const [N, sort] of odd.entries()) await it.put(sort, { N }, NEW);
    for (const [N, sort] of odd.entries()) expect(await it.attributes(sort)).toEqual({ N });
    expect((await it.sorts()).sort()).toEqual([...odd].sort());
    // The boundary between the two parts of a key is nowhere else.
    const left = { table: 'identities', partition: `${it.partition}a`, sort: 'b' } as const;
    const right = { table: 'identities', partition: it.partition, sort: 'ab' } as const;
    await it.transact({ kind: 'put', key: left, attributes: { N: 1 }, condition: NEW });
    await it.transact({ kind: 'put', key: right, attributes: { N: 2 }, condition: NEW });
    expect((await it.store.get(left, { consistent: true }))?.attributes).toEqual({ N: 1 });
  }, 60_000);

  test('a call that makes no sense is an assertion and changes nothing', async () => {
    const it = subject();
    const rejected = async (...writes: Write[]) => {
      await expect(it.transact(...writes)).rejects.toBeInstanceOf(AssertionFailed);
    };
    await rejected();
    await rejected(...range(101).map((index) => putOf(it, `n${index}`, ANY)));
    await rejected(putOf(it, 'a', ANY), { kind: 'check', key: it.key('a'), condition: ANY });
    await rejected(putOf(it, '', ANY));
    await rejected(putOf(it, 'x'.repeat(1025), ANY));
    await rejected(putOf(it, '\ud800', ANY));
    await rejected(putOf(it, 'a', { exists: false, revision: 1 }));
    await rejected({ kind: 'update', key: it.key('a'), add: { N: 0.5 }, condition: ANY });
    await rejected({
      kind: 'update',
      key: it.key('a'),
      set: { N: 1 },
      add: { N: 1 },
      condition: ANY,
    });
    await expect(it.store.transact([putOf(it, 'a', ANY)], { token: '' })).rejects.toBeInstanceOf(
      AssertionFailed,
    );
    expect(await it.sorts()).toEqual([]);
  });

  test('an addition to what is no number is an assertion and changes nothing', async () => {
    const it = subject();
    await it.put('a', { Text: 'x' });
    await expect(
      it.transact(putOf(it, 'b', NEW), {
        kind: 'update',
        key: it.key('a'),
        add: { Text: 1 },
        condition: OLD,
      }),
    ).rejects.toBeInstanceOf(AssertionFailed);
    expect(await it.sorts()).toEqual(['a']);
    expect(await it.get('a')).toMatchObject({ revision: 1, attributes: { Text: 'x' } });
  });
}
