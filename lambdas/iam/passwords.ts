import { hashPassword, isPassword, type PasswordHash } from '../credentials/password-hash';
import type { LoginProfileRecord, PasswordPolicyRecord } from '../identity/credential-entities';
import { readPasswordPolicy } from '../identity/credential-records';
import { MAX_FORMER_PASSWORDS, objectionTo } from '../identity/password-policy';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';
import { passwordPolicyKey } from '../store/keys';

export const noSuchPasswordPolicy = (call: Call): IamError =>
  new IamError(
    'NoSuchEntity',
    `The Password Policy with domain name ${call.accountId} cannot be found.`,
  );

export async function findPasswordPolicy(call: Call): Promise<PasswordPolicyRecord | undefined> {
  const item = await call.store.get(passwordPolicyKey(call.accountId), { consistent: true });
  return item === undefined ? undefined : readPasswordPolicy(item);
}

/** What a login profile holds of its passwords. */
type Passwords = Pick<LoginProfileRecord, 'Password' | 'PasswordSetDate' | 'FormerPasswords'>;

/**
 * The passwords of a profile once `password` is the present one; `before` is the profile as it was.
 *
 * Errors: PasswordPolicyViolation.
 */
export async function replacePassword(
  call: Call,
  password: string,
  before: LoginProfileRecord | undefined,
): Promise<Passwords> {
  const policy = await findPasswordPolicy(call);
  const objection = objectionTo(password, policy);
  if (objection !== undefined) {
    throw new IamError('PasswordPolicyViolation', objection);
  }
  const former = before === undefined ? [] : [before.Password, ...before.FormerPasswords];
  await refuseReuse(password, former.slice(0, policy?.PasswordReusePrevention ?? 0));
  return {
    Password: await hashPassword(password, call.randomBytes),
    PasswordSetDate: call.now,
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
