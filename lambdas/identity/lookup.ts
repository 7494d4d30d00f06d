import { foldName, nameKey, policyKey, principalKey } from '../store/keys';
import type { Item, Key, Store } from '../store/store';
import { iamArn, type ArnScope } from './arns';
import { AWS_ACCOUNT_ID, type AwsManagedPolicy, awsManagedPolicy } from './aws-managed-policies';
import type { GroupRecord, NameRecord, PolicyRecord, UserRecord } from './entities';
import { readGroup, readName, readPolicy, readUser } from './records';

/** Where entities are looked for: one account of one store. */
export interface AccountScope extends ArnScope {
  readonly store: Store;
}

/** An entity as it was read; `revision` is what a write that rests on it demands. */
export interface Found<Entity> {
  readonly entity: Entity;
  readonly arn: string;
  readonly key: Key;
  readonly revision: number;
}

/** Every read here guards a mutation or its authorization. */
const CONSISTENT = { consistent: true } as const;

/** By its name, in any case of ASCII letters, as IAM compares names. */
export async function findUser(
  scope: AccountScope,
  userName: string,
): Promise<Found<UserRecord> | undefined> {
  const name = await findName(scope, nameKey('User', scope.accountId, userName));
  const user = name === undefined ? undefined : await findUserById(scope, name.Id);
  // Renamed between the two reads: under this name there is nobody any more.
  return user !== undefined && isNamed(user.entity.UserName, userName) ? user : undefined;
}

export async function findUserById(
  scope: AccountScope,
  userId: string,
): Promise<Found<UserRecord> | undefined> {
  const item = await scope.store.get(principalKey('User', scope.accountId, userId), CONSISTENT);
  return item === undefined ? undefined : foundUser(scope, item);
}

export function foundUser(scope: ArnScope, item: Item): Found<UserRecord> {
  const entity = readUser(item);
  return found(item, entity, iamArn(scope, 'user', entity.Path, entity.UserName));
}

/** By its name, in any case of ASCII letters. */
export async function findGroup(
  scope: AccountScope,
  groupName: string,
): Promise<Found<GroupRecord> | undefined> {
  const name = await findName(scope, nameKey('Group', scope.accountId, groupName));
  if (name === undefined) {
    return undefined;
  }
  const item = await scope.store.get(principalKey('Group', scope.accountId, name.Id), CONSISTENT);
  const group = item === undefined ? undefined : foundGroup(scope, item);
  return group !== undefined && isNamed(group.entity.GroupName, groupName) ? group : undefined;
}

export function foundGroup(scope: ArnScope, item: Item): Found<GroupRecord> {
  const entity = readGroup(item);
  return found(item, entity, iamArn(scope, 'group', entity.Path, entity.GroupName));
}

/** A customer managed policy of the account by its exact ARN: in an ARN, case and path count. */
export async function findPolicy(
  scope: AccountScope,
  policyArn: string,
): Promise<Found<PolicyRecord> | undefined> {
  const policyName = policyArn.slice(policyArn.lastIndexOf('/') + 1);
  // No other text was ever a policy's name, and a longer one would be no key.
  if (!/^[\w+=,.@-]{1,128}$/.test(policyName)) {
    return undefined;
  }
  const name = await findName(scope, nameKey('Policy', scope.accountId, policyName));
  if (name === undefined || iamArn(scope, 'policy', name.Path, name.Name) !== policyArn) {
    return undefined;
  }
  const item = await scope.store.get(policyKey(scope.accountId, name.Id), CONSISTENT);
  return item === undefined ? undefined : foundPolicy(scope, item);
}

/** The policy that AWS manages under this exact ARN of the scope's partition. */
export function findAwsManagedPolicy(
  scope: ArnScope,
  policyArn: string,
): AwsManagedPolicy | undefined {
  const policy = awsManagedPolicy(policyArn);
  return policy !== undefined && awsManagedPolicyArn(scope, policy) === policyArn
    ? policy
    : undefined;
}

export function awsManagedPolicyArn(scope: ArnScope, policy: AwsManagedPolicy): string {
  const owner = { partition: scope.partition, accountId: AWS_ACCOUNT_ID };
  return iamArn(owner, 'policy', policy.Path, policy.PolicyName);
}

export function foundPolicy(scope: ArnScope, item: Item): Found<PolicyRecord> {
  const entity = readPolicy(item);
  return found(item, entity, iamArn(scope, 'policy', entity.Path, entity.PolicyName));
}

async function findName(scope: AccountScope, key: Key): Promise<NameRecord | undefined> {
  const item = await scope.store.get(key, CONSISTENT);
  return item === undefined ? undefined : readName(item);
}

function isNamed(storedName: string, askedName: string): boolean {
  return foldName(storedName) === foldName(askedName);
}

function found<Entity>(item: Item, entity: Entity, arn: string): Found<Entity> {
  return { entity, arn, key: item.key, revision: item.revision };
}
