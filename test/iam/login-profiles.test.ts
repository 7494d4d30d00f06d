import {
  ChangePasswordCommand,
  CreateLoginProfileCommand,
  DeleteAccountPasswordPolicyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  GetAccountPasswordPolicyCommand,
  GetLoginProfileCommand,
  UpdateAccountPasswordPolicyCommand,
  UpdateLoginProfileCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { isPassword } from '../../lambdas/credentials/password-hash';
import { readLoginProfile } from '../../lambdas/identity/credential-records';
import { readName } from '../../lambdas/identity/records';
import { loginProfileKey, nameKey } from '../../lambdas/store/keys';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';

const OLD = 'first Password 1';
const NEW = 'second Password 2';

let now: number;
let deployment: AdminDeployment;
let scenery: Scenery;
let root: IAMClient;
let alice: IAMClient;
let UserName: string;

beforeEach(async () => {
  // Behind the client's clock, within what a signature allows, so that it can go on.
  now = Date.now() - 600_000;
  deployment = await deployAdmin({ now: () => now });
  scenery = new Scenery(deployment.iam());
  ({ root } = scenery);
  const caller = await scenery.caller({
    Effect: 'Allow',
    Action: 'iam:ChangePassword',
    Resource: `arn:aws:iam::${ACCOUNT}:user/callers/\${aws:username}`,
  });
  ({ UserName } = caller);
  alice = deployment.iam(caller.credentials);
  await root.send(new CreateLoginProfileCommand({ UserName, Password: OLD }));
});

afterEach(async () => {
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});

async function storedProfile() {
  const name = await deployment.store.get(nameKey('User', ACCOUNT, UserName));
  if (name === undefined) throw new Error('the user has no name');
  const item = await deployment.store.get(loginProfileKey(ACCOUNT, readName(name).Id));
  if (item === undefined) throw new Error('the profile has no row');
  return readLoginProfile(item);
}

const change = (OldPassword: string, NewPassword: string) =>
  alice.send(new ChangePasswordCommand({ OldPassword, NewPassword }));

test('what is stored of a password is a salted scrypt hash that only the password fits', async () => {
  const { Password } = await storedProfile();
  expect(Password).toMatchObject({ Algorithm: 'scrypt', BlockSize: 8, Parallelization: 1 });
  expect(Password.Cost).toBeGreaterThanOrEqual(2 ** 15);
  expect(await isPassword(OLD, Password)).toBe(true);
  expect(await isPassword(NEW, Password)).toBe(false);
  const other = await scenery.user();
  await root.send(new CreateLoginProfileCommand({ UserName: other, Password: OLD }));
  await root.send(new UpdateLoginProfileCommand({ UserName, Password: OLD }));
  expect((await storedProfile()).Password.Salt).not.toEqual(Password.Salt);
});

test('a user changes its own password, if it knows the old one', async () => {
  await root.send(new UpdateLoginProfileCommand({ UserName, PasswordResetRequired: true }));
  expect(await refusal(change('wrong', NEW))).toEqual({
    statusCode: 403,
    code: 'AccessDenied',
    message: 'The old password was incorrect.',
  });
  await change(OLD, NEW);
  const profile = await storedProfile();
  expect(await isPassword(NEW, profile.Password)).toBe(true);
  expect(profile.PasswordResetRequired).toBe(false);
});

test('five wrong passwords lock the password for a quarter of an hour, also for who knows it', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => refusal(change('wrong', NEW))),
  );
  const codes = answers.map(({ code }) => code);
  expect(codes.filter((code) => code === 'AccessDenied').length).toBeLessThanOrEqual(5);
  expect(await refusal(change('wrong', NEW))).toMatchObject({
    statusCode: expect.any(Number) as number,
  });
  for (let wrong = 0; wrong < 5; wrong += 1) await refusal(change('wrong', NEW));
  const locked = await refusal(change(OLD, NEW));
  expect(locked).toMatchObject({ statusCode: 409, code: 'EntityTemporarilyUnmodifiableException' });
  now += 899_000;
  expect(await refusal(change(OLD, NEW))).toMatchObject({ statusCode: 409 });
  now += 2_000;
  await change(OLD, NEW);
});

test('a right password, and a new one from an administrator, end the count of wrong ones', async () => {
  for (let wrong = 0; wrong < 4; wrong += 1) await refusal(change('wrong', NEW));
  await change(OLD, NEW);
  for (let wrong = 0; wrong < 6; wrong += 1) await refusal(change('wrong', NEW));
  await root.send(new UpdateLoginProfileCommand({ UserName, Password: OLD }));
  await change(OLD, NEW);
});

test('root has no password to change here', async () => {
  const call = root.send(new ChangePasswordCommand({ OldPassword: OLD, NewPassword: NEW }));
  expect(await refusal(call)).toMatchObject({ statusCode: 400, code: 'InvalidUserTypeException' });
});

test.each([
  ['Short1!', 'Password should have a minimum length of 8'],
  [
    'onlylowercase1',
    'Password should have at least 3 of the following: uppercase letters, lowercase letters, numbers, symbols',
  ],
])('without a policy %s is refused by the default rules', async (Password, message) => {
  const call = root.send(new UpdateLoginProfileCommand({ UserName, Password }));
  expect(await refusal(call)).toEqual({
    statusCode: 400,
    code: 'PasswordPolicyViolationException',
    message,
  });
});

test.each([
  [{ MinimumPasswordLength: 20 }, 'Password should have a minimum length of 20'],
  [{ RequireUppercaseCharacters: true }, 'Password should have at least one uppercase letter'],
  [{ RequireLowercaseCharacters: true }, 'Password should have at least one lowercase letter'],
  [{ RequireNumbers: true }, 'Password should have at least one number'],
  [{ RequireSymbols: true }, 'Password should have at least one symbol'],
])('the policy %j holds for whoever sets a password', async (policy, message) => {
  await root.send(new UpdateAccountPasswordPolicyCommand(policy));
  const Password = '       ';
  const user = await scenery.user();
  const calls = [
    root.send(new CreateLoginProfileCommand({ UserName: user, Password })),
    root.send(new UpdateLoginProfileCommand({ UserName, Password })),
    change(OLD, Password),
  ];
  for (const refused of await Promise.all(calls.map(refusal))) {
    expect(refused).toMatchObject({ code: 'PasswordPolicyViolationException', message });
  }
  await root.send(
    new UpdateLoginProfileCommand({ UserName, Password: 'Aa1! and more than twenty' }),
  );
});

test('a policy may be weaker than the default rules', async () => {
  await root.send(new UpdateAccountPasswordPolicyCommand({}));
  await change(OLD, 'simple');
});

test('passwords that were used last are not used again, as many as the policy says', async () => {
  await root.send(
    new UpdateAccountPasswordPolicyCommand({
      MinimumPasswordLength: 8,
      PasswordReusePrevention: 2,
    }),
  );
  const reuse = {
    statusCode: 400,
    code: 'PasswordPolicyViolationException',
    message: 'Policy constraint violation with password reuse prevention during password change.',
  };
  expect(await refusal(change(OLD, OLD))).toEqual(reuse);
  await change(OLD, NEW);
  expect(await refusal(change(NEW, OLD))).toEqual(reuse);
  await change(NEW, 'third Password 3');
  await change('third Password 3', OLD);
});

test('a policy comes back whole, what was left out with its default, and goes', async () => {
  const none = {
    statusCode: 404,
    code: 'NoSuchEntityException',
    message: `The Password Policy with domain name ${ACCOUNT} cannot be found.`,
  };
  expect(await refusal(root.send(new GetAccountPasswordPolicyCommand({})))).toEqual(none);
  await root.send(
    new UpdateAccountPasswordPolicyCommand({ RequireSymbols: true, MaxPasswordAge: 90 }),
  );
  const { PasswordPolicy } = await root.send(new GetAccountPasswordPolicyCommand({}));
  expect(PasswordPolicy).toEqual({
    MinimumPasswordLength: 6,
    RequireSymbols: true,
    RequireNumbers: false,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: false,
    AllowUsersToChangePassword: false,
    ExpirePasswords: true,
    MaxPasswordAge: 90,
    HardExpiry: false,
  });
  await root.send(new DeleteAccountPasswordPolicyCommand({}));
  expect(await refusal(root.send(new DeleteAccountPasswordPolicyCommand({})))).toEqual(none);
});

test('a profile is made once, and stands in the way of its user’s deletion', async () => {
  const again = root.send(new CreateLoginProfileCommand({ UserName, Password: NEW }));
  expect(await refusal(again)).toMatchObject({
    statusCode: 409,
    code: 'EntityAlreadyExistsException',
    message: `Login Profile for user ${UserName} already exists.`,
  });
  const other = await scenery.user();
  await root.send(new CreateLoginProfileCommand({ UserName: other, Password: NEW }));
  expect(await refusal(root.send(new DeleteUserCommand({ UserName: other })))).toMatchObject({
    code: 'DeleteConflictException',
    message: 'Cannot delete entity, must delete login profile first.',
  });
  await root.send(new DeleteLoginProfileCommand({ UserName: other }));
  const gone = root.send(new GetLoginProfileCommand({ UserName: other }));
  expect(await refusal(gone)).toMatchObject({
    statusCode: 404,
    message: `Login Profile for User ${other} cannot be found.`,
  });
  await root.send(new DeleteUserCommand({ UserName: other }));
});
