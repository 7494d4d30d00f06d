import { createAccessKeyId, createSecretAccessKey } from '../../lambdas/credentials/access-key';

const every = (length: number) => Uint8Array.from({ length }, (_, index) => index);

test('an access key id is its prefix and 16 characters of base32', () => {
  expect(createAccessKeyId('AKIA', every)).toBe('AKIAABCDEFGHIJKLMNOP');
  expect(createAccessKeyId('ASIA', (length) => new Uint8Array(length).fill(255))).toBe(
    `ASIA${'7'.repeat(16)}`,
  );
});

test('a secret access key has 40 characters', () => {
  expect(createSecretAccessKey(every)).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn');
});

test.each([
  ['id', 32, (bytes: () => Uint8Array) => createAccessKeyId('AKIA', bytes).slice(4, 5)],
  ['secret', 64, (bytes: () => Uint8Array) => createSecretAccessKey(bytes).slice(0, 1)],
])('every character of an %s is equally likely', (_name, letters, first) => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const length = letters === 32 ? 16 : 40;
    const character = first(() => new Uint8Array(length).fill(byte));
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect(counts.size).toBe(letters);
  expect(new Set(counts.values())).toEqual(new Set([256 / letters]));
});

test('a source that gives too few bytes is refused', () => {
  expect(() => createSecretAccessKey(() => new Uint8Array(39))).toThrow(TypeError);
});
