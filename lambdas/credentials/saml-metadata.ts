import { X509Certificate } from 'node:crypto';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

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
const MAX_DEPTH = 32;

/** An element as the parser gives it in document order: its name with its children, and its attributes under `:@`. */
type Node = Readonly<Record<string, unknown>>;

interface Element {
  readonly namespace: string | undefined;
  readonly localName: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

type Namespaces = ReadonlyMap<string, string>;

/**
 * The metadata of one identity provider; undefined for everything else: what is no XML, has a DOCTYPE, describes several
 * entities, or lacks what an assertion is checked with.
 */
export function readSamlMetadata(document: string): SamlMetadata | undefined {
  // No entity, no external document: nothing that this text does not say itself.
  if (/<!\s*(?:DOCTYPE|ENTITY)/i.test(document) || XMLValidator.validate(document) !== true) {
    return undefined;
  }
  let root: Element | undefined;
  try {
    root = parse(document);
  } catch {
    return undefined;
  }
  return root === undefined || !isMetadata(root, 'EntityDescriptor') ? undefined : readEntity(root);
}

function readEntity(root: Element): SamlMetadata | undefined {
  const entityId = root.attributes['entityID'] ?? '';
  const providers = root.children.filter(
    (child) =>
      isMetadata(child, 'IDPSSODescriptor') &&
      (child.attributes['protocolSupportEnumeration'] ?? '').split(/\s+/).includes(PROTOCOL),
  );
  const [provider] = providers;
  const validUntil = readDate(root.attributes['validUntil']);
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
function readSigningCertificates(provider: Element): readonly string[] | undefined {
  const texts = provider.children
    .filter((child) => isMetadata(child, 'KeyDescriptor'))
    .filter(({ attributes }) => (attributes['use'] ?? 'signing') === 'signing')
    .flatMap((key) => descendants(key))
    .filter((element) => is(element, SIGNATURE_NAMESPACE, 'X509Certificate'))
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

/** NaN for what is no date. */
function readDate(text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/.test(text)
    ? Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
    : Number.NaN;
}

function isMetadata(element: Element, localName: string): boolean {
  return is(element, METADATA_NAMESPACE, localName);
}

function is(element: Element, namespace: string, localName: string): boolean {
  return element.namespace === namespace && element.localName === localName;
}

function descendants(element: Element): readonly Element[] {
  return element.children.flatMap((child) => [child, ...descendants(child)]);
}

/** Errors: whatever the parser throws, RangeError for too many levels. */
function parse(document: string): Element | undefined {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
  });
  const nodes = parser.parse(document) as readonly Node[];
  const elements = nodes.flatMap((node) => readElement(node, new Map(), 1));
  return elements.length === 1 ? elements[0] : undefined;
}

function readElement(node: Node, outer: Namespaces, depth: number): readonly Element[] {
  if (depth > MAX_DEPTH) {
    throw new RangeError('too many levels of elements');
  }
  const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
  if (name === undefined) {
    return [];
  }
  const attributes = (node[':@'] ?? {}) as Readonly<Record<string, string>>;
  const namespaces = new Map(outer);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute === 'xmlns') namespaces.set('', value);
    if (attribute.startsWith('xmlns:')) namespaces.set(attribute.slice(6), value);
  }
  const nodes = node[name] as readonly Node[];
  const colon = name.indexOf(':');
  return [
    {
      namespace: namespaces.get(colon < 0 ? '' : name.slice(0, colon)),
      localName: name.slice(colon + 1),
      attributes,
      children: nodes.flatMap((child) => readElement(child, namespaces, depth + 1)),
      text: nodes.map((child) => (child['#text'] as string | undefined) ?? '').join(''),
    },
  ];
}
