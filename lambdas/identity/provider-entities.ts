import type { Tag } from './entities';

/* Identity providers that the account trusts. Members are AWS's own names where AWS has one. Times are epoch milliseconds. */

export interface OpenIdConnectProviderRecord {
  /** Without `https://`, as AWS gives it and as ARNs end. */
  readonly Url: string;
  readonly ClientIDList: readonly string[];
  /** SHA-1, lower-case hex. Empty: the server's certificate must lead to a public root. */
  readonly ThumbprintList: readonly string[];
  readonly CreateDate: number;
  readonly Tags: readonly Tag[];
}

export interface SamlProviderRecord {
  readonly Name: string;
  readonly SAMLProviderUUID: string;
  readonly SAMLMetadataDocument: string;
  /** Of the metadata: whose assertions are taken. */
  readonly EntityId: string;
  /** Of the metadata: DER in base64. What an assertion must be signed with one of. */
  readonly SigningCertificates: readonly string[];
  readonly CreateDate: number;
  readonly ValidUntil: number;
  readonly AssertionEncryptionMode?: 'Required' | 'Allowed';
  readonly PrivateKeys: readonly SamlPrivateKeyRecord[];
  readonly Tags: readonly Tag[];
}

/** With which encrypted assertions are opened. */
export interface SamlPrivateKeyRecord {
  readonly KeyId: string;
  readonly Timestamp: number;
  /** PEM, sealed; AAD binds table, provider and key id. */
  readonly SealedKey: Uint8Array;
}
