import fc from 'fast-check';

import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import type { SecretBinding } from '../../lambdas/credentials/sealed-secret';
import { deploy } from './test-data-keys';

const binding: SecretBinding = { table: 'identities', ownerId: 'AIDA1', keyId: 'AKIA1' };

test('any secret opens as it was sealed', async () => {
  const secrets = new SealedSecrets(deploy().dataKeys);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (secret) => {
      expect(await secrets.open(await secrets.seal(secret, binding), binding)).toBe(secret);
    }),
  );
});

test('a sealed secret does not contain the secret, and is never the same twice', async () => {
  const secrets = new SealedSecrets(deploy().dataKeys);
  const first = await secrets.seal('the secret itself', binding);
  const second = await secrets.seal('the secret itself', binding);
  expect(Buffer.from(first).includes('the secret itself')).toBe(false);
  expect(Buffer.from(first).equals(second)).toBe(false);
});

test.each<[string, Partial<SecretBinding>]>([
  ['owner', { ownerId: 'AIDA2' }],
  ['key', { keyId: 'AKIA2' }],
  ['table', { table: 'policies' }],
  ['owner and key, moved across their border', { ownerId: 'AIDA', keyId: '1AKIA1' }],
])('a secret that is copied to another %s does not open', async (_name, other) => {
  const secrets = new SealedSecrets(deploy().dataKeys);
  const sealed = await secrets.seal('secret', binding);
  await expect(secrets.open(sealed, { ...binding, ...other })).rejects.toThrow(TypeError);
});

test('a secret with any one bit changed, added or cut off does not open', async () => {
  const secrets = new SealedSecrets(deploy().dataKeys);
  const sealed = await secrets.seal('secret', binding);
  for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
    const changed = Uint8Array.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await expect(secrets.open(changed, binding)).rejects.toThrow('does not open');
  }
  for (const length of Array.from(sealed.keys())) {
    await expect(secrets.open(sealed.subarray(0, length), binding)).rejects.toThrow(TypeError);
  }
  await expect(secrets.open(Uint8Array.from([...sealed, 0]), binding)).rejects.toThrow(TypeError);
});

test('a secret that was sealed before a rotation opens after it', async () => {
  const deployment = deploy();
  const sealed = await new SealedSecrets(deployment.dataKeys).seal('secret', binding);
  await deployment.dataKeys.rotate();
  const secrets = new SealedSecrets(deployment.another());
  expect(await secrets.open(sealed, binding)).toBe('secret');
  const resealed = await secrets.seal('secret', binding);
  expect([sealed[4], resealed[4]]).toEqual([1, 2]);
});

test('a failure of the key service is thrown as it is', async () => {
  const deployment = deploy();
  const sealed = await new SealedSecrets(deployment.dataKeys).seal('secret', binding);
  deployment.keyEncryption.failure = new Error('the key service is down');
  await expect(new SealedSecrets(deployment.another()).open(sealed, binding)).rejects.toThrow(
    'the key service is down',
  );
});
