import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { createTestKey, IssuerServer, type TestKey } from '../credentials/oidc/issuer-server';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';

const CLIENT = 'sts.amazonaws.com';

let issuer: IssuerServer;
let key: TestKey;
let deployment: AdminDeployment;
let anonymous: STSClient;
let providerArn: string;

const seconds = (): number => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  issuer = await IssuerServer.start();
  key = await createTestKey('key');
  issuer.keys = [key.publicJwk];
  deployment = await deployAdmin();
  anonymous = new STSClient({
    endpoint: `${deployment.endpoint}/sts`,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  const { OpenIDConnectProviderArn = '' } = await deployment.iam().send(
    new CreateOpenIDConnectProviderCommand({
      Url: issuer.issuer,
      ClientIDList: [CLIENT, 'other'],
    }),
  );
  providerArn = OpenIDConnectProviderArn;
});
beforeEach(() => {
  issuer.answers.clear();
});
afterAll(async () => {
  anonymous.destroy();
  await deployment.close();
  await issuer.stop();
  expect(deployment.failures).toEqual([]);
});

function token(claims: object = {}, header: object = {}): Promise<string> {
  const now = seconds();
  return issuer.sign(
    key,
    { sub: 'alice', aud: CLIENT, iat: now, exp: now + 600, ...claims },
    { ...header },
  );
}

let roles = 0;

/** A role that trusts the provider's tokens under a condition; its ARN. */
async function makeRole(
  condition: object = { StringEquals: { [`${issuer.url}:sub`]: 'alice' } },
  actions: readonly string[] = ['sts:AssumeRoleWithWebIdentity'],
  principal: object = { Federated: providerArn },
): Promise<string> {
  roles += 1;
  const { Role } = await deployment.iam().send(
    new CreateRoleCommand({
      RoleName: `web-${roles}`,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: principal, Action: actions, Condition: condition },
      }),
    }),
  );
  return Role?.Arn ?? '';
}

async function assume(RoleArn: string, WebIdentityToken: string, more: object = {}) {
  return anonymous.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn,
      WebIdentityToken,
      RoleSessionName: 'session',
      ...more,
    }),
  );
}

const DENIED = {
  statusCode: 403,
  code: 'AccessDenied',
  message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
};

describe('a token that the role trusts', () => {
  test('gives credentials, and says who they are for', async () => {
    const role = await makeRole();
    const answer = await assume(role, await token());
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: 'alice',
      Audience: CLIENT,
      Provider: providerArn,
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/web-${roles}/session`,
      },
    });
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {};
    const session = new STSClient({
      endpoint: `${deployment.endpoint}/sts`,
      region: 'us-east-1',
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      },
    });
    const { Arn } = await session.send(new GetCallerIdentityCommand({}));
    session.destroy();
    expect(Arn).toBe(answer.AssumedRoleUser?.Arn);
  });

  test('may be tagged, and named, by its provider where the role lets it be', async () => {
    const tagged = {
      'https://aws.amazon.com/tags': { principal_tags: { team: ['blue'] } },
      'https://aws.amazon.com/source_identity': 'alice',
    };
    const all = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];
    const answer = await assume(await makeRole({}, all), await token(tagged));
    expect(answer.SourceIdentity).toBe('alice');
    expect(answer).toMatchObject({ PackedPolicySize: expect.any(Number) as number });
    for (const missing of [1, 2]) {
      const some = all.filter((_action, index) => index !== missing);
      const role = await makeRole({}, some);
      expect(await refusal(assume(role, await token(tagged)))).toEqual(DENIED);
    }
    const blue = { StringEquals: { 'aws:RequestTag/team': 'blue' } };
    await assume(await makeRole(blue, all), await token(tagged));
    const red = { StringEquals: { 'aws:RequestTag/team': 'red' } };
    expect(await refusal(assume(await makeRole(red, all), await token(tagged)))).toEqual(DENIED);
  });
});

describe('a role that does not trust a token', () => {
  test.each([
    ['of somebody else', () => ({ StringEquals: { [`${issuer.url}:sub`]: 'bob' } })],
    ['for another client', () => ({ StringEquals: { [`${issuer.url}:aud`]: 'other' } })],
    ['without a method', () => ({ StringEquals: { [`${issuer.url}:amr`]: 'mfa' } })],
    ['under another session name', () => ({ StringEquals: { 'sts:RoleSessionName': 'x' } })],
    ['from another address', () => ({ IpAddress: { 'aws:SourceIp': '192.0.2.1' } })],
  ])('refuses one %s', async (_name, condition) => {
    expect(await refusal(assume(await makeRole(condition()), await token()))).toEqual(DENIED);
  });

  test('claims cannot set AWS’s own condition keys', async () => {
    const role = await makeRole({ StringEquals: { 'aws:PrincipalTag/admin': 'true' } });
    const claims = { 'aws:PrincipalTag/admin': 'true', 'PrincipalTag/admin': 'true' };
    expect(await refusal(assume(role, await token(claims)))).toEqual(DENIED);
  });

  test('is refused where it trusts another provider, users, or another action', async () => {
    for (const role of [
      await makeRole({}, ['sts:AssumeRoleWithWebIdentity'], { Federated: `${providerArn}/x` }),
      await makeRole({}, ['sts:AssumeRole'], { AWS: ACCOUNT }),
      await makeRole({}, ['sts:AssumeRoleWithSAML']),
    ]) {
      expect(await refusal(assume(role, await token()))).toEqual(DENIED);
    }
  });

  test('a role that is not there is refused alike', async () => {
    const missing = `arn:aws:iam::${ACCOUNT}:role/missing`;
    expect(await refusal(assume(missing, await token()))).toEqual(DENIED);
  });
});

describe('a token that proves nothing', () => {
  const invalid = (message: string) => ({
    statusCode: 400,
    code: 'InvalidIdentityTokenException',
    message,
  });

  test('is refused in AWS’s words', async () => {
    const role = await makeRole();
    expect(await refusal(assume(role, 'none'))).toEqual(
      invalid(
        'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      ),
    );
    expect(await refusal(assume(role, await token({ aud: 'nobody' })))).toEqual(
      invalid('Incorrect token audience'),
    );
    expect(await refusal(assume(role, await token({ iss: 'https://evil.example' })))).toEqual(
      invalid('No OpenIDConnect provider found in your account for https://evil.example'),
    );
    expect(await refusal(assume(role, await token({}, { kid: 'unknown' })))).toEqual(
      invalid(
        "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
      ),
    );
    const stranger = await createTestKey('key');
    const forged = await issuer.sign(stranger, {
      sub: 'alice',
      aud: CLIENT,
      iat: seconds(),
      exp: seconds() + 60,
    });
    expect(await refusal(assume(role, forged))).toEqual(
      invalid('The ID Token has an invalid signature'),
    );
    const expired = await refusal(assume(role, await token({ exp: seconds() - 301 })));
    expect(expired).toMatchObject({ statusCode: 400, code: 'ExpiredTokenException' });
    expect(
      await refusal(assume(role, await token(), { ProviderId: 'www.amazon.com' })),
    ).toMatchObject({ code: 'InvalidParameterValue' });
  });

  test('proves nothing in an account that does not know its issuer', async () => {
    const foreign = 'arn:aws:iam::210987654321:role/x';
    expect(await refusal(assume(foreign, await token()))).toMatchObject({
      code: 'InvalidIdentityTokenException',
    });
  });

  test('an issuer that cannot be reached is no fault of the token', async () => {
    const other = await IssuerServer.start();
    const { OpenIDConnectProviderArn } = await deployment
      .iam()
      .send(new CreateOpenIDConnectProviderCommand({ Url: other.issuer, ClientIDList: [CLIENT] }));
    const now = seconds();
    const claims = { sub: 'alice', aud: CLIENT, iat: now, exp: now + 600 };
    const signed = await other.sign(key, claims);
    await other.stop();
    expect(await refusal(assume(await makeRole(), signed))).toMatchObject({
      statusCode: 400,
      code: 'IDPCommunicationErrorException',
    });
    await deployment
      .iam()
      .send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    expect(await refusal(assume(await makeRole(), signed))).toMatchObject({
      code: 'InvalidIdentityTokenException',
    });
  });

  test('a client that was removed takes its tokens with it', async () => {
    const role = await makeRole({});
    const signed = await token({ aud: 'other' });
    await assume(role, signed);
    await deployment.iam().send(
      new RemoveClientIDFromOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: providerArn,
        ClientID: 'other',
      }),
    );
    expect(await refusal(assume(role, signed))).toMatchObject({
      message: 'Incorrect token audience',
    });
  });
});
