import { FreshnessCache, type Sized } from '../../lambdas/authorizer/freshness-cache';

const bounds = { entries: 100, bytes: 1_000_000 };

function setUp(stalenessSeconds: number) {
  let now = 1_000_000;
  let loads = 0;
  const cache = new FreshnessCache<number>({ stalenessSeconds, bounds, now: () => now });
  return {
    cache,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    // eslint-disable-next-line @typescript-eslint/require-await
    load: async (): Promise<Sized<number>> => {
      loads += 1;
      return { value: loads, bytes: 1 };
    },
    loads: () => loads,
  };
}

function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

describe('the freshness cache', () => {
  test('reads once within the bound and again at its end', async () => {
    const { cache, advance, load } = setUp(5);
    expect(await cache.get('a', load)).toBe(1);
    advance(4999);
    expect(await cache.get('a', load)).toBe(1);
    advance(1);
    expect(await cache.get('a', load)).toBe(2);
  });

  test('finds everything expired after the process was frozen', async () => {
    const { cache, advance, load } = setUp(5);
    await cache.get('a', load);
    advance(3_600_000);
    expect(await cache.get('a', load)).toBe(2);
  });

  test('gives nothing out that was read in the future of a clock that was set back', async () => {
    const { cache, advance, load } = setUp(5);
    await cache.get('a', load);
    advance(-1);
    expect(await cache.get('a', load)).toBe(2);
  });

  test('counts the age from when reading began, not from when it ended', async () => {
    const { cache, advance, load } = setUp(5);
    await cache.get('a', async () => {
      advance(4000);
      return load();
    });
    advance(1000);
    expect(await cache.get('a', load)).toBe(2);
  });

  test('does not keep what was already stale when it came', async () => {
    const { cache, advance, load } = setUp(5);
    const slow = async (): Promise<Sized<number>> => {
      advance(5000);
      return load();
    };
    await cache.get('a', slow);
    expect(cache.size).toBe(0);
  });

  test('reads every time where no staleness is allowed, also at the same moment', async () => {
    const { cache, load, loads } = setUp(0);
    await Promise.all([cache.get('a', load), cache.get('a', load)]);
    await cache.get('a', load);
    expect(loads()).toBe(3);
  });

  test('loads a key once for all that ask at the same time', async () => {
    const { cache, load, loads } = setUp(5);
    const values = await Promise.all([1, 2, 3].map(() => cache.get('a', load)));
    expect(values).toEqual([1, 1, 1]);
    expect(loads()).toBe(1);
  });

  test('does not join a load that began longer ago than the bound', async () => {
    const { cache, advance, load } = setUp(5);
    const first = deferred<Sized<number>>();
    const waiting = cache.get('a', () => first.promise);
    advance(5000);
    expect(await cache.get('a', load)).toBe(1);
    first.resolve({ value: 99, bytes: 1 });
    expect(await waiting).toBe(99);
    expect(await cache.get('a', load)).toBe(1);
  });

  test('tells a failure to everyone who waits and keeps nothing of it', async () => {
    const { cache, load } = setUp(5);
    const broken = deferred<Sized<number>>();
    const waiting = [cache.get('a', () => broken.promise), cache.get('a', load)];
    broken.reject(new Error('down'));
    for (const result of await Promise.allSettled(waiting)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message: 'down' } });
    }
    expect(await cache.get('a', load)).toBe(1);
  });

  test('keeps keys apart', async () => {
    const { cache, load } = setUp(5);
    expect([await cache.get('a', load), await cache.get('b', load)]).toEqual([1, 2]);
  });
});
