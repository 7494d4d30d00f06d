import crypto, { scryptSync } from 'node:crypto';
import {
  createUnfittingHash,
  hashPassword,
  isPassword,
} from '../../lambdas/credentials/password-hash';

const quickScrypt = crypto.scrypt;
const { trueScrypt } = quickScrypt as unknown as { trueScrypt: typeof crypto.scrypt };

beforeAll(() => {
  crypto.scrypt = trueScrypt;
});

afterAll(() => {
  crypto.scrypt = quickScrypt;
});

const salt = new Uint8Array(16).fill(7);
const PASSWORD = 'correct horse battery staple';

test('a hash is scrypt of password and salt, with parameters that cost 32 MiB', async () => {
  const hash = await hashPassword(PASSWORD, () => salt);
  const expected = scryptSync(PASSWORD, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 28 });
  expect(hash).toEqual({
    Algorithm: 'scrypt',
    Cost: 2 ** 15,
    BlockSize: 8,
    Parallelization: 1,
    Salt: salt,
    Hash: new Uint8Array(expected),
  });
});

test('a password is told from every other by the parameters of its own hash', async () => {
  const Hash = new Uint8Array(scryptSync(PASSWORD, salt, 32, { N: 1024, r: 4, p: 2 }));
  const hash = {
    Algorithm: 'scrypt',
    Cost: 1024,
    BlockSize: 4,
    Parallelization: 2,
    Salt: salt,
    Hash,
  } as const;
  expect(await isPassword(PASSWORD, hash)).toBe(true);
  expect(await isPassword(`${PASSWORD} `, hash)).toBe(false);
  expect(await isPassword('', hash)).toBe(false);
  expect(await isPassword(PASSWORD, { ...hash, BlockSize: 8 })).toBe(false);
});

test('a hash or salt of another length is damage, never a comparison', async () => {
  const hash = createUnfittingHash((length) => new Uint8Array(length).fill(1));
  await expect(isPassword('', { ...hash, Hash: new Uint8Array(0) })).rejects.toThrow(RangeError);
  await expect(isPassword('', { ...hash, Salt: new Uint8Array(8) })).rejects.toThrow(RangeError);
  await expect(hashPassword(PASSWORD, () => new Uint8Array(8))).rejects.toThrow(TypeError);
});

test('the hash of nobody costs what every other costs, and fits nothing', async () => {
  const hash = createUnfittingHash((length) => new Uint8Array(length).fill(1));
  const { Cost, BlockSize, Parallelization } = await hashPassword(PASSWORD, () => salt);
  expect(hash).toMatchObject({ Cost, BlockSize, Parallelization });
  expect(await isPassword('', hash)).toBe(false);
});
