import {
  ChangePasswordCommand,
  CreateVirtualMFADeviceCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  EnableMFADeviceCommand,
  PutUserPolicyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { ACCOUNT } from '../operations/deployment';
import { Scenery } from '../operations/scenery';
import {
  createPerson,
  deploySignIn,
  httpRequest,
  PASSWORD,
  type SignInDeployment,
  type Tokens,
} from './deployment';

const INVALID = { statusCode: 403, body: { code: 'InvalidClientTokenId' } };
const OK = { statusCode: 200 };

let now: number;
let deployment: SignInDeployment;

beforeEach(async () => {
  now = Date.now() - 600_000;
  deployment = await deploySignIn({ now: () => now });
  await createPerson(deployment);
  await deployment.admin.iam().send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: ['iam:ListUsers', 'iam:ChangePassword'],
          Resource: '*',
        },
      }),
    }),
  );
});

afterEach(async () => {
  expect(deployment.admin.failures).toEqual([]);
  expect(await findInconsistencies(deployment.admin.store, ACCOUNT)).toEqual([]);
  await deployment.admin.close();
});

const list = ({ AccessToken }: Pick<Tokens, 'AccessToken'>) =>
  deployment.iam('GET', '/users', AccessToken);

const refresh = ({ RefreshToken }: Pick<Tokens, 'RefreshToken'>) =>
  deployment.post('/refresh', { RefreshToken });

const tokensOf = (answer: { readonly body: unknown }): Tokens =>
  (answer.body as { Session: Tokens }).Session;

describe('an access token', () => {
  test('counts for a quarter of an hour, to the millisecond', async () => {
    const tokens = await deployment.signIn();
    now += 15 * 60_000 - 1;
    expect(await list(tokens)).toMatchObject(OK);
    now += 1;
    expect(await list(tokens)).toMatchObject({ statusCode: 403, body: { code: 'ExpiredToken' } });
  });

  test('is nothing once any one of its characters is another, is missing or is one more', async () => {
    const { AccessToken } = await deployment.signIn();
    for (let index = 0; index < AccessToken.length; index += 1) {
      const letter = AccessToken[index] === 'A' ? 'B' : 'A';
      const flipped = AccessToken.slice(0, index) + letter + AccessToken.slice(index + 1);
      const answer = await list({ AccessToken: flipped });
      expect([answer.statusCode, answer.body['code']]).toEqual([403, 'InvalidClientTokenId']);
    }
    for (const other of [AccessToken.slice(0, -1), `${AccessToken}A`, AccessToken.toLowerCase()]) {
      expect(await list({ AccessToken: other })).toMatchObject(INVALID);
    }
    expect(await list({ AccessToken })).toMatchObject(OK);
  });

  test('is nothing on the paths of the Query protocol', async () => {
    const { AccessToken } = await deployment.signIn();
    const request = {
      token: AccessToken,
      body: 'Action=ListUsers&Version=2010-05-08',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    const { statusCode } = await deployment.admin.handle(
      'iam',
      httpRequest('POST', '/v1/iam', request),
    );
    expect(statusCode).toBeGreaterThanOrEqual(400);
  });

  test('stands alone: with a signature, a session token or a second one it is refused', async () => {
    const { AccessToken } = await deployment.signIn();
    const send = async (change: object) => {
      const request = { ...httpRequest('GET', '/v1/iam/users', { token: AccessToken }), ...change };
      const { statusCode, body } = await deployment.admin.handle('iam', request);
      return [statusCode, (JSON.parse(body) as { code: string }).code];
    };
    const headers = (...authorization: string[]) => new Map([['authorization', authorization]]);
    const bearer = `Bearer ${AccessToken}`;
    const refused = [403, 'InvalidClientTokenId'];
    expect(await send({ query: [['X-Amz-Signature', 'aa']] })).toEqual(refused);
    expect(await send({ headers: headers(bearer, bearer) })).toEqual(refused);
    expect(await send({ headers: headers(bearer, 'AWS4-HMAC-SHA256 x') })).toEqual(refused);
    expect(await send({ headers: headers(`${bearer} ${AccessToken}`) })).toEqual(refused);
    expect(await send({ headers: headers('Bearer') })).toEqual(refused);
    const session = new Map([...headers(bearer), ['x-amz-security-token', ['x']]]);
    expect(await send({ headers: session })).toEqual(refused);
  });

  test('is the only kind of token that is one', async () => {
    const tokens = await deployment.signIn();
    expect(await list({ AccessToken: tokens.RefreshToken })).toMatchObject(INVALID);
    expect(await refresh({ RefreshToken: tokens.AccessToken })).toMatchObject(INVALID);
    const renamed = tokens.RefreshToken.replace('ptr_', 'pts_');
    expect(await list({ AccessToken: renamed })).toMatchObject(INVALID);
    expect(
      await refresh({ RefreshToken: tokens.AccessToken.replace('pts_', 'ptr_') }),
    ).toMatchObject(INVALID);
    const another = await deploySignIn({ now: () => now });
    await createPerson(another);
    expect(await list(await another.signIn())).toMatchObject(INVALID);
    await another.admin.close();
  });
});

describe('a refresh token', () => {
  test('gives the next two, until the session ends after twelve hours', async () => {
    let tokens = await deployment.signIn();
    for (let minutes = 0; minutes < 12 * 60 - 15; minutes += 15) {
      now += 15 * 60_000;
      tokens = tokensOf(await refresh(tokens));
    }
    now += 15 * 60_000 - 1;
    expect(await list(tokens)).toMatchObject(OK);
    now += 1;
    expect(await refresh(tokens)).toMatchObject(INVALID);
    expect(await list(tokens)).toMatchObject({ statusCode: 403 });
  });

  test('that comes again ends the session of both who have it', async () => {
    const stolen = await deployment.signIn();
    const next = tokensOf(await refresh(stolen));
    expect(await list(next)).toMatchObject(OK);
    expect(await refresh(stolen)).toMatchObject(INVALID);
    expect(await list(next)).toMatchObject(INVALID);
    expect(await list(stolen)).toMatchObject(INVALID);
    expect(await refresh(next)).toMatchObject(INVALID);
    expect(deployment.log).toContainEqual(
      expect.objectContaining({ event: 'RefreshTokenReused', sessionId: stolen.SessionId }),
    );
  });

  test('that comes twice at once gives one session at most, and leaves none', async () => {
    const tokens = await deployment.signIn();
    const answers = await Promise.all([refresh(tokens), refresh(tokens), refresh(tokens)]);
    expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeLessThanOrEqual(1);
    for (const answer of answers.filter(({ statusCode }) => statusCode === 200)) {
      expect(await list(tokensOf(answer))).toMatchObject(INVALID);
    }
  });

  test('ends nobody’s session where it is not the deployment’s own', async () => {
    const tokens = await deployment.signIn();
    const flipped = tokens.RefreshToken.slice(0, -2) + 'AA';
    expect(await refresh({ RefreshToken: flipped })).toMatchObject(INVALID);
    expect(await refresh(tokens)).toMatchObject(OK);
  });
});

describe('sessions', () => {
  test('are listed, and ended one by one', async () => {
    const first = await deployment.signIn();
    now += 1000;
    const second = await deployment.signIn();
    const listed = () => deployment.send('GET', '/sessions', { token: second.AccessToken });
    expect((await listed()).body).toMatchObject({
      Sessions: [
        {
          SessionId: second.SessionId,
          IsCurrent: true,
          SourceIp: '192.0.2.1',
          UserAgent: 'test/1',
        },
        { SessionId: first.SessionId, IsCurrent: false, MultiFactorAuthenticated: false },
      ],
    });
    const end = (id: string) =>
      deployment.send('DELETE', `/sessions/${id}`, { token: second.AccessToken });
    expect(await end(first.SessionId)).toMatchObject(OK);
    expect(await end(first.SessionId)).toMatchObject({ statusCode: 404 });
    expect(await list(first)).toMatchObject(INVALID);
    expect(await refresh(first)).toMatchObject(INVALID);
    expect(await deployment.post('/sign-out', {}, { token: second.AccessToken })).toMatchObject(OK);
    expect(await list(second)).toMatchObject(INVALID);
    expect(await listed()).toMatchObject(INVALID);
  });

  test('of somebody else are neither seen nor ended', async () => {
    await createPerson(deployment, 'bob');
    const alice = await deployment.signIn();
    const bob = await deployment.signIn({ UserName: 'bob' });
    const { body } = await deployment.send('GET', '/sessions', { token: bob.AccessToken });
    expect(body['Sessions']).toHaveLength(1);
    const path = `/sessions/${alice.SessionId}`;
    expect(await deployment.send('DELETE', path, { token: bob.AccessToken })).toMatchObject({
      statusCode: 404,
    });
    await deployment.post('/sign-out-everywhere', {}, { token: bob.AccessToken });
    expect(await list(alice)).toMatchObject(OK);
  });

  test('end everywhere at once, in the same millisecond too', async () => {
    const first = await deployment.signIn();
    const second = await deployment.signIn();
    const everywhere = { token: second.AccessToken };
    expect(await deployment.post('/sign-out-everywhere', {}, everywhere)).toMatchObject(OK);
    for (const tokens of [first, second]) {
      expect(await list(tokens)).toMatchObject(INVALID);
      expect(await refresh(tokens)).toMatchObject(INVALID);
    }
    const third = await deployment.signIn();
    expect(await list(third)).toMatchObject(OK);
    const { body } = await deployment.send('GET', '/sessions', { token: third.AccessToken });
    expect(body['Sessions']).toHaveLength(1);
  });

  test.each([
    [
      'a new password from an administrator',
      () => new UpdateLoginProfileCommand({ UserName: 'alice', Password: 'other Password 2' }),
    ],
    ['the end of the login profile', () => new DeleteLoginProfileCommand({ UserName: 'alice' })],
  ])('end with %s', async (_what, command) => {
    const tokens = await deployment.signIn();
    await deployment.admin.iam().send(command() as DeleteLoginProfileCommand);
    expect(await list(tokens)).toMatchObject(INVALID);
    expect(await refresh(tokens)).toMatchObject(INVALID);
  });

  test('end with the user’s own new password, by a session and by a key', async () => {
    const tokens = await deployment.signIn();
    const body = { OldPassword: PASSWORD, NewPassword: 'other Password 2' };
    expect(await deployment.iam('POST', '/password', tokens.AccessToken, body)).toMatchObject(OK);
    expect(await list(tokens)).toMatchObject(INVALID);
    const again = await deployment.signIn({ Password: 'other Password 2' });
    const key = await new Scenery(deployment.admin.iam()).keyOf('alice');
    await deployment.admin
      .iam(key)
      .send(new ChangePasswordCommand({ OldPassword: 'other Password 2', NewPassword: PASSWORD }));
    expect(await list(again)).toMatchObject(INVALID);
  });

  test('end with the user, and are not those of who is made again under the name', async () => {
    const tokens = await deployment.signIn();
    const root = deployment.admin.iam();
    await root.send(new DeleteLoginProfileCommand({ UserName: 'alice' }));
    await root.send(new DeleteUserPolicyCommand({ UserName: 'alice', PolicyName: 'permissions' }));
    await root.send(new DeleteUserCommand({ UserName: 'alice' }));
    await createPerson(deployment);
    expect(await list(tokens)).toMatchObject(INVALID);
    expect(await refresh(tokens)).toMatchObject(INVALID);
  });

  test('of one factor end as soon as the user has an MFA device', async () => {
    const tokens = await deployment.signIn();
    const root = deployment.admin.iam();
    const { VirtualMFADevice } = await root.send(
      new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'alice' }),
    );
    const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
    await root.send(
      new EnableMFADeviceCommand({
        UserName: 'alice',
        SerialNumber: String(VirtualMFADevice?.SerialNumber),
        AuthenticationCode1: totpCode(seed, timeStepAt(now) - 1),
        AuthenticationCode2: totpCode(seed, timeStepAt(now)),
      }),
    );
    expect(await list(tokens)).toMatchObject(INVALID);
    expect(await refresh(tokens)).toMatchObject(INVALID);
  });
});
