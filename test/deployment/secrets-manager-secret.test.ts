import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import {
  createCredentialsSecret,
  type SecretsManager,
} from '../../lambdas/deployment/secrets-manager-secret';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:root';
const missing = new ResourceNotFoundException({ $metadata: {}, message: 'none' });

/** A client that answers each command by its name, and what it was asked. */
function createClient(answers: Readonly<Record<string, unknown>>) {
  const asked: [string, unknown][] = [];
  const client = {
    send: (command: { input: unknown }) => {
      const { name } = command.constructor;
      asked.push([name, command.input]);
      const answer = answers[name];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? {});
    },
  } as unknown as SecretsManager;
  return { asked, secret: createCredentialsSecret(client, 'key-arn') };
}

describe('the secret of the root credentials', () => {
  test('is read by its ARN', async () => {
    const { secret, asked } = createClient({ GetSecretValueCommand: { SecretString: 'text' } });
    expect(await secret.read({ secretArn })).toBe('text');
    expect(asked).toEqual([['GetSecretValueCommand', { SecretId: secretArn }]]);
  });

  test('has no text where there is none yet; any other failure is thrown', async () => {
    const none = createClient({ GetSecretValueCommand: missing });
    expect(await none.secret.read({ secretArn })).toBeUndefined();
    const down = createClient({ GetSecretValueCommand: new Error('down') });
    await expect(down.secret.read({ secretArn })).rejects.toThrow('down');
  });

  test('of a template is written, and never made', async () => {
    const { secret, asked } = createClient({});
    await secret.write({ secretArn }, 'text', 'token');
    expect(asked).toEqual([
      [
        'PutSecretValueCommand',
        { SecretId: secretArn, SecretString: 'text', ClientRequestToken: 'token' },
      ],
    ]);
    const gone = createClient({ PutSecretValueCommand: missing });
    await expect(gone.secret.write({ secretArn }, 'text', 'token')).rejects.toBe(missing);
    expect(gone.asked).toHaveLength(1);
  });

  test('with a name is made under the deployment’s key when there is none', async () => {
    const { secret, asked } = createClient({ PutSecretValueCommand: missing });
    await secret.write({ secretArn, secretName: 'root' }, 'text', 'token');
    expect(asked[1]).toEqual([
      'CreateSecretCommand',
      expect.objectContaining({
        Name: 'root',
        KmsKeyId: 'key-arn',
        SecretString: 'text',
        ClientRequestToken: 'token',
      }),
    ]);
  });

  test('with a name is only written when there is one, and not made when that fails', async () => {
    const there = createClient({});
    await there.secret.write({ secretArn, secretName: 'root' }, 'text', 'token');
    expect(there.asked.map(([name]) => name)).toEqual(['PutSecretValueCommand']);
    const down = createClient({ PutSecretValueCommand: new Error('down') });
    await expect(
      down.secret.write({ secretArn, secretName: 'root' }, 'text', 'token'),
    ).rejects.toThrow('down');
    expect(down.asked).toHaveLength(1);
  });
});
