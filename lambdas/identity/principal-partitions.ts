import { CHILD_PREFIX, principalPartition } from '../store/keys';
import type { Item, ReadOptions, Store } from '../store/store';
import type {
  AttachmentRecord,
  InlinePolicyRecord,
  OwnedAccessKeyRecord,
  UserRecord,
} from './entities';
import {
  readAttachment,
  readGroup,
  readInlinePolicy,
  readMembership,
  readOwnedAccessKey,
  readUser,
} from './records';
import { readRole, type RoleRecord } from './role-entities';

/** A user by ids, with the groups that it was last known to be in. */
export interface UserIdentity {
  readonly accountId: string;
  readonly id: string;
  readonly groupIds: readonly string[];
}

/** What hangs under a user or a group and takes part in a decision. */
export interface AttachedRows {
  readonly inlinePolicies: readonly InlinePolicyRecord[];
  readonly attachments: readonly AttachmentRecord[];
}

export interface GroupRows extends AttachedRows {
  readonly groupId: string;
  /** undefined where a membership names a group that is not there. */
  readonly groupName: string | undefined;
}

export interface UserRows extends AttachedRows {
  readonly user: UserRecord;
  readonly accountId: string;
  readonly accessKeys: readonly OwnedAccessKeyRecord[];
  /** The groups that the user's own rows name, as far as they have been read. */
  readonly groups: readonly GroupRows[];
  /** The groups that the user's own rows name and that were not hinted at. */
  readonly unreadGroupIds: readonly string[];
}

export interface RoleRows extends AttachedRows {
  readonly role: RoleRecord;
}

/**
 * A group's partition is read up to its members, of which there may be thousands: `Attached#`, `Group` and `Inline#` come
 * before `Member#` in byte order, and ten attachments and a few inline policies are what IAM's quotas let a group have.
 */
const GROUP_PAGE_LIMIT = 32;

/** Likewise a role's, which any number of instance profiles may use: `Attached#`, `Inline#` and `Role` come before `UsedIn#`. */
const ROLE_PAGE_LIMIT = 32;

/** A user and the groups that it is hinted to be in, in one round trip; undefined where there is no such user. */
export async function loadUserRows(
  store: Store,
  owner: UserIdentity,
  options: ReadOptions,
): Promise<UserRows | undefined> {
  const [items, hintedGroups] = await Promise.all([
    queryAll(store, principalPartition('User', owner.accountId, owner.id), options),
    loadGroups(store, owner.accountId, owner.groupIds, options),
  ]);
  const user = items.find((item) => item.key.sort === 'User');
  if (user === undefined) {
    return undefined;
  }
  const memberOf = new Set(
    childrenOf(items, CHILD_PREFIX.membership).map((item) => readMembership(item).GroupId),
  );
  const hinted = new Set(owner.groupIds);
  return {
    user: readUser(user),
    accountId: owner.accountId,
    accessKeys: childrenOf(items, CHILD_PREFIX.accessKey).map(readOwnedAccessKey),
    ...attachedRows(items),
    groups: hintedGroups.filter((group) => memberOf.has(group.groupId)),
    unreadGroupIds: [...memberOf].filter((groupId) => !hinted.has(groupId)),
  };
}

/** A role by its id, in one round trip; undefined where there is no such role. */
export async function loadRoleRows(
  store: Store,
  owner: { readonly accountId: string; readonly id: string },
  options: ReadOptions,
): Promise<RoleRows | undefined> {
  const partition = principalPartition('Role', owner.accountId, owner.id);
  const items = await queryAll(store, partition, options, ROLE_PAGE_LIMIT, CHILD_PREFIX.usedIn);
  const role = items.find((item) => item.key.sort === 'Role');
  return role === undefined ? undefined : { role: readRole(role), ...attachedRows(items) };
}

/** Groups with what hangs under them, all at once. */
export async function loadGroups(
  store: Store,
  accountId: string,
  groupIds: readonly string[],
  options: ReadOptions,
): Promise<readonly GroupRows[]> {
  return Promise.all(
    [...new Set(groupIds)].map((groupId) => loadGroup(store, accountId, groupId, options)),
  );
}

async function loadGroup(
  store: Store,
  accountId: string,
  groupId: string,
  options: ReadOptions,
): Promise<GroupRows> {
  const partition = principalPartition('Group', accountId, groupId);
  const items = await queryAll(store, partition, options, GROUP_PAGE_LIMIT, CHILD_PREFIX.member);
  const group = items.find((item) => item.key.sort === 'Group');
  return {
    groupId,
    groupName: group === undefined ? undefined : readGroup(group).GroupName,
    ...attachedRows(items),
  };
}

function attachedRows(items: readonly Item[]): AttachedRows {
  return {
    inlinePolicies: childrenOf(items, CHILD_PREFIX.inlinePolicy).map(readInlinePolicy),
    attachments: childrenOf(items, CHILD_PREFIX.attachment).map(readAttachment),
  };
}

function childrenOf(items: readonly Item[], prefix: string): readonly Item[] {
  return items.filter((item) => item.key.sort.startsWith(prefix));
}

/** Every item of a partition before the sort key `until`. Only a partition beyond one page takes a further round trip. */
async function queryAll(
  store: Store,
  partition: string,
  options: ReadOptions,
  limit?: number,
  until?: string,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await store.query('identities', partition, {
      consistent: options.consistent,
      ...(limit === undefined ? {} : { limit }),
      ...(after === undefined ? {} : { after }),
    });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined && (until === undefined || after < until));
  return items;
}
