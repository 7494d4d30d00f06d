/**
 * The prefix says what an id names.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export type UniqueIdPrefix = 'AIDA' | 'AGPA' | 'AROA' | 'ANPA' | 'AIPA' | 'ASCA' | 'APKA' | 'ACCA';

const BASE32_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Letters after the prefix. */
const SUFFIX_LENGTH = 17;

/** `AIDA` and 17 letters of base32, and so on; five random bits a letter. */
export function createUniqueId(
  prefix: UniqueIdPrefix,
  randomBytes: (length: number) => Uint8Array,
): string {
  const bytes = randomBytes(SUFFIX_LENGTH);
  if (bytes.length !== SUFFIX_LENGTH) {
    throw new Error(`${SUFFIX_LENGTH} random bytes were asked for, ${bytes.length} came`);
  }
  return prefix + Array.from(bytes, (byte) => BASE32_LETTERS.charAt(byte & 31)).join('');
}
