import {
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  EnableMFADeviceCommand,
  GetMFADeviceCommand,
  ListMFADevicesCommand,
  PutUserPolicyCommand,
  ResyncMFADeviceCommand,
} from '@aws-sdk/client-iam';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { ACCOUNT } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Authenticator } from './authenticator';
import {
  createPerson,
  deploySignIn,
  PASSWORD,
  type Answer,
  type SignInDeployment,
  type Tokens,
} from './deployment';

const WRONG = { statusCode: 401, body: { code: 'AuthenticationFailed' } };
const LOCKED = { statusCode: 429, body: { code: 'TemporarilyLocked' } };
const OK = { statusCode: 200 };
const PAGE = { origin: 'https://console.example.com', rpId: 'console.example.com' };

let now: number;
let deployment: SignInDeployment;

beforeEach(async () => {
  // At the beginning of a time step.
  now = Math.floor((Date.now() - 600_000) / 30_000) * 30_000;
  deployment = await deploySignIn({ now: () => now });
  await createPerson(deployment);
});

afterEach(async () => {
  expect(deployment.admin.failures).toEqual([]);
  expect(await findInconsistencies(deployment.admin.store, ACCOUNT)).toEqual([]);
  await deployment.admin.close();
});

const permit = (Action: string | readonly string[], Condition = {}) =>
  deployment.admin.iam().send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'permissions',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action, Resource: '*', Condition },
      }),
    }),
  );

interface Device {
  readonly serialNumber: string;
  readonly code: (stepsFromNow?: number) => string;
}

/** Two steps behind the clock, so that the present step's code is unused. */
async function enableDevice(name = 'alice', UserName = 'alice'): Promise<Device> {
  const root = deployment.admin.iam();
  const { VirtualMFADevice } = await root.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: name }),
  );
  const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
  const serialNumber = String(VirtualMFADevice?.SerialNumber);
  const code = (steps = 0) => totpCode(seed, timeStepAt(now) + steps);
  await root.send(
    new EnableMFADeviceCommand({
      UserName,
      SerialNumber: serialNumber,
      AuthenticationCode1: code(-1),
      AuthenticationCode2: code(0),
    }),
  );
  now += 120_000;
  return { serialNumber, code };
}

const asAlice = (body: object = {}) =>
  deployment.post('', { Account: ACCOUNT, UserName: 'alice', Password: PASSWORD, ...body });

interface Challenge {
  readonly ChallengeToken: string;
  readonly Factors: readonly string[];
  readonly PasskeyOptions?: { readonly challenge: string };
}

async function challenge(): Promise<Challenge> {
  const { body } = await asAlice();
  expect(body).toMatchObject({ Challenge: { Step: 'MultiFactor' } });
  return (body as unknown as { Challenge: Challenge }).Challenge;
}

const answer = (ChallengeToken: string, MFACode: string): Promise<Answer> =>
  deployment.post('/mfa', { ChallengeToken, MFACode });

const tokensOf = ({ body }: Answer): Tokens => (body as unknown as { Session: Tokens }).Session;

describe('the code of an MFA device', () => {
  test('opens the session in a second step, and sets the condition keys of a second factor', async () => {
    await permit('iam:ListUsers', {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      NumericLessThan: { 'aws:MultiFactorAuthAge': '60' },
    });
    const device = await enableDevice();
    const { ChallengeToken, Factors } = await challenge();
    expect(Factors).toEqual(['Code']);
    const tokens = tokensOf(await answer(ChallengeToken, device.code()));
    expect(tokens.MultiFactorAuthenticated).toBe(true);
    const list = () => deployment.iam('GET', '/users', tokens.AccessToken);
    expect(await list()).toMatchObject(OK);
    now += 60_000;
    expect(await list()).toMatchObject({ statusCode: 403, body: { code: 'AccessDenied' } });
  });

  test('may come with the password', async () => {
    const device = await enableDevice();
    expect(tokensOf(await asAlice({ MFACode: device.code() })).MultiFactorAuthenticated).toBe(true);
  });

  test('of the step before and after counts, no other, nor one of a device that is nobody’s', async () => {
    const device = await enableDevice();
    expect(await asAlice({ MFACode: device.code(-2) })).toMatchObject(WRONG);
    expect(await asAlice({ MFACode: device.code(2) })).toMatchObject(WRONG);
    expect(await asAlice({ MFACode: device.code(-1) })).toMatchObject(OK);
    expect(await asAlice({ MFACode: device.code(1) })).toMatchObject(OK);
    await createPerson(deployment, 'bob');
    const other = await enableDevice('bob', 'bob');
    expect(await asAlice({ MFACode: other.code() })).toMatchObject(WRONG);
    expect(await asAlice({ MFACode: '' })).toMatchObject({ statusCode: 400 });
    expect(await asAlice({ MFACode: '１２３４５６' })).toMatchObject(WRONG);
  });

  test('counts once, across all ways of using it', async () => {
    const device = await enableDevice();
    const code = device.code();
    const first = await challenge();
    const second = await challenge();
    expect(await answer(first.ChallengeToken, code)).toMatchObject(OK);
    expect(await answer(second.ChallengeToken, code)).toMatchObject(WRONG);
    expect(await asAlice({ MFACode: code })).toMatchObject(WRONG);
    const resync = deployment.admin.iam().send(
      new ResyncMFADeviceCommand({
        UserName: 'alice',
        SerialNumber: device.serialNumber,
        AuthenticationCode1: device.code(-1),
        AuthenticationCode2: code,
      }),
    );
    expect(await refusal(resync)).toMatchObject({ code: 'InvalidAuthenticationCodeException' });
  });

  test('counts once for two at the same time', async () => {
    const device = await enableDevice();
    const code = device.code();
    const answers = await Promise.all([
      asAlice({ MFACode: code }),
      asAlice({ MFACode: code }),
      asAlice({ MFACode: code }),
    ]);
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  });

  test('cannot be guessed: five tries, whichever way, and the right one is refused', async () => {
    const device = await enableDevice();
    const { ChallengeToken } = await challenge();
    for (let wrong = 0; wrong < 3; wrong += 1) {
      expect(await answer(ChallengeToken, '000000')).toMatchObject(WRONG);
    }
    for (let wrong = 0; wrong < 2; wrong += 1) {
      expect(await asAlice({ MFACode: '000000' })).toMatchObject(WRONG);
    }
    expect(await answer(ChallengeToken, device.code())).toMatchObject(LOCKED);
    expect(await asAlice({ MFACode: device.code() })).toMatchObject(LOCKED);
    const fresh = await challenge();
    expect(await answer(fresh.ChallengeToken, device.code())).toMatchObject(LOCKED);
    now += 901_000;
    expect(await answer((await challenge()).ChallengeToken, device.code())).toMatchObject(OK);
  });

  test('is not won more guesses by changing the password', async () => {
    await enableDevice();
    for (let wrong = 0; wrong < 5; wrong += 1) {
      await answer((await challenge()).ChallengeToken, '000000');
    }
    await asAlice({ Password: 'wrong' });
    expect(await answer((await challenge()).ChallengeToken, '000000')).toMatchObject(LOCKED);
  });

  test('is not taken from somebody without a device', async () => {
    expect(await asAlice({ MFACode: '123456' })).toMatchObject(WRONG);
    expect(await asAlice()).toMatchObject(OK);
  });

  test('belongs to a challenge that is of this step, five minutes old at most and unchanged', async () => {
    const device = await enableDevice();
    const { ChallengeToken } = await challenge();
    expect(
      await deployment.post('/password', { ChallengeToken, NewPassword: 'other Password 2' }),
    ).toMatchObject(WRONG);
    expect(await deployment.iam('GET', '/users', ChallengeToken)).toMatchObject({
      body: { code: 'InvalidClientTokenId' },
    });
    const flipped = `${ChallengeToken.slice(0, 40)}${ChallengeToken[40] === 'A' ? 'B' : 'A'}${ChallengeToken.slice(41)}`;
    expect(await answer(flipped, device.code())).toMatchObject(WRONG);
    now += 300_000;
    expect(await answer(ChallengeToken, device.code())).toMatchObject(WRONG);
  });
});

describe('a passkey', () => {
  async function register(tokens: Tokens, authenticator: Authenticator, page = PAGE) {
    const begun = await deployment.post('/passkeys/options', {}, { token: tokens.AccessToken });
    if (begun.statusCode !== 200) return begun;
    const { ChallengeToken, PasskeyOptions } = begun.body as unknown as Required<Challenge>;
    return deployment.post(
      '/passkeys',
      {
        ChallengeToken,
        DeviceName: 'phone',
        Passkey: authenticator.create(PasskeyOptions.challenge, page),
      },
      { token: tokens.AccessToken },
    );
  }

  async function registered(): Promise<Authenticator> {
    await permit('iam:EnableMFADevice');
    const authenticator = new Authenticator();
    expect(await register(await deployment.signIn(), authenticator)).toMatchObject(OK);
    return authenticator;
  }

  const use = async (authenticator: Authenticator, page = PAGE, asked?: Challenge) => {
    const { ChallengeToken, PasskeyOptions } = asked ?? (await challenge());
    const Passkey = authenticator.get(PasskeyOptions?.challenge ?? '', page);
    return deployment.post('/mfa', { ChallengeToken, Passkey });
  };

  test('is made by whoever is signed in, is listed as AWS lists it, and opens the next session', async () => {
    const authenticator = await registered();
    const root = deployment.admin.iam();
    const { MFADevices = [] } = await root.send(new ListMFADevicesCommand({ UserName: 'alice' }));
    const [device] = MFADevices;
    expect(MFADevices).toHaveLength(1);
    expect(device?.SerialNumber).toMatch(
      /^arn:aws:iam::123456789012:u2f\/user\/alice\/phone-[A-Z2-7]{26}$/,
    );
    const SerialNumber = String(device?.SerialNumber);
    expect(
      await root.send(new GetMFADeviceCommand({ SerialNumber, UserName: 'alice' })),
    ).toMatchObject({ SerialNumber, UserName: 'alice' });
    expect(await root.send(new GetMFADeviceCommand({ SerialNumber }))).toMatchObject({
      SerialNumber,
      UserName: 'alice',
    });
    const asked = await challenge();
    expect(asked.Factors).toEqual(['Passkey']);
    expect(tokensOf(await use(authenticator, PAGE, asked)).MultiFactorAuthenticated).toBe(true);
    await root.send(new DeactivateMFADeviceCommand({ SerialNumber, UserName: 'alice' }));
    expect(await asAlice()).toMatchObject({ statusCode: 200, body: { Session: {} } });
  });

  test('ends the session that made it, where that had one factor alone', async () => {
    await permit('iam:EnableMFADevice');
    const tokens = await deployment.signIn();
    await register(tokens, new Authenticator());
    expect(await deployment.send('GET', '/sessions', { token: tokens.AccessToken })).toMatchObject({
      statusCode: 403,
    });
  });

  test('is not made without the permission, nor of another page, nor for a second challenge', async () => {
    const tokens = await deployment.signIn();
    expect(await register(tokens, new Authenticator())).toMatchObject({
      statusCode: 403,
      body: { code: 'AccessDenied' },
    });
    await permit('iam:EnableMFADevice');
    const evil = { origin: 'https://evil.example', rpId: 'console.example.com' };
    expect(await register(tokens, new Authenticator(), evil)).toMatchObject(WRONG);
    const foreign = { ...PAGE, rpId: 'evil.example' };
    expect(await register(tokens, new Authenticator(), foreign)).toMatchObject(WRONG);
    await createPerson(deployment, 'bob');
    const bob = await deployment.signIn({ UserName: 'bob' });
    const begun = await deployment.post('/passkeys/options', {}, { token: tokens.AccessToken });
    const { ChallengeToken, PasskeyOptions } = begun.body as unknown as Required<Challenge>;
    const Passkey = new Authenticator().create(PasskeyOptions.challenge, PAGE);
    const asBob = { ChallengeToken, DeviceName: 'phone', Passkey };
    expect(
      (await deployment.post('/passkeys', asBob, { token: bob.AccessToken })).statusCode,
    ).not.toBe(200);
  });

  test('answers its own challenge alone, once, from its own page, with its own key', async () => {
    const authenticator = await registered();
    const evil = { ...PAGE, origin: 'https://console.example.com.evil.example' };
    expect(await use(authenticator, evil)).toMatchObject(WRONG);
    expect(await use(new Authenticator())).toMatchObject(WRONG);
    const asked = await challenge();
    const Passkey = authenticator.get(asked.PasskeyOptions?.challenge ?? '', PAGE);
    const other = await challenge();
    const send = ({ ChallengeToken }: Challenge) =>
      deployment.post('/mfa', { ChallengeToken, Passkey });
    expect(await send(other)).toMatchObject(WRONG);
    expect(await send(asked)).toMatchObject(OK);
    expect(await send(asked)).toMatchObject(WRONG);
  });

  test('whose counter goes back is a copy, and is refused', async () => {
    const authenticator = await registered();
    authenticator.count = 7;
    expect(await use(authenticator)).toMatchObject(OK);
    authenticator.count = 3;
    expect(await use(authenticator)).toMatchObject(WRONG);
  });

  test('shares its guesses with codes', async () => {
    const authenticator = await registered();
    for (let wrong = 0; wrong < 5; wrong += 1) await use(new Authenticator());
    expect(await use(authenticator)).toMatchObject(LOCKED);
  });

  test('is not to be had where there is no page to sign in on', async () => {
    const without = await deploySignIn({ now: () => now, origins: '' });
    await createPerson(without);
    const { AccessToken } = await without.signIn();
    expect(await without.post('/passkeys/options', {}, { token: AccessToken })).toMatchObject({
      statusCode: 404,
      body: { code: 'NotConfigured' },
    });
    await without.admin.close();
  });
});
