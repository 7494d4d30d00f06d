import fc from 'fast-check';
import { BoundedMap } from '../../lambdas/identity/principal-bounded-map';

describe('a bounded map', () => {
  test('drops what was used longest ago when it has too many entries', () => {
    const map = new BoundedMap<number>({ entries: 2, bytes: 100 });
    map.set('a', 1, 1);
    map.set('b', 2, 1);
    map.get('a');
    map.set('c', 3, 1);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
  });

  test('drops as many as it takes to stay within its bytes', () => {
    const map = new BoundedMap<number>({ entries: 10, bytes: 10 });
    map.set('a', 1, 4);
    map.set('b', 2, 4);
    map.set('c', 3, 9);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, undefined, 3]);
    expect(map.bytes).toBe(9);
  });

  test('does not keep a value that is larger than itself, nor the value that it would have replaced', () => {
    const map = new BoundedMap<number>({ entries: 10, bytes: 10 });
    map.set('a', 1, 4);
    map.set('a', 2, 11);
    expect(map.get('a')).toBeUndefined();
    expect(map.bytes).toBe(0);
  });

  test('never grows beyond its bounds, and counts what it holds', () => {
    const steps = fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        bytes: fc.integer({ min: 0, max: 12 }),
        action: fc.constantFrom('set', 'get', 'delete'),
      }),
    );
    fc.assert(
      fc.property(steps, (actions) => {
        const map = new BoundedMap<number>({ entries: 3, bytes: 20 });
        for (const { key, bytes, action } of actions) {
          if (action === 'set') map.set(key, bytes, bytes);
          else if (action === 'get') map.get(key);
          else map.delete(key);
          const held = ['a', 'b', 'c', 'd', 'e'].map((name) => map.get(name) ?? 0);
          expect(map.size).toBeLessThanOrEqual(3);
          expect(map.bytes).toBeLessThanOrEqual(20);
          expect(held.reduce((sum, size) => sum + size, 0)).toBe(map.bytes);
        }
      }),
    );
  });
});
