import { countPolicyCharacters } from '../core/policy-size';
import {
  CHILD_PREFIX,
  instanceProfileKey,
  memberKey,
  membershipKey,
  principalKey,
  usedInKey,
  type PrincipalKind,
} from '../store/keys';
import type { Item } from '../store/store';
import { changeWithout, put, remove, unchanged, type AccountRows } from './account-rows';
import { readInlinePolicy, readMember, readMembership, toAttributes } from './records';
import { readInstanceProfile, readUsedIn } from './role-entities';

/** What hangs under users, groups and roles: memberships, inline policies, instance profiles. */
export function inspectPrincipals(rows: AccountRows): void {
  for (const kind of ['User', 'Group', 'Role'] as const) {
    for (const [id, items] of rows.partitionsOf('identities', kind)) {
      const entity = rows.get(principalKey(kind, rows.accountId, id));
      if (entity === undefined) {
        rows.report(
          `${kind} ${id} is gone, and ${items.length} rows of it are not`,
          items,
          items.map(remove),
        );
      } else {
        inspectPrincipal(rows, kind, id, entity);
      }
    }
  }
  for (const [id] of rows.partitionsOf('identities', 'InstanceProfile')) {
    rows.inspect(rows.get(instanceProfileKey(rows.accountId, id)), (item) => {
      inspectInstanceProfile(rows, id, item);
    });
  }
}

function inspectPrincipal(rows: AccountRows, kind: PrincipalKind, id: string, entity: Item): void {
  const { partition } = entity.key;
  const list = (prefix: string) => rows.list('identities', partition, prefix);
  const each = (prefix: string, look: (item: Item) => void) => {
    for (const item of list(prefix)) rows.inspect(item, look);
  };
  let size = 0;
  each(CHILD_PREFIX.inlinePolicy, (item) => {
    size += countPolicyCharacters(readInlinePolicy(item).PolicyDocument);
  });
  rows.expectCount(entity, 'InlinePolicyCount', list(CHILD_PREFIX.inlinePolicy).length);
  rows.expectCount(entity, 'InlinePolicySize', size);
  rows.expectCount(entity, 'AttachedPolicyCount', list(CHILD_PREFIX.attachment).length);
  if (kind === 'User') {
    each(CHILD_PREFIX.membership, (item) => {
      inspectMembership(rows, id, item);
    });
    rows.expectCount(entity, 'GroupCount', list(CHILD_PREFIX.membership).length);
  }
  if (kind === 'Group') {
    each(CHILD_PREFIX.member, (item) => {
      inspectMember(rows, id, item);
    });
    rows.expectCount(entity, 'MemberCount', list(CHILD_PREFIX.member).length);
  }
  if (kind === 'Role') {
    each(CHILD_PREFIX.usedIn, (item) => {
      inspectUse(rows, id, item);
    });
    rows.expectCount(entity, 'InstanceProfileCount', list(CHILD_PREFIX.usedIn).length);
  }
}

/** The user's side is what decisions read. */
function inspectMembership(rows: AccountRows, userId: string, item: Item): void {
  const { GroupId, CreateDate } = readMembership(item);
  const group = rows.get(principalKey('Group', rows.accountId, GroupId));
  const key = memberKey(rows.accountId, GroupId, userId);
  if (group === undefined) {
    const message = `${userId} is in the group ${GroupId}, which is gone: it may do nothing`;
    rows.report(message, [item], [remove(item)], true);
  } else if (rows.get(key) === undefined) {
    const repair = [
      put(key, toAttributes({ UserId: userId, CreateDate })),
      unchanged(item.key, item),
    ];
    rows.report(`${userId} is in ${GroupId}, which does not list it`, [item, key], repair);
  }
}

function inspectMember(rows: AccountRows, groupId: string, item: Item): void {
  const { UserId } = readMember(item);
  const key = membershipKey(rows.accountId, UserId, groupId);
  if (rows.get(key) === undefined) {
    const repair = [remove(item), unchanged(key, undefined)];
    rows.report(`${groupId} lists ${UserId}, which is not in it`, [item, key], repair);
  }
}

function inspectUse(rows: AccountRows, roleId: string, item: Item): void {
  const { InstanceProfileId } = readUsedIn(item);
  const profile = rows.get(instanceProfileKey(rows.accountId, InstanceProfileId));
  if (profile?.attributes['RoleId'] !== roleId) {
    const message = `${roleId} is listed for ${InstanceProfileId}, which does not hold it`;
    rows.report(message, [item], [remove(item)]);
  }
}

/** The profile says which role it holds. */
function inspectInstanceProfile(rows: AccountRows, id: string, item: Item): void {
  const { RoleId } = readInstanceProfile(item);
  if (RoleId === undefined) return;
  const role = rows.get(principalKey('Role', rows.accountId, RoleId));
  const key = usedInKey(rows.accountId, RoleId, id);
  if (role === undefined) {
    rows.report(
      `${id} holds the role ${RoleId}, which is gone`,
      [item],
      [changeWithout(item, 'RoleId')],
    );
  } else if (rows.get(key) === undefined) {
    const repair = [put(key, { InstanceProfileId: id }), unchanged(item.key, item)];
    rows.report(`${id} holds ${RoleId}, which does not list it`, [item, key], repair);
  }
}
