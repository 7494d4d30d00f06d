import type {
  OpenIdConnectProviderRecord,
  SamlPrivateKeyRecord,
  SamlProviderRecord,
} from './provider-entities';
import { bytes, list, number, oneOf, optional, row, structure, tags, text } from './records';

/* Rows of identity providers become entities here, as in `records.ts`. */

export const readOpenIdConnectProvider = row<OpenIdConnectProviderRecord>('OIDC provider', {
  Url: text,
  ClientIDList: list(text),
  ThumbprintList: list(text),
  CreateDate: number,
  Tags: tags,
});

export const readSamlProvider = row<SamlProviderRecord>('SAML provider', {
  Name: text,
  SAMLProviderUUID: text,
  SAMLMetadataDocument: text,
  EntityId: text,
  SigningCertificates: list(text),
  CreateDate: number,
  ValidUntil: number,
  AssertionEncryptionMode: optional(oneOf('Required', 'Allowed')),
  PrivateKeys: list(
    structure<SamlPrivateKeyRecord>({ KeyId: text, Timestamp: number, SealedKey: bytes }),
  ),
  Tags: tags,
});
