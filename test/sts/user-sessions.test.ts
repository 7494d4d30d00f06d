import {
  DeleteAccessKeyCommand,
  ListRolesCommand,
  ListUsersCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRootCommand,
  DecodeAuthorizationMessageCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetDelegatedAccessTokenCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import {
  ACCOUNT,
  deployAdmin,
  ROOT,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { signedRequest } from '../operations/signed-requests';
import { allow, credentialsOf, StsScenery } from './sts-scenery';

const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };
const policyOf = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

let deployment: AdminDeployment;
let scenery: StsScenery;
let now = Date.now();

beforeAll(async () => {
  deployment = await deployAdmin({ now: () => now });
  scenery = new StsScenery(deployment);
});

beforeEach(() => {
  now = Date.now();
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

const listUsers = (credentials: Credentials) =>
  deployment.iam(credentials).send(new ListUsersCommand({}));

async function sessionToken(credentials: Credentials, input: object = {}): Promise<Credentials> {
  const answer = await deployment.sts(credentials).send(new GetSessionTokenCommand(input));
  return credentialsOf(answer.Credentials);
}

async function federationToken(credentials: Credentials, input: object = {}): Promise<Credentials> {
  const command = new GetFederationTokenCommand({ Name: 'guest', ...input });
  return credentialsOf((await deployment.sts(credentials).send(command)).Credentials);
}

async function codeOf(seed: string): Promise<string> {
  now += 30_000;
  return Promise.resolve(totpCode(seed, timeStepAt(now)));
}

describe('GetSessionToken', () => {
  test('is the user’s own session: no IAM without a second factor, and of STS two operations', async () => {
    const { UserName, credentials } = await scenery.caller(EVERYTHING);
    const session = await sessionToken(credentials);
    const sts = deployment.sts(session);
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: await scenery.userArn(UserName),
    });
    expect(await refusal(listUsers(session))).toMatchObject({
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
    });
    for (const command of [
      new GetSessionTokenCommand({}),
      new GetFederationTokenCommand({ Name: 'guest' }),
      new GetAccessKeyInfoCommand({ AccessKeyId: ROOT.accessKeyId }),
      new DecodeAuthorizationMessageCommand({ EncodedMessage: 'AA' }),
      new AssumeRootCommand({ TargetPrincipal: ACCOUNT, TaskPolicyArn: { arn: 'a'.repeat(20) } }),
    ]) {
      expect(await refusal(sts.send(command as GetSessionTokenCommand))).toMatchObject({
        code: 'AccessDenied',
        message: expect.stringMatching(/^Cannot call \w+ with session credentials$/) as string,
      });
    }
    const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn(UserName) })]);
    await scenery.assume(session, { RoleArn, RoleSessionName: 'one' });
  });

  test('with a second factor reaches IAM, and says how long ago it was proven', async () => {
    const recent = {
      ...EVERYTHING,
      Condition: {
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        NumericLessThan: { 'aws:MultiFactorAuthAge': '600' },
      },
    };
    const { UserName, credentials } = await scenery.caller(recent);
    const { serialNumber: SerialNumber, seed } = await scenery.mfaDevice(UserName, now);
    const session = await sessionToken(credentials, {
      SerialNumber,
      TokenCode: await codeOf(seed),
    });
    await listUsers(session);
    now += 599_000;
    await listUsers(session);
    now += 2000;
    expect((await refusal(listUsers(session))).code).toBe('AccessDenied');
  });

  test('needs no permission, and a Deny keeps from it', async () => {
    const { UserName, credentials } = await scenery.caller();
    await sessionToken(credentials);
    await scenery.permit(UserName, {
      Effect: 'Deny',
      Action: 'sts:GetSessionToken',
      Resource: '*',
    });
    expect(await refusal(sessionToken(credentials))).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringMatching(
        /with an explicit deny in an identity-based policy$/,
      ) as string,
    });
  });

  test('is over when the key that asked for it is inactive or gone', async () => {
    const { UserName, credentials } = await scenery.caller();
    const identity = new GetCallerIdentityCommand({});
    const session = deployment.sts(await sessionToken(credentials));
    const guest = deployment.sts(await sessionToken(credentials));
    await session.send(identity);
    const key = { UserName, AccessKeyId: credentials.accessKeyId };
    await scenery.root.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    expect((await refusal(session.send(identity))).code).toBe('InvalidClientTokenId');
    expect((await refusal(guest.send(identity))).code).toBe('InvalidClientTokenId');
    await scenery.root.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    await session.send(identity);
    await scenery.root.send(new DeleteAccessKeyCommand(key));
    expect((await refusal(session.send(identity))).code).toBe('InvalidClientTokenId');
  });

  test('lasts twelve hours for a user, and an hour at most for root', async () => {
    const { credentials } = await scenery.caller();
    const seconds = async (caller: Credentials, input: object = {}) => {
      const { Credentials: issued } = await deployment
        .sts(caller)
        .send(new GetSessionTokenCommand(input));
      return Number(issued?.Expiration) / 1000 - Math.floor(now / 1000);
    };
    expect(await seconds(credentials)).toBe(43_200);
    expect(await seconds(credentials, { DurationSeconds: 129_600 })).toBe(129_600);
    expect(await seconds(ROOT)).toBe(3600);
    expect(await seconds(ROOT, { DurationSeconds: 129_600 })).toBe(3600);
    expect(await seconds(ROOT, { DurationSeconds: 900 })).toBe(900);
    expect((await refusal(seconds(ROOT, { DurationSeconds: 899 }))).code).toBe('ValidationError');
  });
});

describe('GetFederationToken', () => {
  test('names a guest who may do nothing without a policy, and never reaches IAM', async () => {
    const { credentials } = await scenery.caller(EVERYTHING);
    const sts = deployment.sts(credentials);
    const answer = await sts.send(new GetFederationTokenCommand({ Name: 'guest' }));
    expect(answer.FederatedUser).toEqual({
      Arn: `arn:aws:sts::${ACCOUNT}:federated-user/guest`,
      FederatedUserId: `${ACCOUNT}:guest`,
    });
    const guest = credentialsOf(answer.Credentials);
    expect(await deployment.sts(guest).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:sts::${ACCOUNT}:federated-user/guest`,
      UserId: `${ACCOUNT}:guest`,
    });
    const everything = await federationToken(credentials, { Policy: policyOf(EVERYTHING) });
    for (const caller of [guest, everything]) {
      expect((await refusal(listUsers(caller))).code).toBe('InvalidClientTokenId');
      const refused = await refusal(sessionToken(caller));
      expect(refused.message).toBe('Cannot call GetSessionToken with session credentials');
      const assume = new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/any`,
        RoleSessionName: 'one',
      });
      expect((await refusal(deployment.sts(caller).send(assume))).code).toBe('AccessDenied');
    }
  });

  test('needs the permission, and another for tags', async () => {
    const { UserName, credentials } = await scenery.caller();
    expect((await refusal(federationToken(credentials))).code).toBe('AccessDenied');
    const Resource = `arn:aws:sts::${ACCOUNT}:federated-user/guest`;
    await scenery.permit(UserName, { Effect: 'Allow', Action: 'sts:GetFederationToken', Resource });
    await federationToken(credentials);
    const tagged = federationToken(credentials, { Tags: [{ Key: 'team', Value: 'blue' }] });
    expect((await refusal(tagged)).message).toMatch(/to perform: sts:TagSession on/);
  });
});

describe('credentials for their own use only', () => {
  test('a role’s session asks for no session token and for no federation token', async () => {
    const { UserName, credentials } = await scenery.caller();
    const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn(UserName) })], {
      allow: EVERYTHING,
    });
    const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    expect((await refusal(sessionToken(session))).message).toBe(
      'Cannot call GetSessionToken with session credentials',
    );
    expect((await refusal(federationToken(session))).message).toBe(
      'Cannot call GetFederationToken with session credentials',
    );
    await deployment.iam(session).send(new ListRolesCommand({}));
  });

  test('a key of a session needs its own token, and a long-term key none', async () => {
    const { credentials } = await scenery.caller();
    const one = await sessionToken(credentials);
    const two = await sessionToken(credentials);
    const token = String(two.sessionToken);
    const keyOf = ({ accessKeyId, secretAccessKey }: Credentials) => ({
      accessKeyId,
      secretAccessKey,
    });
    for (const mixed of [
      keyOf(one),
      { ...one, sessionToken: token },
      { ...credentials, sessionToken: token },
      { ...one, sessionToken: `${String(one.sessionToken)}A` },
      { ...one, sessionToken: 'pts_none' },
      { ...one, accessKeyId: credentials.accessKeyId },
    ]) {
      const call = deployment.sts(mixed).send(new GetCallerIdentityCommand({}));
      expect((await refusal(call)).code).toBe('InvalidClientTokenId');
    }
    const wrongSecret = { ...one, secretAccessKey: two.secretAccessKey };
    const call = deployment.sts(wrongSecret).send(new GetCallerIdentityCommand({}));
    expect((await refusal(call)).code).toBe('SignatureDoesNotMatch');
  });

  test.each([
    [-15 * 60, 200],
    [-15 * 60 - 1, 403],
    [15 * 60, 200],
    [15 * 60 + 1, 403],
  ])(
    'a session’s signature of %d seconds from now is answered by %d',
    async (seconds, statusCode) => {
      const { credentials } = await scenery.caller();
      now = Math.floor(now / 1000) * 1000;
      const request = await signedRequest({
        service: 'sts',
        body: 'Action=GetCallerIdentity&Version=2011-06-15',
        credentials: await sessionToken(credentials),
        signedAt: now + seconds * 1000,
      });
      expect((await deployment.handle('sts', request)).statusCode).toBe(statusCode);
    },
  );
});

describe('the other operations', () => {
  test('an access key’s account is told, and of an unknown key nothing', async () => {
    const { credentials } = await scenery.caller(EVERYTHING);
    const sts = deployment.sts(credentials);
    const known = new GetAccessKeyInfoCommand({ AccessKeyId: ROOT.accessKeyId });
    expect((await sts.send(known)).Account).toBe(ACCOUNT);
    const unknown = new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAUNKNOWNUNKNOWN22' });
    expect((await refusal(sts.send(unknown))).code).toBe('ValidationError');
  });

  test('a message that was not sealed here does not decode, no root is assumed, no token traded in', async () => {
    const { credentials } = await scenery.caller(EVERYTHING);
    const sts = deployment.sts(credentials);
    const decode = new DecodeAuthorizationMessageCommand({ EncodedMessage: 'AQAAAAE' });
    expect((await refusal(sts.send(decode))).code).toBe('InvalidAuthorizationMessageException');
    const root = new AssumeRootCommand({
      TargetPrincipal: '999999999999',
      TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
    });
    expect(await refusal(sts.send(root))).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringMatching(
        /sts:AssumeRoot on resource: arn:aws:iam::999999999999:root$/,
      ) as string,
    });
    const trade = new GetDelegatedAccessTokenCommand({ TradeInToken: 'token' });
    expect((await refusal(sts.send(trade))).code).toBe('ExpiredTradeInTokenException');
  });
});
