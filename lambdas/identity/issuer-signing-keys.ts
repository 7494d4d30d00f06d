import { issuerPartition, SIGNING_KEY_PREFIX } from '../store/keys';
import type { Store } from '../store/store';
import { readSigningKey, type IssuerAlgorithm, type SigningKeyRecord } from './issuer-entities';

const HOUR_MILLISECONDS = 3_600_000;

/** A key signs for so long before another one is made. */
const ROTATION_MILLISECONDS = 90 * 24 * HOUR_MILLISECONDS;

/** A key is published for so long before it signs, so that whoever holds the set has read it again; and so long after it has signed last. */
const OVERLAP_MILLISECONDS = 24 * HOUR_MILLISECONDS;

/** How many keys an issuer has at most: two of each algorithm that overlap, and one that is about to be removed. */
const MAX_KEYS = 100;

/** All keys of an issuer, those of an algorithm in the order of their numbers. Errors: StoreUnavailable. */
export async function loadSigningKeys(
  store: Store,
  issuerId: string,
): Promise<readonly SigningKeyRecord[]> {
  const { items } = await store.query('identities', issuerPartition(issuerId), {
    consistent: true,
    prefix: SIGNING_KEY_PREFIX,
    limit: MAX_KEYS,
  });
  return items.map(readSigningKey);
}

/** The newest key that signs already; undefined where there is none. */
export function currentKey(
  keys: readonly SigningKeyRecord[],
  algorithm: IssuerAlgorithm,
  now: number,
): SigningKeyRecord | undefined {
  return keys.findLast((key) => key.Algorithm === algorithm && key.UseDate <= now);
}

/** The number of the key that is to be made now; undefined where the newest one is young enough. */
export function nextKeyNumber(
  keys: readonly SigningKeyRecord[],
  algorithm: IssuerAlgorithm,
  now: number,
): number | undefined {
  const newest = keys.findLast((key) => key.Algorithm === algorithm);
  return newest === undefined || now - newest.UseDate < ROTATION_MILLISECONDS
    ? undefined
    : newest.Number + 1;
}

/** When a key that is made now, beside another one, begins to sign. */
export function useDateOf(now: number): number {
  return now + OVERLAP_MILLISECONDS;
}

/** Keys that no token is signed with any more that could still be good: their successor has signed for the whole overlap. */
export function outlivedKeys(
  keys: readonly SigningKeyRecord[],
  now: number,
): readonly SigningKeyRecord[] {
  return keys.filter((key) =>
    keys.some(
      (other) =>
        other.Algorithm === key.Algorithm &&
        other.Number > key.Number &&
        other.UseDate + OVERLAP_MILLISECONDS <= now,
    ),
  );
}

/** What verifiers are told of. */
export function publishedKeys(
  keys: readonly SigningKeyRecord[],
  now: number,
): readonly SigningKeyRecord[] {
  const outlived = new Set(outlivedKeys(keys, now));
  return keys.filter((key) => !outlived.has(key));
}
