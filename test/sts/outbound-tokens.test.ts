import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  CreateOpenIDConnectProviderCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleWithWebIdentityCommand,
  GetWebIdentityTokenCommand,
  type GetWebIdentityTokenCommandInput,
} from '@aws-sdk/client-sts';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet } from 'jose/jwks/remote';
import { jwtVerify } from 'jose/jwt/verify';
import { IssuerDocuments } from '../../lambdas/issuer/issuer-documents';
import { issuerPartition, SIGNING_KEY_PREFIX } from '../../lambdas/store/keys';
import {
  ACCOUNT,
  deployAdmin,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { refusal } from '../operations/refusal';

const DAY = 24 * 3_600_000;

let now = 0;
let server: Server;
let issuersUrl: string;
let deployment: AdminDeployment;
let issuer: string;

beforeEach(async () => {
  now = Date.now();
  server = createServer((request, response) => {
    const documents = new IssuerDocuments({ store: deployment.store, issuersUrl, now: () => now });
    void documents
      .handle({ method: request.method ?? '', path: request.url ?? '' })
      .then(({ statusCode, headers, body }) => {
        response.writeHead(statusCode, headers);
        response.end(body);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuersUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/issuers`;
  deployment = await deployAdmin({ now: () => now, issuersUrl });
  const { IssuerIdentifier = '' } = await deployment
    .iam()
    .send(new EnableOutboundWebIdentityFederationCommand({}));
  issuer = IssuerIdentifier;
});
afterEach(async () => {
  await deployment.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(deployment.failures).toEqual([]);
});

async function getToken(
  more: Partial<GetWebIdentityTokenCommandInput> = {},
  credentials?: Credentials,
): Promise<string> {
  const { WebIdentityToken = '' } = await deployment.sts(credentials).send(
    new GetWebIdentityTokenCommand({
      Audience: ['https://api.example.com'],
      SigningAlgorithm: 'ES384',
      ...more,
    }),
  );
  return WebIdentityToken;
}

async function makeUser(...statements: object[]): Promise<Credentials> {
  const UserName = 'alice';
  await deployment
    .iam()
    .send(new CreateUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'blue' }] }));
  await deployment.iam().send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    }),
  );
  const { AccessKey } = await deployment.iam().send(new CreateAccessKeyCommand({ UserName }));
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
}

const ALLOWED = { Effect: 'Allow', Action: 'sts:GetWebIdentityToken', Resource: '*' };

describe('a token of ours', () => {
  test.each(['RS256', 'ES384'])('is verified by any library, signed with %s', async (algorithm) => {
    const token = await getToken({ SigningAlgorithm: algorithm, DurationSeconds: 60 });
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience: 'https://api.example.com',
    });
    expect(protectedHeader.alg).toBe(algorithm);
    expect(payload).toMatchObject({
      sub: `arn:aws:iam::${ACCOUNT}:root`,
      exp: Math.floor(now / 1000) + 60,
      'https://sts.amazonaws.com/': { aws_account: ACCOUNT, source_region: 'eu-central-1' },
    });
  });

  test('says which tags its user has, and which the request gives', async () => {
    const credentials = await makeUser(ALLOWED, {
      ...ALLOWED,
      Action: 'sts:TagGetWebIdentityToken',
    });
    const token = await getToken({ Tags: [{ Key: 'job', Value: '7' }] }, credentials);
    const claims = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    ) as object;
    expect(claims).toMatchObject({
      sub: `arn:aws:iam::${ACCOUNT}:user/alice`,
      'https://sts.amazonaws.com/': {
        principal_tags: { team: 'blue' },
        request_tags: { job: '7' },
      },
    });
  });

  test('assumes a role here, through the documents that everybody reads', async () => {
    const { OpenIDConnectProviderArn } = await deployment
      .iam()
      .send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['portcullis'] }));
    const url = issuer.replace('http://', '');
    const { Role } = await deployment.iam().send(
      new CreateRoleCommand({
        RoleName: 'partner',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Federated: OpenIDConnectProviderArn },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: { StringEquals: { [`${url}:sub`]: `arn:aws:iam::${ACCOUNT}:root` } },
          },
        }),
      }),
    );
    const answer = await deployment.sts().send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: Role?.Arn,
        RoleSessionName: 'partner',
        WebIdentityToken: await getToken({ Audience: ['portcullis'] }),
      }),
    );
    expect(answer.SubjectFromWebIdentityToken).toBe(`arn:aws:iam::${ACCOUNT}:root`);
  });
});

describe('no token is given', () => {
  test('where the account is no issuer', async () => {
    await deployment.iam().send(new DisableOutboundWebIdentityFederationCommand({}));
    expect(await refusal(getToken())).toMatchObject({
      statusCode: 403,
      code: 'OutboundWebIdentityFederationDisabledException',
    });
  });

  test('with another algorithm, tags that are one tag, or too many of them', async () => {
    expect(await refusal(getToken({ SigningAlgorithm: 'HS256' }))).toMatchObject({
      statusCode: 400,
      code: 'ValidationError',
    });
    const twice = [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ];
    expect(await refusal(getToken({ Tags: twice }))).toMatchObject({
      code: 'InvalidParameterValue',
    });
    const many = Array.from({ length: 50 }, (_tag, index) => ({
      Key: `key-${index}`,
      Value: 'v'.repeat(256),
    }));
    expect(await refusal(getToken({ Tags: many }))).toMatchObject({
      statusCode: 400,
      code: 'JWTPayloadSizeExceededException',
    });
  });

  test('without the permission, for another audience, longer, or with tags', async () => {
    const credentials = await makeUser({
      ...ALLOWED,
      Condition: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['https://api.example.com'] },
        NumericLessThanEquals: { 'sts:DurationSeconds': 300 },
        StringEquals: { 'sts:SigningAlgorithm': 'ES384' },
      },
    });
    await getToken({}, credentials);
    for (const more of [
      { Audience: ['https://api.example.com', 'https://evil.example'] },
      { DurationSeconds: 301 },
      { SigningAlgorithm: 'RS256' },
      { Tags: [{ Key: 'a', Value: 'b' }] },
    ]) {
      expect(await refusal(getToken(more, credentials))).toMatchObject({ code: 'AccessDenied' });
    }
  });
});

test('an old key gets a successor that is published a day before it signs', async () => {
  const keyOf = (token: string): unknown =>
    (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
      .kid;
  const rows = async (): Promise<number> =>
    (
      await deployment.store.query('identities', issuerPartition(issuer.slice(-32)), {
        consistent: true,
        prefix: `${SIGNING_KEY_PREFIX}ES384`,
      })
    ).items.length;
  const first = keyOf(await getToken());
  expect(await rows()).toBe(1);
  const { store } = deployment;
  const key = (
    await store.query('identities', issuerPartition(issuer.slice(-32)), {
      consistent: true,
      prefix: `${SIGNING_KEY_PREFIX}ES384`,
    })
  ).items[0];
  if (key === undefined) throw new Error('there is no key');
  // As if it had been made ninety days ago: clients sign with the clock of this machine.
  const age = (days: number) =>
    store.transact(
      [
        {
          kind: 'update',
          key: key.key,
          set: { UseDate: now - days * DAY },
          condition: { exists: true },
        },
      ],
      { token: `age-${days}` },
    );
  await age(89);
  expect(keyOf(await getToken())).toBe(first);
  expect(await rows()).toBe(1);
  await age(90);
  const tokens = await Promise.all([getToken(), getToken(), getToken()]);
  expect(tokens.map(keyOf)).toEqual([first, first, first]);
  expect(await rows()).toBe(2);
});
