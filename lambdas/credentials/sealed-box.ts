import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { DataKey, DataKeys, KeyPurpose } from './data-key';

/*
 * The one format of everything that is sealed: version (1 byte), number of the data key (4 bytes, big-endian), nonce (12),
 * ciphertext, tag (16). AES-256-GCM; the first two and the binding are authenticated with it.
 *
 * Source: NIST SP 800-38D
 */

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 5;
const OVERHEAD_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

/** What a sealed box is bound to: opened with any other list, it does not open. */
export type Binding = readonly string[];

/** Seals with the newest data key. */
export async function seal(
  dataKeys: DataKeys,
  purpose: KeyPurpose,
  plaintext: string | Uint8Array,
  binding: Binding,
): Promise<Uint8Array> {
  const key = await dataKeys.newest();
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION, 0);
  header.writeUInt32BE(key.number, 1);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.deriveKey(purpose), nonce, {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(associatedData(header, binding));
  const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return new Uint8Array(Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()]));
}

/** As {@link openBytes}, for what was sealed as text. */
export async function open(
  dataKeys: DataKeys,
  purpose: KeyPurpose,
  box: Uint8Array,
  binding: Binding,
): Promise<string | undefined> {
  return (await openBytes(dataKeys, purpose, box, binding))?.toString('utf8');
}

/**
 * The plaintext; undefined for whatever was not sealed here, for this purpose and with this binding.
 * Errors: those of the data keys, which are outages.
 */
export async function openBytes(
  dataKeys: DataKeys,
  purpose: KeyPurpose,
  box: Uint8Array,
  binding: Binding,
): Promise<Buffer | undefined> {
  const bytes = Buffer.from(box.buffer, box.byteOffset, box.byteLength);
  if (bytes.byteLength < OVERHEAD_BYTES || bytes.readUInt8(0) !== VERSION) {
    return undefined;
  }
  const number = bytes.readUInt32BE(1);
  const key = number === 0 ? undefined : await dataKeys.find(number);
  return key?.opens(purpose) === true ? decrypt(key, purpose, bytes, binding) : undefined;
}

/** The number of the data key that a box says it is sealed under; undefined for what has no box's form. It proves nothing. */
export function sealedUnder(box: Uint8Array): number | undefined {
  const bytes = Buffer.from(box.buffer, box.byteOffset, box.byteLength);
  return bytes.byteLength >= OVERHEAD_BYTES && bytes.readUInt8(0) === VERSION
    ? bytes.readUInt32BE(1)
    : undefined;
}

function decrypt(
  key: DataKey,
  purpose: KeyPurpose,
  bytes: Buffer,
  binding: Binding,
): Buffer | undefined {
  const header = bytes.subarray(0, HEADER_BYTES);
  const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.deriveKey(purpose), nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(header, binding));
  decipher.setAuthTag(bytes.subarray(bytes.byteLength - TAG_BYTES));
  const ciphertext = bytes.subarray(HEADER_BYTES + NONCE_BYTES, bytes.byteLength - TAG_BYTES);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Invariant: injective. Every part of the binding is preceded by its length. */
function associatedData(header: Uint8Array, binding: Binding): Buffer {
  const parts = binding.map((part) => Buffer.from(part, 'utf8'));
  const lengths = parts.map((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.byteLength);
    return length;
  });
  return Buffer.concat([header, ...parts.flatMap((part, index) => [lengths[index] ?? part, part])]);
}
