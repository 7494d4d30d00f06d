import type {
  ServerCertificateRecord,
  ServiceSpecificCredentialRecord,
  SigningCertificateRecord,
  SshPublicKeyRecord,
} from './certificate-entities';
import { passwordHash } from './credential-records';
import { bytes, number, oneOf, optional, row, tags, text } from './records';

/* Rows of certificates and keys become entities here, as in `records.ts`. */

export const readServerCertificate = row<ServerCertificateRecord>('server certificate', {
  ServerCertificateName: text,
  ServerCertificateId: text,
  Path: text,
  UploadDate: number,
  Expiration: number,
  CertificateBody: text,
  CertificateChain: optional(text),
  SealedPrivateKey: bytes,
  Tags: tags,
});

const status = oneOf('Active', 'Inactive');

export const readSigningCertificate = row<SigningCertificateRecord>('signing certificate', {
  CertificateId: text,
  CertificateBody: text,
  Fingerprint: text,
  Status: status,
  UploadDate: number,
});

export const readSshPublicKey = row<SshPublicKeyRecord>('SSH public key', {
  SSHPublicKeyId: text,
  SSHPublicKeyBody: text,
  Fingerprint: text,
  Status: status,
  UploadDate: number,
});

export const readServiceSpecificCredential = row<ServiceSpecificCredentialRecord>(
  'service-specific credential',
  {
    ServiceSpecificCredentialId: text,
    ServiceName: text,
    ServiceUserName: text,
    Password: passwordHash,
    Status: status,
    CreateDate: number,
    ExpirationDate: optional(number),
  },
);
