import {
  CreateLoginProfileCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import { ACCOUNT } from '../operations/deployment';
import type { Scenery } from '../operations/scenery';
import type { MakeCase } from './operation-case';

const userArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/team/${name}`;

export const PASSWORD = 'correct horse Battery 1';

export async function userWithPassword(scenery: Scenery): Promise<string> {
  const UserName = await scenery.user();
  await scenery.root.send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
  return UserName;
}

const onUserWithPassword =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const UserName = await userWithPassword(scenery);
    return { input: { UserName, ...more }, resource: userArn(UserName) };
  };

async function makePasswordPolicy(scenery: Scenery): Promise<void> {
  await scenery.root.send(new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 12 }));
}

export interface VirtualDevice {
  readonly SerialNumber: string;
  readonly seed: string;
}

export async function makeVirtualDevice(
  scenery: Scenery,
  Tags: readonly { Key: string; Value: string }[] = [],
): Promise<VirtualDevice> {
  const { VirtualMFADevice: device } = await scenery.root.send(
    new CreateVirtualMFADeviceCommand({
      VirtualMFADeviceName: scenery.newName('device'),
      Path: '/team/',
      Tags: [...Tags],
    }),
  );
  return {
    SerialNumber: String(device?.SerialNumber),
    seed: Buffer.from(device?.Base32StringSeed ?? []).toString('latin1'),
  };
}

/** The codes of two steps that follow one another, some steps from now. */
export function codesOf(seed: string, stepsAhead = 0, now = Date.now()) {
  const step = timeStepAt(now) + stepsAhead;
  return {
    AuthenticationCode1: totpCode(seed, step),
    AuthenticationCode2: totpCode(seed, step + 1),
  };
}

async function enabledDevice(scenery: Scenery): Promise<VirtualDevice & { UserName: string }> {
  const UserName = await scenery.user();
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  await scenery.root.send(
    new EnableMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed, -1) }),
  );
  return { UserName, SerialNumber, seed };
}

const onEnabledDevice =
  (more: (device: VirtualDevice) => object = () => ({})): MakeCase =>
  async (scenery) => {
    const { UserName, ...device } = await enabledDevice(scenery);
    const input = { UserName, SerialNumber: device.SerialNumber, ...more(device) };
    return { input, resource: userArn(UserName) };
  };

const onVirtualDevice =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const { SerialNumber } = await makeVirtualDevice(scenery, TAGS);
    return { input: { SerialNumber, ...more }, resource: SerialNumber };
  };

const TAGS = [{ Key: 'team', Value: 'blue' }];

export const CREDENTIAL_CASES: Readonly<Record<string, MakeCase>> = {
  CreateLoginProfile: async (scenery) => {
    const UserName = await scenery.user();
    return { input: { UserName, Password: PASSWORD }, resource: userArn(UserName) };
  },
  GetLoginProfile: onUserWithPassword(),
  UpdateLoginProfile: onUserWithPassword({ Password: 'another Password 2' }),
  DeleteLoginProfile: onUserWithPassword(),
  ChangePassword: async (scenery) => {
    const UserName = await userWithPassword(scenery);
    return {
      input: { OldPassword: PASSWORD, NewPassword: 'another Password 2' },
      resource: userArn(UserName),
      caller: { UserName, credentials: await scenery.keyOf(UserName) },
    };
  },
  GetAccountPasswordPolicy: async (scenery) => {
    await makePasswordPolicy(scenery);
    return { input: {}, resource: '*' };
  },
  UpdateAccountPasswordPolicy: () =>
    Promise.resolve({ input: { MinimumPasswordLength: 10 }, resource: '*' }),
  DeleteAccountPasswordPolicy: async (scenery) => {
    await makePasswordPolicy(scenery);
    return { input: {}, resource: '*' };
  },
  CreateVirtualMFADevice: (scenery) => {
    const VirtualMFADeviceName = scenery.newName('device');
    return Promise.resolve({
      input: { VirtualMFADeviceName, Path: '/team/' },
      resource: `arn:aws:iam::${ACCOUNT}:mfa/team/${VirtualMFADeviceName}`,
    });
  },
  ListVirtualMFADevices: () =>
    Promise.resolve({ input: {}, resource: `arn:aws:iam::${ACCOUNT}:mfa/` }),
  DeleteVirtualMFADevice: onVirtualDevice(),
  TagMFADevice: onVirtualDevice({ Tags: [{ Key: 'room', Value: '1' }] }),
  UntagMFADevice: onVirtualDevice({ TagKeys: ['team'] }),
  ListMFADeviceTags: onVirtualDevice(),
  EnableMFADevice: async (scenery) => {
    const UserName = await scenery.user();
    const { SerialNumber, seed } = await makeVirtualDevice(scenery);
    return { input: { UserName, SerialNumber, ...codesOf(seed) }, resource: userArn(UserName) };
  },
  ResyncMFADevice: onEnabledDevice(({ seed }) => codesOf(seed, 2)),
  DeactivateMFADevice: onEnabledDevice(),
  GetMFADevice: onEnabledDevice(),
  ListMFADevices: async (scenery) => {
    const { UserName } = await enabledDevice(scenery);
    return { input: { UserName }, resource: userArn(UserName) };
  },
};
