import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateRoleCommand, CreateSAMLProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AssumeRoleWithSAMLCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { samlMetadata } from '../credentials/saml-metadata-documents';
import {
  goodResponse,
  IDP_CERTIFICATE_BASE64,
  PROVIDER_ARN,
  ROLE_ARN,
  type AssertionParts,
} from '../harness/saml-identity-provider';
import { OTHER_IDP_KEY } from '../harness/saml-keys';
import { ROOT_CREDENTIALS, startLocalProcess, type LocalProcess } from '../harness/local-process';
import { hasTool, runTool } from '../harness/tools';

const describeWithAws = hasTool('aws') ? describe : describe.skip;

let local: LocalProcess;
let audience: string;
const clients: { destroy: () => void }[] = [];

const client = <Client extends { destroy: () => void }>(made: Client): Client => {
  clients.push(made);
  return made;
};

/** Unsigned, as browsers and command lines without credentials are. */
const sts = (credentials?: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}) =>
  client(
    new STSClient({
      endpoint: `${local.admin}/sts`,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: credentials ?? { accessKeyId: 'none', secretAccessKey: 'none' },
    }),
  );

let count = 0;

/** A response that the provider makes now, for this deployment. */
function respond(parts: Partial<AssertionParts> = {}, key?: string): string {
  count += 1;
  return goodResponse(
    { now: Date.now(), id: `_assertion${count}`, audience, ...parts },
    key === undefined ? {} : { key },
  );
}

const assume = (samlAssertion: string) =>
  sts().send(
    new AssumeRoleWithSAMLCommand({
      RoleArn: ROLE_ARN,
      PrincipalArn: PROVIDER_ARN,
      SAMLAssertion: samlAssertion,
    }),
  );

beforeAll(async () => {
  local = await startLocalProcess(['--ephemeral']);
  audience = /SAML audience +(\S+)/.exec(local.output())?.[1] ?? '';
  const iam = client(
    new IAMClient({
      endpoint: `${local.admin}/iam`,
      region: 'us-east-1',
      credentials: ROOT_CREDENTIALS,
    }),
  );
  await iam.send(
    new CreateSAMLProviderCommand({
      Name: 'corporate',
      SAMLMetadataDocument: samlMetadata({ certificate: IDP_CERTIFICATE_BASE64 }),
    }),
  );
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER_ARN },
      Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
      Condition: { StringEquals: { 'SAML:aud': audience } },
    },
  };
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'reader',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  );
});

afterAll(async () => {
  for (const made of clients) made.destroy();
  await local.stop();
});

test('a signed response becomes a session of the role, once', async () => {
  const response = respond();
  const { Credentials: made, AssumedRoleUser, Subject, Issuer, Audience } = await assume(response);
  expect({ Subject, Issuer, Audience }).toEqual({
    Subject: 'alice',
    Issuer: 'https://idp.example.com/saml',
    Audience: audience,
  });
  const identity = await sts({
    accessKeyId: made?.AccessKeyId ?? '',
    secretAccessKey: made?.SecretAccessKey ?? '',
    sessionToken: made?.SessionToken ?? '',
  }).send(new GetCallerIdentityCommand());
  expect(identity.Arn).toBe('arn:aws:sts::123456789012:assumed-role/reader/alice@example.com');
  expect(identity.Arn).toBe(AssumedRoleUser?.Arn);
  await expect(assume(response)).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
});

test('a response of another key, for another audience or of yesterday is refused', async () => {
  await expect(assume(respond({}, OTHER_IDP_KEY))).rejects.toMatchObject({
    name: 'InvalidIdentityTokenException',
  });
  await expect(assume(respond({ audience: 'urn:amazon:webservices' }))).rejects.toMatchObject({
    name: 'InvalidIdentityTokenException',
  });
  await expect(assume(respond({ now: Date.now() - 86_400_000 }))).rejects.toMatchObject({
    name: 'ExpiredTokenException',
  });
});

describeWithAws('the AWS CLI', () => {
  test('takes an assertion from a file, unsigned', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'portcullis-saml-')), 'assertion');
    writeFileSync(file, respond());
    const result = await runTool(
      'aws',
      [
        'sts',
        'assume-role-with-saml',
        '--role-arn',
        ROLE_ARN,
        '--principal-arn',
        PROVIDER_ARN,
        '--saml-assertion',
        `file://${file}`,
        '--query',
        'AssumedRoleUser.Arn',
        '--output',
        'text',
      ],
      { AWS_ENDPOINT_URL_STS: `${local.admin}/sts`, AWS_DEFAULT_REGION: 'us-east-1' },
    );
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: 'arn:aws:sts::123456789012:assumed-role/reader/alice@example.com\n',
    });
  });
});
