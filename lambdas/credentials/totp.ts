import { createHmac, timingSafeEqual } from 'node:crypto';

/*
 * One-time codes that go with the time, as every authenticator app makes them: SHA-1, 30 seconds, six digits.
 *
 * Source: RFC 6238, RFC 4226, and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html
 */

const STEP_MILLISECONDS = 30_000;
const DIGITS = 6;
const SEED_BYTES = 40;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new seed in base32: 64 letters, 320 random bits. */
export function createTotpSeed(randomBytes: (length: number) => Uint8Array): string {
  const bytes = randomBytes(SEED_BYTES);
  if (bytes.byteLength !== SEED_BYTES) {
    throw new TypeError(`the source of randomness gave ${bytes.byteLength} bytes of seed`);
  }
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((letter) => BASE32.charAt(Number.parseInt(letter, 2)))
    .join('');
}

/** The number of the time step that a moment lies in; `now` is epoch milliseconds. */
export function timeStepAt(now: number): number {
  return Math.floor(now / STEP_MILLISECONDS);
}

/** The code of one time step. Errors: RangeError for a seed that is not base32. */
export function totpCode(seed: string, timeStep: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(timeStep));
  const mac = createHmac('sha1', decodeBase32(seed)).update(counter).digest();
  const offset = mac.readUInt8(mac.byteLength - 1) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** Steps around the present in which a code is looked for, the highest and the lowest among them. */
export interface StepWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * The time step behind which `codes` stand one after another, the first of them at that step; undefined where they stand nowhere
 * in the window. Every step is tried, whatever is found.
 */
export function findTimeStep(
  seed: string,
  codes: readonly string[],
  window: StepWindow,
): number | undefined {
  let found: number | undefined;
  for (let step = window.from; step + codes.length - 1 <= window.to; step += 1) {
    const fits = codes.map((code, index) => isCode(code, totpCode(seed, step + index)));
    if (fits.every(Boolean)) found ??= step;
  }
  return found;
}

function isCode(given: string, expected: string): boolean {
  return (
    given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  );
}

function decodeBase32(seed: string): Buffer {
  const bits = Array.from(seed, (letter) => {
    const value = BASE32.indexOf(letter);
    if (value < 0) throw new RangeError('a seed is not base32');
    return value.toString(2).padStart(5, '0');
  }).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
