/** At most so much is kept; what was used longest ago goes first. */
export interface Bounds {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * A map that never grows beyond its bounds.
 *
 * Invariant: `size <= bounds.entries` and the sum of all sizes given to `set` is at most `bounds.bytes`.
 */
export class BoundedMap<Value> {
  /** In order of last use, the oldest first: a `Map` keeps the order in which its keys were added. */
  readonly #entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  #bytes = 0;

  constructor(private readonly bounds: Bounds) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The sum of all sizes. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** `bytes` is the value's size as nearly as its owner can tell. A value that is larger than the map is not kept. */
  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    if (bytes > this.bounds.bytes) {
      return;
    }
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.bounds.entries && this.#bytes <= this.bounds.bytes) {
        break;
      }
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      this.#bytes -= entry.bytes;
    }
  }
}
