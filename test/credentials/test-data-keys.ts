import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { DataKeys } from '../../lambdas/credentials/data-key';
import type { DataKeysOptions } from '../../lambdas/credentials/data-key';
import type { KeyEncryption } from '../../lambdas/credentials/key-encryption';
import { MemoryStore } from '../../lambdas/store/memory-store';
import type { Store } from '../../lambdas/store/store';

/** A key service in memory, which counts what it is asked. */
export class TestKeyEncryption implements KeyEncryption {
  readonly #key = randomBytes(32);
  generated = 0;
  decrypted = 0;
  /** Thrown by the next call. */
  failure: Error | undefined;

  generateDataKey() {
    this.#fail();
    this.generated += 1;
    const plaintext = randomBytes(32);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const encrypted = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
    return Promise.resolve({ plaintext, encrypted: new Uint8Array(encrypted) });
  }

  async decrypt(encrypted: Uint8Array) {
    await Promise.resolve();
    this.#fail();
    this.decrypted += 1;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, encrypted.subarray(0, 12));
    decipher.setAuthTag(encrypted.subarray(12, 28));
    return Buffer.concat([decipher.update(encrypted.subarray(28)), decipher.final()]);
  }

  #fail() {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) {
      throw failure;
    }
  }
}

export interface Deployment {
  readonly store: Store;
  readonly keyEncryption: TestKeyEncryption;
  readonly dataKeys: DataKeys;
  /** Another function of the same deployment. */
  readonly another: () => DataKeys;
  /** Epoch milliseconds. */
  now: number;
}

export function deploy(options: Partial<DataKeysOptions> = {}): Deployment {
  const store = new MemoryStore({ now: () => deployment.now });
  const keyEncryption = new TestKeyEncryption();
  const another = () =>
    new DataKeys({ store, keyEncryption, clock: () => deployment.now, ...options });
  const deployment: Deployment = { store, keyEncryption, dataKeys: another(), another, now: 0 };
  return deployment;
}
