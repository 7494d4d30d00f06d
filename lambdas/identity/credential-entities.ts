import type { PasswordHash } from '../credentials/password-hash';
import type { Tag } from './entities';

/*
 * What users, and root, sign in with besides access keys; the rows of their partition of credentials.
 * Members are AWS's own names where AWS has one. Times are epoch milliseconds.
 */

export interface LoginProfileRecord {
  readonly CreateDate: number;
  readonly PasswordResetRequired: boolean;
  readonly Password: PasswordHash;
  readonly PasswordSetDate: number;
  /** The newest first, without the present one. */
  readonly FormerPasswords: readonly PasswordHash[];
}

/** Under a row that expires, and with it the lock. */
export interface PasswordAttemptsRecord {
  readonly Count: number;
}

/** The account's own rules; without this row AWS's default rules hold. */
export interface PasswordPolicyRecord {
  readonly MinimumPasswordLength: number;
  readonly RequireSymbols: boolean;
  readonly RequireNumbers: boolean;
  readonly RequireUppercaseCharacters: boolean;
  readonly RequireLowercaseCharacters: boolean;
  readonly AllowUsersToChangePassword: boolean;
  /** Days; absent where passwords do not expire. */
  readonly MaxPasswordAge?: number;
  readonly PasswordReusePrevention?: number;
  readonly HardExpiry: boolean;
}

/** Whoever has credentials: a user, or the account's root user. */
export interface CredentialOwnerReference {
  readonly Kind: 'Root' | 'User';
  /** `AIDA…`, or the account id for root. */
  readonly Id: string;
}

export interface VirtualMfaDeviceRecord {
  readonly SerialNumber: string;
  readonly CreateDate: number;
  /** The seed in base32, sealed; AAD binds table, account and serial number with the time of its making. */
  readonly SealedSeed: Uint8Array;
  readonly Tags: readonly Tag[];
  readonly AssignedTo?: CredentialOwnerReference;
  readonly EnableDate?: number;
  /** The highest time step of which a code has been accepted: no code counts twice. */
  readonly LastTimeStep?: number;
  /** By how many steps the device's clock is ahead; negative where it is behind. */
  readonly ClockOffsetSteps?: number;
}

/** Under its owner, for lists. */
export interface OwnedMfaDeviceRecord {
  readonly SerialNumber: string;
  readonly EnableDate: number;
  /** Of a passkey or security key, which has no other row; absent of a virtual device. */
  readonly Passkey?: PasskeyRecord;
}

/**
 * The public half of a passkey.
 *
 * Source: https://www.w3.org/TR/webauthn-3/#credential-record
 */
export interface PasskeyRecord {
  /** Base64url, as authenticators give it. */
  readonly CredentialId: string;
  /** A COSE key. */
  readonly PublicKey: Uint8Array;
  /** The highest signature counter that was seen; 0 where the authenticator does not count. */
  readonly SignatureCount: number;
  /** How a browser reaches it: `internal`, `usb`, … */
  readonly Transports: readonly string[];
}

/** Who is signed in with a password; under a row that expires with the session. */
export interface SignInSessionRecord {
  /** `ASIA…`, like the access key id of other temporary credentials. */
  readonly SessionId: string;
  /** The owner's when it signed in; the session counts while it still is. */
  readonly Generation: number;
  readonly SignInDate: number;
  /** When a second factor was proven; absent where none was. */
  readonly MultiFactorDate?: number;
  /** When tokens were last given out. */
  readonly RefreshDate: number;
  /** SHA-256 of the one refresh token that counts. */
  readonly RefreshTokenHash: Uint8Array;
  readonly ExpirationDate: number;
  readonly SourceIp: string;
  readonly UserAgent: string;
}
