/** A data key as the key service gives it: for use now, and in the form that is kept. */
export interface GeneratedDataKey {
  /** 32 bytes. */
  readonly plaintext: Uint8Array;
  /** Opened by the same key service alone. */
  readonly encrypted: Uint8Array;
}

/** The key service that data keys are encrypted by. Whatever it throws is an outage. */
export interface KeyEncryption {
  generateDataKey(): Promise<GeneratedDataKey>;
  decrypt(encrypted: Uint8Array): Promise<Uint8Array>;
}

/** Bound to every data key: KMS opens it only for whoever says the same, and logs it. */
export const ENCRYPTION_CONTEXT = { 'portcullis:purpose': 'data-key' } as const;
