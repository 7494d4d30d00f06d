import type { PasswordHash } from '../credentials/password-hash';
import type { Tag } from './entities';

/* Certificates, SSH keys and credentials for single services. Members are AWS's own names. Times are epoch milliseconds. */

export interface ServerCertificateRecord {
  readonly ServerCertificateName: string;
  readonly ServerCertificateId: string;
  readonly Path: string;
  readonly UploadDate: number;
  readonly Expiration: number;
  readonly CertificateBody: string;
  readonly CertificateChain?: string;
  /** PEM, sealed; AAD binds table and certificate id. */
  readonly SealedPrivateKey: Uint8Array;
  readonly Tags: readonly Tag[];
}

export type CredentialStatus = 'Active' | 'Inactive';

/** Under its owner. */
export interface SigningCertificateRecord {
  readonly CertificateId: string;
  /** As it was sent. */
  readonly CertificateBody: string;
  /** SHA-256 in hex: one certificate is uploaded once. */
  readonly Fingerprint: string;
  readonly Status: CredentialStatus;
  readonly UploadDate: number;
}

/** Under its user. */
export interface SshPublicKeyRecord {
  readonly SSHPublicKeyId: string;
  /** `ssh-rsa AAAA…`. */
  readonly SSHPublicKeyBody: string;
  readonly Fingerprint: string;
  readonly Status: CredentialStatus;
  readonly UploadDate: number;
}

/** Under its user. */
export interface ServiceSpecificCredentialRecord {
  readonly ServiceSpecificCredentialId: string;
  readonly ServiceName: string;
  /** What AWS calls ServiceUserName, or ServiceCredentialAlias for services whose credential is one text. */
  readonly ServiceUserName: string;
  readonly Password: PasswordHash;
  readonly Status: CredentialStatus;
  readonly CreateDate: number;
  readonly ExpirationDate?: number;
}
