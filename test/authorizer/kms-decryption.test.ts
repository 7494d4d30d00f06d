import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKmsDecryption } from '../../lambdas/authorizer/kms-decryption';
import { verifySignature } from '../../lambdas/credentials/signature-v4';
import { SigningKeyCache } from '../../lambdas/credentials/signing-key-cache';

interface Received {
  readonly message: IncomingMessage;
  readonly body: string;
}

const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/1';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+function';

describe('KMS’s Decrypt', () => {
  let server: Server;
  let received: Received[] = [];
  let answers: { statusCode: number; body: string; isSilent?: boolean }[] = [];

  beforeAll(async () => {
    server = createServer((message, response) => {
      let body = '';
      message.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      message.on('end', () => {
        received.push({ message, body });
        const answer = answers.shift();
        if (answer?.isSilent === true) return;
        response.statusCode = answer?.statusCode ?? 500;
        response.end(answer?.body);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  beforeEach(() => {
    received = [];
    answers = [];
  });

  function decryption(sessionToken?: string) {
    const { port } = server.address() as AddressInfo;
    return createKmsDecryption({
      keyId: KEY_ARN,
      region: 'eu-west-1',
      endpoint: new URL(`http://127.0.0.1:${port}/`),
      credentials: { accessKeyId: 'AKIAFUNCTIONFUNCTION', secretAccessKey: SECRET, sessionToken },
      timeoutMilliseconds: 300,
    });
  }

  const plaintext = { statusCode: 200, body: JSON.stringify({ Plaintext: 'AQID' }) };

  test('asks as KMS is asked, and gives the plaintext', async () => {
    answers = [plaintext];
    expect(await decryption('token').decrypt(Uint8Array.of(9, 8))).toEqual(Uint8Array.of(1, 2, 3));
    const { message, body } = received[0] ?? { message: undefined, body: '' };
    expect(message).toMatchObject({ method: 'POST', url: '/' });
    expect(message?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'TrentService.Decrypt',
      'x-amz-security-token': 'token',
    });
    expect(JSON.parse(body)).toEqual({
      KeyId: KEY_ARN,
      CiphertextBlob: 'CQg=',
      EncryptionContext: { 'portcullis:purpose': 'data-key' },
    });
  });

  test.each([undefined, 'token'])(
    'is signed so that the signature holds (token: %s)',
    async (token) => {
      answers = [plaintext];
      await decryption(token).decrypt(Uint8Array.of(1));
      const { message, body } = received[0] ?? { body: '' };
      if (message === undefined) throw new Error('nothing was sent');
      const verified = await verifySignature(
        {
          method: 'POST',
          path: '/',
          query: [],
          headers: new Map(
            Object.entries(message.headers).map(([name, value]) => [name, [String(value)]]),
          ),
          body: Buffer.from(body),
          sourceIp: '127.0.0.1',
          secureTransport: false,
          requestId: 'r',
        },
        {
          services: ['kms'],
          regions: ['eu-west-1'],
          now: Date.now(),
          signingKeys: new SigningKeyCache(),
          findKey: (accessKeyId) =>
            Promise.resolve({ keyVersion: accessKeyId, readSecretAccessKey: () => SECRET }),
        },
      );
      expect(verified).toMatchObject({ accessKeyId: 'AKIAFUNCTIONFUNCTION', sessionToken: token });
    },
  );

  test('is tried once more after a failure', async () => {
    answers = [{ statusCode: 503, body: '' }, plaintext];
    expect(await decryption().decrypt(Uint8Array.of(1))).toEqual(Uint8Array.of(1, 2, 3));
  });

  test.each([
    ['refuses', { statusCode: 400, body: '{"__type":"AccessDeniedException"}' }, 'AccessDenied'],
    ['gives no plaintext', { statusCode: 200, body: '{}' }, 'no plaintext'],
    ['gives an empty one', { statusCode: 200, body: '{"Plaintext":""}' }, 'no plaintext'],
    ['gives no JSON', { statusCode: 200, body: '<html>' }, 'JSON'],
    ['does not end', { statusCode: 200, body: 'x'.repeat(100_000) }, 'length'],
  ])('is an error where it %s', async (_what, answer, reason) => {
    answers = [answer, answer];
    await expect(decryption().decrypt(Uint8Array.of(1))).rejects.toThrow(reason);
    expect(received).toHaveLength(2);
  });

  test('is an error where nobody answers in time', async () => {
    answers = [
      { statusCode: 200, body: '', isSilent: true },
      { statusCode: 200, body: '', isSilent: true },
    ];
    const startedAt = Date.now();
    await expect(decryption().decrypt(Uint8Array.of(1))).rejects.toThrow();
    expect(Date.now() - startedAt).toBeLessThan(2000);
  });

  test('makes no data keys', async () => {
    await expect(decryption().generateDataKey()).rejects.toThrow('makes no data keys');
  });
});
