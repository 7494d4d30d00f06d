import { createPrivateKey } from 'node:crypto';
import { readSamlMetadata } from '../credentials/saml-metadata';
import type { SamlPrivateKeyRecord, SamlProviderRecord } from '../identity/provider-entities';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';

/** The document lies in one row, whose size the store limits. */
const MAX_METADATA_BYTES = 262_144;

/** Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html */
const MAX_PRIVATE_KEYS = 2;

/** As AWS answers where the metadata does not say. */
const DEFAULT_VALIDITY_YEARS = 100;

type Metadata = Pick<
  SamlProviderRecord,
  'SAMLMetadataDocument' | 'EntityId' | 'SigningCertificates' | 'ValidUntil'
>;

/** What a provider holds of its metadata. Errors: InvalidInput. */
export function readMetadata(call: Call, document: string): Metadata {
  if (Buffer.byteLength(document) > MAX_METADATA_BYTES) {
    throw new IamError(
      'InvalidInput',
      `The metadata document must have at most ${MAX_METADATA_BYTES} bytes.`,
    );
  }
  const metadata = readSamlMetadata(document);
  if (metadata === undefined) {
    throw new IamError('InvalidInput', 'Could not parse metadata');
  }
  const validUntil = metadata.validUntil ?? yearsFrom(call.now, DEFAULT_VALIDITY_YEARS);
  if (validUntil <= call.now) {
    throw new IamError('InvalidInput', 'The metadata document has expired.');
  }
  return {
    SAMLMetadataDocument: document,
    EntityId: metadata.entityId,
    SigningCertificates: metadata.signingCertificates,
    ValidUntil: validUntil,
  };
}

function yearsFrom(now: number, years: number): number {
  const date = new Date(now);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime();
}

/** 26 letters of base32: 130 random bits. Of providers and of their keys. */
export function createProviderId(call: Call): string {
  return Array.from(call.randomBytes(26), (byte) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(byte & 31),
  ).join('');
}

/** The keys with one more, if there is one to add. Errors: InvalidInput, LimitExceeded. */
export async function addPrivateKey(
  call: Call,
  providerId: string,
  present: readonly SamlPrivateKeyRecord[],
  privateKey: string | undefined,
): Promise<readonly SamlPrivateKeyRecord[]> {
  if (privateKey === undefined) {
    return present;
  }
  if (present.length >= MAX_PRIVATE_KEYS) {
    throw new IamError(
      'LimitExceeded',
      `Cannot exceed quota for PrivateKeysPerSAMLProvider: ${MAX_PRIVATE_KEYS}`,
    );
  }
  if (!isPrivateKey(privateKey)) {
    throw new IamError('InvalidInput', 'The private key must be an unencrypted RSA key in PEM.');
  }
  const KeyId = createProviderId(call);
  const SealedKey = await call.sealSecret(privateKey, {
    table: 'identities',
    ownerId: providerId,
    keyId: KeyId,
  });
  return [...present, { KeyId, Timestamp: call.now, SealedKey }];
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** Errors: NoSuchEntity. */
export function removePrivateKey(
  present: readonly SamlPrivateKeyRecord[],
  keyId: string | undefined,
): readonly SamlPrivateKeyRecord[] {
  const kept = present.filter((key) => key.KeyId !== keyId);
  if (keyId !== undefined && kept.length === present.length) {
    throw new IamError('NoSuchEntity', `The private key with id ${keyId} cannot be found.`);
  }
  return kept;
}

/** Assertions that must be encrypted need a key that opens them. Errors: InvalidInput. */
export function checkEncryption(provider: SamlProviderRecord): void {
  if (provider.AssertionEncryptionMode === 'Required' && provider.PrivateKeys.length === 0) {
    throw new IamError(
      'InvalidInput',
      'A private key is needed where assertions must be encrypted.',
    );
  }
}
