import { passwordAttemptsKey } from '../store/keys';
import { ConditionFailed, type Store, type Write } from '../store/store';
import { readPasswordAttempts } from './credential-records';

/*
 * Lock-out after wrong passwords. Everything that asks for a password counts here, so that no way around it gives more guesses.
 *
 * Invariant: an attempt is counted before the password is looked at. However many are made at once, no more than the limit are
 * answered within the time.
 */

const MAX_ATTEMPTS = 5;

/** From the first wrong password on. */
export const LOCK_SECONDS = 900;

/** How often the count is tried when others count at the same time; more of them than attempts are left do not get through. */
const MAX_ROUNDS = MAX_ATTEMPTS + 1;

export interface PasswordOwner {
  readonly accountId: string;
  /** `AIDA…`. */
  readonly ownerId: string;
}

/** Counts one attempt; false where the limit is reached, and nothing may be answered but that. Errors: StoreUnavailable. */
export async function countPasswordAttempt(
  store: Store,
  owner: PasswordOwner,
  options: { readonly now: number; readonly createToken: () => string },
): Promise<boolean> {
  const key = passwordAttemptsKey(owner.accountId, owner.ownerId);
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const item = await store.get(key, { consistent: true });
    if (item !== undefined && readPasswordAttempts(item).Count >= MAX_ATTEMPTS) {
      return false;
    }
    const write: Write =
      item === undefined
        ? {
            kind: 'put',
            key,
            attributes: { Count: 1 },
            expiresAt: Math.ceil(options.now / 1000) + LOCK_SECONDS,
            condition: { exists: false },
          }
        : {
            kind: 'update',
            key,
            add: { Count: 1 },
            condition: { exists: true, below: { Count: MAX_ATTEMPTS } },
          };
    try {
      await store.transact([write], { token: options.createToken() });
      return true;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
  return false;
}

/** For the transaction of whatever a right password, or a new one, leads to. */
export function forgetPasswordAttempts(owner: PasswordOwner): Write {
  return {
    kind: 'delete',
    key: passwordAttemptsKey(owner.accountId, owner.ownerId),
    condition: { exists: 'any' },
  };
}
