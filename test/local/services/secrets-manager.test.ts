import {
  createSecretsManagerService,
  generatePassword,
} from '../../../local/services/secrets-manager';
import type { SecretRecord } from '../../../local/services/secrets-manager';
import { ServiceError } from '../../../local/services/json-service';
import { Secrets } from '../../../local/secrets';
import { StateDirectory } from '../../../local/state-directory';
import type { TemplateObject } from '../../../local/template';
import { createStacks } from '../fixture';

const SECRET = {
  secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:root-AbCdEf',
  name: 'root',
};

function createService() {
  const records = new Map<string, SecretRecord>();
  const store = {
    read: (arn: string) => records.get(arn) ?? {},
    write: (arn: string, record: SecretRecord) => void records.set(arn, record),
  };
  const { operations } = createSecretsManagerService(store, [SECRET]);
  return (operation: string, input: Record<string, unknown>): unknown => {
    try {
      return operations[operation]?.({ SecretId: 'root', ...input });
    } catch (error) {
      if (error instanceof ServiceError) return error.code;
      throw error;
    }
  };
}

test('what was put is got, by name and by ARN', () => {
  const call = createService();
  expect(call('GetSecretValue', {})).toBe('ResourceNotFoundException');
  call('PutSecretValue', { SecretString: 'one', ClientRequestToken: 't1' });
  const expected = {
    ARN: SECRET.secretArn,
    Name: 'root',
    SecretString: 'one',
    VersionId: 't1',
    VersionStages: ['AWSCURRENT'],
  };
  expect(call('GetSecretValue', {})).toMatchObject(expected);
  expect(call('GetSecretValue', { SecretId: SECRET.secretArn })).toMatchObject(expected);
});

test('the version before is kept as AWSPREVIOUS', () => {
  const call = createService();
  call('PutSecretValue', { SecretString: 'one', ClientRequestToken: 't1' });
  call('PutSecretValue', { SecretString: 'two', ClientRequestToken: 't2' });
  expect(call('GetSecretValue', {})).toMatchObject({ SecretString: 'two' });
  expect(call('GetSecretValue', { VersionStage: 'AWSPREVIOUS' })).toMatchObject({
    SecretString: 'one',
  });
  expect(call('GetSecretValue', { VersionId: 't1' })).toMatchObject({
    SecretString: 'one',
    VersionStages: ['AWSPREVIOUS'],
  });
  expect(call('GetSecretValue', { VersionId: 't3' })).toBe('ResourceNotFoundException');
  expect(call('GetSecretValue', { VersionStage: 'OTHER' })).toBe('ResourceNotFoundException');
  expect(call('DescribeSecret', {})).toMatchObject({
    VersionIdsToStages: { t1: ['AWSPREVIOUS'], t2: ['AWSCURRENT'] },
  });
});

test('the same token is a retry for the same value and an error for another', () => {
  const call = createService();
  call('PutSecretValue', { SecretString: 'one', ClientRequestToken: 't1' });
  expect(call('PutSecretValue', { SecretString: 'one', ClientRequestToken: 't1' })).toMatchObject({
    VersionId: 't1',
  });
  expect(call('PutSecretValue', { SecretString: 'two', ClientRequestToken: 't1' })).toBe(
    'ResourceExistsException',
  );
});

test('an unknown secret and unknown members are refused', () => {
  const call = createService();
  expect(call('GetSecretValue', { SecretId: 'other' })).toBe('ResourceNotFoundException');
  expect(call('PutSecretValue', { SecretString: 'x', SecretBinary: 'x' })).toBe(
    'ValidationException',
  );
  expect(call('PutSecretValue', {})).toBe('ValidationException');
  expect(call('PutSecretValue', { SecretString: 'x'.repeat(65_537) })).toBe('ValidationException');
});

test('a secret of a template has the value that AWS would generate, once', () => {
  const state = new StateDirectory(undefined);
  const valueOf = (properties: TemplateObject): string | undefined => {
    const stacks = createStacks({
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: properties },
    });
    const secrets = new Secrets(stacks, state);
    return secrets.read(secrets.definitions[0]?.secretArn ?? '').current?.secretString;
  };
  expect(valueOf({ Name: 'none' })).toBeUndefined();
  expect(valueOf({ Name: 'given', SecretString: 'x' })).toBe('x');
  const generated = valueOf({
    Name: 'json',
    GenerateSecretString: { SecretStringTemplate: '{"user":"a"}', GenerateStringKey: 'p' },
  });
  expect(JSON.parse(generated ?? '')).toEqual({
    user: 'a',
    p: expect.stringMatching(/^.{32}$/) as unknown,
  });
  expect(valueOf({ Name: 'json', GenerateSecretString: {} })).toBe(generated);
});

test('a password leaves out what it must not have', () => {
  const password = generatePassword(2000, 'abc', true);
  expect(password).toMatch(/^[A-Zd-z0-9]{2000}$/);
});
