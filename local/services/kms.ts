import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

import {
  isJsonObject,
  onlyMembers,
  optionalString,
  requiredString,
  ServiceError,
} from './json-service';
import type { JsonObject, JsonService } from './json-service';

/** A key of the templates: its ARN, and the aliases that point to it. */
export interface KmsKey {
  readonly keyId: string;
  readonly keyArn: string;
  readonly aliases: readonly string[];
}

const FORMAT_VERSION = 1;
const UUID_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + UUID_BYTES + NONCE_BYTES + TAG_BYTES;

/**
 * GenerateDataKey and Decrypt for the templates' keys. Each key is derived from one secret of 32 bytes, and ciphertexts
 * are AES-256-GCM bound to the key and to the encryption context.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
 */
export function createKmsService(secret: Uint8Array, keys: readonly KmsKey[]): JsonService {
  return {
    targetPrefix: 'TrentService',
    operations: {
      GenerateDataKey: (input) => generateDataKey(secret, keys, input),
      Decrypt: (input) => decrypt(secret, keys, input),
    },
  };
}

function generateDataKey(
  secret: Uint8Array,
  keys: readonly KmsKey[],
  input: JsonObject,
): JsonObject {
  onlyMembers(input, ['KeyId', 'KeySpec', 'NumberOfBytes', 'EncryptionContext', 'GrantTokens']);
  const key = findKey(keys, requiredString(input, 'KeyId'));
  const plaintext = randomBytes(dataKeyBytes(input));
  const ciphertext = seal(secret, key, plaintext, encryptionContext(input));
  return {
    KeyId: key.keyArn,
    Plaintext: plaintext.toString('base64'),
    CiphertextBlob: ciphertext.toString('base64'),
  };
}

function decrypt(secret: Uint8Array, keys: readonly KmsKey[], input: JsonObject): JsonObject {
  onlyMembers(input, [
    'CiphertextBlob',
    'KeyId',
    'EncryptionContext',
    'EncryptionAlgorithm',
    'GrantTokens',
  ]);
  const algorithm = optionalString(input, 'EncryptionAlgorithm') ?? 'SYMMETRIC_DEFAULT';
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    throw new ServiceError(
      'ValidationException',
      `EncryptionAlgorithm ${algorithm} is not supported`,
    );
  }
  const blob = Buffer.from(requiredString(input, 'CiphertextBlob'), 'base64');
  const key = keyOfCiphertext(keys, blob);
  const named = optionalString(input, 'KeyId');
  if (named !== undefined && findKey(keys, named) !== key) {
    throw new ServiceError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  const plaintext = open(secret, key, blob, encryptionContext(input));
  return {
    KeyId: key.keyArn,
    Plaintext: plaintext.toString('base64'),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
}

function dataKeyBytes(input: JsonObject): number {
  const specification = optionalString(input, 'KeySpec');
  const numberOfBytes = input['NumberOfBytes'];
  if ((specification === undefined) === (numberOfBytes === undefined)) {
    throw new ServiceError(
      'ValidationException',
      'Please specify either number of bytes or key spec.',
    );
  }
  if (specification === 'AES_256') return 32;
  if (specification === 'AES_128') return 16;
  if (
    typeof numberOfBytes === 'number' &&
    Number.isInteger(numberOfBytes) &&
    numberOfBytes >= 1 &&
    numberOfBytes <= 1024
  ) {
    return numberOfBytes;
  }
  throw new ServiceError('ValidationException', 'KeySpec or NumberOfBytes is out of range');
}

function findKey(keys: readonly KmsKey[], name: string): KmsKey {
  const found = keys.find(
    (key) =>
      key.keyId === name ||
      key.keyArn === name ||
      key.aliases.some((alias) => name === alias || name === aliasArn(key, alias)),
  );
  if (found !== undefined) return found;
  throw new ServiceError('NotFoundException', `Key '${name}' does not exist`);
}

function aliasArn(key: KmsKey, alias: string): string {
  return key.keyArn.slice(0, -`key/${key.keyId}`.length) + alias;
}

function keyOfCiphertext(keys: readonly KmsKey[], blob: Buffer): KmsKey {
  const id = blob.subarray(1, 1 + UUID_BYTES);
  const key = keys.find((candidate) => uuidBytes(candidate.keyId).equals(id));
  if (blob.length <= HEADER_BYTES || blob[0] !== FORMAT_VERSION || key === undefined)
    throw invalidCiphertext();
  return key;
}

function seal(secret: Uint8Array, key: KmsKey, plaintext: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, key), nonce);
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([
    Buffer.of(FORMAT_VERSION),
    uuidBytes(key.keyId),
    nonce,
    cipher.getAuthTag(),
    sealed,
  ]);
}

function open(secret: Uint8Array, key: KmsKey, blob: Buffer, context: string): Buffer {
  const nonce = blob.subarray(1 + UUID_BYTES, 1 + UUID_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(secret, key), nonce);
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(blob.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES));
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEADER_BYTES)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** Invariant: the same pairs give the same text, whatever their order, and different pairs different texts. */
function encryptionContext(input: JsonObject): string {
  const context = input['EncryptionContext'] ?? {};
  if (!isJsonObject(context))
    throw new ServiceError('SerializationException', 'EncryptionContext must be a map');
  const pairs = Object.keys(context)
    .sort()
    .map((name) => [name, requiredString(context, name)]);
  return JSON.stringify(pairs);
}

function deriveKey(secret: Uint8Array, key: KmsKey): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `kms:${key.keyArn}`, 32));
}

function uuidBytes(keyId: string): Buffer {
  return Buffer.from(keyId.replaceAll('-', ''), 'hex');
}

/** AWS says no more than this: the reason would help whoever forges ciphertexts. */
function invalidCiphertext(): ServiceError {
  return new ServiceError('InvalidCiphertextException', 'InvalidCiphertextException');
}
