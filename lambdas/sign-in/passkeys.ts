import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { OwnedMfaDeviceRecord, PasskeyRecord } from '../identity/credential-entities';
import { toAttributes } from '../identity/records';
import type { SignInOwner } from '../identity/sign-in-sessions';
import { credentialKey } from '../store/keys';
import type { Write } from '../store/store';
import type { SignInCall } from './call';

/*
 * Passkeys and security keys as a second factor, as AWS has them. The library is loaded by the first call that needs it: signing
 * in with a code does without.
 *
 * Source: https://www.w3.org/TR/webauthn-3/ and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_fido.html
 */

/** What a browser's `navigator.credentials.get` gave, as its `toJSON` writes it. */
export type PasskeyAnswer = AuthenticationResponseJSON;

/** What a browser's `navigator.credentials.create` gave. */
export type PasskeyRegistration = RegistrationResponseJSON;

const CHALLENGE_BYTES = 32;
const TIMEOUT_MILLISECONDS = 5 * 60 * 1000;

const loadLibrary = () => import('@simplewebauthn/server');

/** The options for using one of the passkeys; undefined where there is none. */
export async function createAssertionOptions(
  call: SignInCall,
  devices: readonly OwnedMfaDeviceRecord[],
): Promise<PublicKeyCredentialRequestOptionsJSON | undefined> {
  const passkeys = devices.flatMap(({ Passkey }) => (Passkey === undefined ? [] : [Passkey]));
  if (call.relyingParty === undefined || passkeys.length === 0) {
    return undefined;
  }
  const { generateAuthenticationOptions } = await loadLibrary();
  return generateAuthenticationOptions({
    rpID: call.relyingParty.id,
    challenge: newChallenge(call),
    allowCredentials: passkeys.map(describeCredential),
    userVerification: 'preferred',
    timeout: TIMEOUT_MILLISECONDS,
  });
}

/** The library takes text as the bytes of a challenge only in this form. */
function newChallenge({ randomBytes }: SignInCall): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(CHALLENGE_BYTES));
}

function describeCredential({ CredentialId, Transports }: PasskeyRecord) {
  return { id: CredentialId, transports: transportsOf(Transports) };
}

/** What an authenticator says of itself; browsers skip what they do not know. */
function transportsOf(transports: readonly string[]): AuthenticatorTransport[] {
  return [...transports] as AuthenticatorTransport[];
}

/**
 * The write that counts the use of a passkey, for the transaction of what it proves; undefined where the answer is not one of this
 * owner's passkeys' to this challenge.
 */
export async function usePasskey(
  call: SignInCall,
  { accountId, ownerId }: SignInOwner,
  devices: readonly OwnedMfaDeviceRecord[],
  proof: {
    readonly passkey?: PasskeyAnswer | undefined;
    readonly passkeyChallenge?: string | undefined;
  },
): Promise<Write | undefined> {
  const { passkey: answer, passkeyChallenge } = proof;
  const device = devices.find(
    ({ Passkey }) => Passkey !== undefined && Passkey.CredentialId === answer?.id,
  );
  const { relyingParty } = call;
  if (
    answer === undefined ||
    passkeyChallenge === undefined ||
    relyingParty === undefined ||
    device?.Passkey === undefined
  ) {
    return undefined;
  }
  const { Passkey: passkey, SerialNumber } = device;
  const signatureCount = await verifyAssertion(answer, passkey, {
    ...relyingParty,
    challenge: passkeyChallenge,
  });
  return signatureCount === undefined
    ? undefined
    : {
        kind: 'update',
        key: credentialKey('MFADevice', accountId, ownerId, SerialNumber),
        set: { Passkey: toAttributes({ ...passkey, SignatureCount: signatureCount }) },
        condition: { exists: true },
      };
}

interface Expected {
  readonly id: string;
  readonly origins: readonly string[];
  readonly challenge: string;
}

/** The signature counter as it is now; undefined for an answer that does not hold, whatever is wrong with it. */
async function verifyAssertion(
  response: PasskeyAnswer,
  passkey: PasskeyRecord,
  expected: Expected,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await loadLibrary();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: expected.challenge,
      expectedOrigin: [...expected.origins],
      expectedRPID: expected.id,
      credential: {
        id: passkey.CredentialId,
        publicKey: new Uint8Array(passkey.PublicKey),
        counter: passkey.SignatureCount,
        transports: transportsOf(passkey.Transports),
      },
      requireUserVerification: false,
    });
    return verified ? authenticationInfo.newCounter : undefined;
  } catch {
    // The library throws for every answer that it cannot read, and for most that are wrong.
    return undefined;
  }
}

/** The options for making a passkey. Errors: TypeError where there is no relying party. */
export async function createRegistrationOptions(
  call: SignInCall,
  owner: SignInOwner,
  devices: readonly OwnedMfaDeviceRecord[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { relyingParty } = call;
  if (relyingParty === undefined) {
    throw new TypeError('there is no relying party');
  }
  const { generateRegistrationOptions } = await loadLibrary();
  const userName = owner.userName ?? 'root';
  return generateRegistrationOptions({
    rpName: relyingParty.id,
    rpID: relyingParty.id,
    userName: `${userName}@${owner.accountId}`,
    userDisplayName: userName,
    userID: new Uint8Array(Buffer.from(owner.ownerId, 'utf8')),
    challenge: newChallenge(call),
    timeout: TIMEOUT_MILLISECONDS,
    attestationType: 'none',
    excludeCredentials: devices.flatMap(({ Passkey }) =>
      Passkey === undefined ? [] : [describeCredential(Passkey)],
    ),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  });
}

/** The passkey that was made; undefined for whatever does not answer this challenge. */
export async function verifyRegistration(
  call: SignInCall,
  response: PasskeyRegistration,
  challenge: string,
): Promise<PasskeyRecord | undefined> {
  const { relyingParty } = call;
  if (relyingParty === undefined) {
    return undefined;
  }
  const { verifyRegistrationResponse } = await loadLibrary();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [...relyingParty.origins],
      expectedRPID: relyingParty.id,
      requireUserVerification: false,
    });
    if (!verified) {
      return undefined;
    }
    const { id, publicKey, counter, transports } = registrationInfo.credential;
    return {
      CredentialId: id,
      PublicKey: publicKey,
      SignatureCount: counter,
      Transports: transports ?? [],
    };
  } catch {
    return undefined;
  }
}
