import { X509Certificate } from 'node:crypto';
import { readSamlDate } from './saml-date';
import { descendantsOf, isElement, parseXml, type XmlElement } from './xml-element';

/*
 * What an identity provider says of itself.
 *
 * Source: SAML V2.0 Metadata, sections 2.3.2, 2.4.3
 */

export interface SamlMetadata {
  readonly entityId: string;
  /** DER in base64: what the provider may sign assertions with. At least one. */
  readonly signingCertificates: readonly string[];
  /** Epoch milliseconds; undefined where the document does not say. */
  readonly validUntil: number | undefined;
}

const METADATA_NAMESPACE = 'urn:oasis:names:tc:SAML:2.0:metadata';
const SIGNATURE_NAMESPACE = 'http://www.w3.org/2000/09/xmldsig#';
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';

const MAX_ENTITY_ID_LENGTH = 1024;

/**
 * The metadata of one identity provider; undefined for everything else: what is no XML, has a DOCTYPE, describes several
 * entities, or lacks what an assertion is checked with.
 */
export function readSamlMetadata(document: string): SamlMetadata | undefined {
  const root = parseXml(document);
  return root === undefined || !isMetadata(root, 'EntityDescriptor') ? undefined : readEntity(root);
}

function readEntity(root: XmlElement): SamlMetadata | undefined {
  const entityId = root.attributes['entityID'] ?? '';
  const providers = root.children.filter(
    (child) =>
      isMetadata(child, 'IDPSSODescriptor') &&
      (child.attributes['protocolSupportEnumeration'] ?? '').split(/\s+/).includes(PROTOCOL),
  );
  const [provider] = providers;
  const { validUntil: until } = root.attributes;
  const validUntil = until === undefined ? undefined : readSamlDate(until);
  if (
    entityId === '' ||
    entityId.length > MAX_ENTITY_ID_LENGTH ||
    provider === undefined ||
    providers.length > 1 ||
    Number.isNaN(validUntil)
  ) {
    return undefined;
  }
  const signingCertificates = readSigningCertificates(provider);
  return signingCertificates === undefined || signingCertificates.length === 0
    ? undefined
    : { entityId, signingCertificates, validUntil };
}

/** A key whose use is not said is for everything. One certificate that cannot be read spoils all. */
function readSigningCertificates(provider: XmlElement): readonly string[] | undefined {
  const texts = provider.children
    .filter((child) => isMetadata(child, 'KeyDescriptor'))
    .filter(({ attributes }) => (attributes['use'] ?? 'signing') === 'signing')
    .flatMap((key) => descendantsOf(key))
    .filter((element) => isElement(element, SIGNATURE_NAMESPACE, 'X509Certificate'))
    .map(({ text }) => text.replace(/\s/g, ''));
  return texts.every(isCertificate) ? [...new Set(texts)] : undefined;
}

function isCertificate(base64: string): boolean {
  const der = Buffer.from(base64, 'base64');
  if (der.toString('base64') !== base64) {
    return false;
  }
  try {
    return new X509Certificate(der).raw.equals(der);
  } catch {
    return false;
  }
}

function isMetadata(element: XmlElement, localName: string): boolean {
  return isElement(element, METADATA_NAMESPACE, localName);
}
