import { forgetMfaAttempts, countMfaAttempt } from '../identity/password-attempts';
import { useMfaCode, type MfaOwner } from '../identity/mfa-codes';
import { commit } from '../operations/commit';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';

export interface MultiFactorInput {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

/**
 * Uses up the code of a device as the caller's second factor; whether one was given. A code that is given and not right refuses the call,
 * even where nobody asked for a second factor.
 *
 * Errors: AccessDenied in AWS's words; the same for a device of somebody else as for none.
 */
export async function proveMultiFactor(call: Call, input: MultiFactorInput): Promise<boolean> {
  const { SerialNumber: serialNumber, TokenCode: code } = input;
  if (serialNumber === undefined && code === undefined) {
    return false;
  }
  if (serialNumber === undefined || code === undefined) {
    throw denied('must provide both MFA serial number and one time pass code.');
  }
  const owner = ownerOf(call);
  if (owner === undefined) {
    throw denied(UNKNOWN_DEVICE);
  }
  const isCounted = await countMfaAttempt(call.store, owner, call);
  const write = isCounted ? await useMfaCode(call, owner, { serialNumber, code }) : undefined;
  if (write === undefined) {
    throw isOwnSerialNumber(serialNumber, call)
      ? new IamError(
          'AccessDenied',
          'MultiFactorAuthentication failed with invalid MFA one time pass code.',
        )
      : denied(UNKNOWN_DEVICE);
  }
  await commit(call, [{ write }, { write: forgetMfaAttempts(owner) }]);
  return true;
}

const UNKNOWN_DEVICE =
  'unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.';

const denied = (why: string): IamError =>
  new IamError('AccessDenied', `MultiFactorAuthentication failed, ${why}`);

/** Devices are those of users and of root; a session of a role has none. */
function ownerOf({ caller }: Call): MfaOwner | undefined {
  const { principal, accountId } = caller;
  if (principal.type !== 'Root' && principal.type !== 'User') {
    return undefined;
  }
  return { kind: principal.type, accountId, ownerId: principal.uniqueId ?? caller.userId };
}

function isOwnSerialNumber(serialNumber: string, { partition, accountId }: Call): boolean {
  return serialNumber.startsWith(`arn:${partition}:iam::${accountId}:mfa/`);
}
