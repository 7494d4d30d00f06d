import type { LoginProfileRecord, PasswordPolicyRecord } from '../identity/credential-entities';
import * as newPasswords from '../identity/new-passwords';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';

export const noSuchPasswordPolicy = (call: Call): IamError =>
  new IamError(
    'NoSuchEntity',
    `The Password Policy with domain name ${call.accountId} cannot be found.`,
  );

export function findPasswordPolicy(call: Call): Promise<PasswordPolicyRecord | undefined> {
  return newPasswords.findPasswordPolicy(call.store, call.accountId);
}

/**
 * The passwords of a profile once `password` is the present one; `before` is the profile as it was.
 *
 * Errors: PasswordPolicyViolation.
 */
export async function replacePassword(
  call: Call,
  password: string,
  before: LoginProfileRecord | undefined,
): Promise<newPasswords.Passwords> {
  const policy = await findPasswordPolicy(call);
  return newPasswords.replacePassword({ ...call, password, policy, before });
}
