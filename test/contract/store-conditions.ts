import { ConditionFailed } from '../../lambdas/store/store';
import { ANY, NEW, OLD } from './subject';
import type { Subject } from './subject';

const failure = new ConditionFailed([0]);

/** Revisions, each kind of condition, and what an update does. */
export function describeConditions(subject: () => Subject): void {
  test('a revision is 1 when an item is written first and one more with each later write', async () => {
    const it = subject();
    await it.put('a', { N: 1 });
    expect((await it.get('a'))?.revision).toBe(1);
    await it.put('a', { N: 2 });
    expect((await it.get('a'))?.revision).toBe(2);
    await it.put('a', { N: 3 }, OLD);
    await it.update('a', { set: { N: 4 } });
    await it.update('a', {}, OLD);
    expect(await it.get('a')).toEqual({ key: it.key('a'), revision: 5, attributes: { N: 4 } });
    await it.delete('a');
    await it.update('a', { set: { N: 5 } });
    expect((await it.get('a'))?.revision).toBe(1);
  });

  test('an item must be absent for a write that says so', async () => {
    const it = subject();
    await it.put('a', { N: 1 }, NEW);
    await expect(it.put('a', { N: 2 }, NEW)).rejects.toEqual(failure);
    await expect(it.update('a', { set: { N: 2 } }, NEW)).rejects.toEqual(failure);
    await expect(it.delete('a', NEW)).rejects.toEqual(failure);
    await expect(it.check('a', NEW)).rejects.toEqual(failure);
    expect(await it.get('a')).toEqual({ key: it.key('a'), revision: 1, attributes: { N: 1 } });
    await it.update('b', { set: { N: 1 } }, NEW);
    await it.check('c', NEW);
    await it.delete('c', NEW);
    expect(await it.sorts()).toEqual(['a', 'b']);
  });

  test('an item must be there for a write that says so', async () => {
    const it = subject();
    await expect(it.put('a', {}, OLD)).rejects.toEqual(failure);
    await expect(it.update('a', { set: { N: 1 } }, OLD)).rejects.toEqual(failure);
    await expect(it.delete('a', OLD)).rejects.toEqual(failure);
    await expect(it.check('a', OLD)).rejects.toEqual(failure);
    expect(await it.sorts()).toEqual([]);
    await it.put('a');
    await it.check('a', OLD);
    await it.delete('a', OLD);
    expect(await it.sorts()).toEqual([]);
  });

  test('a write on whatever is there happens either way', async () => {
    const it = subject();
    await it.delete('a', ANY);
    await it.check('a', ANY);
    await it.update('a', { add: { N: 2 } }, ANY);
    await it.update('a', { add: { N: 2 } }, ANY);
    expect(await it.attributes('a')).toEqual({ N: 4 });
    await it.check('a', ANY);
    await it.delete('a', ANY);
    expect(await it.get('a')).toBeUndefined();
  });

  test('a revision is compared with the one that the item has', async () => {
    const it = subject();
    await expect(it.put('a', {}, { exists: 'any', revision: 1 })).rejects.toEqual(failure);
    await it.put('a', { N: 1 });
    await expect(it.put('a', {}, { exists: true, revision: 2 })).rejects.toEqual(failure);
    await it.put('a', { N: 2 }, { exists: true, revision: 1 });
    await expect(it.delete('a', { exists: true, revision: 1 })).rejects.toEqual(failure);
    await it.update('a', { add: { N: 1 } }, { exists: 'any', revision: 2 });
    await it.check('a', { exists: true, revision: 3 });
    expect(await it.attributes('a')).toEqual({ N: 3 });
  });

  test('of two writers that read one revision one wins', async () => {
    const it = subject();
    await it.put('a', { N: 1 });
    const [first, second] = await Promise.allSettled([
      it.put('a', { N: 2 }, { exists: true, revision: 1 }),
      it.put('a', { N: 3 }, { exists: true, revision: 1 }),
    ]);
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(await it.attributes('a')).toEqual({ N: first.status === 'fulfilled' ? 2 : 3 });
  });

  test('a bound holds for a lower number and for an absent attribute, and for nothing else', async () => {
    const it = subject();
    const below = (bound: number) => ({ exists: 'any', below: { N: bound } }) as const;
    await expect(it.update('a', { add: { N: 1 } }, below(0))).rejects.toEqual(failure);
    await it.update('a', { add: { N: 1 } }, below(2));
    await it.update('a', { add: { N: 1 } }, below(2));
    await expect(it.update('a', { add: { N: 1 } }, below(2))).rejects.toEqual(failure);
    expect(await it.attributes('a')).toEqual({ N: 2 });
    await it.put('b', { Other: 1, Text: '1' });
    await it.check('b', below(1));
    await expect(it.check('b', below(0))).rejects.toEqual(failure);
    await expect(it.check('b', { exists: true, below: { Text: 5 } })).rejects.toEqual(failure);
    await expect(it.check('b', { exists: true, below: { Other: 1, N: 1 } })).rejects.toEqual(
      failure,
    );
    await it.check('c', below(1));
    await expect(it.check('c', below(-1))).rejects.toEqual(failure);
    await expect(it.put('d', {}, { exists: false, below: { N: 0 } })).rejects.toEqual(failure);
    await it.put('d', {}, { exists: false, below: { N: 1 } });
  });

  test('an attribute is equal to a value of the same type alone', async () => {
    const it = subject();
    await it.put('a', { Text: '1', Number: 1, Flag: true, Empty: '' });
    const equals = (values: Record<string, string | number | boolean>) =>
      it.check('a', { exists: 'any', equals: values });
    await equals({ Text: '1', Number: 1, Flag: true, Empty: '' });
    await expect(equals({ Text: 1 })).rejects.toEqual(failure);
    await expect(equals({ Number: '1' })).rejects.toEqual(failure);
    await expect(equals({ Flag: false })).rejects.toEqual(failure);
    await expect(equals({ Flag: 'true' })).rejects.toEqual(failure);
    await expect(equals({ Text: '1', Number: 2 })).rejects.toEqual(failure);
    await expect(equals({ Absent: '' })).rejects.toEqual(failure);
    await expect(it.check('b', { exists: 'any', equals: { Text: '1' } })).rejects.toEqual(failure);
  });

  test('an update changes what it names and leaves the rest', async () => {
    const it = subject();
    await it.put('a', { Set: 'old', Left: [1], Gone: 1, Count: 5 });
    await it.update('a', {
      set: { Set: { New: true }, Fresh: '' },
      remove: ['Gone', 'NeverThere'],
      add: { Count: -7, Second: 3 },
    });
    expect(await it.attributes('a')).toEqual({
      Set: { New: true },
      Left: [1],
      Fresh: '',
      Count: -2,
      Second: 3,
    });
  });

  test('a put leaves nothing of what was there', async () => {
    const it = subject();
    await it.put('a', { Old: 1, Both: 1 });
    await it.put('a', { Both: 2 });
    expect(await it.attributes('a')).toEqual({ Both: 2 });
  });

  test('additions by many at once are all counted', async () => {
    const it = subject();
    await Promise.all(Array.from({ length: 25 }, () => it.update('a', { add: { N: 1 } })));
    expect(await it.get('a')).toMatchObject({ revision: 25, attributes: { N: 25 } });
  });

  test('attributes may have the names that the store itself uses', async () => {
    const it = subject();
    const attributes = { pk: 'x', sk: 1, rev: 9, ttl: 1, attributes: 'y', 'a.b': 1, '#n': 1 };
    await it.put('a', attributes);
    await it.update(
      'a',
      { set: { 'c.d': 2 }, add: { rev: 1, 'a.b': 1 }, remove: ['sk'] },
      { exists: true, revision: 1, equals: { ttl: 1, pk: 'x' }, below: { rev: 10 } },
    );
    expect(await it.get('a')).toEqual({
      key: it.key('a'),
      revision: 2,
      attributes: { pk: 'x', rev: 10, ttl: 1, attributes: 'y', 'a.b': 2, '#n': 1, 'c.d': 2 },
    });
  });
}
