import { hashPassword, isPassword, type PasswordHash } from '../credentials/password-hash';
import { IamError } from '../protocol/errors';
import { passwordPolicyKey } from '../store/keys';
import type { Store } from '../store/store';
import type { LoginProfileRecord, PasswordPolicyRecord } from './credential-entities';
import { readPasswordPolicy } from './credential-records';
import { MAX_FORMER_PASSWORDS, objectionTo } from './password-policy';

/** The account's own rules; undefined where AWS's default rules hold. Errors: StoreUnavailable. */
export async function findPasswordPolicy(
  store: Store,
  accountId: string,
): Promise<PasswordPolicyRecord | undefined> {
  const item = await store.get(passwordPolicyKey(accountId), { consistent: true });
  return item === undefined ? undefined : readPasswordPolicy(item);
}

/** What a login profile holds of its passwords. */
export type Passwords = Pick<
  LoginProfileRecord,
  'Password' | 'PasswordSetDate' | 'FormerPasswords'
>;

export interface NewPassword {
  readonly password: string;
  readonly policy: PasswordPolicyRecord | undefined;
  /** The profile as it was; undefined for the first password. */
  readonly before: LoginProfileRecord | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/**
 * The passwords of a profile once `password` is the present one.
 *
 * Errors: PasswordPolicyViolation.
 */
export async function replacePassword(asked: NewPassword): Promise<Passwords> {
  const { password, policy, before } = asked;
  const objection = objectionTo(password, policy);
  if (objection !== undefined) {
    throw new IamError('PasswordPolicyViolation', objection);
  }
  const former = before === undefined ? [] : [before.Password, ...before.FormerPasswords];
  await refuseReuse(password, former.slice(0, policy?.PasswordReusePrevention ?? 0));
  return {
    Password: await hashPassword(password, asked.randomBytes),
    PasswordSetDate: asked.now,
    FormerPasswords: former.slice(0, MAX_FORMER_PASSWORDS),
  };
}

/** One after another: each takes 32 MiB. */
async function refuseReuse(password: string, forbidden: readonly PasswordHash[]): Promise<void> {
  for (const hash of forbidden) {
    if (await isPassword(password, hash)) {
      throw new IamError(
        'PasswordPolicyViolation',
        'Policy constraint violation with password reuse prevention during password change.',
      );
    }
  }
}
