import { createSecretKey, hkdfSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { DATA_KEYS_PARTITION, dataKeyKey } from '../store/keys';
import { ConditionFailed } from '../store/store';
import type { Item, Store } from '../store/store';
import type { KeyEncryption } from './key-encryption';

/** What a key is derived for; no two purposes share one. */
export type KeyPurpose =
  'secret' | 'marker' | 'session' | 'bearer' | 'refresh' | 'challenge' | 'authorization message';

/** What callers hold, and what is over when a data key's tokens are ended; everything else is kept by the deployment itself. */
const TOKENS: ReadonlySet<KeyPurpose> = new Set(['session', 'bearer', 'refresh', 'challenge']);

/** Bytes of every key here: AES-256. */
const KEY_BYTES = 32;

/** One of the deployment's numbered data keys, opened. */
export class DataKey {
  readonly #material: KeyObject;
  readonly #derived = new Map<KeyPurpose, KeyObject>();

  constructor(
    /** From 1 on. */
    readonly number: number,
    plaintext: Uint8Array,
    /** Whether the tokens that are sealed under it are over: those of before a restore. */
    private readonly hasEndedTokens = false,
  ) {
    if (plaintext.byteLength !== KEY_BYTES) {
      throw new TypeError(`a data key must have ${KEY_BYTES} bytes`);
    }
    this.#material = createSecretKey(plaintext);
  }

  /** Whether what is sealed under it for this purpose still counts. */
  opens(purpose: KeyPurpose): boolean {
    return !(this.hasEndedTokens && TOKENS.has(purpose));
  }

  /**
   * The key for one purpose.
   *
   * Source: RFC 5869
   */
  deriveKey(purpose: KeyPurpose): KeyObject {
    let key = this.#derived.get(purpose);
    if (key === undefined) {
      const bytes = hkdfSync('sha256', this.#material, '', `portcullis ${purpose} 1`, KEY_BYTES);
      key = createSecretKey(Buffer.from(bytes));
      this.#derived.set(purpose, key);
    }
    return key;
  }
}

export interface DataKeysOptions {
  readonly store: Store;
  readonly keyEncryption: KeyEncryption;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** How long an opened key is used before it is read and decrypted again. Default: one hour. */
  readonly lifetimeMilliseconds?: number;
}

interface Cached<Value> {
  readonly value: Promise<Value>;
  readonly expiresAt: number;
}

const HOUR_MILLISECONDS = 3_600_000;

/**
 * The deployment's data keys: kept encrypted in the identities table, opened by the key service, held in memory for a while.
 * The newest one seals; every one that is kept still opens.
 *
 * Errors: those of the store and of the key service, which are outages.
 */
export class DataKeys {
  readonly #options: DataKeysOptions;
  readonly #opened = new Map<number, Cached<DataKey | undefined>>();
  #newest: Cached<DataKey> | undefined;

  constructor(options: DataKeysOptions) {
    this.#options = options;
  }

  /** The key to seal with. The first call ever makes one. */
  async newest(): Promise<DataKey> {
    const cached = this.#newest;
    if (cached !== undefined && cached.expiresAt > this.#options.clock()) {
      return cached.value;
    }
    const fresh = this.#remember(this.#readNewest());
    this.#newest = fresh;
    try {
      return await fresh.value;
    } catch (error) {
      // Invariant: a failure is never cached.
      if (this.#newest === fresh) {
        this.#newest = undefined;
      }
      throw error;
    }
  }

  /** The key of a number; undefined where there is none. */
  async find(number: number): Promise<DataKey | undefined> {
    const cached = this.#opened.get(number);
    if (cached !== undefined && cached.expiresAt > this.#options.clock()) {
      return cached.value;
    }
    return this.#open(number, this.#read(number));
  }

  /** Makes a further key, which seals from now on. Several callers at once make one. */
  async rotate(): Promise<DataKey> {
    const item = await this.#readLast();
    const key = await this.#create(item === undefined ? 1 : numberOf(item) + 1);
    this.#newest = this.#remember(Promise.resolve(key));
    return key;
  }

  /**
   * Ends every token that has been given out: sessions, sign-ins and their challenges. What the deployment keeps still opens. A new
   * key seals from now on; a process that has opened the older ones goes on with them for as long as it holds them.
   *
   * @returns the number of the new key.
   */
  async endTokens(): Promise<number> {
    const { number } = await this.rotate();
    for (const item of await this.#readAll()) {
      if (numberOf(item) >= number || item.attributes['TokensEnded'] === true) continue;
      await this.#options.store.transact(
        [
          {
            kind: 'update',
            key: item.key,
            set: { TokensEnded: true },
            condition: { exists: true },
          },
        ],
        { token: randomUUID() },
      );
    }
    this.#opened.clear();
    return number;
  }

  async #readNewest(): Promise<DataKey> {
    const item = await this.#readLast();
    if (item === undefined) {
      return this.#create(1);
    }
    const number = numberOf(item);
    return this.#open(number, this.#decrypt(number, item));
  }

  async #readLast(): Promise<Item | undefined> {
    return (await this.#readAll()).at(-1);
  }

  async #readAll(): Promise<readonly Item[]> {
    const items: Item[] = [];
    let after: string | undefined;
    do {
      const page = await this.#options.store.query('identities', DATA_KEYS_PARTITION, {
        consistent: true,
        ...(after !== undefined && { after }),
      });
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return items;
  }

  async #create(number: number): Promise<DataKey> {
    const { store, keyEncryption, clock } = this.#options;
    const { plaintext, encrypted } = await keyEncryption.generateDataKey();
    const key = new DataKey(number, plaintext);
    try {
      await store.transact(
        [
          {
            kind: 'put',
            key: dataKeyKey(number),
            attributes: { EncryptedKey: encrypted, CreateDate: clock() },
            condition: { exists: false },
          },
        ],
        { token: randomUUID() },
      );
    } catch (error) {
      if (!(error instanceof ConditionFailed)) {
        throw error;
      }
      return this.#existing(number);
    }
    this.#opened.set(number, this.#remember(Promise.resolve(key)));
    return key;
  }

  /** Someone else was first: theirs is the key. */
  async #existing(number: number): Promise<DataKey> {
    const key = await this.find(number);
    if (key === undefined) {
      throw new TypeError(`data key ${number} was there and is not`);
    }
    return key;
  }

  async #read(number: number): Promise<DataKey | undefined> {
    const item = await this.#options.store.get(dataKeyKey(number), { consistent: true });
    return item === undefined ? undefined : this.#decrypt(number, item);
  }

  async #decrypt(number: number, item: Item): Promise<DataKey> {
    const encrypted = item.attributes['EncryptedKey'];
    if (!(encrypted instanceof Uint8Array)) {
      throw new TypeError(`data key ${number} is not readable`);
    }
    const plaintext = await this.#options.keyEncryption.decrypt(encrypted);
    // Only what was never written has not ended them.
    return new DataKey(number, plaintext, item.attributes['TokensEnded'] !== undefined);
  }

  /** Callers that come while a key is being opened wait for it. Invariant: neither a failure nor an absence is cached. */
  async #open<Value extends DataKey | undefined>(
    number: number,
    value: Promise<Value>,
  ): Promise<Value> {
    const opening = this.#remember(value);
    this.#opened.set(number, opening);
    let key: Value | undefined;
    try {
      key = await value;
      return key;
    } finally {
      if (key === undefined && this.#opened.get(number) === opening) {
        this.#opened.delete(number);
      }
    }
  }

  #remember<Value>(value: Promise<Value>): Cached<Value> {
    const lifetime = this.#options.lifetimeMilliseconds ?? HOUR_MILLISECONDS;
    return { value, expiresAt: this.#options.clock() + lifetime };
  }
}

function numberOf(item: Item): number {
  const number = Number(item.key.sort);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new TypeError('a data key has no number');
  }
  return number;
}
