import { signXml } from '@node-saml/node-saml/lib/xml';
import { encrypt } from 'xml-encryption';
import { IDP_CERTIFICATE, IDP_KEY } from './saml-keys';

/** An identity provider that signs whatever it is told to. */
export const IDP_ENTITY_ID = 'https://idp.example.com/saml';
export const SAML_AUDIENCE = 'https://iam.example.com/saml';
export const PROVIDER_ARN = 'arn:aws:iam::123456789012:saml-provider/corporate';
export const ROLE_ARN = 'arn:aws:iam::123456789012:role/reader';

const ATTRIBUTES = 'https://aws.amazon.com/SAML/Attributes/';

export interface AssertionParts {
  readonly id?: string;
  readonly issuer?: string;
  /** Also the recipient. */
  readonly audience?: string;
  /** Epoch milliseconds of everything that is not said otherwise. */
  readonly now: number;
  readonly issueInstant?: string;
  readonly subject?: string;
  readonly confirmation?: string;
  readonly conditions?: string;
  readonly authnStatement?: string;
  /** By their names, without AWS's prefix where they have it. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** XML in place of the attribute statement. */
  readonly attributeStatement?: string;
}

export const at = (epochMilliseconds: number): string =>
  new Date(epochMilliseconds).toISOString().replace('.000Z', 'Z');

export const DEFAULT_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  Role: [`${ROLE_ARN},${PROVIDER_ARN}`],
  RoleSessionName: ['alice@example.com'],
};

export function writeAssertion(parts: AssertionParts): string {
  const { now, audience = SAML_AUDIENCE } = parts;
  const end = at(now + 300_000);
  const confirmation =
    parts.confirmation ??
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${end}" Recipient="${audience}"/></saml:SubjectConfirmation>`;
  const subject =
    parts.subject ??
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alice</saml:NameID>${confirmation}</saml:Subject>`;
  const conditions =
    parts.conditions ??
    `<saml:Conditions NotBefore="${at(now - 60_000)}" NotOnOrAfter="${end}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`;
  return [
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${parts.id ?? '_a1'}" Version="2.0" IssueInstant="${parts.issueInstant ?? at(now)}">`,
    `<saml:Issuer>${parts.issuer ?? IDP_ENTITY_ID}</saml:Issuer>`,
    subject,
    conditions,
    parts.authnStatement ?? `<saml:AuthnStatement AuthnInstant="${at(now)}" SessionIndex="_s1"/>`,
    parts.attributeStatement ?? writeAttributes(parts.attributes ?? DEFAULT_ATTRIBUTES),
    '</saml:Assertion>',
  ].join('');
}

function writeAttributes(attributes: Readonly<Record<string, readonly string[]>>): string {
  const written = Object.entries(attributes).map(([name, values]) => {
    const fullName = /^(https?:|urn:)/.test(name) ? name : ATTRIBUTES + name;
    const texts = values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`);
    return `<saml:Attribute Name="${fullName}">${texts.join('')}</saml:Attribute>`;
  });
  return `<saml:AttributeStatement>${written.join('')}</saml:AttributeStatement>`;
}

export function writeResponse(
  assertion: string,
  status = 'urn:oasis:names:tc:SAML:2.0:status:Success',
): string {
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" Version="2.0" IssueInstant="2026-01-02T03:04:05Z"><samlp:Status><samlp:StatusCode Value="${status}"/></samlp:Status>${assertion}</samlp:Response>`;
}

export interface Signing {
  readonly key?: string;
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
  readonly what?: 'Assertion' | 'Response';
}

/** XML with a signature on its assertion, or on the response. */
export function signed(xml: string, signing: Signing = {}): string {
  const { key = IDP_KEY, algorithm = 'sha256', what = 'Assertion' } = signing;
  const path = `//*[local-name(.)='${what}']`;
  return signXml(
    xml,
    path,
    { reference: `${path}/*[1]`, action: 'before' },
    { privateKey: key, signatureAlgorithm: algorithm, digestAlgorithm: algorithm },
  );
}

/** As the signed assertion's place is taken by its cipher. */
export async function encrypted(
  assertion: string,
  publicKey: { readonly key: string; readonly certificate: string },
  algorithm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  keyAlgorithm = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
): Promise<string> {
  const data = await new Promise<string>((resolve, reject) => {
    const options = {
      rsa_pub: publicKey.key,
      pem: publicKey.certificate,
      encryptionAlgorithm: algorithm,
      keyEncryptionAlgorithm: keyAlgorithm,
      warnInsecureAlgorithm: false,
    };
    // The types say that there is always an error.
    encrypt(assertion, options as never, (error: Error | null, result: string) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
  return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${data}</saml:EncryptedAssertion>`;
}

export const encoded = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64');

/** A response that is good at `now`, signed by the provider. */
export function goodResponse(parts: AssertionParts, signing: Signing = {}): string {
  return encoded(signed(writeResponse(writeAssertion(parts)), signing));
}

export const IDP_CERTIFICATE_BASE64 = IDP_CERTIFICATE.replace(/-----[A-Z ]+-----|\s/g, '');
