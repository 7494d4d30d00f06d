import {
  CreateAccountAliasCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  GetUserCommand,
  PutUserPolicyCommand,
  UpdateAccountPasswordPolicyCommand,
  UpdateLoginProfileCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { ACCOUNT } from '../operations/deployment';
import {
  createPerson,
  deploySignIn,
  PASSWORD,
  setRootPassword,
  type SignInDeployment,
} from './deployment';

const DAY = 24 * 60 * 60 * 1000;
const WRONG = {
  code: 'AuthenticationFailed',
  message: 'Your authentication information is incorrect. Please try again.',
};

let now: number;
let deployment: SignInDeployment;

beforeEach(async () => {
  now = Date.now() - 600_000;
  deployment = await deploySignIn({ now: () => now });
  await createPerson(deployment);
});

afterEach(async () => {
  expect(deployment.admin.failures).toEqual([]);
  expect(await findInconsistencies(deployment.admin.store, ACCOUNT)).toEqual([]);
  await deployment.admin.close();
});

const asAlice = (body: object = {}) =>
  deployment.post('', { Account: ACCOUNT, UserName: 'alice', Password: PASSWORD, ...body });

const permit = (Action: string) =>
  deployment.admin.iam().send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action, Resource: '*' },
      }),
    }),
  );

describe('a session', () => {
  test('is what account, name and password give, by the account id and by its alias', async () => {
    await deployment.admin.iam().send(new CreateAccountAliasCommand({ AccountAlias: 'acme' }));
    for (const Account of [ACCOUNT, 'acme']) {
      const { statusCode, headers, body } = await asAlice({ Account });
      expect(statusCode).toBe(200);
      expect(headers['cache-control']).toBe('no-store');
      expect(body).toEqual({
        Session: {
          SessionId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/) as string,
          TokenType: 'Bearer',
          AccessToken: expect.stringMatching(/^pts_/) as string,
          AccessTokenExpiration: new Date(now + 15 * 60_000).toISOString(),
          RefreshToken: expect.stringMatching(/^ptr_/) as string,
          Expiration: new Date(now + 12 * 60 * 60_000).toISOString(),
          MultiFactorAuthenticated: false,
        },
      });
    }
  });

  test('notes when the password was used last', async () => {
    await deployment.signIn();
    const { User } = await deployment.admin.iam().send(new GetUserCommand({ UserName: 'alice' }));
    expect(User?.PasswordLastUsed).toEqual(new Date(Math.floor(now / 1000) * 1000));
  });

  test('is what root gets, once an operator has given it a password, and not before', async () => {
    const root = { Account: ACCOUNT, Root: true, Password: PASSWORD };
    expect((await deployment.post('', root)).body).toMatchObject(WRONG);
    await setRootPassword(deployment, now);
    const { body } = await deployment.post('', root);
    const { AccessToken } = (body as { Session: { AccessToken: string } }).Session;
    expect(await deployment.iam('GET', '/users', AccessToken)).toMatchObject({ statusCode: 200 });
  });

  test('carries the condition keys of the console, and the rights of the user', async () => {
    const { AccessToken } = await deployment.signIn();
    const list = () => deployment.iam('GET', '/users', AccessToken);
    expect(await list()).toMatchObject({ statusCode: 403, body: { code: 'AccessDenied' } });
    const { User } = await deployment.admin.iam().send(new GetUserCommand({ UserName: 'alice' }));
    const Condition = {
      Bool: { 'aws:MultiFactorAuthPresent': 'false' },
      Null: { 'aws:MultiFactorAuthAge': 'true' },
      StringEquals: {
        'aws:PrincipalType': 'User',
        'aws:username': 'alice',
        'aws:userid': User?.UserId,
      },
      DateEquals: { 'aws:TokenIssueTime': new Date(Math.floor(now / 1000) * 1000).toISOString() },
    };
    await deployment.admin.iam().send(
      new PutUserPolicyCommand({
        UserName: 'alice',
        PolicyName: 'permissions',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*', Condition },
        }),
      }),
    );
    expect(await list()).toMatchObject({ statusCode: 200 });
  });
});

describe('whoever cannot prove itself', () => {
  test('hears the same of a wrong password and of a name that is nobody’s, after the same work', async () => {
    const answers: unknown[] = [];
    for (const body of [
      { Password: 'wrong' },
      { UserName: 'nobody' },
      { Account: 'nowhere' },
      { Account: '999999999999' },
      { UserName: 'alice ' },
      { UserName: 'ａlice' },
    ]) {
      const before = deployment.checked();
      const { statusCode, headers, body: told } = await asAlice(body);
      const { 'x-amzn-requestid': _id, ...others } = headers;
      answers.push({ statusCode, others, told: { ...told, requestId: '' } });
      expect(deployment.checked() - before).toBe(1);
    }
    expect(answers).toEqual(
      answers.map(() => ({
        statusCode: 401,
        others: {
          'cache-control': 'no-store',
          'content-type': 'application/json',
          vary: 'origin',
        },
        told: { ...WRONG, requestId: '' },
      })),
    );
  });

  test('has no password after the login profile is gone, nor under the name before', async () => {
    const root = deployment.admin.iam();
    await root.send(new UpdateUserCommand({ UserName: 'alice', NewUserName: 'bob' }));
    expect((await asAlice()).body).toMatchObject(WRONG);
    expect(await asAlice({ UserName: 'BOB' })).toMatchObject({ statusCode: 200 });
    await root.send(new DeleteLoginProfileCommand({ UserName: 'bob' }));
    expect((await asAlice({ UserName: 'bob' })).body).toMatchObject(WRONG);
    await root.send(new DeleteUserCommand({ UserName: 'bob' }));
    expect((await asAlice({ UserName: 'bob' })).body).toMatchObject(WRONG);
  });

  test.each([
    [{ Password: undefined }, 'The body must have the member Password.'],
    [{ Root: true }, 'The body must have either UserName or Root: true.'],
    [{ UserName: undefined }, 'The body must have either UserName or Root: true.'],
    [{ Password: 7 }, 'Password must be text of 1 to 128 characters.'],
    [{ Password: 'x'.repeat(129) }, 'Password must be text of 1 to 128 characters.'],
    [{ UserName: '\ud800' }, 'UserName must be text of 1 to 128 characters.'],
    [{ Extra: 1 }, "The body has the member Extra, which is not one of this route's."],
  ])('is told what is wrong with a body that has %j', async (body, message) => {
    expect(await asAlice(body)).toMatchObject({
      statusCode: 400,
      body: { code: 'MalformedInput', message },
    });
    expect(deployment.checked()).toBe(0);
  });

  test('finds no route by another method, path, content type or a query', async () => {
    expect(await deployment.send('GET', '')).toMatchObject({ statusCode: 400 });
    expect(await deployment.post('/elsewhere')).toMatchObject({ statusCode: 400 });
    expect(
      await deployment.post('', {}, { headers: { 'content-type': 'text/plain' } }),
    ).toMatchObject({ body: { code: 'MalformedInput' } });
    expect(await deployment.post('', {}, { query: [['Root', 'true']] })).toMatchObject({
      body: { code: 'MalformedInput' },
    });
    const twice = `{"Account":"${ACCOUNT}","UserName":"alice","Password":"a","Password":"b"}`;
    expect(await deployment.send('POST', '', { body: twice })).toMatchObject({
      body: { code: 'MalformedInput' },
    });
  });
});

describe('the lock', () => {
  test('holds after five wrong passwords, for the right one too, and for a quarter of an hour', async () => {
    for (let wrong = 0; wrong < 5; wrong += 1) {
      expect((await asAlice({ Password: 'wrong' })).body).toMatchObject(WRONG);
    }
    const locked = { statusCode: 429, body: { code: 'TemporarilyLocked' } };
    expect(await asAlice()).toMatchObject(locked);
    now += 899_000;
    expect(await asAlice()).toMatchObject(locked);
    now += 2_000;
    expect(await asAlice()).toMatchObject({ statusCode: 200 });
  });

  test('is the same for a name that is nobody’s, by whichever of the account’s names', async () => {
    await deployment.admin.iam().send(new CreateAccountAliasCommand({ AccountAlias: 'acme' }));
    for (const Account of [ACCOUNT, 'acme', ACCOUNT, 'acme', ACCOUNT]) {
      await asAlice({ Account, UserName: 'Nobody' });
    }
    for (const body of [{ UserName: 'nobody' }, { Account: 'acme', UserName: 'NOBODY' }]) {
      expect(await asAlice(body)).toMatchObject({ statusCode: 429 });
    }
    expect(await asAlice()).toMatchObject({ statusCode: 200 });
  });

  test('is not got around by the case of the name, or by names that look like it', async () => {
    for (const UserName of ['alice', 'ALICE', 'Alice', 'aLiCe', 'alicE']) {
      await asAlice({ UserName, Password: 'wrong' });
    }
    expect(await asAlice()).toMatchObject({ statusCode: 429 });
    for (const UserName of ['alice ', ' alice', 'alıce', 'alice\u200b', 'ａlice', 'alice\u0000']) {
      expect((await asAlice({ UserName })).body).toMatchObject(WRONG);
    }
  });

  test('lets exactly five of two hundred at once be looked at', async () => {
    const quick = await deploySignIn({ now: () => now, isPassword: () => Promise.resolve(false) });
    await createPerson(quick);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        quick.post(
          '',
          { Account: ACCOUNT, UserName: 'alice', Password: PASSWORD },
          { sourceIp: `192.0.2.${index % 250}` },
        ),
      ),
    );
    expect(quick.checked()).toBe(5);
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5);
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(195);
    await quick.admin.close();
  });

  test('bounds the work of ten thousand guesses, and nobody else is locked or looked at less', async () => {
    const quick = await deploySignIn({
      now: () => now,
      isPassword: (password) => Promise.resolve(password === PASSWORD),
    });
    await createPerson(quick);
    await createPerson(quick, 'bob');
    for (let guess = 0; guess < 10_000; guess += 1) {
      const { statusCode } = await quick.post(
        '',
        { Account: ACCOUNT, UserName: 'alice', Password: `guess ${guess}` },
        { sourceIp: `198.51.${guess % 256}.${(guess >> 8) % 256}` },
      );
      expect(statusCode).toBe(guess < 5 ? 401 : 429);
    }
    expect(quick.checked()).toBe(5);
    expect(await quick.signIn({ UserName: 'bob' })).toBeDefined();
    expect(quick.checked()).toBe(6);
    await quick.admin.close();
  }, 60_000);

  test('is taken off by a right password, and by a new one from an administrator', async () => {
    for (let wrong = 0; wrong < 4; wrong += 1) await asAlice({ Password: 'wrong' });
    await deployment.signIn();
    for (let wrong = 0; wrong < 5; wrong += 1) await asAlice({ Password: 'wrong' });
    expect(await asAlice()).toMatchObject({ statusCode: 429 });
    const update = new UpdateLoginProfileCommand({ UserName: 'alice', Password: PASSWORD });
    await deployment.admin.iam().send(update);
    expect(await asAlice()).toMatchObject({ statusCode: 200 });
  });

  test('counts wrong old passwords of ChangePassword too', async () => {
    await permit('iam:ChangePassword');
    const { AccessToken } = await deployment.signIn();
    for (let wrong = 0; wrong < 5; wrong += 1) {
      const body = { OldPassword: 'wrong', NewPassword: 'other Password 2' };
      expect(await deployment.iam('POST', '/password', AccessToken, body)).toMatchObject({
        statusCode: 403,
      });
    }
    expect(await asAlice()).toMatchObject({ statusCode: 429 });
  });
});

describe('a password that must be changed', () => {
  const challenge = async (): Promise<string> => {
    const { body } = await asAlice();
    expect(body).toMatchObject({ Challenge: { Step: 'NewPassword' } });
    return (body as { Challenge: { ChallengeToken: string } }).Challenge.ChallengeToken;
  };
  const change = (ChallengeToken: string, NewPassword: string) =>
    deployment.post('/password', { ChallengeToken, NewPassword });
  const reset = () =>
    deployment.admin
      .iam()
      .send(new UpdateLoginProfileCommand({ UserName: 'alice', PasswordResetRequired: true }));

  test('opens nothing but the way to a new one, which opens the session', async () => {
    await permit('iam:ChangePassword');
    await reset();
    const token = await challenge();
    expect(await deployment.iam('GET', '/users', token)).toMatchObject({ statusCode: 403 });
    expect(await change(token, PASSWORD)).toMatchObject({
      statusCode: 400,
      body: { code: 'PasswordPolicyViolation' },
    });
    expect(await change(token, 'short')).toMatchObject({
      body: { code: 'PasswordPolicyViolation' },
    });
    expect(await change(token, 'other Password 2')).toMatchObject({
      statusCode: 200,
      body: { Session: { TokenType: 'Bearer' } },
    });
    expect((await change(token, 'third Password 3')).body).toMatchObject(WRONG);
    expect((await asAlice()).body).toMatchObject(WRONG);
    expect(await deployment.signIn({ Password: 'other Password 2' })).toBeDefined();
  });

  test('is not changed by whoever may not change it, unless the account lets all', async () => {
    await reset();
    expect(await change(await challenge(), 'other Password 2')).toMatchObject({
      statusCode: 403,
      body: { code: 'AccessDenied' },
    });
    await deployment.admin
      .iam()
      .send(new UpdateAccountPasswordPolicyCommand({ AllowUsersToChangePassword: true }));
    expect(await change(await challenge(), 'other Password 2')).toMatchObject({ statusCode: 200 });
  });

  test('keeps the history that the policy wants', async () => {
    await deployment.admin.iam().send(
      new UpdateAccountPasswordPolicyCommand({
        AllowUsersToChangePassword: true,
        PasswordReusePrevention: 2,
      }),
    );
    await reset();
    await change(await challenge(), 'other Password 2');
    await reset();
    const { body } = await asAlice({ Password: 'other Password 2' });
    const { ChallengeToken } = (body as { Challenge: { ChallengeToken: string } }).Challenge;
    expect(await change(ChallengeToken, PASSWORD)).toMatchObject({
      body: { code: 'PasswordPolicyViolation' },
    });
    expect(await change(ChallengeToken, 'third Password 3')).toMatchObject({ statusCode: 200 });
  });

  test.each([
    [false, 29, 'Session'],
    [false, 30, 'Challenge'],
    [true, 29, 'Session'],
    [true, 30, 'code'],
  ])('with a hard expiry %s after %i days gives a %s', async (HardExpiry, days, member) => {
    await deployment.admin
      .iam()
      .send(new UpdateAccountPasswordPolicyCommand({ MaxPasswordAge: 30, HardExpiry }));
    now += days * DAY;
    const { body } = await asAlice();
    expect(body).toHaveProperty(member);
    if (member === 'code') expect(body).toMatchObject({ code: 'PasswordExpired' });
  });

  test('has five minutes, and no longer than the old one counts', async () => {
    await permit('iam:ChangePassword');
    await reset();
    const late = await challenge();
    now += 300_000;
    expect((await change(late, 'other Password 2')).body).toMatchObject(WRONG);
    const withdrawn = await challenge();
    await deployment.admin
      .iam()
      .send(new UpdateLoginProfileCommand({ UserName: 'alice', Password: 'admin Password 9' }));
    expect((await change(withdrawn, 'other Password 2')).body).toMatchObject(WRONG);
  });
});
