import { BoundedMap, type Bounds } from '../identity/principal-bounded-map';

/** A value with about how much memory it takes. */
export interface Sized<Value> {
  readonly value: Value;
  readonly bytes: number;
}

export interface FreshnessOptions {
  /** How old what is given out may be, measured from when reading it began; 0: everything is read every time. */
  readonly stalenessSeconds: number;
  readonly bounds: Bounds;
  /** Epoch milliseconds of the wall clock: a process that was frozen finds its entries expired. */
  readonly now: () => number;
}

interface Entry<Value> {
  readonly readAt: number;
  readonly value: Value;
}

interface Flight<Value> {
  readonly startedAt: number;
  readonly promise: Promise<Value>;
}

/**
 * What the store said, for no longer than the staleness bound: an absence as much as a presence. A failure is not kept.
 *
 * Invariant: nothing is given out whose reading began `stalenessSeconds` ago or earlier, or in the future of the clock.
 */
export class FreshnessCache<Value> {
  readonly #entries: BoundedMap<Entry<Value>>;
  /** One load a key at a time; as many as there are requests in the air at once, so it needs no bound of its own. */
  readonly #flights = new Map<string, Flight<Value>>();

  constructor(private readonly options: FreshnessOptions) {
    this.#entries = new BoundedMap(options.bounds);
  }

  /** `key` must be injective; callers make it with `encodeParts`. Throws what `load` throws. */
  async get(key: string, load: () => Promise<Sized<Value>>): Promise<Value> {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      if (this.#isFresh(entry.readAt)) {
        return entry.value;
      }
      this.#entries.delete(key);
    }
    const flight = this.#flights.get(key);
    if (flight !== undefined && this.#isFresh(flight.startedAt)) {
      return flight.promise;
    }
    return this.#load(key, load);
  }

  get size(): number {
    return this.#entries.size;
  }

  async #load(key: string, load: () => Promise<Sized<Value>>): Promise<Value> {
    const startedAt = this.options.now();
    const promise = load().then(({ value, bytes }) => {
      if (this.#isFresh(startedAt)) {
        const size = bytes + 2 * key.length + ENTRY_BYTES;
        this.#entries.set(key, { readAt: startedAt, value }, size);
      }
      return value;
    });
    const flight = { startedAt, promise };
    this.#flights.set(key, flight);
    try {
      return await promise;
    } finally {
      // A later load of the same key may have taken its place.
      if (this.#flights.get(key) === flight) {
        this.#flights.delete(key);
      }
    }
  }

  #isFresh(readAt: number): boolean {
    const age = this.options.now() - readAt;
    return age >= 0 && age < this.options.stalenessSeconds * 1000;
  }
}

const ENTRY_BYTES = 128;
