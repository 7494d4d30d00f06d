import type { SamlIdentity, SamlRole } from '../credentials/saml-identity';
import { childrenOf, type XmlElement } from '../credentials/xml-element';
import { textOf } from './element-text';
import { federationAttributes } from './federation-attributes';
import { invalidToken } from './refusal';

type AttributeValues = ReadonlyMap<string, readonly string[]>;

type ReadAttributes = Omit<
  SamlIdentity,
  'subject' | 'subjectType' | 'issuer' | 'recipient' | 'sessionNotOnOrAfter'
>;

const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const PREFIX = 'https://aws.amazon.com/SAML/Attributes/';
const TAG_PREFIX = `${PREFIX}PrincipalTag:`;

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\x21-\x7e]{1,1024}$/;
const PROVIDER_ARN = /^arn:aws[a-z-]*:iam::\d{12}:saml-provider\/[\w.-]{1,128}$/;

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html */
const SESSION_SECONDS = { minimum: 900, maximum: 43_200 } as const;

/** More than any directory has use for. */
const MAX_ATTRIBUTES = 200;
const MAX_VALUES = 200;

/**
 * The attributes that AWS gives a meaning. Errors: SamlRefused, in AWS's words where it has them.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
 */
export function readAttributes(statements: readonly XmlElement[]): ReadAttributes {
  const values = readValues(statements);
  const sessionDurationSeconds = readDuration(values);
  const sourceIdentity = readSourceIdentity(values);
  return {
    roles: readRoles(values.get(`${PREFIX}Role`) ?? []),
    roleSessionName: readSessionName(values),
    ...(sessionDurationSeconds === undefined ? {} : { sessionDurationSeconds }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    tags: readTags(values),
    transitiveTagKeys: values.get(`${PREFIX}TransitiveTagKeys`) ?? [],
    attributes: federationAttributes(values),
  };
}

/** By their names, each of which may come once: two of one name would say two things. */
function readValues(statements: readonly XmlElement[]): AttributeValues {
  const values = new Map<string, readonly string[]>();
  for (const attribute of statements.flatMap((statement) =>
    childrenOf(statement, ASSERTION, 'Attribute'),
  )) {
    const name = attribute.attributes['Name'] ?? '';
    const texts = childrenOf(attribute, ASSERTION, 'AttributeValue').map(textOf);
    if (name === '' || values.has(name) || texts.length > MAX_VALUES) {
      throw invalidToken('SAML assertion has an attribute without a name of its own');
    }
    values.set(name, texts);
  }
  if (values.size > MAX_ATTRIBUTES) {
    throw invalidToken('SAML assertion has too many attributes');
  }
  return values;
}

/** The value of an attribute that has one; undefined where there is no such attribute. */
function single(values: AttributeValues, name: string): string | undefined {
  const all = values.get(PREFIX + name);
  if (all !== undefined && all.length !== 1) {
    throw invalidToken(`${name} in AuthnResponse must have one value`);
  }
  return all?.[0];
}

function readSessionName(values: AttributeValues): string {
  const name = single(values, 'RoleSessionName');
  if (name === undefined) {
    throw invalidToken('RoleSessionName is required in AuthnResponse');
  }
  if (!SESSION_NAME.test(name)) {
    throw invalidToken('RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}');
  }
  return name;
}

/** Pairs in either order; what is no pair of a role and a provider offers nothing. */
function readRoles(texts: readonly string[]): readonly SamlRole[] {
  return texts.flatMap((text) => {
    const [first = '', second = '', ...others] = text.split(',').map((part) => part.trim());
    if (others.length > 0) return [];
    if (ROLE_ARN.test(first) && PROVIDER_ARN.test(second)) {
      return [{ roleArn: first, providerArn: second }];
    }
    return PROVIDER_ARN.test(first) && ROLE_ARN.test(second)
      ? [{ roleArn: second, providerArn: first }]
      : [];
  });
}

function readDuration(values: AttributeValues): number | undefined {
  const text = single(values, 'SessionDuration');
  if (text === undefined) return undefined;
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds < SESSION_SECONDS.minimum || seconds > SESSION_SECONDS.maximum) {
    throw invalidToken('SessionDuration in AuthnResponse must be between 900 and 43200 seconds');
  }
  return seconds;
}

function readSourceIdentity(values: AttributeValues): string | undefined {
  const text = single(values, 'SourceIdentity');
  if (text !== undefined && (!SESSION_NAME.test(text) || /^aws:/i.test(text))) {
    throw invalidToken(
      'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
    );
  }
  return text;
}

function readTags(values: AttributeValues): readonly { Key: string; Value: string }[] {
  return [...values].flatMap(([name, texts]) => {
    if (!name.startsWith(TAG_PREFIX)) return [];
    const [value, ...others] = texts;
    if (value === undefined || others.length > 0) {
      throw invalidToken('A session tag in AuthnResponse must have one value');
    }
    return [{ Key: name.slice(TAG_PREFIX.length), Value: value }];
  });
}
