import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand } from '@aws-sdk/client-iam';
import { ACCOUNT } from '../operations/deployment';
import type { Scenery } from '../operations/scenery';
import type { MakeCase } from './operation-case';
import { makeRole, roleArn } from './role-cases';

const Path = '/team/';
const Tags = [{ Key: 'team', Value: 'blue' }];

const profileArn = (name: string): string =>
  `arn:aws:iam::${ACCOUNT}:instance-profile/team/${name}`;

export async function makeInstanceProfile(scenery: Scenery): Promise<string> {
  const InstanceProfileName = scenery.newName('profile');
  await scenery.root.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path, Tags }));
  return InstanceProfileName;
}

async function makeProfileWithRole(
  scenery: Scenery,
): Promise<{ InstanceProfileName: string; RoleName: string }> {
  const held = {
    InstanceProfileName: await makeInstanceProfile(scenery),
    RoleName: await makeRole(scenery),
  };
  await scenery.root.send(new AddRoleToInstanceProfileCommand(held));
  return held;
}

const onProfile =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const InstanceProfileName = await makeInstanceProfile(scenery);
    return {
      input: { InstanceProfileName, ...more },
      resource: profileArn(InstanceProfileName),
    };
  };

export const INSTANCE_PROFILE_CASES: Readonly<Record<string, MakeCase>> = {
  CreateInstanceProfile: (scenery) => {
    const InstanceProfileName = scenery.newName('made');
    return Promise.resolve({
      input: { InstanceProfileName, Path },
      resource: profileArn(InstanceProfileName),
    });
  },
  GetInstanceProfile: onProfile(),
  ListInstanceProfiles: () =>
    Promise.resolve({ input: {}, resource: `arn:aws:iam::${ACCOUNT}:instance-profile/` }),
  DeleteInstanceProfile: onProfile(),
  AddRoleToInstanceProfile: async (scenery) => {
    const InstanceProfileName = await makeInstanceProfile(scenery);
    const RoleName = await makeRole(scenery);
    return {
      input: { InstanceProfileName, RoleName },
      resource: profileArn(InstanceProfileName),
      also: [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn(RoleName) }],
    };
  },
  RemoveRoleFromInstanceProfile: async (scenery) => {
    const input = await makeProfileWithRole(scenery);
    return { input, resource: profileArn(input.InstanceProfileName) };
  },
  ListInstanceProfilesForRole: async (scenery) => {
    const { RoleName } = await makeProfileWithRole(scenery);
    return { input: { RoleName }, resource: roleArn(RoleName) };
  },
  TagInstanceProfile: onProfile({ Tags }),
  UntagInstanceProfile: onProfile({ TagKeys: ['team'] }),
  ListInstanceProfileTags: onProfile(),
};
