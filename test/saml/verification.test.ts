import { createPublicKey } from 'node:crypto';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import type { SamlVerification } from '../../lambdas/credentials/saml-identity';
import type { SamlProviderRecord } from '../../lambdas/identity/provider-entities';
import { verifySamlResponse } from '../../lambdas/saml/verification';
import { samlProviderKey } from '../../lambdas/store/keys';
import type { Attributes } from '../../lambdas/store/store';
import { deploy } from '../credentials/test-data-keys';
import {
  at,
  DEFAULT_ATTRIBUTES,
  encoded,
  encrypted,
  goodResponse,
  IDP_CERTIFICATE_BASE64,
  IDP_ENTITY_ID,
  PROVIDER_ARN,
  ROLE_ARN,
  SAML_AUDIENCE,
  signed,
  writeAssertion,
  writeResponse,
  type AssertionParts,
} from '../harness/saml-identity-provider';
import { OTHER_IDP_CERTIFICATE, OTHER_IDP_KEY } from '../harness/saml-keys';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const ACCOUNT = '123456789012';

/** A deployment that knows one provider, `corporate`. */
async function knowProvider(change: Partial<SamlProviderRecord> = {}) {
  const deployment = deploy();
  deployment.now = NOW;
  const secrets = new SealedSecrets(deployment.dataKeys);
  const binding = { table: 'identities' as const, ownerId: 'UUID1', keyId: 'KEY1' };
  const provider: SamlProviderRecord = {
    Name: 'corporate',
    SAMLProviderUUID: 'UUID1',
    SAMLMetadataDocument: '<md/>',
    EntityId: IDP_ENTITY_ID,
    SigningCertificates: [IDP_CERTIFICATE_BASE64],
    CreateDate: NOW,
    ValidUntil: NOW + 86_400_000,
    PrivateKeys: [
      { KeyId: 'KEY1', Timestamp: NOW, SealedKey: await secrets.seal(OTHER_IDP_KEY, binding) },
    ],
    Tags: [],
    ...change,
  };
  await deployment.store.transact(
    [
      {
        kind: 'put',
        key: samlProviderKey(ACCOUNT, 'corporate'),
        attributes: provider as unknown as Attributes,
        condition: { exists: false },
      },
    ],
    { token: 'provider' },
  );
  const verify = (samlAssertion: string, providerName = 'corporate'): Promise<SamlVerification> =>
    verifySamlResponse(
      { accountId: ACCOUNT, providerName, samlAssertion },
      { store: deployment.store, secrets, audience: SAML_AUDIENCE, now: () => deployment.now },
    );
  return { deployment, verify };
}

async function verifyOne(samlAssertion: string, change: Partial<SamlProviderRecord> = {}) {
  const { verify } = await knowProvider(change);
  return verify(samlAssertion);
}

const good = (parts: Partial<AssertionParts> = {}): string => goodResponse({ now: NOW, ...parts });

const refusal = (message: string | RegExp, code = 'InvalidIdentityToken') => ({
  refusal: {
    code,
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  },
});

const xmlOf = (response: string): string => Buffer.from(response, 'base64').toString('utf8');

describe('what is taken', () => {
  test('a response whose assertion is signed says who somebody is and which roles are offered', async () => {
    const attributes = {
      ...DEFAULT_ATTRIBUTES,
      Role: [`${ROLE_ARN},${PROVIDER_ARN}`, ` ${PROVIDER_ARN} , ${ROLE_ARN}2 `, 'nonsense'],
      SessionDuration: ['3600'],
      SourceIdentity: ['alice'],
      'PrincipalTag:team': ['blue &amp; green'],
      'PrincipalTag:level': ['1'],
      TransitiveTagKeys: ['team'],
      'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': ['staff', 'student'],
      'https://example.com/aws:PrincipalTag/admin': ['true'],
    };
    expect(await verifyOne(good({ attributes }))).toEqual({
      identity: {
        subject: 'alice',
        subjectType: 'persistent',
        issuer: IDP_ENTITY_ID,
        recipient: SAML_AUDIENCE,
        roles: [
          { roleArn: ROLE_ARN, providerArn: PROVIDER_ARN },
          { roleArn: `${ROLE_ARN}2`, providerArn: PROVIDER_ARN },
        ],
        roleSessionName: 'alice@example.com',
        sessionDurationSeconds: 3600,
        sourceIdentity: 'alice',
        tags: [
          { Key: 'team', Value: 'blue & green' },
          { Key: 'level', Value: '1' },
        ],
        transitiveTagKeys: ['team'],
        attributes: { 'saml:edupersonaffiliation': ['staff', 'student'] },
      },
    });
  });

  test('a response that is signed as a whole is taken', async () => {
    expect(await verifyOne(goodResponse({ now: NOW }, { what: 'Response' }))).toHaveProperty(
      'identity.subject',
      'alice',
    );
  });

  test('an encrypted assertion is opened with a key of the provider', async () => {
    const publicKey = createPublicKey(OTHER_IDP_KEY).export({ type: 'spki', format: 'pem' });
    const cipher = await encrypted(signed(writeAssertion({ now: NOW })), {
      key: publicKey.toString(),
      certificate: OTHER_IDP_CERTIFICATE,
    });
    const response = encoded(writeResponse(cipher));
    expect(await verifyOne(response)).toHaveProperty('identity.subject', 'alice');
    expect(await verifyOne(response, { AssertionEncryptionMode: 'Required' })).toHaveProperty(
      'identity.subject',
      'alice',
    );
    expect(await verifyOne(response, { PrivateKeys: [] })).toEqual(
      refusal('Response signature invalid'),
    );
  });

  test("the provider's session bounds what is made of it", async () => {
    const authnStatement = `<saml:AuthnStatement AuthnInstant="${at(NOW)}" SessionNotOnOrAfter="${at(NOW + 600_000)}"/>`;
    expect(await verifyOne(good({ authnStatement }))).toHaveProperty(
      'identity.sessionNotOnOrAfter',
      NOW + 600_000,
    );
  });
});

describe('signatures', () => {
  test('an assertion is redeemed once', async () => {
    const { verify } = await knowProvider();
    expect(await verify(good())).toHaveProperty('identity');
    expect(await verify(good())).toEqual(refusal('SAML assertion has been used already'));
    expect(await verify(good({ id: '_a2' }))).toHaveProperty('identity');
  });

  test('of many redemptions at once one succeeds', async () => {
    const { verify } = await knowProvider();
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(good())));
    expect(answers.filter((answer) => 'identity' in answer)).toHaveLength(1);
  });

  test.each([
    ['no signature', encoded(writeResponse(writeAssertion({ now: NOW })))],
    ["another provider's key", goodResponse({ now: NOW }, { key: OTHER_IDP_KEY })],
    [
      'a signed text that was changed afterwards',
      encoded(xmlOf(good()).replace('>alice<', '>admin<')),
    ],
    ['an attribute that was added afterwards', encoded(addAttribute(xmlOf(good())))],
  ])('%s is refused', async (_name, response) => {
    expect(await verifyOne(response)).toEqual(refusal('Response signature invalid'));
  });

  test('SHA-1 is refused', async () => {
    expect(await verifyOne(goodResponse({ now: NOW }, { algorithm: 'sha1' }))).toEqual(
      refusal('Response signature uses an algorithm that is not accepted'),
    );
  });

  test('SHA-1 within an encrypted assertion is refused', async () => {
    const publicKey = createPublicKey(OTHER_IDP_KEY).export({ type: 'spki', format: 'pem' });
    const keys = { key: publicKey.toString(), certificate: OTHER_IDP_CERTIFICATE };
    const cipher = await encrypted(
      signed(writeAssertion({ now: NOW }), { algorithm: 'sha1' }),
      keys,
    );
    expect(await verifyOne(encoded(writeResponse(cipher)))).toEqual(
      refusal('Response signature invalid'),
    );
  });

  test.each([
    'http://www.w3.org/2001/04/xmlenc#tripledes-cbc',
    'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
  ])('encryption with %s is refused', async (algorithm) => {
    const publicKey = createPublicKey(OTHER_IDP_KEY).export({ type: 'spki', format: 'pem' });
    const keys = { key: publicKey.toString(), certificate: OTHER_IDP_CERTIFICATE };
    const assertion = signed(writeAssertion({ now: NOW }));
    const cipher = algorithm.endsWith('rsa-1_5')
      ? await encrypted(assertion, keys, undefined, algorithm)
      : await encrypted(assertion, keys, algorithm);
    expect(await verifyOne(encoded(writeResponse(cipher)))).toEqual(
      refusal('Response signature uses an algorithm that is not accepted'),
    );
  });

  test('an HMAC with the public key as its secret is refused', async () => {
    const xml = xmlOf(good()).replace(
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
    );
    expect(await verifyOne(encoded(xml))).toEqual(
      refusal('Response signature uses an algorithm that is not accepted'),
    );
  });

  test('no byte of a response can be changed unseen', async () => {
    const xml = Buffer.from(xmlOf(good()), 'utf8');
    const identity = await verifyOne(good());
    const from = xml.indexOf('<saml:Assertion');
    for (let index = from; index < xml.length; index += 29) {
      const changed = Buffer.from(xml);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const answer = await verifyOne(changed.toString('base64'));
      // What is outside the signed text may change where it says nothing; what is read never does.
      if ('identity' in answer) expect(answer).toEqual(identity);
    }
  });
});

describe('wrapping', () => {
  const forged = () =>
    writeAssertion({ now: NOW, id: '_forged', subject: undefined }).replace('>alice<', '>admin<');
  const honest = () => xmlOf(good());
  const signedAssertion = () => /<saml:Assertion.*<\/saml:Assertion>/s.exec(honest())?.[0] ?? '';

  test.each([
    [
      'a forged assertion before the signed one',
      () => honest().replace('<saml:Assertion', `${forged()}<saml:Assertion`),
    ],
    [
      'a forged assertion behind it',
      () => honest().replace('</samlp:Response>', `${forged()}</samlp:Response>`),
    ],
    [
      'the signed one within an extension',
      () => writeResponse(`<samlp:Extensions>${signedAssertion()}</samlp:Extensions>${forged()}`),
    ],
    [
      'the signed one within the forged one',
      () =>
        writeResponse(
          forged().replace('</saml:Assertion>', `${signedAssertion()}</saml:Assertion>`),
        ),
    ],
    [
      'the signed one within the signature of the forged one',
      () =>
        writeResponse(
          forged().replace(
            '</saml:Issuer>',
            `</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Object>${signedAssertion()}</ds:Object></ds:Signature>`,
          ),
        ),
    ],
    [
      'an assertion of another namespace',
      () => honest().replace('</samlp:Response>', '<Assertion ID="_a1"/></samlp:Response>'),
    ],
    [
      'a forged assertion beside an encrypted one',
      () =>
        honest().replace(
          '</samlp:Response>',
          '<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/></samlp:Response>',
        ),
    ],
  ])('%s is refused', async (_name, write) => {
    expect(await verifyOne(encoded(write()))).toEqual(
      refusal('SAML response must hold exactly one assertion'),
    );
  });

  test('an id that another element has as well is refused', async () => {
    const xml = honest().replace('ID="_r1"', 'ID="_a1"');
    expect(await verifyOne(encoded(xml))).toEqual(refusal('Response signature invalid'));
  });

  test('two signatures that differ are refused', async () => {
    const signature = /<Signature.*?<\/Signature>/s.exec(honest())?.[0] ?? '';
    const xml = honest().replace('<saml:Subject>', `${signature}<saml:Subject>`);
    expect(await verifyOne(encoded(xml))).toEqual(refusal('Response signature invalid'));
  });
});

describe('documents', () => {
  const xml = () => xmlOf(good());

  test.each([
    ['a DOCTYPE', () => `<!DOCTYPE x [<!ENTITY a "b">]>${xml()}`],
    ['a comment within the name', () => xml().replace('>alice<', '>alice<!-- -->.evil<')],
    ['a comment anywhere', () => xml().replace('<samlp:Status>', '<!-- --><samlp:Status>')],
    ['a CDATA section', () => xml().replace('>alice<', '><![CDATA[alice]]><')],
    ['a processing instruction', () => xml().replace('<samlp:Status>', '<?a b?><samlp:Status>')],
    ['two roots', () => `${xml()}${xml()}`],
    ['no response', () => writeAssertion({ now: NOW })],
    ['no XML', () => 'alice'],
    ['too many levels', () => `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`],
  ])('%s is refused', async (_name, write) => {
    expect(await verifyOne(encoded(write()))).toEqual(refusal('SAML response is not valid'));
  });

  test('what is no base64 is refused', async () => {
    expect(await verifyOne(`${good()}*`)).toEqual(refusal('SAML response is not valid base64'));
    expect(await verifyOne('')).toEqual(refusal('SAML response is not valid base64'));
  });

  test('bytes that are no UTF-8 are refused', async () => {
    expect(await verifyOne(Buffer.from([0xff, 0xfe]).toString('base64'))).toEqual(
      refusal('SAML response is not valid UTF-8'),
    );
  });

  test('a response beyond the limit is not looked at', async () => {
    expect(await verifyOne('A'.repeat(100_004))).toEqual(refusal('SAML response is too long'));
  });

  test('a response that says that the sign-in failed is refused', async () => {
    const response = writeResponse(
      signed(writeAssertion({ now: NOW })),
      'urn:oasis:names:tc:SAML:2.0:status:Responder',
    );
    expect(await verifyOne(encoded(response))).toEqual(
      refusal('SAML response does not say that the sign-in succeeded'),
    );
  });

  test('a plain assertion is refused where encryption is required', async () => {
    expect(await verifyOne(good(), { AssertionEncryptionMode: 'Required' })).toEqual(
      refusal('SAML assertion must be encrypted'),
    );
  });
});

describe('the provider', () => {
  test('one that is not there is refused', async () => {
    const { verify } = await knowProvider();
    const message = "Specified provider doesn't exist.";
    expect(await verify(good(), 'other')).toEqual(refusal(message));
    expect(await verify(good(), 'Corporate')).toEqual(refusal(message));
  });

  test('one whose metadata has expired is refused', async () => {
    expect(await verifyOne(good(), { ValidUntil: NOW })).toEqual(
      refusal('The metadata document of the specified provider has expired.'),
    );
  });

  test('one that is another issuer is refused', async () => {
    expect(await verifyOne(good({ issuer: 'https://evil.example.com' }))).toEqual(
      refusal('Issuer not present in specified provider'),
    );
  });
});

describe('times, audience and recipient', () => {
  const end = at(NOW + 300_000);
  const confirmation = (attributes: string, method = 'bearer') =>
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:${method}"><saml:SubjectConfirmationData ${attributes}/></saml:SubjectConfirmation>`;
  const conditions = (attributes: string, within: string) =>
    `<saml:Conditions ${attributes}>${within}</saml:Conditions>`;
  const audience = (name: string) =>
    `<saml:AudienceRestriction><saml:Audience>${name}</saml:Audience></saml:AudienceRestriction>`;
  const times = `NotBefore="${at(NOW)}" NotOnOrAfter="${end}"`;

  test.each([
    [
      'another recipient',
      confirmation(`NotOnOrAfter="${end}" Recipient="https://signin.aws.amazon.com/saml"`),
    ],
    ['no recipient', confirmation(`NotOnOrAfter="${end}"`)],
    [
      'an end in the past',
      confirmation(`NotOnOrAfter="${at(NOW - 60_000)}" Recipient="${SAML_AUDIENCE}"`),
    ],
    [
      'a beginning in the future',
      confirmation(
        `NotBefore="${at(NOW + 61_000)}" NotOnOrAfter="${end}" Recipient="${SAML_AUDIENCE}"`,
      ),
    ],
    [
      'a beginning that is no time',
      confirmation(`NotBefore="x" NotOnOrAfter="${end}" Recipient="${SAML_AUDIENCE}"`),
    ],
    [
      'another method',
      confirmation(`NotOnOrAfter="${end}" Recipient="${SAML_AUDIENCE}"`, 'holder-of-key'),
    ],
    ['no confirmation', ''],
  ])('a confirmation with %s is refused', async (_name, text) => {
    const subject = `<saml:Subject><saml:NameID>alice</saml:NameID>${text}</saml:Subject>`;
    expect(await verifyOne(good({ subject }))).toEqual(
      refusal('SAML assertion was not made for this recipient, or has expired'),
    );
  });

  test.each([
    ['another audience', conditions(times, audience('urn:amazon:webservices'))],
    ['no audience', conditions(times, '')],
    [
      'two restrictions of which one is for somebody else',
      conditions(times, audience(SAML_AUDIENCE) + audience('urn:x')),
    ],
  ])('conditions with %s are refused', async (_name, text) => {
    expect(await verifyOne(good({ conditions: text }))).toEqual(
      refusal('SAML assertion does not contain the required audience'),
    );
  });

  test.each([
    ['no conditions', '', 'SAML assertion must have one Conditions'],
    [
      'no beginning',
      conditions(`NotOnOrAfter="${end}"`, audience(SAML_AUDIENCE)),
      'SAML assertion is not valid yet',
    ],
    [
      'a beginning in the future',
      conditions(`NotBefore="${at(NOW + 61_000)}" NotOnOrAfter="${end}"`, audience(SAML_AUDIENCE)),
      'SAML assertion is not valid yet',
    ],
    [
      'an unknown condition',
      conditions(times, `${audience(SAML_AUDIENCE)}<saml:Condition/>`),
      'SAML assertion has a condition that is not known',
    ],
  ])('an assertion with %s is refused', async (_name, text, message) => {
    expect(await verifyOne(good({ conditions: text }))).toEqual(refusal(message));
  });

  test.each([
    ['an end in the past', `NotBefore="${at(NOW - 60_000)}" NotOnOrAfter="${at(NOW - 60_000)}"`],
  ])('conditions with %s have expired', async (_name, attributes) => {
    const text = conditions(attributes, audience(SAML_AUDIENCE));
    expect(await verifyOne(good({ conditions: text }))).toEqual(
      refusal('SAML assertion has expired', 'ExpiredTokenException'),
    );
  });

  test('an assertion is redeemed within five minutes', async () => {
    const { deployment, verify } = await knowProvider();
    deployment.now = NOW + 299_999;
    expect(await verify(good())).toHaveProperty('identity');
    deployment.now = NOW + 300_000;
    expect(await verify(good({ id: '_a2' }))).toEqual(
      refusal('Token must be redeemed within 5 minutes of issuance', 'ExpiredTokenException'),
    );
  });

  test.each([at(NOW + 61_000), '2026-02-30'])(
    'IssueInstant %j is refused',
    async (issueInstant) => {
      expect(await verifyOne(good({ issueInstant }))).toEqual(
        refusal('SAML assertion has no valid IssueInstant'),
      );
    },
  );

  test.each([
    [
      'a confirmation without an end',
      { confirmation: confirmation(`Recipient="${SAML_AUDIENCE}"`) },
    ],
    [
      'conditions without an end',
      { conditions: conditions(`NotBefore="${at(NOW)}"`, audience(SAML_AUDIENCE)) },
    ],
    ['no time of issue', { issueInstant: '' }],
    ['a time of issue that is none', { issueInstant: 'tomorrow' }],
  ])('%s is refused', async (_name, parts) => {
    expect(await verifyOne(good(parts))).toEqual(refusal('Response signature invalid'));
  });

  test("a provider's session that has ended is refused", async () => {
    const authnStatement = `<saml:AuthnStatement SessionNotOnOrAfter="${at(NOW)}"/>`;
    expect(await verifyOne(good({ authnStatement }))).toEqual(
      refusal("The provider's session has expired", 'ExpiredTokenException'),
    );
  });
});

describe('attributes', () => {
  const attributesRefused = async (
    change: Readonly<Record<string, readonly string[]>>,
    message: string,
  ) => {
    const attributes = { ...DEFAULT_ATTRIBUTES, ...change };
    expect(await verifyOne(good({ attributes }))).toEqual(refusal(message));
  };

  test('a session must have a name, and a fit one', async () => {
    const unfit = 'RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}';
    await attributesRefused({ RoleSessionName: ['a b'] }, unfit);
    await attributesRefused({ RoleSessionName: ['a'] }, unfit);
    await attributesRefused(
      { RoleSessionName: ['alice', 'admin'] },
      'RoleSessionName in AuthnResponse must have one value',
    );
    expect(await verifyOne(good({ attributes: { Role: [ROLE_ARN] } }))).toEqual(
      refusal('RoleSessionName is required in AuthnResponse'),
    );
  });

  test.each(['899', '43201', '1e3', '-900', ''])('a duration of %j is refused', async (text) => {
    await attributesRefused(
      { SessionDuration: [text] },
      'SessionDuration in AuthnResponse must be between 900 and 43200 seconds',
    );
  });

  test.each(['aws:admin', 'a b', 'AWS:x'])('the source identity %j is refused', async (text) => {
    await attributesRefused(
      { SourceIdentity: [text] },
      'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
    );
  });

  test('a tag has one value', async () => {
    await attributesRefused(
      { 'PrincipalTag:team': ['blue', 'red'] },
      'A session tag in AuthnResponse must have one value',
    );
  });

  test('two attributes of one name are refused', async () => {
    const one = `<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><saml:AttributeValue>alice</saml:AttributeValue></saml:Attribute>`;
    const attributeStatement = `<saml:AttributeStatement>${one}${one}</saml:AttributeStatement>`;
    expect(await verifyOne(good({ attributeStatement }))).toEqual(
      refusal('SAML assertion has an attribute without a name of its own'),
    );
  });

  test('elements within a text are refused', async () => {
    await attributesRefused(
      { RoleSessionName: ['alice<b/>'] },
      'AttributeValue in the SAML assertion must be a text',
    );
  });
});

function addAttribute(xml: string): string {
  return xml.replace(
    '</saml:AttributeStatement>',
    '<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/PrincipalTag:admin"><saml:AttributeValue>1</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>',
  );
}
