import { ACCOUNT } from '../operations/deployment';
import { HARMLESS, type Scenery } from '../operations/scenery';
import { ACCOUNT_CASES } from './account-cases';
import { CERTIFICATE_CASES } from './certificate-cases';
import { CREDENTIAL_CASES } from './credential-cases';
import type { MakeCase } from './operation-case';
import { PROVIDER_CASES } from './provider-cases';
import { INSTANCE_PROFILE_CASES } from './instance-profile-cases';
import { REPORT_CASES } from './report-cases';
import { ROLE_CASES } from './role-cases';
import { SERVICE_LINKED_ROLE_CASES } from './service-linked-role-cases';

const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const userArn = (name: string): string => arn(`user/team/${name}`);
const groupArn = (name: string): string => arn(`group/team/${name}`);

const onUser =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const UserName = await scenery.user();
    return { input: { UserName, ...more }, resource: userArn(UserName) };
  };

const onGroup =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const GroupName = await scenery.group();
    return { input: { GroupName, ...more }, resource: groupArn(GroupName) };
  };

const onPolicy =
  (more: object = {}, make = (scenery: Scenery) => scenery.policy()): MakeCase =>
  async (scenery) => {
    const PolicyArn = await make(scenery);
    return { input: { PolicyArn, ...more }, resource: PolicyArn };
  };

const onInput =
  <Input extends { UserName: string } | { GroupName: string }>(
    make: (scenery: Scenery) => Promise<Input>,
    change: (input: Input) => object = (input) => input,
  ): MakeCase =>
  async (scenery) => {
    const input = await make(scenery);
    const resource = 'GroupName' in input ? groupArn(input.GroupName) : userArn(input.UserName);
    return { input: change(input), resource };
  };

const TAGS = [{ Key: 'team', Value: 'blue' }];

/** One case for every row of the table. */
export const OPERATION_CASES: Readonly<Record<string, MakeCase>> = {
  CreateUser: (scenery) => {
    const UserName = scenery.newName('made');
    return Promise.resolve({
      input: { UserName, Path: '/team/' },
      resource: userArn(UserName),
    });
  },
  GetUser: onUser(),
  ListUsers: () => Promise.resolve({ input: {}, resource: arn('user/') }),
  UpdateUser: onUser({ NewPath: '/team/' }),
  DeleteUser: onUser(),
  TagUser: onUser({ Tags: TAGS }),
  UntagUser: async (scenery) => {
    const UserName = await scenery.taggedUser();
    return { input: { UserName, TagKeys: ['team'] }, resource: userArn(UserName) };
  },
  ListUserTags: onUser(),
  PutUserPermissionsBoundary: async (scenery) => {
    const UserName = await scenery.user();
    const PermissionsBoundary = await scenery.policy();
    return { input: { UserName, PermissionsBoundary }, resource: userArn(UserName) };
  },
  DeleteUserPermissionsBoundary: onInput(
    (scenery) => scenery.userWithBoundary(),
    ({ UserName }) => ({ UserName }),
  ),
  CreateGroup: (scenery) => {
    const GroupName = scenery.newName('made');
    return Promise.resolve({
      input: { GroupName, Path: '/team/' },
      resource: groupArn(GroupName),
    });
  },
  GetGroup: onGroup(),
  ListGroups: () => Promise.resolve({ input: {}, resource: arn('group/') }),
  UpdateGroup: onGroup({ NewPath: '/team/' }),
  DeleteGroup: onGroup(),
  AddUserToGroup: async (scenery) => {
    const GroupName = await scenery.group();
    return { input: { GroupName, UserName: await scenery.user() }, resource: groupArn(GroupName) };
  },
  RemoveUserFromGroup: onInput((scenery) => scenery.member()),
  ListGroupsForUser: onInput(async (scenery) => ({ UserName: (await scenery.member()).UserName })),
  CreatePolicy: (scenery) => {
    const PolicyName = scenery.newName('made');
    return Promise.resolve({
      input: { PolicyName, PolicyDocument: HARMLESS },
      resource: arn(`policy/${PolicyName}`),
    });
  },
  GetPolicy: onPolicy(),
  ListPolicies: () => Promise.resolve({ input: {}, resource: arn('policy/') }),
  DeletePolicy: onPolicy(),
  CreatePolicyVersion: onPolicy({ PolicyDocument: HARMLESS }),
  GetPolicyVersion: onPolicy({ VersionId: 'v1' }),
  ListPolicyVersions: onPolicy(),
  DeletePolicyVersion: onPolicy({ VersionId: 'v2' }, (scenery) => scenery.policyOfTwoVersions()),
  SetDefaultPolicyVersion: onPolicy({ VersionId: 'v2' }, (scenery) =>
    scenery.policyOfTwoVersions(),
  ),
  TagPolicy: onPolicy({ Tags: TAGS }),
  UntagPolicy: onPolicy({ TagKeys: ['team'] }, (scenery) => scenery.taggedPolicy()),
  ListPolicyTags: onPolicy({}, (scenery) => scenery.taggedPolicy()),
  ListEntitiesForPolicy: onPolicy(
    {},
    async (scenery) => (await scenery.attachedToUser()).PolicyArn,
  ),
  AttachUserPolicy: async (scenery) => {
    const UserName = await scenery.user();
    return { input: { UserName, PolicyArn: await scenery.policy() }, resource: userArn(UserName) };
  },
  DetachUserPolicy: onInput((scenery) => scenery.attachedToUser()),
  ListAttachedUserPolicies: onInput(async (scenery) => ({
    UserName: (await scenery.attachedToUser()).UserName,
  })),
  AttachGroupPolicy: async (scenery) => {
    const GroupName = await scenery.group();
    return {
      input: { GroupName, PolicyArn: await scenery.policy() },
      resource: groupArn(GroupName),
    };
  },
  DetachGroupPolicy: onInput((scenery) => scenery.attachedToGroup()),
  ListAttachedGroupPolicies: onInput(async (scenery) => ({
    GroupName: (await scenery.attachedToGroup()).GroupName,
  })),
  PutUserPolicy: onUser({ PolicyName: 'inline', PolicyDocument: HARMLESS }),
  GetUserPolicy: onInput((scenery) => scenery.userWithInlinePolicy()),
  DeleteUserPolicy: onInput((scenery) => scenery.userWithInlinePolicy()),
  ListUserPolicies: onUser(),
  PutGroupPolicy: onGroup({ PolicyName: 'inline', PolicyDocument: HARMLESS }),
  GetGroupPolicy: onInput((scenery) => scenery.groupWithInlinePolicy()),
  DeleteGroupPolicy: onInput((scenery) => scenery.groupWithInlinePolicy()),
  ListGroupPolicies: onGroup(),
  CreateAccessKey: onUser(),
  ListAccessKeys: onUser(),
  UpdateAccessKey: async (scenery) => {
    const UserName = await scenery.user();
    const { accessKeyId: AccessKeyId } = await scenery.keyOf(UserName);
    return { input: { UserName, AccessKeyId, Status: 'Inactive' }, resource: userArn(UserName) };
  },
  DeleteAccessKey: async (scenery) => {
    const UserName = await scenery.user();
    const { accessKeyId: AccessKeyId } = await scenery.keyOf(UserName);
    return { input: { UserName, AccessKeyId }, resource: userArn(UserName) };
  },
  ...ROLE_CASES,
  ...ACCOUNT_CASES,
  ...SERVICE_LINKED_ROLE_CASES,
  ...INSTANCE_PROFILE_CASES,
  ...CREDENTIAL_CASES,
  ...PROVIDER_CASES,
  ...CERTIFICATE_CASES,
  ...REPORT_CASES,
};
