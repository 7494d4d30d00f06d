import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What one signing key is derived for. */
export interface SigningKeyScope {
  readonly accessKeyId: string;
  /** Changes whenever the secret of the access key does. */
  readonly keyVersion: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/**
 * Signing keys that have verified a request, the least recently used dropped first. It saves the derivation (four HMACs) and the
 * opening of the sealed secret; it decides nothing: whether a key may be used is asked for every request.
 */
export class SigningKeyCache {
  readonly #keys = new Map<string, KeyObject>();

  constructor(readonly maximumEntries = 1000) {}

  get size(): number {
    return this.#keys.size;
  }

  get(scope: SigningKeyScope): KeyObject | undefined {
    const name = nameOf(scope);
    const key = this.#keys.get(name);
    if (key !== undefined) {
      // A Map keeps the order of insertion: the last is the most recently used.
      this.#keys.delete(name);
      this.#keys.set(name, key);
    }
    return key;
  }

  set(scope: SigningKeyScope, key: KeyObject): void {
    const name = nameOf(scope);
    this.#keys.delete(name);
    this.#keys.set(name, key);
    const oldest = this.#keys.keys().next();
    if (this.#keys.size > this.maximumEntries && oldest.done !== true) {
      this.#keys.delete(oldest.value);
    }
  }
}

/** Invariant: injective. Every part is preceded by its length. */
function nameOf(scope: SigningKeyScope): string {
  return (
    withLength(scope.accessKeyId) +
    withLength(scope.keyVersion) +
    withLength(scope.date) +
    withLength(scope.region) +
    withLength(scope.service)
  );
}

function withLength(part: string): string {
  return `${part.length}:${part}`;
}

/**
 * The key that signs one day's requests to one service in one region.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key
 */
export function deriveSigningKey(
  secretAccessKey: string,
  scope: Pick<SigningKeyScope, 'date' | 'region' | 'service'>,
): KeyObject {
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
