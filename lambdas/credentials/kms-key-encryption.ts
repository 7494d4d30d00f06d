import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';

import { ENCRYPTION_CONTEXT } from './key-encryption';
import type { KeyEncryption } from './key-encryption';

/**
 * Data keys under an AWS KMS key.
 *
 * Errors: those of the KMS client after its own retries; never a caller's fault.
 * Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
 */
export function createKmsKeyEncryption(
  keyId: string,
  client: KMSClient = new KMSClient(),
): KeyEncryption {
  return {
    generateDataKey: async () => {
      const { Plaintext: plaintext, CiphertextBlob: encrypted } = await client.send(
        new GenerateDataKeyCommand({
          KeyId: keyId,
          KeySpec: 'AES_256',
          EncryptionContext: ENCRYPTION_CONTEXT,
        }),
      );
      if (plaintext === undefined || encrypted === undefined) {
        throw new TypeError('KMS gave no data key');
      }
      return { plaintext, encrypted };
    },
    decrypt: async (encrypted) => {
      const { Plaintext: plaintext } = await client.send(
        // The key is named, so that no other key that the function may use can have made the blob.
        new DecryptCommand({
          KeyId: keyId,
          CiphertextBlob: encrypted,
          EncryptionContext: ENCRYPTION_CONTEXT,
        }),
      );
      if (plaintext === undefined) {
        throw new TypeError('KMS gave no plaintext');
      }
      return plaintext;
    },
  };
}
