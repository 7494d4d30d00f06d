import type { OwnedMfaDeviceRecord } from '../identity/credential-entities';
import { useMfaCode } from '../identity/mfa-codes';
import { countMfaAttempt } from '../identity/password-attempts';
import type { SignInOwner } from '../identity/sign-in-sessions';
import type { Write } from '../store/store';
import type { SignInCall } from './call';
import { authenticationFailed, temporarilyLocked } from './errors';
import { usePasskey, type PasskeyAnswer } from './passkeys';

/** What shows that somebody has one of its MFA devices; exactly one of the two. */
export interface FactorProof {
  readonly code?: string | undefined;
  readonly passkey?: PasskeyAnswer | undefined;
}

const CODE = /^[0-9]{6}$/;

/**
 * The writes that use up the proof of a second factor. The attempt is counted before the proof is looked at.
 *
 * Errors: AuthenticationFailed, TemporarilyLocked, StoreUnavailable.
 */
export async function proveFactor(
  call: SignInCall,
  owner: SignInOwner,
  devices: readonly OwnedMfaDeviceRecord[],
  proof: FactorProof & { readonly passkeyChallenge?: string | undefined },
): Promise<readonly Write[]> {
  const { accountId, ownerId } = owner;
  if (!(await countMfaAttempt(call.store, owner, call))) {
    call.note({ event: 'Locked', accountId, ownerId });
    throw temporarilyLocked();
  }
  const write =
    proof.code === undefined
      ? await usePasskey(call, owner, devices, proof)
      : await useCode(call, owner, devices, proof.code);
  if (write === undefined) {
    call.note({ event: 'WrongFactor', accountId, ownerId });
    throw authenticationFailed();
  }
  return [write];
}

/** Whichever device has the code: people do not say which one they look at. */
async function useCode(
  call: SignInCall,
  owner: SignInOwner,
  devices: readonly OwnedMfaDeviceRecord[],
  code: string,
): Promise<Write | undefined> {
  if (!CODE.test(code)) {
    return undefined;
  }
  let used: Write | undefined;
  for (const { SerialNumber: serialNumber, Passkey } of devices) {
    if (Passkey === undefined) {
      used ??= await useMfaCode(call, owner, { serialNumber, code });
    }
  }
  return used;
}
