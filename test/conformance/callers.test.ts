import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUsersCommand,
  UpdateAccessKeyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ACCOUNT, deployAdmin, ROOT, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';

let deployment: AdminDeployment;
let root: IAMClient;
let scenery: Scenery;
let now: number;

beforeEach(async () => {
  now = Date.now();
  deployment = await deployAdmin({ now: () => now });
  root = deployment.iam();
  scenery = new Scenery(root);
});

afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

describe('without a user name, an operation is about its caller', () => {
  test('the root user has an id and an ARN, and neither name nor path', async () => {
    const { User } = await root.send(new GetUserCommand({}));
    expect(User).toEqual({
      UserId: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:root`,
      CreateDate: expect.any(Date) as Date,
    });
  });

  test('the root user makes, lists, uses and deletes a second key of its own', async () => {
    const { AccessKey } = await root.send(new CreateAccessKeyCommand({}));
    const second = {
      accessKeyId: String(AccessKey?.AccessKeyId),
      secretAccessKey: String(AccessKey?.SecretAccessKey),
    };
    expect(AccessKey).not.toHaveProperty('UserName');
    expect(await refusal(root.send(new CreateAccessKeyCommand({})))).toMatchObject({
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    });
    const identity = await deployment.sts(second).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:iam::${ACCOUNT}:root`);
    const { AccessKeyMetadata } = await root.send(new ListAccessKeysCommand({}));
    expect(AccessKeyMetadata?.map((key) => key.AccessKeyId).sort()).toEqual(
      [ROOT.accessKeyId, second.accessKeyId].sort(),
    );
    await root.send(new DeleteAccessKeyCommand({ AccessKeyId: second.accessKeyId }));
    expect(
      await refusal(deployment.sts(second).send(new GetCallerIdentityCommand({}))),
    ).toMatchObject({ statusCode: 403, code: 'InvalidClientTokenId' });
  });

  test("a user works on its own keys, as far as it may, and on nobody else's", async () => {
    const { UserName, credentials } = await scenery.caller({
      Effect: 'Allow',
      Action: 'iam:*AccessKey*',
      Resource: `arn:aws:iam::${ACCOUNT}:user/callers/\${aws:username}`,
    });
    const client = deployment.iam(credentials);
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({}));
    expect(AccessKey?.UserName).toBe(UserName);
    expect((await client.send(new ListAccessKeysCommand({}))).AccessKeyMetadata).toHaveLength(2);
    const other = await scenery.user();
    const { accessKeyId } = await scenery.keyOf(other);
    const foreign = await refusal(
      client.send(new DeleteAccessKeyCommand({ UserName: other, AccessKeyId: accessKeyId })),
    );
    expect(foreign.code).toBe('AccessDenied');
    expect(
      await refusal(client.send(new DeleteAccessKeyCommand({ AccessKeyId: accessKeyId }))),
    ).toMatchObject({
      statusCode: 404,
      message: `The Access Key with id ${accessKeyId} cannot be found.`,
    });
    expect(
      (await root.send(new ListAccessKeysCommand({ UserName: other }))).AccessKeyMetadata,
    ).toHaveLength(1);
  });
});

describe('a key', () => {
  const ask = (credentials: typeof ROOT & { sessionToken?: string }) =>
    deployment.sts(credentials).send(new GetCallerIdentityCommand({}));

  test('that is switched off is refused until it is switched on again', async () => {
    const { UserName, credentials } = await scenery.caller();
    const turn = (Status: 'Active' | 'Inactive') =>
      root.send(
        new UpdateAccessKeyCommand({ UserName, AccessKeyId: credentials.accessKeyId, Status }),
      );
    await ask(credentials);
    await turn('Inactive');
    expect(await refusal(ask(credentials))).toEqual({
      statusCode: 403,
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
    });
    await turn('Active');
    expect((await ask(credentials)).Account).toBe(ACCOUNT);
  });

  test('that is unknown, or comes with a session token, is refused', async () => {
    const unknown = { ...ROOT, accessKeyId: 'AKIANOSUCHKEYNOSUCHK' };
    expect((await refusal(ask(unknown))).code).toBe('InvalidClientTokenId');
    const withToken = { ...ROOT, sessionToken: 'token' };
    expect((await refusal(ask(withToken))).code).toBe('InvalidClientTokenId');
  });
});

describe('the circumstances of a call decide', () => {
  async function listUsersIf(Condition: object): Promise<string> {
    const { credentials } = await scenery.caller({
      Effect: 'Allow',
      Action: 'iam:ListUsers',
      Resource: '*',
      Condition,
    });
    const client = deployment.iam(credentials);
    const call = client.send(new ListUsersCommand({})).then(() => 'allowed');
    return call.catch((error: unknown) => (error as Error).name);
  }

  test.each<readonly [string, object, object]>([
    [
      'where it comes from',
      { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
      { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    ],
    [
      'whether it came by TLS',
      { Bool: { 'aws:SecureTransport': 'false' } },
      { Bool: { 'aws:SecureTransport': 'true' } },
    ],
    [
      'when it came',
      { DateLessThan: { 'aws:CurrentTime': '2100-01-01T00:00:00Z' } },
      { DateGreaterThan: { 'aws:EpochTime': '4102444800' } },
    ],
    [
      'with which client',
      { StringLike: { 'aws:UserAgent': 'aws-sdk-js/*' } },
      { StringLike: { 'aws:UserAgent': 'curl/*' } },
    ],
    [
      'in which region',
      { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } },
      { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
    ],
    [
      'by whom',
      { StringLike: { 'aws:username': 'user-*', 'aws:userid': 'AIDA*' } },
      { StringEquals: { 'aws:PrincipalType': 'AssumedRole' } },
    ],
    [
      'from which account',
      { StringEquals: { 'aws:PrincipalAccount': ACCOUNT, 'aws:ResourceAccount': ACCOUNT } },
      { Null: { 'aws:ViaAWSService': 'true' } },
    ],
  ])('%s', async (_what, met, unmet) => {
    expect(await listUsersIf(met)).toBe('allowed');
    expect(await listUsersIf(unmet)).toBe('AccessDenied');
  });

  test('a header cannot say where a call comes from', async () => {
    const { credentials } = await scenery.caller({
      Effect: 'Allow',
      Action: 'iam:ListUsers',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.1' } },
    });
    const client = deployment.iam(credentials);
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string> };
        request.headers['x-forwarded-for'] = '192.0.2.1';
        return next(args);
      },
      { step: 'build' },
    );
    expect(await refusal(client.send(new ListUsersCommand({})))).toMatchObject({
      code: 'AccessDenied',
    });
  });
});
