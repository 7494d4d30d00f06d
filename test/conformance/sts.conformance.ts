import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateOpenIDConnectProviderCommand,
  DeleteRolePolicyCommand,
  EnableOutboundWebIdentityFederationCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import {
  GetCallerIdentityCommand,
  GetWebIdentityTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';
import { hasTool, runTool, type ToolResult } from '../harness/tools';
import { ACCOUNT, type AdminDeployment, type Credentials } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { allow, StsScenery } from '../sts/sts-scenery';

/* Sessions, as the official clients get and use them, against the whole local run. */

const READ = { Effect: 'Allow', Action: 'orders:ListOrders', Resource: '*' };
const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };

let local: LocalProcess;
let scenery: StsScenery;
let federated: { readonly token: string; readonly RoleArn: string };
const home = mkdtempSync(path.join(tmpdir(), 'portcullis-sts-'));
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

beforeAll(async () => {
  local = await startLocalProcess(['--ephemeral']);
  const deployment: Pick<AdminDeployment, 'iam' | 'sts'> = {
    iam: (credentials) => keep(new IAMClient(configuration('iam', credentials))),
    sts: (credentials) => keep(new STSClient(configuration('sts', credentials))),
  };
  scenery = new StsScenery(deployment);
  federated = await webIdentity();
});

afterAll(async () => {
  clients.forEach((client) => {
    client.destroy();
  });
  rmSync(home, { recursive: true });
  expect(await local.stop()).toBe(0);
});

interface Assumer {
  readonly UserName: string;
  readonly credentials: Credentials;
  readonly RoleArn: string;
}

/** A user, and a role that trusts this user under the condition and may list orders. */
async function assumer(Condition?: object): Promise<Assumer> {
  const { UserName, credentials } = await scenery.caller();
  const trust = allow({ AWS: await scenery.userArn(UserName) });
  const RoleArn = await scenery.role([Condition === undefined ? trust : { ...trust, Condition }], {
    allow: READ,
  });
  return { UserName, credentials, RoleArn };
}

/** What the user's device shows next: the code of the present step is used up by enabling it. */
async function nextCode(UserName: string): Promise<{ serialNumber: string; code: string }> {
  const now = Date.now();
  const { serialNumber, seed } = await scenery.mfaDevice(UserName, now);
  return { serialNumber, code: totpCode(seed, timeStepAt(now) + 1) };
}

const NEEDS_MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

const roleNameOf = (RoleArn: string): string => RoleArn.slice(RoleArn.lastIndexOf('/') + 1);
const sessionArn = (RoleArn: string, session: string): string =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${roleNameOf(RoleArn)}/${session}`;

const listOrders = (credentials: Credentials) =>
  fetchSigned(`${local.orders}/orders`, { service: 'execute-api', credentials, method: 'GET' });

/** A token of the account's own issuer for root, and a role that trusts the provider which this issuer is. */
async function webIdentity(): Promise<{ token: string; RoleArn: string }> {
  const { IssuerIdentifier: issuer = '' } = await scenery.root.send(
    new EnableOutboundWebIdentityFederationCommand({}),
  );
  const audience = 'sts.amazonaws.com';
  const { OpenIDConnectProviderArn: Federated } = await scenery.root.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: [audience] }),
  );
  const RoleArn = await scenery.role([
    {
      ...allow({ Federated }, 'sts:AssumeRoleWithWebIdentity'),
      Condition: {
        StringEquals: {
          [`${issuer.replace(/^https?:\/\//, '')}:sub`]: `arn:aws:iam::${ACCOUNT}:root`,
        },
      },
    },
  ]);
  const { WebIdentityToken: token = '' } = await scenery.deployment
    .sts()
    .send(new GetWebIdentityTokenCommand({ Audience: [audience], SigningAlgorithm: 'ES384' }));
  return { token, RoleArn };
}

function aws(
  args: readonly string[],
  options: { readonly key?: Credentials; readonly input?: string } = {},
): Promise<ToolResult> {
  const key: Credentials | undefined = args.includes('--profile')
    ? undefined
    : (options.key ?? ROOT_CREDENTIALS);
  // In a session of its own: what asks for a code then reads it from the input, whoever started the tests at whatever terminal.
  return runTool(
    'setsid',
    ['--wait', 'aws', ...args],
    {
      HOME: home,
      AWS_CONFIG_FILE: undefined,
      AWS_SHARED_CREDENTIALS_FILE: undefined,
      AWS_PROFILE: undefined,
      AWS_ENDPOINT_URL_IAM: `${local.admin}/iam`,
      AWS_ENDPOINT_URL_STS: `${local.admin}/sts`,
      AWS_ACCESS_KEY_ID: key?.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key?.secretAccessKey,
      AWS_SESSION_TOKEN: key?.sessionToken,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_DEFAULT_OUTPUT: 'json',
      AWS_PAGER: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    options.input,
  );
}

async function awsJson(...call: Parameters<typeof aws>): Promise<unknown> {
  const result = await aws(...call);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(result.stdout) as unknown;
}

async function awsError(...call: Parameters<typeof aws>): Promise<string> {
  const { exitCode, stderr } = await aws(...call);
  expect(exitCode).toBe(255);
  return stderr.trim();
}

/** Adds profiles to the CLI's own files. */
function writeProfiles(profiles: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  mkdirSync(path.join(home, '.aws'), { recursive: true });
  const text = Object.entries(profiles).map(([name, values]) =>
    [`[profile ${name}]`, ...Object.entries(values).map((pair) => pair.join(' = '))].join('\n'),
  );
  writeFileSync(path.join(home, '.aws', 'config'), `${text.join('\n\n')}\n`, { flag: 'a' });
}

const keyProfile = ({ accessKeyId, secretAccessKey }: Credentials) => ({
  aws_access_key_id: accessKeyId,
  aws_secret_access_key: secretAccessKey,
});

const identityOf = (profile: string, input?: string) =>
  aws(['sts', 'get-caller-identity', '--profile', profile], input === undefined ? {} : { input });

const describeWithAws = hasTool('aws') && hasTool('setsid') ? describe : describe.skip;

describe('the JavaScript SDK', () => {
  test('assumes a role whenever it needs to, with fromTemporaryCredentials', async () => {
    const { credentials, RoleArn } = await assumer();
    const provider = fromTemporaryCredentials({
      masterCredentials: credentials,
      params: { RoleArn, RoleSessionName: 'sdk', DurationSeconds: 900 },
      clientConfig: { endpoint: `${local.admin}/sts`, region: 'us-east-1' },
    });
    const sts = keep(new STSClient({ ...configuration('sts'), credentials: provider }));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(sessionArn(RoleArn, 'sdk'));
    expect((await listOrders(await provider())).status).toBe(200);
  });

  test('asks for the code of a device where the role needs a second factor', async () => {
    const { UserName, credentials, RoleArn } = await assumer(NEEDS_MFA);
    const { serialNumber, code } = await nextCode(UserName);
    const asked: string[] = [];
    const provide = (params: object) =>
      fromTemporaryCredentials({
        masterCredentials: credentials,
        params: { RoleArn, RoleSessionName: 'sdk', ...params },
        clientConfig: { endpoint: `${local.admin}/sts`, region: 'us-east-1' },
        mfaCodeProvider: (serial) => {
          asked.push(serial);
          return Promise.resolve(code);
        },
      });
    expect((await refusal(provide({})())).code).toBe('AccessDenied');
    const issued = await provide({ SerialNumber: serialNumber })();
    expect(asked).toEqual([serialNumber]);
    expect((await listOrders(issued)).status).toBe(200);
    const again = await refusal(provide({ SerialNumber: serialNumber })());
    expect(again.message).toContain('invalid MFA one time pass code');
  });

  test('trades in a token of the account’s own issuer, with fromWebToken', async () => {
    const { token, RoleArn } = federated;
    const provider = fromWebToken({
      roleArn: RoleArn,
      webIdentityToken: token,
      roleSessionName: 'web',
      clientConfig: { endpoint: `${local.admin}/sts`, region: 'us-east-1' },
    });
    const sts = keep(new STSClient({ ...configuration('sts'), credentials: provider }));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(sessionArn(RoleArn, 'web'));
  });
});

describe('the guarded API', () => {
  test('takes a session’s signature, with its own token alone', async () => {
    const { credentials, RoleArn } = await assumer();
    const one = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    const two = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'two' });
    const keyOf = ({ accessKeyId, secretAccessKey }: Credentials) => ({
      accessKeyId,
      secretAccessKey,
    });
    expect((await listOrders(one)).status).toBe(200);
    expect(
      (await listOrders({ ...keyOf(one), sessionToken: String(two.sessionToken) })).status,
    ).toBe(401);
    expect((await listOrders(keyOf(one))).status).toBe(401);
    expect(
      (await listOrders({ ...credentials, sessionToken: String(one.sessionToken) })).status,
    ).toBe(401);
  });

  test('refuses a session whose role has lost its policy, within the staleness bound', async () => {
    const { credentials, RoleArn } = await assumer();
    const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    expect((await listOrders(session)).status).toBe(200);
    await scenery.root.send(
      new DeleteRolePolicyCommand({ RoleName: roleNameOf(RoleArn), PolicyName: 'permissions' }),
    );
    // Twice the bound of five seconds on a busy machine; test/authorizer proves the bound itself by a clock of its own.
    const deadline = Date.now() + 10_000;
    let status = 200;
    while (status === 200 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      status = (await listOrders(session)).status;
    }
    expect(status).toBe(403);
  });
});

describeWithAws('the AWS CLI', () => {
  test('assumes the role of a profile by the credentials of another profile', async () => {
    const { credentials, RoleArn } = await assumer({ StringEquals: { 'sts:ExternalId': 'blue' } });
    const role = { role_arn: RoleArn, source_profile: 'base', role_session_name: 'cli' };
    writeProfiles({
      base: keyProfile(credentials),
      reader: { ...role, external_id: 'blue', duration_seconds: '900' },
      stranger: role,
    });
    expect(JSON.parse((await identityOf('reader')).stdout)).toMatchObject({
      Account: ACCOUNT,
      Arn: sessionArn(RoleArn, 'cli'),
    });
    expect((await identityOf('stranger')).stderr).toContain(
      '(AccessDenied) when calling the AssumeRole operation',
    );
    expect(await awsError(['iam', 'list-users', '--profile', 'reader'])).toContain(
      `(AccessDenied) when calling the ListUsers operation: User: ${sessionArn(RoleArn, 'cli')} is not authorized to perform: iam:ListUsers`,
    );
  });

  test('asks for the code of a profile’s device, once for a session', async () => {
    const { UserName, credentials, RoleArn } = await assumer(NEEDS_MFA);
    const { serialNumber, code } = await nextCode(UserName);
    const role = { role_arn: RoleArn, source_profile: 'owner', role_session_name: 'cli' };
    writeProfiles({
      owner: keyProfile(credentials),
      careful: { ...role, mfa_serial: serialNumber },
      careless: role,
    });
    expect((await identityOf('careless')).stderr).toContain('(AccessDenied)');
    const session = {
      exitCode: 0,
      stdout: expect.stringContaining(sessionArn(RoleArn, 'cli')) as string,
    };
    expect(await identityOf('careful', `${code}\n`)).toMatchObject(session);
    // Kept by the CLI: nobody gives it a code.
    expect(await identityOf('careful')).toMatchObject(session);
  });

  test('trades in the token in a profile’s file', async () => {
    const { token, RoleArn } = federated;
    const file = path.join(home, 'token');
    writeFileSync(file, token);
    writeProfiles({
      web: { role_arn: RoleArn, web_identity_token_file: file, role_session_name: 'cli' },
    });
    expect(JSON.parse((await identityOf('web')).stdout)).toMatchObject({
      Arn: sessionArn(RoleArn, 'cli'),
    });
  });

  test('is told by a sealed message why the guarded API refuses', async () => {
    const forbidden = { Sid: 'NoOrders', Effect: 'Deny', Action: 'orders:*', Resource: '*' };
    const { UserName, credentials } = await scenery.caller(EVERYTHING, forbidden);
    const answer = await listOrders(credentials);
    expect(answer.status).toBe(403);
    const { message, encodedMessage } = (await answer.json()) as Record<string, string>;
    expect(message).toContain('with an explicit deny in an identity-based policy');
    const decode = (key?: Credentials) =>
      aws(
        ['sts', 'decode-authorization-message', '--encoded-message', String(encodedMessage)],
        key === undefined ? {} : { key },
      );
    const { DecodedMessage } = JSON.parse((await decode()).stdout) as { DecodedMessage: string };
    expect(JSON.parse(DecodedMessage)).toMatchObject({
      allowed: false,
      explicitDeny: true,
      matchedStatements: { items: [{ statementId: 'NoOrders', effect: 'DENY' }] },
      context: {
        principal: { arn: await scenery.userArn(UserName) },
        action: 'orders:ListOrders',
      },
    });
    const { credentials: other } = await scenery.caller(READ);
    expect((await decode(other)).stderr).toContain(
      'is not authorized to perform: sts:DecodeAuthorizationMessage',
    );
  });

  test('calls every operation that a signed caller may call', async () => {
    const { UserName, credentials, RoleArn } = await assumer();
    const { serialNumber, code } = await nextCode(UserName);
    await scenery.permit(UserName, EVERYTHING);
    const call = (...args: string[]) => awsJson(['sts', ...args], { key: credentials });
    const refuse = (...args: string[]) => awsError(['sts', ...args], { key: credentials });
    expect(await call('get-caller-identity')).toMatchObject({
      Arn: await scenery.userArn(UserName),
    });
    expect(
      await call('assume-role', '--role-arn', RoleArn, '--role-session-name', 'one'),
    ).toMatchObject({ AssumedRoleUser: { Arn: sessionArn(RoleArn, 'one') } });
    const withCode = ['--serial-number', serialNumber, '--token-code', code];
    const { Credentials: issued } = (await call('get-session-token', ...withCode)) as {
      Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
    };
    const session = {
      accessKeyId: issued.AccessKeyId,
      secretAccessKey: issued.SecretAccessKey,
      sessionToken: issued.SessionToken,
    };
    expect(await awsJson(['iam', 'get-user'], { key: session })).toMatchObject({
      User: { UserName },
    });
    expect(await call('get-federation-token', '--name', 'guest')).toMatchObject({
      FederatedUser: { Arn: `arn:aws:sts::${ACCOUNT}:federated-user/guest` },
      PackedPolicySize: 0,
    });
    expect(
      await call('get-access-key-info', '--access-key-id', ROOT_CREDENTIALS.accessKeyId),
    ).toEqual({ Account: ACCOUNT });
    expect(await refuse('decode-authorization-message', '--encoded-message', 'AQAA')).toContain(
      '(InvalidAuthorizationMessageException)',
    );
    const task = 'arn=arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials';
    expect(
      await refuse(
        ...['assume-root', '--target-principal', '999999999999', '--task-policy-arn', task],
      ),
    ).toContain('(AccessDenied) when calling the AssumeRoot operation');
    expect(await refuse('get-delegated-access-token', '--trade-in-token', 'none')).toContain(
      '(ExpiredTradeInTokenException)',
    );
  });
});
