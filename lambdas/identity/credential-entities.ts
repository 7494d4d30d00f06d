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
}
