import { IamError } from '../protocol/errors';
import { ConditionFailed, type Write } from '../store/store';
import type { SignInCall } from './call';

/** One answer for a name that is nobody's, a wrong password, a wrong code, and a challenge that has been answered. */
export const authenticationFailed = (): IamError =>
  new IamError(
    'AuthenticationFailed',
    'Your authentication information is incorrect. Please try again.',
  );

/** For names that are nobody's as well. */
export const temporarilyLocked = (): IamError =>
  new IamError(
    'TemporarilyLocked',
    'Too many wrong answers were given. Wait several minutes and try again.',
  );

export const passwordExpired = (): IamError =>
  new IamError(
    'PasswordExpired',
    'Your password has expired. Contact your administrator to have it reset.',
  );

/**
 * All writes or none. A condition that does not hold means that the proof has been used, or that what it was about has changed.
 *
 * Errors: AuthenticationFailed, StoreUnavailable.
 */
export async function commitProof(call: SignInCall, writes: readonly Write[]): Promise<void> {
  try {
    await call.store.transact(writes, { token: call.createToken() });
  } catch (error) {
    throw error instanceof ConditionFailed ? authenticationFailed() : error;
  }
}
