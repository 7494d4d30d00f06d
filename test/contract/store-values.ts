import { AssertionFailed } from '../../lambdas/store/assertion';
import type { AttributeValue } from '../../lambdas/store/store';
import { ANY } from './subject';
import type { Subject } from './subject';

function nest(depth: number): AttributeValue {
  return depth === 0 ? 'x' : { Inner: nest(depth - 1) };
}

/** What an attribute can be, and how large an item. */
export function describeValues(subject: () => Subject): void {
  test('every value is read back as it was written', async () => {
    const it = subject();
    const attributes = {
      EmptyText: '',
      Text: 'ä\u0000\u{1f600}"\\\n',
      Zero: 0,
      Negative: -12,
      Fraction: 0.125,
      Largest: Number.MAX_SAFE_INTEGER,
      Smallest: Number.MIN_SAFE_INTEGER,
      True: true,
      False: false,
      Null: null,
      EmptyList: [],
      List: ['', 1, null, [], {}, [[['x']]], Uint8Array.of(0)],
      EmptyMap: {},
      Map: { S: 'x', N: 1, B: {}, 'a.b': null, Tags: [{ Key: 'k', Value: '' }] },
      Bytes: Uint8Array.of(0, 1, 127, 128, 255),
      NoBytes: new Uint8Array(),
    };
    await it.put('a', attributes);
    expect(await it.attributes('a')).toEqual(attributes);
    await it.update('b', { set: attributes });
    expect(await it.attributes('b')).toEqual(attributes);
    await it.update('b', { set: { ...attributes, More: 1 } });
    expect(await it.attributes('b')).toEqual({ ...attributes, More: 1 });
    const { items } = await it.store.query('identities', it.partition, { consistent: true });
    expect(items[0]?.attributes).toEqual(attributes);
    expect((await it.attributes('a'))?.['Bytes']).toBeInstanceOf(Uint8Array);
  });

  test('bytes of any kind are read back as a plain array of bytes', async () => {
    const it = subject();
    await it.put('a', { Bytes: Buffer.from('bytes') });
    const bytes = (await it.attributes('a'))?.['Bytes'];
    expect(bytes).toEqual(Uint8Array.from(Buffer.from('bytes')));
    expect(Buffer.isBuffer(bytes)).toBe(false);
  });

  test('a caller and the store share nothing', async () => {
    const it = subject();
    const list = ['a'];
    const bytes = Uint8Array.of(1);
    const pending = it.put('a', { list, bytes });
    list.push('b');
    bytes[0] = 2;
    await pending;
    const written = await it.attributes('a');
    const read = await it.attributes('a');
    (read?.['list'] as string[]).push('c');
    expect(await it.attributes('a')).toEqual(written);
  });

  test('an item of almost 400 KB is kept, and a larger one is an assertion', async () => {
    const it = subject();
    const text = 'x'.repeat(300_000);
    const bytes = new Uint8Array(100_000).fill(7);
    await it.put('a', { text, bytes });
    expect(await it.attributes('a')).toEqual({ text, bytes });
    await expect(
      it.put('b', { text, bytes, more: 'x'.repeat(10_000) }, ANY),
    ).rejects.toBeInstanceOf(AssertionFailed);
    await expect(it.update('a', { set: { more: 'x'.repeat(10_000) } })).rejects.toBeInstanceOf(
      AssertionFailed,
    );
    expect(await it.sorts()).toEqual(['a']);
    expect((await it.get('a'))?.revision).toBe(1);
  });

  test('a transaction of almost 4 MB is made, and a larger one is an assertion', async () => {
    const it = subject();
    const text = 'x'.repeat(390_000);
    const puts = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        kind: 'put' as const,
        key: it.key(`${prefix}${index}`),
        attributes: { text },
        condition: ANY,
      }));
    await it.transact(...puts('a', 10));
    await expect(it.transact(...puts('b', 11))).rejects.toBeInstanceOf(AssertionFailed);
    expect(await it.sorts()).toHaveLength(10);
  }, 60_000);

  test('what could not be read back as it was written is an assertion', async () => {
    const it = subject();
    const unsafe: unknown[] = [
      undefined, NaN, Infinity, 2 ** 53, 1e200, 1e-200, 10n, Symbol('x'), () => 1, new Date(0), new Map(), new Set(),
      '\ud800', 'x\udc00', { a: undefined }, [undefined], { '\ud800': 1 }, { '': 1 },
    ]; // prettier-ignore
    for (const value of unsafe) {
      const attributes = { Value: value as AttributeValue };
      await expect(it.put('a', attributes)).rejects.toBeInstanceOf(AssertionFailed);
      await expect(it.update('a', { set: attributes })).rejects.toBeInstanceOf(AssertionFailed);
    }
    await it.put('b', { Value: nest(28) });
    expect(await it.attributes('b')).toEqual({ Value: nest(28) });
    await expect(it.put('a', { Value: nest(40) })).rejects.toBeInstanceOf(AssertionFailed);
    expect(await it.sorts()).toEqual(['b']);
  });
}
