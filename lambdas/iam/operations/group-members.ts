import {
  AddUserToGroup$,
  ListGroupsForUser$,
  RemoveUserFromGroup$,
  type AddUserToGroupRequest,
  type Group,
  type ListGroupsForUserRequest,
  type ListGroupsForUserResponse,
  type RemoveUserFromGroupRequest,
} from '@aws-sdk/client-iam';
import type { GroupRecord, UserRecord } from '../../identity/entities';
import { foundGroup, type Found } from '../../identity/lookup';
import { readMembership, readOwnedAccessKey, toAttributes } from '../../identity/records';
import { commit, type Step } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { quotaExceeded } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import {
  accessKeyKey,
  CHILD_PREFIX,
  memberKey,
  membershipKey,
  principalKey,
  principalPartition,
} from '../../store/keys';
import type { Item } from '../../store/store';
import { readChildren, readGroupIds } from '../children';
import { onGroup, onUser, requireGroup, requireUser } from '../targets';
import { viewGroup } from '../views';

const addUserToGroup: Operation<AddUserToGroupRequest, void> = {
  name: 'AddUserToGroup',
  schema: AddUserToGroup$,
  accessLevel: 'Write',
  route: 'PUT /groups/{GroupName}/users/{UserName}',
  authorization: onGroup('iam:AddUserToGroup'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const group = await requireGroup(call, input.GroupName);
    const user = await requireUser(call, input.UserName);
    const groupIds = await readGroupIds(call, user.entity.UserId);
    const { GroupId: groupId } = group.entity;
    const { GroupsPerUser: quota } = call.quotas;
    if (groupIds.includes(groupId)) {
      return;
    }
    if (user.entity.GroupCount >= quota) {
      throw quotaExceeded('GroupsPerUser', quota);
    }
    const { UserId: userId } = user.entity;
    await commit(call, [
      ...memberSteps(call, { user, group, amount: 1 }),
      {
        write: {
          kind: 'put',
          key: membershipKey(call.accountId, userId, groupId),
          attributes: toAttributes({ GroupId: groupId, CreateDate: call.now }),
          condition: { exists: false },
        },
      },
      {
        write: {
          kind: 'put',
          key: memberKey(call.accountId, groupId, userId),
          attributes: toAttributes({ UserId: userId, CreateDate: call.now }),
          condition: { exists: false },
        },
      },
      ...(await accessKeySteps(call, userId, [...groupIds, groupId])),
    ]);
  },
};

const removeUserFromGroup: Operation<RemoveUserFromGroupRequest, void> = {
  name: 'RemoveUserFromGroup',
  schema: RemoveUserFromGroup$,
  accessLevel: 'Write',
  route: 'DELETE /groups/{GroupName}/users/{UserName}',
  authorization: onGroup('iam:RemoveUserFromGroup'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const group = await requireGroup(call, input.GroupName);
    const user = await requireUser(call, input.UserName);
    const { GroupId: groupId, GroupName: groupName } = group.entity;
    const { UserId: userId, UserName: userName } = user.entity;
    const groupIds = await readGroupIds(call, userId);
    if (!groupIds.includes(groupId)) {
      throw new IamError('NoSuchEntity', `User ${userName} is not in group ${groupName}.`);
    }
    const rest = groupIds.filter((id) => id !== groupId);
    await commit(call, [
      ...memberSteps(call, { user, group, amount: -1 }),
      ...[
        membershipKey(call.accountId, userId, groupId),
        memberKey(call.accountId, groupId, userId),
      ].map((key): Step => ({ write: { kind: 'delete', key, condition: { exists: true } } })),
      ...(await accessKeySteps(call, userId, rest)),
    ]);
  },
};

/** Both sides count; the user's revision also guards the groups that its access keys name. */
function memberSteps(
  call: Call,
  change: {
    readonly user: Found<UserRecord>;
    readonly group: Found<GroupRecord>;
    readonly amount: 1 | -1;
  },
): readonly Step[] {
  return [
    {
      write: {
        kind: 'update',
        key: change.user.key,
        add: { GroupCount: change.amount },
        condition: { exists: true, revision: change.user.revision },
      },
    },
    {
      write: {
        kind: 'update',
        key: principalKey('Group', call.accountId, change.group.entity.GroupId),
        add: { MemberCount: change.amount },
        condition: { exists: true },
      },
    },
  ];
}

/** A decision reads a user's groups together with the user: each of its access keys names them. */
async function accessKeySteps(
  call: Call,
  userId: string,
  groupIds: readonly string[],
): Promise<readonly Step[]> {
  const partition = principalPartition('User', call.accountId, userId);
  const keys = await readChildren(call, partition, CHILD_PREFIX.accessKey, readOwnedAccessKey);
  return keys.map((key) => ({
    write: {
      kind: 'update',
      key: accessKeyKey(key.AccessKeyId),
      set: { GroupIds: groupIds },
      condition: { exists: true, equals: { OwnerId: userId } },
    },
  }));
}

const listGroupsForUser: Operation<ListGroupsForUserRequest, ListGroupsForUserResponse> = {
  name: 'ListGroupsForUser',
  schema: ListGroupsForUser$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/groups',
  authorization: onUser('iam:ListGroupsForUser'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const user = await requireUser(call, input.UserName);
    const range = {
      table: 'identities',
      partition: principalPartition('User', call.accountId, user.entity.UserId),
      prefix: CHILD_PREFIX.membership,
    } as const;
    const { rows, end } = await takePage(
      call,
      input,
      (after) =>
        queryEntries(call, { ...range, after }, input.MaxItems, (items) => groupsOf(call, items)),
      ({ GroupName }) => GroupName,
    );
    return { Groups: rows, ...end };
  },
};

/** The groups of a page of memberships, undefined for those deleted since the memberships were read. */
async function groupsOf(
  call: Call,
  items: readonly Item[],
): Promise<readonly (Group | undefined)[]> {
  const groups = await call.store.getMany(
    items.map((item) => principalKey('Group', call.accountId, readMembership(item).GroupId)),
    { consistent: true },
  );
  return groups.map((item) => (item === undefined ? undefined : viewGroup(foundGroup(call, item))));
}

export const groupMemberOperations: readonly AnyOperation[] = [
  addUserToGroup,
  removeUserFromGroup,
  listGroupsForUser,
];
