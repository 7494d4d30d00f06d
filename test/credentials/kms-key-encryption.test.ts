import { KMSClient } from '@aws-sdk/client-kms';

import { createKmsKeyEncryption } from '../../lambdas/credentials/kms-key-encryption';

const KEY_ID = 'arn:aws:kms:us-east-1:123456789012:key/1';

/** A client whose service answers with the given JSON, and what it was asked. */
function connect(answer: unknown, statusCode = 200) {
  const requests: { target: string | undefined; body: unknown }[] = [];
  const client = new KMSClient({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    requestHandler: {
      handle: (request: { headers: Record<string, string>; body: Uint8Array | string }) => {
        const bytes =
          typeof request.body === 'string'
            ? Buffer.from(request.body)
            : Uint8Array.prototype.slice.call(request.body);
        requests.push({
          target: request.headers['x-amz-target'],
          body: JSON.parse(new TextDecoder().decode(bytes)) as unknown,
        });
        const body = new TextEncoder().encode(JSON.stringify(answer));
        return Promise.resolve({ response: { statusCode, headers: {}, body } });
      },
    } as never,
  });
  return { requests, keyEncryption: createKmsKeyEncryption(KEY_ID, client) };
}

const EncryptionContext = { 'portcullis:purpose': 'data-key' };

test('a data key is generated under the key and its context', async () => {
  const { requests, keyEncryption } = connect({
    Plaintext: Buffer.alloc(32, 1).toString('base64'),
    CiphertextBlob: 'AQI=',
    KeyId: KEY_ID,
  });
  expect(await keyEncryption.generateDataKey()).toEqual({
    plaintext: new Uint8Array(32).fill(1),
    encrypted: Uint8Array.of(1, 2),
  });
  expect(requests).toEqual([
    {
      target: 'TrentService.GenerateDataKey',
      body: { KeyId: KEY_ID, KeySpec: 'AES_256', EncryptionContext },
    },
  ]);
});

test('a data key is decrypted by that key in that context alone', async () => {
  const { requests, keyEncryption } = connect({ Plaintext: 'AwQ=', KeyId: KEY_ID });
  expect(await keyEncryption.decrypt(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(3, 4));
  expect(requests).toEqual([
    {
      target: 'TrentService.Decrypt',
      body: { KeyId: KEY_ID, CiphertextBlob: 'AQI=', EncryptionContext },
    },
  ]);
});

test('an answer without a key is an error', async () => {
  await expect(connect({}).keyEncryption.generateDataKey()).rejects.toThrow(TypeError);
  await expect(connect({}).keyEncryption.decrypt(Uint8Array.of(1))).rejects.toThrow(TypeError);
});

test('a refusal of KMS is thrown as it is', async () => {
  const { keyEncryption } = connect({ __type: 'InvalidCiphertextException', message: 'no' }, 400);
  await expect(keyEncryption.decrypt(Uint8Array.of(1))).rejects.toMatchObject({
    name: 'InvalidCiphertextException',
  });
});
