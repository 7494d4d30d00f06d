import type {
  AttachedPolicy,
  GroupDetail,
  InstanceProfile,
  ManagedPolicyDetail,
  PolicyDetail,
  RoleDetail,
  UserDetail,
} from '@aws-sdk/client-iam';
import type { PolicyRecord } from '../identity/entities';
import { foundGroup, foundUser, type Found } from '../identity/lookup';
import { readAttachment, readGroup, readInlinePolicy, readMembership } from '../identity/records';
import { readUsedIn } from '../identity/role-entities';
import { foundRole } from '../identity/role-lookup';
import type { Call } from '../operations/operation';
import { CHILD_PREFIX, principalKey, principalPartition, type PrincipalKind } from '../store/keys';
import type { Item } from '../store/store';
import { readChildren } from './children';
import { viewInstanceProfilesOf } from './instance-profiles';
import { readPolicyVersions } from './readable-policies';
import { viewBareRole, viewLastUse } from './role-views';
import { showTrustPolicy } from './trust-policies';
import {
  versionId,
  viewBoundary,
  viewGroup,
  viewListedPolicy,
  viewListedVersion,
  viewTags,
} from './views';

/*
 * Everything about one entity, as GetAccountAuthorizationDetails gives it. Each takes the entity's own row and reads what hangs
 * under it.
 */

export async function viewUserDetail(call: Call, item: Item): Promise<UserDetail> {
  const { entity: user, arn } = foundUser(call, item);
  const { PermissionsBoundary: boundary } = user;
  const [policies, GroupList] = await Promise.all([
    readPolicies(call, 'User', user.UserId),
    readGroupNames(call, user.UserId),
  ]);
  return {
    Path: user.Path,
    UserName: user.UserName,
    UserId: user.UserId,
    Arn: arn,
    CreateDate: new Date(user.CreateDate),
    UserPolicyList: policies.inline,
    GroupList,
    AttachedManagedPolicies: policies.attached,
    ...(boundary === undefined ? {} : { PermissionsBoundary: viewBoundary(boundary) }),
    Tags: viewTags(user.Tags),
  };
}

export async function viewGroupDetail(call: Call, item: Item): Promise<GroupDetail> {
  const group = foundGroup(call, item);
  const { inline, attached } = await readPolicies(call, 'Group', group.entity.GroupId);
  return { ...viewGroup(group), GroupPolicyList: inline, AttachedManagedPolicies: attached };
}

export async function viewRoleDetail(call: Call, item: Item): Promise<RoleDetail> {
  const role = foundRole(call, item);
  const { PermissionsBoundary: boundary, RoleId: id, Tags: tags } = role.entity;
  const [policies, InstanceProfileList, document, lastUse] = await Promise.all([
    readPolicies(call, 'Role', id),
    readInstanceProfiles(call, id),
    showTrustPolicy(call, role.entity),
    viewLastUse(call, id),
  ]);
  return {
    ...viewBareRole(role, document),
    InstanceProfileList,
    RolePolicyList: policies.inline,
    AttachedManagedPolicies: policies.attached,
    ...(boundary === undefined ? {} : { PermissionsBoundary: viewBoundary(boundary) }),
    Tags: viewTags(tags),
    RoleLastUsed: lastUse,
  };
}

/** A policy of the account with all its versions. */
export async function viewPolicyDetail(
  call: Call,
  policy: Found<PolicyRecord>,
): Promise<ManagedPolicyDetail> {
  const { PolicyId: id, DefaultVersion: defaultVersion } = policy.entity;
  const versions = await readPolicyVersions(call, id);
  return {
    ...viewDescribedPolicy(policy),
    PolicyVersionList: versions.map((version) => ({
      Document: version.Document,
      ...viewListedVersion(version, defaultVersion),
    })),
  };
}

/** A policy that AWS manages has one version here. */
export function viewManagedPolicyDetail(policy: Found<PolicyRecord>): ManagedPolicyDetail {
  const { DefaultDocument, DefaultVersion, CreateDate } = policy.entity;
  return {
    ...viewDescribedPolicy(policy),
    PolicyVersionList: [
      {
        Document: DefaultDocument,
        VersionId: versionId(DefaultVersion),
        IsDefaultVersion: true,
        CreateDate: new Date(CreateDate),
      },
    ],
  };
}

function viewDescribedPolicy(policy: Found<PolicyRecord>): ManagedPolicyDetail {
  const { Description } = policy.entity;
  return { ...viewListedPolicy(policy), ...(Description === undefined ? {} : { Description }) };
}

async function readPolicies(
  call: Call,
  kind: PrincipalKind,
  id: string,
): Promise<{ readonly inline: PolicyDetail[]; readonly attached: AttachedPolicy[] }> {
  const partition = principalPartition(kind, call.accountId, id);
  const [inline, attached] = await Promise.all([
    readChildren(call, partition, CHILD_PREFIX.inlinePolicy, readInlinePolicy),
    readChildren(call, partition, CHILD_PREFIX.attachment, readAttachment),
  ]);
  return {
    inline: [...inline],
    attached: attached
      .map(({ PolicyName, PolicyArn }) => ({ PolicyName, PolicyArn }))
      .sort((left, right) => (left.PolicyName < right.PolicyName ? -1 : 1)),
  };
}

async function readGroupNames(call: Call, userId: string): Promise<string[]> {
  const partition = principalPartition('User', call.accountId, userId);
  const memberships = await readChildren(call, partition, CHILD_PREFIX.membership, readMembership);
  const groups = await call.store.getMany(
    memberships.map(({ GroupId }) => principalKey('Group', call.accountId, GroupId)),
    { consistent: true },
  );
  return groups.flatMap((group) => (group === undefined ? [] : readGroup(group).GroupName)).sort();
}

async function readInstanceProfiles(call: Call, roleId: string): Promise<InstanceProfile[]> {
  const partition = principalPartition('Role', call.accountId, roleId);
  const uses = await readChildren(call, partition, CHILD_PREFIX.usedIn, readUsedIn);
  const views = await viewInstanceProfilesOf(
    call,
    uses.map((use) => use.InstanceProfileId),
  );
  return views.flatMap((view) => view ?? []);
}
