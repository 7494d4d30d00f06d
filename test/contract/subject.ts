import type { Attributes, Condition, Item, Key, Store, Write } from '../../lambdas/store/store';

/** One engine that the contract is held against. */
export interface Engine {
  /** A store on the engine's data; each is an instance of its own. `now` gives epoch milliseconds. */
  openStore(now: () => number): Store;
  stop(): Promise<void>;
}

export const CONSISTENT = { consistent: true } as const;
export const ANY: Condition = { exists: 'any' };
export const NEW: Condition = { exists: false };
export const OLD: Condition = { exists: true };

/** Epoch seconds at which the tests' clocks begin; far enough from today that a wrong clock shows. */
export const START_SECONDS = 4_000_000_000;

let serial = 0;

/** What a test works with: a store, a clock to set, and a partition that no other test touches. */
export class Subject {
  seconds = START_SECONDS;
  readonly partition: string;
  readonly store: Store;

  constructor(private readonly engine: Engine) {
    serial += 1;
    this.partition = `partition-${process.pid}-${serial}`;
    this.store = this.openStore();
  }

  /** Another instance on the same data, as in another process. */
  openStore(): Store {
    return this.engine.openStore(() => this.seconds * 1000);
  }

  key(sort: string): Key {
    return { table: 'identities', partition: this.partition, sort };
  }

  token(): string {
    serial += 1;
    return `token-${process.pid}-${serial}`;
  }

  async transact(...writes: Write[]): Promise<void> {
    await this.store.transact(writes, { token: this.token() });
  }

  put(
    sort: string,
    attributes: Attributes = {},
    condition: Condition = ANY,
    expiresAt?: number,
  ): Promise<void> {
    return this.transact({
      kind: 'put',
      key: this.key(sort),
      attributes,
      condition,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
  }

  update(
    sort: string,
    change: Pick<Extract<Write, { kind: 'update' }>, 'set' | 'add' | 'remove'>,
    condition: Condition = ANY,
  ): Promise<void> {
    return this.transact({ kind: 'update', key: this.key(sort), ...change, condition });
  }

  delete(sort: string, condition: Condition = ANY): Promise<void> {
    return this.transact({ kind: 'delete', key: this.key(sort), condition });
  }

  check(sort: string, condition: Condition): Promise<void> {
    return this.transact({ kind: 'check', key: this.key(sort), condition });
  }

  get(sort: string): Promise<Item | undefined> {
    return this.store.get(this.key(sort), CONSISTENT);
  }

  async attributes(sort: string): Promise<Attributes | undefined> {
    return (await this.get(sort))?.attributes;
  }

  async sorts(): Promise<string[]> {
    const { items } = await this.store.query('identities', this.partition, CONSISTENT);
    return items.map(({ key }) => key.sort);
  }
}
