import { randomUUID } from 'node:crypto';
import { accountKey, loginProfileKey } from '../store/keys';
import type { Store } from '../store/store';
import { readLoginProfile } from './credential-records';
import { replacePassword } from './new-passwords';
import { forgetPasswordAttempts } from './password-attempts';
import { toAttributes } from './records';
import { endSessions } from './sign-in-generation';

/**
 * Gives the root user a password, for an operator's tool: root is given its first one by nobody else. What wrong guesses have locked
 * is open again, and root's sessions are over. Its MFA devices stay.
 *
 * Errors: PasswordPolicyViolation by AWS's default rules; TypeError where there is no such account; ConditionFailed where somebody
 * else has just done the same; StoreUnavailable.
 */
export async function setRootPassword(
  store: Store,
  asked: {
    readonly accountId: string;
    readonly password: string;
    /** Epoch milliseconds. */
    readonly now: number;
    readonly randomBytes: (length: number) => Uint8Array;
  },
): Promise<void> {
  const { accountId, now } = asked;
  const owner = { accountId, ownerId: accountId };
  const key = loginProfileKey(accountId, accountId);
  const [account, item] = await store.getMany([accountKey(accountId), key], { consistent: true });
  if (account === undefined) {
    throw new TypeError(`there is no account ${accountId}`);
  }
  const before = item === undefined ? undefined : readLoginProfile(item);
  const passwords = await replacePassword({ ...asked, policy: undefined, before });
  const profile = {
    CreateDate: before?.CreateDate ?? now,
    PasswordResetRequired: false,
    ...passwords,
  };
  await store.transact(
    [
      {
        kind: 'put',
        key,
        attributes: toAttributes(profile),
        condition:
          item === undefined ? { exists: false } : { exists: true, revision: item.revision },
      },
      forgetPasswordAttempts(owner),
      endSessions(account.key),
    ],
    { token: randomUUID() },
  );
}
