import type { PasswordHash } from '../credentials/password-hash';
import type {
  CredentialOwnerReference,
  LoginProfileRecord,
  OwnedMfaDeviceRecord,
  PasskeyRecord,
  PasswordAttemptsRecord,
  PasswordPolicyRecord,
  VirtualMfaDeviceRecord,
} from './credential-entities';
import { bytes, flag, list, number, oneOf, optional, row, structure, tags, text } from './records';

/* Rows of credentials become entities here, as in `records.ts`. */

export const passwordHash = structure<PasswordHash>({
  Algorithm: oneOf('scrypt'),
  Cost: number,
  BlockSize: number,
  Parallelization: number,
  Salt: bytes,
  Hash: bytes,
});

export const readLoginProfile = row<LoginProfileRecord>('login profile', {
  CreateDate: number,
  PasswordResetRequired: flag,
  Password: passwordHash,
  PasswordSetDate: number,
  FormerPasswords: list(passwordHash),
});

export const readPasswordAttempts = row<PasswordAttemptsRecord>('count of wrong answers', {
  Count: number,
});

export const readPasswordPolicy = row<PasswordPolicyRecord>('password policy', {
  MinimumPasswordLength: number,
  RequireSymbols: flag,
  RequireNumbers: flag,
  RequireUppercaseCharacters: flag,
  RequireLowercaseCharacters: flag,
  AllowUsersToChangePassword: flag,
  MaxPasswordAge: optional(number),
  PasswordReusePrevention: optional(number),
  HardExpiry: flag,
});

export const readVirtualMfaDevice = row<VirtualMfaDeviceRecord>('virtual MFA device', {
  SerialNumber: text,
  CreateDate: number,
  SealedSeed: bytes,
  Tags: tags,
  AssignedTo: optional(
    structure<CredentialOwnerReference>({ Kind: oneOf('Root', 'User'), Id: text }),
  ),
  EnableDate: optional(number),
  LastTimeStep: optional(number),
  ClockOffsetSteps: optional(number),
});

export const readOwnedMfaDevice = row<OwnedMfaDeviceRecord>('MFA device', {
  SerialNumber: text,
  EnableDate: number,
  Passkey: optional(
    structure<PasskeyRecord>({
      CredentialId: text,
      PublicKey: bytes,
      SignatureCount: number,
      Transports: list(text),
    }),
  ),
});
