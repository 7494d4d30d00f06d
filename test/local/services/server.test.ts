import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';

import { createKmsService } from '../../../local/services/kms';
import { startServices } from '../../../local/services/server';
import type { InvocationResult } from '../../../local/function-worker';
import type { ServicesServer } from '../../../local/services/server';

const KEY_ID = '11111111-1111-4111-a111-111111111111';

const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:saml';

/** A function that says what it was asked, or fails at `null`. */
function answerTo(payload: string): InvocationResult {
  return payload === 'null'
    ? { ok: false, error: { errorType: 'Error', errorMessage: 'no event', trace: [] } }
    : { ok: true, payload: JSON.stringify({ asked: JSON.parse(payload) as unknown }) };
}

describe('the services on loopback', () => {
  let server: ServicesServer;

  beforeAll(async () => {
    const keys = [
      { keyId: KEY_ID, keyArn: `arn:aws:kms:eu-west-1:123456789012:key/${KEY_ID}`, aliases: [] },
    ];
    server = await startServices(
      [createKmsService(Buffer.alloc(32), keys)],
      'ASIASECRET',
      (functionArn, payload) =>
        functionArn === FUNCTION_ARN ? Promise.resolve(answerTo(payload)) : undefined,
    );
  });

  afterAll(() => server.stop());

  const createClient = (accessKeyId: string): KMSClient =>
    new KMSClient({
      endpoint: server.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId, secretAccessKey: 'x' },
      maxAttempts: 1,
    });

  const post = async (headers: Record<string, string>, body: string): Promise<unknown> => {
    const response = await fetch(server.endpoint, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  };

  const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=ASIASECRET/x' };

  test('the SDK seals and opens a data key', async () => {
    const client = createClient('ASIASECRET');
    const made = await client.send(
      new GenerateDataKeyCommand({ KeyId: KEY_ID, KeySpec: 'AES_256' }),
    );
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
    expect(opened.Plaintext).toEqual(made.Plaintext);
    await expect(
      client.send(new DecryptCommand({ CiphertextBlob: Buffer.from('x') })),
    ).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    });
    client.destroy();
  });

  test('the SDK invokes a function and is told its answer, its error, and that there is none', async () => {
    const client = new LambdaClient({
      endpoint: server.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'ASIASECRET', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const invoke = async (FunctionName: string, event: unknown) => {
      const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
      const { FunctionError, Payload } = await client.send(command);
      return {
        FunctionError,
        answer: JSON.parse(Buffer.from(Payload ?? []).toString()) as unknown,
      };
    };
    expect(await invoke(FUNCTION_ARN, { a: 1 })).toEqual({ answer: { asked: { a: 1 } } });
    expect(await invoke(FUNCTION_ARN, null)).toEqual({
      FunctionError: 'Unhandled',
      answer: { errorType: 'Error', errorMessage: 'no event', trace: [] },
    });
    await expect(
      invoke('arn:aws:lambda:eu-west-1:123456789012:function:x', {}),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    client.destroy();
  });

  test('who does not know the access key of the run is refused', async () => {
    const client = createClient('ASIASECRE');
    const command = new GenerateDataKeyCommand({ KeyId: KEY_ID, KeySpec: 'AES_256' });
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    client.destroy();
  });

  test('an unknown operation, a body that is no object and one that is too large are refused', async () => {
    const target = { ...SIGNED, 'x-amz-target': 'TrentService.Decrypt' };
    expect(
      await post({ ...SIGNED, 'x-amz-target': 'TrentService.constructor' }, '{}'),
    ).toMatchObject([400, { __type: 'UnknownOperationException' }]);
    expect(await post({ ...SIGNED, 'x-amz-target': 'S3.GetObject' }, '{}')).toMatchObject([
      400,
      { __type: 'UnknownOperationException' },
    ]);
    expect(await post(target, '[')).toMatchObject([400, { __type: 'SerializationException' }]);
    expect(await post(target, '[]')).toMatchObject([400, { __type: 'SerializationException' }]);
    expect(await post(target, 'x'.repeat(300_000))).toMatchObject([413, {}]);
  });
});
