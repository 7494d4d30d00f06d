import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import { ROOT_CREDENTIALS, startLocalProcess, type LocalProcess } from '../harness/local-process';

const PASSWORD = 'Correct-horse-battery-9';
const WHO = { Account: '123456789012', UserName: 'alice' };

let local: LocalProcess;
let seed: string;
let usedStep: number;

beforeAll(async () => {
  local = await startLocalProcess(['--ephemeral']);
  const iam = new IAMClient({
    endpoint: `${local.admin}/iam`,
    region: 'us-east-1',
    credentials: ROOT_CREDENTIALS,
  });
  for (const UserName of ['alice', 'bob']) {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
  }
  const Statement = {
    Effect: 'Allow',
    Action: ['iam:GetUser', 'orders:*'],
    Resource: '*',
    Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  };
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'reading',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  const { VirtualMFADevice: device } = await iam.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'alice' }),
  );
  seed = Buffer.from(device?.Base32StringSeed ?? []).toString();
  usedStep = timeStepAt(Date.now());
  await iam.send(
    new EnableMFADeviceCommand({
      UserName: 'alice',
      SerialNumber: String(device?.SerialNumber),
      AuthenticationCode1: totpCode(seed, usedStep - 1),
      AuthenticationCode2: totpCode(seed, usedStep),
    }),
  );
  iam.destroy();
});

afterAll(() => local.stop());

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

async function post(place: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${local.admin}/signin${place}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const parsed = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
  const session = (parsed['Session'] ?? parsed) as Record<string, unknown>;
  return { status: answer.status, session };
}

const statusOf = async (url: string, token: unknown) =>
  (await fetch(url, { headers: bearer(token) })).status;

test('a user with a second factor signs in, calls both planes, refreshes once and signs out', async () => {
  const MFACode = totpCode(seed, usedStep + 1);
  const { status, session } = await post('', { ...WHO, Password: PASSWORD, MFACode });
  expect({ status, factors: session['MultiFactorAuthenticated'] }).toEqual({
    status: 200,
    factors: true,
  });
  const { AccessToken, RefreshToken } = session;
  expect(await statusOf(`${local.admin}/iam/users/alice`, AccessToken)).toBe(200);
  expect(await statusOf(`${local.admin}/iam/groups`, AccessToken)).toBe(403);
  expect(await statusOf(`${local.orders}/orders`, AccessToken)).toBe(200);
  expect(await statusOf(`${local.orders}/orders`, `${String(AccessToken)}x`)).toBe(401);

  const renewed = await post('/refresh', { RefreshToken });
  expect(renewed.status).toBe(200);
  expect(await statusOf(`${local.admin}/iam/users/alice`, renewed.session['AccessToken'])).toBe(
    200,
  );
  expect((await post('/refresh', { RefreshToken })).status).not.toBe(200);
  const { AccessToken: last, RefreshToken: lastRefresh } = renewed.session;
  expect((await post('/refresh', { RefreshToken: lastRefresh })).status).not.toBe(200);
  expect(await statusOf(`${local.admin}/iam/users/alice`, last)).not.toBe(200);
});

test('signing out everywhere ends a session, and who has no permission is told so', async () => {
  const bob = { ...WHO, UserName: 'bob', Password: PASSWORD };
  const first = await post('', bob);
  const second = await post('', bob);
  expect([first.status, second.status]).toEqual([200, 200]);
  const token = first.session['AccessToken'];
  expect(await statusOf(`${local.orders}/orders`, token)).toBe(403);
  const ended = await post('/sign-out-everywhere', {}, bearer(token));
  expect(ended.status).toBeLessThan(300);
  for (const { session } of [first, second]) {
    const { RefreshToken } = session;
    expect((await post('/refresh', { RefreshToken })).status).not.toBe(200);
  }
});

test('five wrong passwords lock the right one out', async () => {
  const bob = { ...WHO, UserName: 'bob' };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect((await post('', { ...bob, Password: 'wrong' })).status).not.toBe(200);
  }
  expect((await post('', { ...bob, Password: PASSWORD })).status).toBe(429);
});
