import { randomBytes } from 'node:crypto';

import { createKmsService } from '../../../local/services/kms';
import { ServiceError } from '../../../local/services/json-service';

const ONE = '11111111-1111-4111-a111-111111111111';
const TWO = '22222222-2222-4222-a222-222222222222';
const ARN = 'arn:aws:kms:eu-west-1:123456789012:';
const KEYS = [
  { keyId: ONE, keyArn: `${ARN}key/${ONE}`, aliases: ['alias/one'] },
  { keyId: TWO, keyArn: `${ARN}key/${TWO}`, aliases: [] },
];
const SECRET = randomBytes(32);

function call(
  operation: string,
  input: Record<string, unknown>,
  secret: Uint8Array = SECRET,
): Record<string, unknown> {
  return createKmsService(secret, KEYS).operations[operation]?.(input) ?? {};
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'none';
  } catch (error) {
    return error instanceof ServiceError ? error.code : 'other';
  }
}

test.each([ONE, `${ARN}key/${ONE}`, 'alias/one', `${ARN}alias/one`])(
  'a data key of %s can be opened again',
  (KeyId) => {
    const EncryptionContext = { table: 'a', owner: 'b' };
    const made = call('GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext });
    expect(Buffer.from(String(made['Plaintext']), 'base64')).toHaveLength(32);
    expect(made['KeyId']).toBe(`${ARN}key/${ONE}`);
    const opened = call('Decrypt', {
      CiphertextBlob: made['CiphertextBlob'],
      EncryptionContext: { owner: 'b', table: 'a' },
    });
    expect(opened).toEqual({
      KeyId: `${ARN}key/${ONE}`,
      Plaintext: made['Plaintext'],
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    });
  },
);

test('two data keys are never the same', () => {
  const make = () => call('GenerateDataKey', { KeyId: ONE, NumberOfBytes: 16 });
  expect(make()['Plaintext']).not.toBe(make()['Plaintext']);
});

test('a ciphertext opens under its own key, context and secret alone', () => {
  const EncryptionContext = { owner: 'b' };
  const { CiphertextBlob } = call('GenerateDataKey', {
    KeyId: ONE,
    KeySpec: 'AES_256',
    EncryptionContext,
  });
  const open = (input: Record<string, unknown>, secret?: Uint8Array) =>
    codeOf(() => call('Decrypt', { CiphertextBlob, EncryptionContext, ...input }, secret));
  expect(open({})).toBe('none');
  expect(open({ EncryptionContext: undefined })).toBe('InvalidCiphertextException');
  expect(open({ EncryptionContext: { owner: 'c' } })).toBe('InvalidCiphertextException');
  expect(open({ EncryptionContext: { owner: 'b', more: 'x' } })).toBe('InvalidCiphertextException');
  expect(open({ KeyId: TWO })).toBe('IncorrectKeyException');
  expect(open({}, randomBytes(32))).toBe('InvalidCiphertextException');
});

test('a ciphertext that was changed anywhere does not open', () => {
  const { CiphertextBlob } = call('GenerateDataKey', { KeyId: ONE, KeySpec: 'AES_128' });
  const blob = Buffer.from(String(CiphertextBlob), 'base64');
  for (let index = 0; index < blob.length; index += 1) {
    const changed = Buffer.from(blob);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(codeOf(() => call('Decrypt', { CiphertextBlob: changed.toString('base64') }))).toBe(
      'InvalidCiphertextException',
    );
  }
  expect(
    codeOf(() => call('Decrypt', { CiphertextBlob: blob.subarray(0, 20).toString('base64') })),
  ).toBe('InvalidCiphertextException');
});

test.each([
  ['an unknown key', { KeyId: 'alias/none', KeySpec: 'AES_256' }, 'NotFoundException'],
  ['no key', { KeySpec: 'AES_256' }, 'ValidationException'],
  ['neither kind of length', { KeyId: ONE }, 'ValidationException'],
  [
    'both kinds of length',
    { KeyId: ONE, KeySpec: 'AES_256', NumberOfBytes: 32 },
    'ValidationException',
  ],
  ['an unknown specification', { KeyId: ONE, KeySpec: 'AES_512' }, 'ValidationException'],
  ['a length out of range', { KeyId: ONE, NumberOfBytes: 1025 }, 'ValidationException'],
  [
    'a misspelt member',
    { KeyId: ONE, KeySpec: 'AES_256', EncryptionContex: {} },
    'ValidationException',
  ],
  [
    'a context that is no map',
    { KeyId: ONE, KeySpec: 'AES_256', EncryptionContext: 'x' },
    'SerializationException',
  ],
])('%s is refused', (_what, input, code) => {
  expect(codeOf(() => call('GenerateDataKey', input))).toBe(code);
});
