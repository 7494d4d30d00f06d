import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What one signing key is derived for. */
export interface SigningKeyScope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

interface Held {
  readonly keyVersion: string;
  readonly key: KeyObject;
}

/**
 * Signing keys that have verified a request, the least recently used dropped first. It saves the derivation (four HMACs) and the
 * opening of the sealed secret; it decides nothing: whether a key may be used is asked for every request.
 *
 * Invariant: a credential is five parts without a slash, so that one text is one access key and one scope.
 */
export class SigningKeyCache {
  readonly #keys = new Map<string, Held>();
  #newest: string | undefined;

  constructor(readonly maximumEntries = 1000) {}

  get size(): number {
    return this.#keys.size;
  }

  /** `keyVersion` changes whenever the secret of the access key does. */
  get(credential: string, keyVersion: string): KeyObject | undefined {
    const held = this.#keys.get(credential);
    if (held?.keyVersion !== keyVersion) return undefined;
    if (credential !== this.#newest) this.#keep(credential, held);
    return held.key;
  }

  set(credential: string, keyVersion: string, key: KeyObject): void {
    this.#keep(credential, { keyVersion, key });
    const oldest = this.#keys.keys().next();
    if (this.#keys.size > this.maximumEntries && oldest.done !== true) {
      this.#keys.delete(oldest.value);
    }
  }

  /** A Map keeps the order of insertion: the last is the most recently used. */
  #keep(credential: string, held: Held): void {
    this.#keys.delete(credential);
    this.#keys.set(credential, held);
    this.#newest = credential;
  }
}

/**
 * The key that signs one day's requests to one service in one region.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key
 */
export function deriveSigningKey(secretAccessKey: string, scope: SigningKeyScope): KeyObject {
  // An undefined or empty secret would make a key that anyone can derive.
  if (typeof secretAccessKey !== 'string' || secretAccessKey === '') {
    throw new TypeError('a secret access key must not be empty');
  }
  const key = [scope.date, scope.region, scope.service, 'aws4_request'].reduce<Buffer | string>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return createSecretKey(Buffer.from(key));
}
