import { AssertionFailed } from '../../lambdas/store/assertion';
import type { Item, QueryOptions, QueryPage } from '../../lambdas/store/store';
import { ANY, CONSISTENT, NEW } from './subject';
import type { Subject } from './subject';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const sortOf = (index: number): string => `s${String(index).padStart(4, '0')}`;

/** Get, getMany and query. */
export function describeReads(subject: () => Subject): void {
  const query = (it: Subject, options: Partial<QueryOptions> = {}): Promise<QueryPage> =>
    it.store.query('identities', it.partition, { ...CONSISTENT, ...options });
  const sorts = ({ items }: { items: readonly Item[] }): string[] =>
    items.map(({ key }) => key.sort);

  /** Puts `count` items, 100 a transaction. */
  const fill = async (it: Subject, count: number): Promise<string[]> => {
    const names = range(count).map(sortOf);
    for (let start = 0; start < count; start += 100) {
      await it.transact(
        ...names.slice(start, start + 100).map(
          (sort) =>
            ({
              kind: 'put',
              key: it.key(sort),
              attributes: { sort },
              condition: NEW,
            }) as const,
        ),
      );
    }
    return names;
  };

  test('what is not there is undefined', async () => {
    const it = subject();
    expect(await it.get('a')).toBeUndefined();
    expect(await it.store.getMany([], CONSISTENT)).toEqual([]);
    expect(await it.store.getMany([it.key('a'), it.key('b')], CONSISTENT)).toEqual([
      undefined,
      undefined,
    ]);
    expect(await query(it)).toEqual({ items: [], next: undefined });
  });

  test('many items are read in the order of their keys, however many and however often', async () => {
    const it = subject();
    const names = await fill(it, 230);
    const other = { table: 'policies', partition: it.partition, sort: 's0001' } as const;
    await it.transact({ kind: 'put', key: other, attributes: { other: true }, condition: ANY });
    const wanted = [...names].reverse().flatMap((name) => [name, 'absent', name]);
    const items = await it.store.getMany([other, ...wanted.map((name) => it.key(name))], {
      consistent: false,
    });
    expect(items.map((item) => item?.attributes['sort'])).toEqual([
      undefined,
      ...wanted.map((name) => (name === 'absent' ? undefined : name)),
    ]);
    expect(items[0]?.attributes).toEqual({ other: true });
  });

  test('a query is in ascending byte order of the sort key', async () => {
    const it = subject();
    const names = ['b', 'a', 'B', 'ä', '~', '\uffff', '\u{10000}', 'aa', 'a#', '0', '00', '\ue000'];
    for (const name of names) await it.put(name);
    const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(sorts(await query(it))).toEqual(expected);
    expect(expected.at(-1)).toBe('\u{10000}');
  });

  test('a query keeps to its table and partition', async () => {
    const it = subject();
    await it.put('a');
    for (const partition of [`${it.partition}x`, it.partition.slice(0, -1)]) {
      await it.transact({
        kind: 'put',
        key: { table: 'identities', partition, sort: 'b' },
        attributes: {},
        condition: ANY,
      });
    }
    expect(sorts(await query(it))).toEqual(['a']);
    expect(sorts(await it.store.query('policies', it.partition, CONSISTENT))).toEqual([]);
  });

  test('a prefix is matched as it is written', async () => {
    const it = subject();
    const names = ['A#1', 'A#2', 'A', 'A$', 'B#1', 'a#1', 'A#'];
    for (const name of names) await it.put(name);
    expect(sorts(await query(it, { prefix: 'A#' }))).toEqual(['A#', 'A#1', 'A#2']);
    expect(sorts(await query(it, { prefix: '' }))).toEqual([...names].sort());
    expect(sorts(await query(it, { prefix: 'A%' }))).toEqual([]);
  });

  test('a page begins after the key that is given, whether or not it is there', async () => {
    const it = subject();
    for (const name of ['A#1', 'A#3', 'B#1', 'B#2', 'C#1']) await it.put(name);
    const after = async (key: string, prefix?: string) =>
      sorts(await query(it, { after: key, ...(prefix === undefined ? {} : { prefix }) }));
    expect(await after('A#1')).toEqual(['A#3', 'B#1', 'B#2', 'C#1']);
    expect(await after('A#2')).toEqual(['A#3', 'B#1', 'B#2', 'C#1']);
    expect(await after('C#1')).toEqual([]);
    expect(await after('A#1', 'A#')).toEqual(['A#3']);
    expect(await after('A#2', 'A#')).toEqual(['A#3']);
    expect(await after('A#3', 'B#')).toEqual(['B#1', 'B#2']);
    expect(await after('B#1', 'B#')).toEqual(['B#2']);
    expect(await after('C#1', 'B#')).toEqual([]);
    expect(await after('B#9', 'B#')).toEqual([]);
  });

  test('pages follow one another without a gap, and the last says so', async () => {
    const it = subject();
    const names = await fill(it, 10);
    const first = await query(it, { limit: 4 });
    expect(sorts(first)).toEqual(names.slice(0, 4));
    expect(first.next).toBe(names[3]);
    const second = await query(it, { limit: 4, after: first.next ?? '' });
    expect(sorts(second)).toEqual(names.slice(4, 8));
    const third = await query(it, { limit: 4, after: second.next ?? '' });
    expect(sorts(third)).toEqual(names.slice(8));
    expect(third.next).toBeUndefined();
    expect((await query(it, { limit: 10 })).next).toBeUndefined();
    expect((await query(it, { limit: 9 })).next).toBe(names[8]);
    expect((await query(it, { limit: 1, prefix: 's0009' })).next).toBeUndefined();
  });

  test('pages under writes hold every item that was there all the time, once', async () => {
    const it = subject();
    const names = await fill(it, 40);
    const kept = names.filter((_, index) => index % 5 !== 0);
    const seen: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < 100; page += 1) {
      const answer = await query(it, { limit: 3, ...(after === undefined ? {} : { after }) });
      seen.push(...sorts(answer));
      after = answer.next;
      if (after === undefined) break;
      await it.put(`${after}-inserted`);
      await it.delete(sortOf(page * 5));
      await it.delete(`s0000-before-${page}`);
      await it.put(`r-before-${page}`);
    }
    expect(after).toBeUndefined();
    expect([...seen].sort()).toEqual(seen);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((name) => kept.includes(name))).toEqual(kept);
    expect(seen.filter((name) => name.startsWith('r-'))).toEqual([]);
  });

  test('without a limit a query holds everything, over more than one page of the engine', async () => {
    const it = subject();
    const filler = 'x'.repeat(300_000);
    for (const index of range(8)) await it.put(sortOf(index), { filler });
    const page = await query(it);
    expect(sorts(page)).toEqual(range(8).map(sortOf));
    expect(page.next).toBeUndefined();
    expect(sorts(await query(it, { limit: 6 }))).toHaveLength(6);
    const keys = range(8).map((index) => it.key(sortOf(index)));
    const items = await it.store.getMany(keys, CONSISTENT);
    expect(items.map((item) => item?.key.sort)).toEqual(range(8).map(sortOf));
  }, 60_000);

  test('a read that makes no sense is an assertion', async () => {
    const it = subject();
    for (const limit of [0, 1001, 1.5, -1]) {
      await expect(query(it, { limit })).rejects.toBeInstanceOf(AssertionFailed);
    }
    await expect(it.get('')).rejects.toBeInstanceOf(AssertionFailed);
    await expect(it.store.getMany([it.key('')], CONSISTENT)).rejects.toBeInstanceOf(
      AssertionFailed,
    );
    await expect(it.store.query('identities', 'x'.repeat(2049), CONSISTENT)).rejects.toBeInstanceOf(
      AssertionFailed,
    );
  });
}
