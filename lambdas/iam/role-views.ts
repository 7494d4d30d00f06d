import type { InstanceProfile, Role, RoleLastUsed } from '@aws-sdk/client-iam';
import type { Found } from '../identity/lookup';
import {
  readRoleLastUsed,
  type InstanceProfileRecord,
  type RoleRecord,
} from '../identity/role-entities';
import type { Call } from '../operations/operation';
import { roleLastUsedKey } from '../store/keys';
import { showTrustPolicies, showTrustPolicy } from './trust-policies';
import { viewBoundary, viewTags } from './views';

/*
 * Roles and instance profiles as IAM answers them. Which members an answer has depends on the operation, and in CreateRole on
 * what it was given.
 */

/** What every answer has; `document` is the trust policy as it is shown. */
export function viewBareRole({ entity, arn }: Found<RoleRecord>, document: string): Role {
  return {
    Path: entity.Path,
    RoleName: entity.RoleName,
    RoleId: entity.RoleId,
    Arn: arn,
    CreateDate: new Date(entity.CreateDate),
    AssumeRolePolicyDocument: document,
  };
}

/** As lists give it: without tags, boundary and last use. */
function viewListedRole(role: Found<RoleRecord>, document: string): Role {
  const { Description: description, MaxSessionDuration } = role.entity;
  return {
    ...viewBareRole(role, document),
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration,
  };
}

/** As lists give them, in their order. */
export async function viewListedRoles(
  call: Call,
  roles: readonly Found<RoleRecord>[],
): Promise<readonly Role[]> {
  const documents = await showTrustPolicies(
    call,
    roles.map((role) => role.entity),
  );
  return roles.map((role, index) =>
    viewListedRole(role, documents[index] ?? role.entity.AssumeRolePolicyDocument),
  );
}

/** Empty for a role that nobody used within the time that AWS tracks. */
export async function viewLastUse(call: Call, roleId: string): Promise<RoleLastUsed> {
  const item = await call.store.get(roleLastUsedKey(call.accountId, roleId), { consistent: true });
  if (item === undefined) return {};
  const { LastUsedDate, Region } = readRoleLastUsed(item);
  return { LastUsedDate: new Date(LastUsedDate), Region };
}

/** As GetRole gives it; `RoleLastUsed` is there even where it is empty. */
export async function viewRole(call: Call, role: Found<RoleRecord>): Promise<Role> {
  const { PermissionsBoundary: boundary, Tags: tags } = role.entity;
  return {
    ...viewListedRole(role, await showTrustPolicy(call, role.entity)),
    ...(boundary === undefined ? {} : { PermissionsBoundary: viewBoundary(boundary) }),
    ...(tags.length === 0 ? {} : { Tags: viewTags(tags) }),
    RoleLastUsed: await viewLastUse(call, role.entity.RoleId),
  };
}

/** As lists give it: with its role, without tags. */
export function viewListedInstanceProfile(
  { entity, arn }: Found<InstanceProfileRecord>,
  roles: readonly Role[],
): InstanceProfile {
  return {
    Path: entity.Path,
    InstanceProfileName: entity.InstanceProfileName,
    InstanceProfileId: entity.InstanceProfileId,
    Arn: arn,
    CreateDate: new Date(entity.CreateDate),
    Roles: [...roles],
  };
}
