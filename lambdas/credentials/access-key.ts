/** Long-term keys of users and root begin with AKIA, those of sessions with ASIA. */
export type AccessKeyKind = 'AKIA' | 'ASIA';

/** `length` bytes from a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The prefix and 16 characters of base32: 80 random bits. */
export function createAccessKeyId(kind: AccessKeyKind, randomBytes: RandomBytes): string {
  return kind + randomText(BASE32, 16, randomBytes);
}

/** 40 characters of base64's alphabet: 240 random bits. */
export function createSecretAccessKey(randomBytes: RandomBytes): string {
  return randomText(BASE64, 40, randomBytes);
}

/** One byte a character. Invariant: the alphabet's length divides 256, so that every character is equally likely. */
function randomText(alphabet: string, length: number, randomBytes: RandomBytes): string {
  const bytes = randomBytes(length);
  if (bytes.byteLength !== length) {
    throw new TypeError(`the source of randomness gave ${bytes.byteLength} bytes for ${length}`);
  }
  return Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
