import { StoreUnavailable } from '../../lambdas/store/store';
import type {
  Item,
  Key,
  QueryOptions,
  QueryPage,
  ReadOptions,
  Store,
  TableName,
  Write,
} from '../../lambdas/store/store';

/**
 * What goes wrong:
 * - `error`: nothing is done, and the call fails at once;
 * - `timeout`: nothing is done, and the call fails after `delayMilliseconds`;
 * - `commit-then-error`: everything is done, and the call fails all the same.
 */
export type Fault = 'error' | 'timeout' | 'commit-then-error';

export interface FaultPlan {
  /** The call that fails, from 1 on, among those that `calls` counts. */
  readonly at: number;
  readonly fault: Fault;
  /** Which calls count; all of them where it is left out. */
  readonly calls?: 'all' | 'reads' | 'writes';
  /** For how many calls in a row; 1 where it is left out, `Infinity` for an outage that does not end. */
  readonly times?: number;
  readonly delayMilliseconds?: number;
}

/**
 * Any store, with one fault: for tests that let each of an operation's calls fail in turn.
 *
 *     for (let at = 1; ; at += 1) {
 *       const store = new FaultyStore(new MemoryStore(), { at, fault: 'commit-then-error' });
 *       …run the operation, look at what is left…
 *       if (!store.hasFailed) break;
 *     }
 */
export class FaultyStore implements Store {
  #calls = 0;
  #failures = 0;

  constructor(
    private readonly inner: Store,
    private readonly plan: FaultPlan,
  ) {}

  /** Calls so far, of those that count. */
  get calls(): number {
    return this.#calls;
  }

  /** Whether the fault has come up: false means that the operation makes fewer calls. */
  get hasFailed(): boolean {
    return this.#failures > 0;
  }

  get(key: Key, options: ReadOptions): Promise<Item | undefined> {
    return this.#call('reads', () => this.inner.get(key, options));
  }

  getMany(keys: readonly Key[], options: ReadOptions): Promise<readonly (Item | undefined)[]> {
    return this.#call('reads', () => this.inner.getMany(keys, options));
  }

  query(table: TableName, partition: string, options: QueryOptions): Promise<QueryPage> {
    return this.#call('reads', () => this.inner.query(table, partition, options));
  }

  transact(writes: readonly Write[], options: { readonly token: string }): Promise<void> {
    return this.#call('writes', () => this.inner.transact(writes, options));
  }

  async #call<Result>(kind: 'reads' | 'writes', work: () => Promise<Result>): Promise<Result> {
    const { at, fault, calls = 'all', times = 1, delayMilliseconds = 20 } = this.plan;
    if (calls !== 'all' && calls !== kind) return work();
    this.#calls += 1;
    if (this.#calls < at || this.#calls >= at + times) return work();
    this.#failures += 1;
    if (fault === 'commit-then-error') await work();
    if (fault === 'timeout') await new Promise((resolve) => setTimeout(resolve, delayMilliseconds));
    throw new StoreUnavailable(`injected: ${fault} at call ${this.#calls}`);
  }
}
