import { randomBytes } from 'node:crypto';
import { createTotpSeed, findTimeStep, timeStepAt, totpCode } from '../../lambdas/credentials/totp';

/** `12345678901234567890` in base32. */
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/* RFC 6238, appendix B, cut to six digits. */
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at %i seconds the code is that of the standard', (seconds, code) => {
  expect(totpCode(SEED, timeStepAt(seconds * 1000))).toBe(code);
});

test('a seed is 64 letters of base32, another one each time', () => {
  const seeds = Array.from({ length: 20 }, () => createTotpSeed((length) => randomBytes(length)));
  expect(new Set(seeds).size).toBe(20);
  for (const seed of seeds) expect(seed).toMatch(/^[A-Z2-7]{64}$/);
});

test('codes are found where they follow one another within the window, and nowhere else', () => {
  const codes = [totpCode(SEED, 1000), totpCode(SEED, 1001)];
  expect(findTimeStep(SEED, codes, { from: 990, to: 1010 })).toBe(1000);
  expect(findTimeStep(SEED, codes, { from: 1000, to: 1001 })).toBe(1000);
  expect(findTimeStep(SEED, codes, { from: 1001, to: 1010 })).toBeUndefined();
  expect(findTimeStep(SEED, codes, { from: 990, to: 1000 })).toBeUndefined();
  expect(findTimeStep(SEED, codes.toReversed(), { from: 990, to: 1010 })).toBeUndefined();
  expect(findTimeStep(SEED, ['12345', '1234567'], { from: 990, to: 1010 })).toBeUndefined();
});

test('a seed that is not base32 is an error, never a code', () => {
  expect(() => totpCode('geZD', 1)).toThrow(RangeError);
});
