import { isPassword } from '../credentials/password-hash';
import { replacePassword, type Passwords } from '../identity/new-passwords';
import { toAttributes } from '../identity/records';
import { loadSigningIn } from '../identity/sign-in-sessions';
import { IamError } from '../protocol/errors';
import { loginProfileKey } from '../store/keys';
import { isAllowed } from './authorization';
import type { SignInCall } from './call';
import { answerChallenge, openChallenge, type OpenChallenge } from './challenges';
import { authenticationFailed, passwordExpired } from './errors';
import { startSession } from './sessions';
import { expiryOf, loadProfile, type Profile, type StepAnswer } from './steps';

/**
 * The step of whoever must choose a new password. It opens the session, and ends all those of before.
 *
 * Errors: AuthenticationFailed; AccessDenied for a user whom neither the password policy nor any other policy lets change its own
 * password; PasswordPolicyViolation; PasswordExpired; StoreUnavailable.
 */
export async function answerNewPassword(
  call: SignInCall,
  challengeToken: string,
  newPassword: string,
): Promise<StepAnswer> {
  const challenge = await openChallenge(call, challengeToken, 'NewPassword');
  const { claims, owner } = challenge;
  const profile = await loadProfile(call, owner);
  if (profile === undefined) {
    throw authenticationFailed();
  }
  if (expiryOf(profile, call.now) === 'hard') {
    throw passwordExpired();
  }
  await requireOwnChange(call, challenge, profile);
  const passwords = await choosePassword(call, profile, newPassword);
  const session = await startSession(call, {
    owner,
    generation: owner.generation + 1,
    multiFactorDate: claims.multiFactorDate,
    writes: [
      answerChallenge(claims),
      {
        kind: 'update',
        key: loginProfileKey(owner.accountId, owner.ownerId),
        set: toAttributes({ ...passwords, PasswordResetRequired: false }),
        condition: { exists: true, revision: profile.revision },
      },
    ],
  });
  return { Session: session };
}

/**
 * As on AWS, who must change the password must be allowed to.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_enable-user-change.html
 */
async function requireOwnChange(
  call: SignInCall,
  { owner, claims }: OpenChallenge,
  { policy }: Profile,
): Promise<void> {
  if (owner.kind === 'Root' || policy?.AllowUsersToChangePassword === true) {
    return;
  }
  const principal = await loadSigningIn(call.store, claims, {
    partition: call.partition,
    now: call.now,
  });
  if (principal === undefined) {
    throw authenticationFailed();
  }
  if (!isAllowed(call, principal, { action: 'iam:ChangePassword', context: {} })) {
    throw new IamError(
      'AccessDenied',
      'You must change your password, and are not authorized to perform: iam:ChangePassword. Contact your administrator.',
    );
  }
}

async function choosePassword(
  call: SignInCall,
  { profile, policy }: Profile,
  newPassword: string,
): Promise<Passwords> {
  if (await isPassword(newPassword, profile.Password)) {
    throw new IamError(
      'PasswordPolicyViolation',
      'The new password must be different from the old one.',
    );
  }
  return replacePassword({ ...call, password: newPassword, policy, before: profile });
}
