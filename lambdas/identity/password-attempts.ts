import { mfaAttemptsKey, passwordAttemptsKey } from '../store/keys';
import { ConditionFailed, type Key, type Store, type Write } from '../store/store';
import { readPasswordAttempts } from './credential-records';

/*
 * Lock-out after wrong passwords, and after wrong codes of MFA devices. Everything that asks for one of them counts here, so that no
 * way around it gives more guesses. The two are counted apart: whoever knows the password must not win guesses of codes by it.
 *
 * Invariant: an attempt is counted before the password or code is looked at. However many are made at once, no more than the limit
 * are answered within the time.
 */

const MAX_ATTEMPTS = 5;

/** From the first wrong answer on. */
export const LOCK_SECONDS = 900;

/** How often the count is tried when others count at the same time; more of them than attempts are left do not get through. */
const MAX_ROUNDS = MAX_ATTEMPTS + 1;

export interface PasswordOwner {
  readonly accountId: string;
  /** `AIDA…`, or the account id for root. */
  readonly ownerId: string;
}

export interface AttemptOptions {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly createToken: () => string;
}

/** Counts one attempt; false where the limit is reached, and nothing may be answered but that. Errors: StoreUnavailable. */
export function countPasswordAttempt(
  store: Store,
  owner: PasswordOwner,
  options: AttemptOptions,
): Promise<boolean> {
  return countAttempt(store, passwordAttemptsKey(owner.accountId, owner.ownerId), options);
}

/** The same for codes of MFA devices and for passkeys, of whichever of an owner's devices. */
export function countMfaAttempt(
  store: Store,
  owner: PasswordOwner,
  options: AttemptOptions,
): Promise<boolean> {
  return countAttempt(store, mfaAttemptsKey(owner.accountId, owner.ownerId), options);
}

async function countAttempt(store: Store, key: Key, options: AttemptOptions): Promise<boolean> {
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
  return forget(passwordAttemptsKey(owner.accountId, owner.ownerId));
}

/** For the transaction of whatever a right code leads to. */
export function forgetMfaAttempts(owner: PasswordOwner): Write {
  return forget(mfaAttemptsKey(owner.accountId, owner.ownerId));
}

function forget(key: Key): Write {
  return { kind: 'delete', key, condition: { exists: 'any' } };
}
