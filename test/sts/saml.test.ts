import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithSAMLCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type {
  SamlIdentity,
  SamlVerification,
  SamlVerificationRequest,
} from '../../lambdas/credentials/saml-identity';
import { OperationTable } from '../../lambdas/operations/operation-table';
import { identityOperations } from '../../lambdas/sts/operations/identity';
import { createSamlOperations } from '../../lambdas/sts/operations/saml';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';

const PROVIDER = `arn:aws:iam::${ACCOUNT}:saml-provider/corporate`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;

const IDENTITY: SamlIdentity = {
  subject: 'alice',
  subjectType: 'persistent',
  issuer: 'https://idp.example.com/saml',
  recipient: 'https://iam.example.com/saml',
  roles: [{ roleArn: ROLE, providerArn: PROVIDER }],
  roleSessionName: 'alice@example.com',
  tags: [],
  transitiveTagKeys: [],
  attributes: { 'saml:mail': ['alice@example.com'] },
};

let deployment: AdminDeployment;
let answer: SamlVerification | Error;
const asked: SamlVerificationRequest[] = [];

const verify = (request: SamlVerificationRequest): Promise<SamlVerification> => {
  asked.push(request);
  return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
};

beforeAll(async () => {
  const operations = [...identityOperations, ...createSamlOperations(verify)];
  deployment = await deployAdmin({ stsOperations: new OperationTable('sts', operations) });
  await trust('reader', { StringEquals: { 'SAML:sub': 'alice', 'SAML:aud': IDENTITY.recipient } }, [
    'sts:AssumeRoleWithSAML',
    'sts:TagSession',
  ]);
});

afterAll(() => deployment.close());

beforeEach(() => {
  answer = { identity: IDENTITY };
  deployment.failures.length = 0;
});

async function trust(RoleName: string, Condition: object, Action: readonly string[]) {
  const statement = { Effect: 'Allow', Principal: { Federated: PROVIDER }, Action, Condition };
  await deployment.iam().send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
    }),
  );
}

const assume = (input: Partial<AssumeRoleWithSAMLCommand['input']> = {}) =>
  deployment.sts().send(
    new AssumeRoleWithSAMLCommand({
      RoleArn: ROLE,
      PrincipalArn: PROVIDER,
      SAMLAssertion: 'AAAA',
      ...input,
    }),
  );

test('a verified identity becomes a session of the role that it asks for', async () => {
  const { Credentials: made, ...told } = await assume();
  expect(told).toMatchObject({
    Subject: 'alice',
    SubjectType: 'persistent',
    Issuer: IDENTITY.issuer,
    Audience: IDENTITY.recipient,
    NameQualifier: 'hT9nimOYCCDW/+9EgMczdOQQ0jY=',
    AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/alice@example.com` },
  });
  expect(asked.at(-1)).toEqual({
    accountId: ACCOUNT,
    providerName: 'corporate',
    samlAssertion: 'AAAA',
  });
  const identity = await deployment
    .sts({
      accessKeyId: made?.AccessKeyId ?? '',
      secretAccessKey: made?.SecretAccessKey ?? '',
      sessionToken: made?.SessionToken ?? '',
    })
    .send(new GetCallerIdentityCommand());
  expect(identity.Arn).toBe(told.AssumedRoleUser?.Arn);
});

test('what the function refuses is refused in its words', async () => {
  answer = { refusal: { code: 'InvalidIdentityToken', message: 'Response signature invalid' } };
  expect(await refusal(assume())).toMatchObject({
    statusCode: 400,
    code: 'InvalidIdentityTokenException',
    message: 'Response signature invalid',
  });
});

test('a function that does not answer is an outage', async () => {
  answer = new Error('timed out');
  expect(await refusal(assume())).toMatchObject({ statusCode: 500, code: 'ServiceFailure' });
});

test.each([
  ['another role', { roles: [{ roleArn: `${ROLE}2`, providerArn: PROVIDER }] }],
  ['another provider', { roles: [{ roleArn: ROLE, providerArn: `${PROVIDER}2` }] }],
  ['none', { roles: [] }],
])('an assertion that offers %s is refused', async (_name, change) => {
  answer = { identity: { ...IDENTITY, ...change } };
  expect(await refusal(assume())).toMatchObject({ code: 'InvalidIdentityTokenException' });
});

test('whom the trust policy does not name is refused as is a role that is not there', async () => {
  const message = 'Not authorized to perform sts:AssumeRoleWithSAML';
  answer = { identity: { ...IDENTITY, subject: 'bob' } };
  expect(await refusal(assume())).toMatchObject({ statusCode: 403, code: 'AccessDenied', message });
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/nobody`;
  answer = { identity: { ...IDENTITY, roles: [{ roleArn: RoleArn, providerArn: PROVIDER }] } };
  expect(await refusal(assume({ RoleArn }))).toMatchObject({ code: 'AccessDenied', message });
});

test('tags and a source identity need the permission to set them', async () => {
  answer = { identity: { ...IDENTITY, tags: [{ Key: 'team', Value: 'blue' }] } };
  await assume();
  answer = { identity: { ...IDENTITY, sourceIdentity: 'alice' } };
  expect(await refusal(assume())).toMatchObject({
    code: 'AccessDenied',
    message: 'Not authorized to perform sts:SetSourceIdentity',
  });
});

test("the provider's session bounds the one that is made", async () => {
  answer = { identity: { ...IDENTITY, sessionNotOnOrAfter: Date.now() + 60_000 } };
  const { Credentials: made } = await assume();
  expect(made?.Expiration?.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
});

test('a provider of another account, and what is none, is refused before anything is verified', async () => {
  const before = asked.length;
  const foreign = 'arn:aws:iam::210987654321:saml-provider/corporate';
  expect(await refusal(assume({ PrincipalArn: foreign }))).toMatchObject({ code: 'AccessDenied' });
  const other = `arn:aws:iam::${ACCOUNT}:oidc-provider/example.com`;
  expect(await refusal(assume({ PrincipalArn: other }))).toMatchObject({ code: 'ValidationError' });
  expect(asked).toHaveLength(before);
});
