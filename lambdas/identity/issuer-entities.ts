import { bytes, flag, number, oneOf, row, text } from './records';

/* The account as an issuer of tokens for other services. Times are epoch milliseconds. */

/** The algorithms that AWS offers. */
export const ISSUER_ALGORITHMS = ['RS256', 'ES384'] as const;

export type IssuerAlgorithm = (typeof ISSUER_ALGORITHMS)[number];

/** Under the account. Made once: a feature that is turned off and on again has the same issuer. */
export interface OutboundFederationRecord {
  /** The last part of the issuer's URL. */
  readonly IssuerId: string;
  readonly JwtVendingEnabled: boolean;
  readonly CreateDate: number;
}

export interface IssuerRecord {
  readonly AccountId: string;
  readonly CreateDate: number;
}

export interface SigningKeyRecord {
  /** `kid`. */
  readonly KeyId: string;
  readonly Algorithm: IssuerAlgorithm;
  readonly Number: number;
  /** A JSON Web Key, as text. */
  readonly PublicKey: string;
  /** PKCS #8 in PEM, sealed; AAD binds table, issuer and key id. */
  readonly SealedPrivateKey: Uint8Array;
  readonly CreateDate: number;
  /** From when on it signs; it is published before. */
  readonly UseDate: number;
}

export const readOutboundFederation = row<OutboundFederationRecord>('outbound federation', {
  IssuerId: text,
  JwtVendingEnabled: flag,
  CreateDate: number,
});

export const readSigningKey = row<SigningKeyRecord>('signing key', {
  KeyId: text,
  Algorithm: oneOf(...ISSUER_ALGORITHMS),
  Number: number,
  PublicKey: text,
  SealedPrivateKey: bytes,
  CreateDate: number,
  UseDate: number,
});
