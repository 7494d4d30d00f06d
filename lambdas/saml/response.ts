import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { decryptXml, parseDomFromString, xpath } from '@node-saml/node-saml/lib/xml';
import { childrenOf, descendantsOf, isElement, parseXml } from '../credentials/xml-element';
import type { XmlElement } from '../credentials/xml-element';
import { invalidToken } from './refusal';

/** Whose signatures are taken, and with what encrypted assertions are opened. */
export interface ResponseKeys {
  /** DER in base64. At least one. */
  readonly signingCertificates: readonly string[];
  /** PEM; tried one after the other. */
  readonly decryptionKeys: readonly string[];
  /** Whether an assertion that is not encrypted is refused. */
  readonly isEncryptionRequired: boolean;
}

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html */
const MAX_RESPONSE_LENGTH = 100_000;

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';
const ENCRYPTION = 'http://www.w3.org/2001/04/xmlenc#';
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/**
 * The algorithms of signatures, digests and transforms. What is not here is refused: SHA-1, HMAC (whose key would be the public one),
 * XSLT, XPath.
 *
 * Source: RFC 9231; W3C XML Signature, section 6
 */
const ALGORITHMS: Readonly<Record<string, ReadonlySet<string>>> = {
  SignatureMethod: new Set([
    'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  ]),
  DigestMethod: new Set([
    'http://www.w3.org/2001/04/xmlenc#sha256',
    'http://www.w3.org/2001/04/xmlenc#sha512',
  ]),
  CanonicalizationMethod: new Set(['http://www.w3.org/2001/10/xml-exc-c14n#']),
  Transform: new Set([
    'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
    'http://www.w3.org/2001/10/xml-exc-c14n#',
  ]),
};

/**
 * Of encryption. Without RSA 1.5 and triple DES, which can be undone by asking often enough.
 *
 * Source: W3C XML Encryption 1.1, section 5
 */
const ENCRYPTION_ALGORITHMS: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
]);

/**
 * The one assertion of a response that its provider signed, as an element of the very text that the signature covers.
 *
 * Before anything is verified: limits, no DOCTYPE, no comment, no processing instruction, known algorithms, one assertion. The library
 * verifies; nothing but what it verified is read afterwards.
 *
 * Errors: SamlRefused.
 * Source: SAML V2.0 Core, section 5; https://docs.oasis-open.org/security/saml/v2.0/sstc-saml-approved-errata-2.0.html
 */
export async function verifyResponse(encoded: string, keys: ResponseKeys): Promise<XmlElement> {
  const xml = decode(encoded);
  const isEncrypted = checkStructure(xml, keys);
  const candidates = isEncrypted ? keys.decryptionKeys : [undefined];
  for (const decryptionKey of candidates) {
    if (decryptionKey !== undefined && !(await isDecryptable(xml, decryptionKey))) continue;
    const assertion = await verify(xml, keys.signingCertificates, decryptionKey);
    if (assertion !== undefined) return assertion;
  }
  throw invalidToken('Response signature invalid');
}

/** Whether the key opens the assertion, and what is within uses no algorithm that is refused. */
async function isDecryptable(xml: string, decryptionKey: string): Promise<boolean> {
  let decrypted: string;
  try {
    decrypted = await decryptXml(await encryptedPartOf(xml), decryptionKey);
  } catch {
    return false;
  }
  const assertion = hasMarkupToHideIn(decrypted) ? undefined : parseXml(decrypted);
  if (assertion === undefined || !isElement(assertion, ASSERTION, 'Assertion')) return false;
  const inner = descendantsOf(assertion);
  return countNamed(inner, 'Assertion') === 0 && usesKnownAlgorithms(assertion);
}

function decode(encoded: string): string {
  const compact = encoded.replace(/\s/g, '');
  if (encoded.length > MAX_RESPONSE_LENGTH) {
    throw invalidToken('SAML response is too long');
  }
  const bytes = Buffer.from(compact, 'base64');
  if (compact === '' || bytes.toString('base64') !== compact) {
    throw invalidToken('SAML response is not valid base64');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidToken('SAML response is not valid UTF-8');
  }
}

/** Whether the assertion is encrypted. Errors: SamlRefused for whatever a response of an honest provider does not have. */
function checkStructure(xml: string, keys: ResponseKeys): boolean {
  const root = hasMarkupToHideIn(xml) ? undefined : parseXml(xml);
  if (root === undefined || !isElement(root, PROTOCOL, 'Response')) {
    throw invalidToken('SAML response is not valid');
  }
  const elements = descendantsOf(root);
  const plain = elements.filter((element) => isElement(element, ASSERTION, 'Assertion'));
  const encrypted = elements.filter((element) =>
    isElement(element, ASSERTION, 'EncryptedAssertion'),
  );
  if (plain.length + encrypted.length !== 1 || countNamed(elements, 'Assertion') !== plain.length) {
    throw invalidToken('SAML response must hold exactly one assertion');
  }
  checkStatus(root);
  if (!usesKnownAlgorithms(root)) {
    throw invalidToken('Response signature uses an algorithm that is not accepted');
  }
  if (encrypted.length === 0 && keys.isEncryptionRequired) {
    throw invalidToken('SAML assertion must be encrypted');
  }
  return encrypted.length === 1;
}

/** A comment within a text makes some readers end there, and canonical XML leaves it out of what is signed. */
function hasMarkupToHideIn(xml: string): boolean {
  return /<!|<\?(?!xml\s)/i.test(xml);
}

/** Whatever their namespace: nobody else may take an element for an assertion that is none to us. */
function countNamed(elements: readonly XmlElement[], localName: string): number {
  return elements.filter((element) => element.localName === localName).length;
}

function checkStatus(root: XmlElement): void {
  const codes = childrenOf(root, PROTOCOL, 'Status').flatMap((status) =>
    childrenOf(status, PROTOCOL, 'StatusCode'),
  );
  if (codes.length !== 1 || codes[0]?.attributes['Value'] !== SUCCESS) {
    throw invalidToken('SAML response does not say that the sign-in succeeded');
  }
}

/** Not below an EncryptionMethod, where the digest is that of the padding: SHA-1 is as good as any there. */
function usesKnownAlgorithms({ namespace, localName, attributes, children }: XmlElement): boolean {
  const algorithm = attributes['Algorithm'] ?? '';
  if (namespace === ENCRYPTION && localName === 'EncryptionMethod') {
    return ENCRYPTION_ALGORITHMS.has(algorithm);
  }
  const allowed = namespace === SIGNATURE ? ALGORITHMS[localName] : undefined;
  const hasParameters = localName === 'SignatureMethod' && children.length > 0;
  return (
    (allowed?.has(algorithm) ?? true) &&
    !(namespace === SIGNATURE && hasParameters) &&
    children.every(usesKnownAlgorithms)
  );
}

/** The one EncryptedAssertion, as the library that verifies cuts it out. */
async function encryptedPartOf(xml: string): Promise<string> {
  // The library's types name those of a package that has none.
  const document = (await parseDomFromString(xml)) as never;
  const elements = xpath.selectElements(document, "//*[local-name()='EncryptedAssertion']");
  return (elements as readonly object[]).map(String).join('');
}

/** The verified assertion; undefined where nothing is verified. */
async function verify(
  xml: string,
  signingCertificates: readonly string[],
  decryptionKey: string | undefined,
): Promise<XmlElement | undefined> {
  const saml = new SAML({
    idpCert: signingCertificates.map(toPem),
    // Of requests, which are never made here.
    callbackUrl: 'https://portcullis.invalid/saml',
    issuer: 'portcullis',
    ...(decryptionKey === undefined ? {} : { decryptionPvk: decryptionKey }),
    // One signature, on the response or on the assertion, as AWS asks for it.
    wantAuthnResponseSigned: false,
    wantAssertionsSigned: false,
    validateInResponseTo: ValidateInResponseTo.never,
    // Times and audience are checked on the verified text, with the clock of the call.
    acceptedClockSkewMs: -1,
    audience: false,
  });
  let verified: string | undefined;
  try {
    const { profile } = await saml.validatePostResponseAsync({
      SAMLResponse: Buffer.from(xml, 'utf8').toString('base64'),
    });
    verified = profile?.getAssertionXml?.();
  } catch {
    return undefined;
  }
  // In canonical XML a numeric reference is a control character, for which no text that is read here has a use.
  if (verified === undefined || /&#/.test(verified)) {
    return undefined;
  }
  const assertion = parseXml(verified);
  return assertion !== undefined && isElement(assertion, ASSERTION, 'Assertion')
    ? assertion
    : undefined;
}

function toPem(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
