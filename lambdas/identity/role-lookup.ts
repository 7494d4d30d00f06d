import { foldName, instanceProfileKey, nameKey, principalKey } from '../store/keys';
import type { Item } from '../store/store';
import { iamArn, type ArnScope } from './arns';
import type { AccountScope, Found } from './lookup';
import { readName } from './records';
import {
  readInstanceProfile,
  readRole,
  type InstanceProfileRecord,
  type RoleRecord,
} from './role-entities';

/** Every read here guards a mutation or its authorization. */
const CONSISTENT = { consistent: true } as const;

/** By its name, in any case of ASCII letters, as IAM compares names. */
export async function findRole(
  scope: AccountScope,
  roleName: string,
): Promise<Found<RoleRecord> | undefined> {
  const id = await findId(scope, 'Role', roleName);
  const role = id === undefined ? undefined : await findRoleById(scope, id);
  // Made anew between the two reads: the row of an old id has another name or is gone.
  return role !== undefined && isNamed(role.entity.RoleName, roleName) ? role : undefined;
}

export async function findRoleById(
  scope: AccountScope,
  roleId: string,
): Promise<Found<RoleRecord> | undefined> {
  const item = await scope.store.get(principalKey('Role', scope.accountId, roleId), CONSISTENT);
  return item === undefined ? undefined : foundRole(scope, item);
}

export function foundRole(scope: ArnScope, item: Item): Found<RoleRecord> {
  const entity = readRole(item);
  return {
    entity,
    arn: iamArn(scope, 'role', entity.Path, entity.RoleName),
    key: item.key,
    revision: item.revision,
  };
}

/** By its name, in any case of ASCII letters. */
export async function findInstanceProfile(
  scope: AccountScope,
  name: string,
): Promise<Found<InstanceProfileRecord> | undefined> {
  const id = await findId(scope, 'InstanceProfile', name);
  if (id === undefined) {
    return undefined;
  }
  const item = await scope.store.get(instanceProfileKey(scope.accountId, id), CONSISTENT);
  const profile = item === undefined ? undefined : foundInstanceProfile(scope, item);
  return profile !== undefined && isNamed(profile.entity.InstanceProfileName, name)
    ? profile
    : undefined;
}

export function foundInstanceProfile(scope: ArnScope, item: Item): Found<InstanceProfileRecord> {
  const entity = readInstanceProfile(item);
  return {
    entity,
    arn: iamArn(scope, 'instance-profile', entity.Path, entity.InstanceProfileName),
    key: item.key,
    revision: item.revision,
  };
}

async function findId(
  scope: AccountScope,
  kind: 'Role' | 'InstanceProfile',
  name: string,
): Promise<string | undefined> {
  const item = await scope.store.get(nameKey(kind, scope.accountId, name), CONSISTENT);
  return item === undefined ? undefined : readName(item).Id;
}

function isNamed(storedName: string, askedName: string): boolean {
  return foldName(storedName) === foldName(askedName);
}
