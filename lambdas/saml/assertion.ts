import type { SamlIdentity } from '../credentials/saml-identity';
import { readSamlDate } from '../credentials/saml-date';
import { childrenOf, isElement, type XmlElement } from '../credentials/xml-element';
import { readAttributes } from './attributes';
import { textOf } from './element-text';
import { invalidToken, SamlRefused } from './refusal';

/** What an assertion must have been made for. */
export interface AssertionExpectations {
  /** The entity id of the provider's metadata. */
  readonly issuer: string;
  /** Of this deployment: both the audience and the recipient that the provider must name. Never empty. */
  readonly audience: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A verified assertion: its id, until when it could be used, and what it says. */
export interface ReadAssertion {
  readonly id: string;
  /** Epoch milliseconds; from then on its conditions do not hold, so that nobody need remember that it was used. */
  readonly notOnOrAfter: number;
  readonly identity: SamlIdentity;
}

const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const NAME_ID_FORMAT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:';

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html */
const REDEEM_MILLISECONDS = 300_000;

/** How far the clocks of provider and deployment may be apart. */
const CLOCK_SKEW_MILLISECONDS = 60_000;

const MAX_ID_LENGTH = 256;
const MAX_SUBJECT_LENGTH = 1024;

/**
 * Checks and reads an assertion whose signature holds. Every time, audience and recipient must be there: none that is missing is taken
 * for one that fits.
 *
 * Errors: SamlRefused.
 * Source: SAML V2.0 Core, section 2; SAML V2.0 Profiles, section 4.1.4
 */
export function readAssertion(
  assertion: XmlElement,
  expected: AssertionExpectations,
): ReadAssertion {
  const { ID: id = '', Version: version } = assertion.attributes;
  if (version !== '2.0' || id === '' || id.length > MAX_ID_LENGTH) {
    throw invalidToken('SAML assertion has no valid ID and Version');
  }
  if (textOf(only(assertion, 'Issuer')) !== expected.issuer) {
    throw invalidToken('Issuer not present in specified provider');
  }
  checkIssueInstant(assertion, expected.now);
  const subject = readSubject(only(assertion, 'Subject'), expected);
  const conditionsUntil = checkConditions(only(assertion, 'Conditions'), expected);
  const sessionNotOnOrAfter = readSessionEnd(assertion, expected.now);
  return {
    id,
    notOnOrAfter: Math.max(conditionsUntil, subject.notOnOrAfter) + CLOCK_SKEW_MILLISECONDS,
    identity: {
      subject: subject.name,
      subjectType: subject.type,
      issuer: expected.issuer,
      recipient: expected.audience,
      ...(sessionNotOnOrAfter === undefined ? {} : { sessionNotOnOrAfter }),
      ...readAttributes(childrenOf(assertion, ASSERTION, 'AttributeStatement')),
    },
  };
}

function checkIssueInstant(assertion: XmlElement, now: number): void {
  const issuedAt = readSamlDate(assertion.attributes['IssueInstant'] ?? '');
  if (Number.isNaN(issuedAt) || issuedAt > now + CLOCK_SKEW_MILLISECONDS) {
    throw invalidToken('SAML assertion has no valid IssueInstant');
  }
  if (issuedAt + REDEEM_MILLISECONDS <= now) {
    throw new SamlRefused(
      'ExpiredTokenException',
      'Token must be redeemed within 5 minutes of issuance',
    );
  }
}

interface Subject {
  readonly name: string;
  readonly type: string;
  readonly notOnOrAfter: number;
}

function readSubject(subject: XmlElement, expected: AssertionExpectations): Subject {
  const nameId = only(subject, 'NameID');
  const name = textOf(nameId);
  if (name === '' || name.length > MAX_SUBJECT_LENGTH) {
    throw invalidToken('SAML assertion has no valid NameID');
  }
  const format = nameId.attributes['Format'] ?? '';
  const ends = childrenOf(subject, ASSERTION, 'SubjectConfirmation').flatMap((confirmation) => {
    const end = confirmedUntil(confirmation, expected);
    return end === undefined ? [] : [end];
  });
  if (ends.length === 0) {
    throw invalidToken('SAML assertion was not made for this recipient, or has expired');
  }
  return {
    name,
    type: format.startsWith(NAME_ID_FORMAT) ? format.slice(NAME_ID_FORMAT.length) : format,
    notOnOrAfter: Math.max(...ends),
  };
}

/** Epoch milliseconds; undefined where a confirmation does not hold here and now. */
function confirmedUntil(
  confirmation: XmlElement,
  { audience, now }: AssertionExpectations,
): number | undefined {
  const [data, ...others] = childrenOf(confirmation, ASSERTION, 'SubjectConfirmationData');
  if (
    confirmation.attributes['Method'] !== BEARER ||
    data === undefined ||
    others.length > 0 ||
    data.attributes['Recipient'] !== audience
  ) {
    return undefined;
  }
  const end = readSamlDate(data.attributes['NotOnOrAfter'] ?? '');
  const begin = data.attributes['NotBefore'];
  const hasBegun = begin === undefined || readSamlDate(begin) <= now + CLOCK_SKEW_MILLISECONDS;
  return hasBegun && now < end + CLOCK_SKEW_MILLISECONDS ? end : undefined;
}

/** Until when they hold; a condition that is not known cannot be said to hold. */
function checkConditions(conditions: XmlElement, expected: AssertionExpectations): number {
  const { NotBefore: notBefore = '', NotOnOrAfter: notOnOrAfter = '' } = conditions.attributes;
  const end = readSamlDate(notOnOrAfter);
  if (!(readSamlDate(notBefore) <= expected.now + CLOCK_SKEW_MILLISECONDS)) {
    throw invalidToken('SAML assertion is not valid yet');
  }
  if (!(expected.now < end + CLOCK_SKEW_MILLISECONDS)) {
    throw new SamlRefused('ExpiredTokenException', 'SAML assertion has expired');
  }
  const restrictions = childrenOf(conditions, ASSERTION, 'AudienceRestriction');
  const isForUs = restrictions.every((restriction) =>
    childrenOf(restriction, ASSERTION, 'Audience').some(
      (audience) => textOf(audience) === expected.audience,
    ),
  );
  if (restrictions.length === 0 || !isForUs) {
    throw invalidToken('SAML assertion does not contain the required audience');
  }
  const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
  if (
    !conditions.children.every((child) => known.some((name) => isElement(child, ASSERTION, name)))
  ) {
    throw invalidToken('SAML assertion has a condition that is not known');
  }
  return end;
}

/** The earliest end of the provider's own sessions. */
function readSessionEnd(assertion: XmlElement, now: number): number | undefined {
  const ends = childrenOf(assertion, ASSERTION, 'AuthnStatement').flatMap(
    ({ attributes: { SessionNotOnOrAfter: end } }) =>
      end === undefined ? [] : [readSamlDate(end)],
  );
  if (ends.length === 0) {
    return undefined;
  }
  const end = Math.min(...ends);
  if (!(now < end)) {
    throw new SamlRefused('ExpiredTokenException', "The provider's session has expired");
  }
  return end;
}

function only(parent: XmlElement, localName: string): XmlElement {
  const [child, ...others] = childrenOf(parent, ASSERTION, localName);
  if (child === undefined || others.length > 0) {
    throw invalidToken(`SAML assertion must have one ${localName}`);
  }
  return child;
}
