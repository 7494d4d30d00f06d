import { CreateLoginProfileCommand, UpdateAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import { ACCOUNT } from '../operations/deployment';
import type { Scenery } from '../operations/scenery';
import type { MakeCase } from './operation-cases';

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
};
