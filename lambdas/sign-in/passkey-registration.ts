import { iamArn } from '../identity/arns';
import type { OwnedMfaDeviceRecord } from '../identity/credential-entities';
import { listMfaDevices } from '../identity/mfa-codes';
import { toAttributes } from '../identity/records';
import type { SignInOwner } from '../identity/sign-in-sessions';
import { invalidClientTokenId } from '../credentials/authentication-errors';
import { IamError } from '../protocol/errors';
import { credentialKey } from '../store/keys';
import { isAllowed } from './authorization';
import type { SignedInCall } from './call';
import { answerChallenge, createChallenge, openChallenge } from './challenges';
import { authenticationFailed, commitProof } from './errors';
import { loadOwner } from './owners';
import {
  createRegistrationOptions,
  verifyRegistration,
  type PasskeyRegistration,
} from './passkeys';

export interface RegistrationChallenge {
  readonly ChallengeToken: string;
  readonly Expiration: string;
  /** For `navigator.credentials.create`. */
  readonly PasskeyOptions: object;
}

/**
 * The first half of making a passkey for whoever is signed in.
 *
 * Errors: AccessDenied without `iam:EnableMFADevice` on oneself; LimitExceeded; NotConfigured; StoreUnavailable.
 */
export async function beginRegistration(call: SignedInCall): Promise<RegistrationChallenge> {
  requireConfigured(call);
  requireEnabling(call, 'Create');
  const { owner, devices } = await loadOwnDevices(call);
  const options = await createRegistrationOptions(call, owner, devices);
  const { token, expirationDate } = await createChallenge(call, owner, {
    step: 'RegisterPasskey',
    generation: owner.generation,
    passkeyChallenge: options.challenge,
  });
  return {
    ChallengeToken: token,
    Expiration: new Date(expirationDate).toISOString(),
    PasskeyOptions: options,
  };
}

/**
 * The second half. The first MFA device of an owner ends its sessions that were opened without one: this one too.
 *
 * Errors: as of the first half; AuthenticationFailed for an answer that is not to this challenge.
 */
export async function finishRegistration(
  call: SignedInCall,
  asked: {
    readonly challengeToken: string;
    readonly deviceName: string;
    readonly registration: PasskeyRegistration;
  },
): Promise<{ readonly SerialNumber: string }> {
  requireConfigured(call);
  requireEnabling(call, 'Activate');
  const { claims } = await openChallenge(call, asked.challengeToken, 'RegisterPasskey');
  if (claims.ownerId !== call.claims.ownerId || claims.accountId !== call.claims.accountId) {
    throw authenticationFailed();
  }
  const { owner, devices } = await loadOwnDevices(call);
  const passkey = await verifyRegistration(call, asked.registration, claims.passkeyChallenge ?? '');
  if (
    passkey === undefined ||
    devices.some((device) => device.Passkey?.CredentialId === passkey.CredentialId)
  ) {
    throw authenticationFailed();
  }
  const device: OwnedMfaDeviceRecord = {
    SerialNumber: createSerialNumber(call, owner, asked.deviceName),
    EnableDate: call.now,
    Passkey: passkey,
  };
  await commitProof(call, [
    answerChallenge(claims),
    {
      kind: 'put',
      key: credentialKey('MFADevice', owner.accountId, owner.ownerId, device.SerialNumber),
      attributes: toAttributes(device),
      condition: { exists: false },
    },
    {
      kind: 'update',
      key: owner.key,
      add: { MFADeviceCount: 1 },
      condition: { exists: true, revision: owner.revision },
    },
  ]);
  call.note({
    event: 'PasskeyRegistered',
    accountId: owner.accountId,
    ownerId: owner.ownerId,
  });
  return { SerialNumber: device.SerialNumber };
}

function requireConfigured({ relyingParty }: SignedInCall): void {
  if (relyingParty === undefined) {
    throw new IamError(
      'NotConfigured',
      'This deployment has no page to sign in on, and therefore no passkeys.',
    );
  }
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (iam:RegisterSecurityKey)
 */
function requireEnabling(call: SignedInCall, step: 'Create' | 'Activate'): void {
  const context = { 'iam:RegisterSecurityKey': step };
  if (!isAllowed(call, call.principal, { action: 'iam:EnableMFADevice', context })) {
    throw new IamError(
      'AccessDenied',
      `User: ${call.principal.caller.principal.arn} is not authorized to perform: iam:EnableMFADevice`,
    );
  }
}

async function loadOwnDevices(
  call: SignedInCall,
): Promise<{ readonly owner: SignInOwner; readonly devices: readonly OwnedMfaDeviceRecord[] }> {
  const [owner, devices] = await Promise.all([
    loadOwner(call, call.claims),
    listMfaDevices(call.store, call.claims),
  ]);
  if (owner === undefined) {
    throw invalidClientTokenId();
  }
  if (owner.mfaDeviceCount >= call.mfaDeviceQuota) {
    throw new IamError(
      'LimitExceeded',
      `Cannot exceed quota for MFADevicesPerUser: ${call.mfaDeviceQuota}`,
    );
  }
  return { owner, devices };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `arn:aws:iam::123456789012:u2f/user/alice/phone-3QZ…`, as AWS numbers them. */
function createSerialNumber(call: SignedInCall, owner: SignInOwner, deviceName: string): string {
  const suffix = Array.from(call.randomBytes(26), (byte) => BASE32.charAt(byte & 31)).join('');
  const holder = owner.userName === undefined ? 'root' : `user/${owner.userName}`;
  const scope = { partition: call.partition, accountId: owner.accountId };
  return iamArn(scope, 'u2f', `/${holder}/`, `${deviceName}-${suffix}`);
}
