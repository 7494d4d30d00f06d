import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  GetCallerIdentityCommand,
  STSClient,
  type Credentials as IssuedCredentials,
} from '@aws-sdk/client-sts';
import { fromTokenFile, fromWebToken } from '@aws-sdk/credential-providers';
import { createTestKey, IssuerServer, type TestKey } from '../credentials/oidc/issuer-server';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';
import { hasTool, runTool, type ToolResult } from '../harness/tools';
import { ACCOUNT, type AdminDeployment, type Credentials } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { allow, credentialsOf, StsScenery } from '../sts/sts-scenery';

/* An OpenID Connect provider on this machine, and whoever has its tokens, against the whole local run. */

const CLIENT_ID = 'orders-web';
const SUBJECT = 'alice@example.com';

let local: LocalProcess;
let scenery: StsScenery;
let issuer: IssuerServer;
let key: TestKey;
let reader: string;
let idler: string;
let tokenFile: string;
const home = mkdtempSync(path.join(tmpdir(), 'portcullis-oidc-'));
const clients: { destroy: () => void }[] = [];

function keep<Client extends { destroy: () => void }>(client: Client): Client {
  clients.push(client);
  return client;
}

const configuration = (service: string, credentials: Credentials = ROOT_CREDENTIALS) => ({
  endpoint: `${local.admin}/${service}`,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});

const token = (
  claims: Record<string, unknown> = {},
  signedWith: TestKey = key,
): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return issuer.sign(signedWith, {
    sub: SUBJECT,
    aud: CLIENT_ID,
    iat: now,
    exp: now + 600,
    ...claims,
  });
};

beforeAll(async () => {
  [local, issuer, key] = await Promise.all([
    startLocalProcess(['--ephemeral']),
    IssuerServer.start(),
    createTestKey('first', 'RS256'),
  ]);
  issuer.keys = [key.publicJwk];
  const deployment: Pick<AdminDeployment, 'iam' | 'sts'> = {
    iam: (credentials) => keep(new IAMClient(configuration('iam', credentials))),
    sts: (credentials) => keep(new STSClient(configuration('sts', credentials))),
  };
  scenery = new StsScenery(deployment);
  const { OpenIDConnectProviderArn: Federated } = await scenery.root.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [CLIENT_ID] }),
  );
  const trust = {
    ...allow({ Federated }, 'sts:AssumeRoleWithWebIdentity'),
    Condition: {
      StringEquals: { [`${issuer.url}:sub`]: SUBJECT, [`${issuer.url}:aud`]: CLIENT_ID },
    },
  };
  const orders = { Effect: 'Allow', Action: 'orders:ListOrders', Resource: '*' };
  [reader, idler] = await Promise.all([
    scenery.role([trust], { allow: orders }),
    scenery.role([trust]),
  ]);
  tokenFile = path.join(home, 'token');
  writeFileSync(tokenFile, await token());
});

afterAll(async () => {
  clients.forEach((client) => {
    client.destroy();
  });
  rmSync(home, { recursive: true });
  await issuer.stop();
  expect(await local.stop()).toBe(0);
});

const roleNameOf = (RoleArn: string): string => RoleArn.slice(RoleArn.lastIndexOf('/') + 1);
const sessionArn = (RoleArn: string, session: string): string =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${roleNameOf(RoleArn)}/${session}`;

const ordersUrl = (): string => `${local.orders}/orders`;
const clientConfig = () => ({ endpoint: `${local.admin}/sts`, region: 'us-east-1' });

/** The environment in which there are no credentials but what `more` leads to. */
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HOME: home,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_CONFIG_FILE: undefined,
  AWS_SHARED_CREDENTIALS_FILE: undefined,
  AWS_PROFILE: undefined,
  AWS_ENDPOINT_URL_IAM: `${local.admin}/iam`,
  AWS_ENDPOINT_URL_STS: `${local.admin}/sts`,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_DEFAULT_OUTPUT: 'json',
  AWS_PAGER: '',
  AWS_EC2_METADATA_DISABLED: 'true',
  ...more,
});

const describeWithAws = hasTool('aws') ? describe : describe.skip;
const describeWithBoto3 = hasTool('python3', ['-c', 'import boto3']) ? describe : describe.skip;

describe('the JavaScript SDK', () => {
  /** The session that a provider gives, and what a guarded API answers it. */
  async function use(provider: ReturnType<typeof fromWebToken>): Promise<[string?, number?]> {
    const sts = keep(new STSClient({ ...configuration('sts'), credentials: provider }));
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    const { status } = await fetchSigned(ordersUrl(), {
      service: 'execute-api',
      credentials: await provider(),
      method: 'GET',
    });
    return [Arn, status];
  }

  test('trades in a token, with fromWebToken', async () => {
    const asRole = (roleArn: string, webIdentityToken: string) =>
      fromWebToken({
        roleArn,
        webIdentityToken,
        roleSessionName: 'web',
        clientConfig: clientConfig(),
      });
    expect(await use(asRole(reader, await token()))).toEqual([sessionArn(reader, 'web'), 200]);
    expect(await use(asRole(idler, await token()))).toEqual([sessionArn(idler, 'web'), 403]);
    const stranger = asRole(reader, await token({ sub: 'mallory@example.com' }));
    expect((await refusal(stranger())).code).toBe('AccessDenied');
  });

  test('trades in the token in a file, with fromTokenFile', async () => {
    const provider = fromTokenFile({
      roleArn: reader,
      webIdentityTokenFile: tokenFile,
      roleSessionName: 'file',
      clientConfig: clientConfig(),
    });
    expect(await use(provider)).toEqual([sessionArn(reader, 'file'), 200]);
  });

  test.each<readonly [string, string, () => Promise<string>]>([
    ['for another audience', 'InvalidIdentityTokenException', () => token({ aud: 'invoices-web' })],
    // STS lets a token live five minutes longer.
    [
      'that has expired',
      'ExpiredTokenException',
      () => token({ exp: Math.floor(Date.now() / 1000) - 301 }),
    ],
    [
      'signed with another key of the same name',
      'InvalidIdentityTokenException',
      async () => token({}, await createTestKey('first', 'RS256')),
    ],
    [
      'of another issuer',
      'InvalidIdentityTokenException',
      () => token({ iss: `http://127.0.0.1:${issuer.port - 1}` }),
    ],
  ])('is refused credentials for a token %s', async (_what, code, make) => {
    const provider = fromWebToken({
      roleArn: reader,
      webIdentityToken: await make(),
      clientConfig: clientConfig(),
    });
    expect((await refusal(provider())).code).toBe(code);
  });
});

describeWithAws('the AWS CLI', () => {
  const aws = (...args: string[]): Promise<ToolResult> => runTool('aws', args, environment());

  test('trades in the token in a profile’s file', async () => {
    mkdirSync(path.join(home, '.aws'), { recursive: true });
    const profile = (name: string, role: string, file: string): string =>
      `[profile ${name}]\nrole_arn = ${role}\nweb_identity_token_file = ${file}\nrole_session_name = ${name}\n`;
    const expired = path.join(home, 'expired');
    writeFileSync(expired, await token({ exp: Math.floor(Date.now() / 1000) - 301 }));
    writeFileSync(
      path.join(home, '.aws', 'config'),
      [profile('reader', reader, tokenFile), profile('late', reader, expired)].join('\n'),
    );
    const identity = await aws('sts', 'get-caller-identity', '--profile', 'reader');
    expect(JSON.parse(identity.stdout)).toMatchObject({ Arn: sessionArn(reader, 'reader') });
    const late = await aws('sts', 'get-caller-identity', '--profile', 'late');
    expect(late.stderr).toContain('(ExpiredTokenException)');
  });

  test('trades in a token and prints credentials that a guarded API takes', async () => {
    const { stdout } = await aws(
      ...['sts', 'assume-role-with-web-identity', '--role-arn', reader],
      ...['--role-session-name', 'printed', '--web-identity-token', `file://${tokenFile}`],
    );
    const { Credentials: issued, ...rest } = JSON.parse(stdout) as {
      Credentials: IssuedCredentials;
    };
    expect(rest).toMatchObject({
      AssumedRoleUser: { Arn: sessionArn(reader, 'printed') },
      Audience: CLIENT_ID,
      SubjectFromWebIdentityToken: SUBJECT,
    });
    const answer = await fetchSigned(ordersUrl(), {
      service: 'execute-api',
      method: 'GET',
      credentials: credentialsOf(issued),
    });
    expect(answer.status).toBe(200);
  });
});

describeWithBoto3('boto3', () => {
  test('trades in the token in a file, and does so again in time', async () => {
    const script = path.join(__dirname, 'web-identity.py');
    const { stdout, stderr } = await runTool(
      'python3',
      [script],
      environment({
        AWS_ROLE_ARN: reader,
        AWS_ROLE_SESSION_NAME: 'boto3',
        AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
        ORDERS_URL: ordersUrl(),
      }),
    );
    expect({ stderr, ...(JSON.parse(stdout || '{}') as object) }).toEqual({
      stderr: '',
      method: 'assume-role-with-web-identity',
      arn: sessionArn(reader, 'boto3'),
      orders: 200,
      renewed: true,
      ordersThen: 200,
    });
  });
});

describe('the guarded API takes the token itself', () => {
  const list = async (bearer: string, role?: string): Promise<number> => {
    const headers = {
      authorization: `Bearer ${bearer}`,
      ...(role === undefined ? {} : { 'x-portcullis-role': role }),
    };
    return (await fetch(ordersUrl(), { headers })).status;
  };

  test('as a session of the role that is named, which may do what its policies say', async () => {
    expect(await list(await token(), reader)).toBe(200);
    expect(await list(await token(), idler)).toBe(403);
  });

  test.each<readonly [string, () => Promise<string>]>([
    ['for another audience', () => token({ aud: 'invoices-web' })],
    ['for us, but given to another client', () => token({ aud: CLIENT_ID, azp: 'invoices-web' })],
    ['that has expired', () => token({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['of somebody whom the role does not trust', () => token({ sub: 'mallory@example.com' })],
    [
      'signed with another key of the same name',
      async () => token({}, await createTestKey('first', 'RS256')),
    ],
    [
      'signed with a key that the issuer does not have',
      async () => token({}, await createTestKey('other', 'RS256')),
    ],
    ['of another issuer', () => token({ iss: `http://127.0.0.1:${issuer.port - 1}` })],
    [
      'of which the subject was changed',
      async () => {
        const [header = '', payload = '', signature = ''] = (await token()).split('.');
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
        const forged = Buffer.from(JSON.stringify({ ...claims, sub: `${SUBJECT}x` }));
        return [header, forged.toString('base64url'), signature].join('.');
      },
    ],
    [
      'without a signature',
      async () => {
        const [, payload = ''] = (await token()).split('.');
        const header = Buffer.from('{"alg":"none","kid":"first","typ":"JWT"}').toString(
          'base64url',
        );
        return `${header}.${payload}.`;
      },
    ],
  ])('and refuses one %s', async (_what, make) => {
    expect(await list(await make(), reader)).toBe(401);
  });

  test('and refuses one that names no role, where the provider has no role for such', async () => {
    expect(await list(await token())).toBe(401);
  });
});
