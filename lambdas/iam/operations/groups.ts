import {
  CreateGroup$,
  DeleteGroup$,
  GetGroup$,
  ListGroups$,
  UpdateGroup$,
  type CreateGroupRequest,
  type CreateGroupResponse,
  type DeleteGroupRequest,
  type GetGroupRequest,
  type GetGroupResponse,
  type ListGroupsRequest,
  type ListGroupsResponse,
  type UpdateGroupRequest,
  type User,
} from '@aws-sdk/client-iam';
import { iamArn, iamPathArn } from '../../identity/arns';
import type { GroupRecord, NameRecord } from '../../identity/entities';
import { findGroup, foundGroup, foundUser } from '../../identity/lookup';
import { readMember, toAttributes } from '../../identity/records';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { deleteConflict, entityAlreadyExists } from '../../protocol/error-messages';
import { CHILD_PREFIX, principalKey, principalPartition } from '../../store/keys';
import type { Item } from '../../store/store';
import { listPrincipals } from '../principal-lists';
import { countStep, discountStep } from '../account-steps';
import { releaseNameStep, renameSteps, takeNameStep } from '../names';
import { onGroup, requireGroup } from '../targets';
import { viewGroup, viewListedUser } from '../views';

const createGroup: Operation<CreateGroupRequest, CreateGroupResponse> = {
  name: 'CreateGroup',
  schema: CreateGroup$,
  accessLevel: 'Write',
  route: 'POST /groups',
  authorization: {
    action: 'iam:CreateGroup',
    resourceType: 'group',
    resources: (input, call) => [iamArn(call, 'group', input.Path ?? '/', input.GroupName)],
    conditionKeys: [],
  },
  errors: ['EntityAlreadyExists', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const group: GroupRecord = {
      GroupName: input.GroupName,
      GroupId: createUniqueId('AGPA', call.randomBytes),
      Path: input.Path ?? '/',
      CreateDate: call.now,
      AttachedPolicyCount: 0,
      InlinePolicyCount: 0,
      InlinePolicySize: 0,
      MemberCount: 0,
    };
    const key = principalKey('Group', call.accountId, group.GroupId);
    await commit(call, [
      takeNameStep(call, 'Group', nameOf(group), entityAlreadyExists('group', group.GroupName)),
      {
        write: {
          kind: 'put',
          key,
          attributes: toAttributes(group),
          condition: { exists: false },
        },
      },
      countStep(call, 'GroupCount', 'GroupsPerAccount', call.quotas.GroupsPerAccount),
    ]);
    const arn = iamArn(call, 'group', group.Path, group.GroupName);
    return { Group: viewGroup({ entity: group, arn, key, revision: 1 }) };
  },
};

const getGroup: Operation<GetGroupRequest, GetGroupResponse> = {
  name: 'GetGroup',
  schema: GetGroup$,
  accessLevel: 'Read',
  route: 'GET /groups/{GroupName}',
  authorization: onGroup('iam:GetGroup'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const group = await requireGroup(call, input.GroupName);
    const range = {
      table: 'identities',
      partition: principalPartition('Group', call.accountId, group.entity.GroupId),
      prefix: CHILD_PREFIX.member,
    } as const;
    const { rows, end } = await takePage(
      call,
      input,
      (after) =>
        queryEntries(call, { ...range, after }, input.MaxItems, (items) => membersOf(call, items)),
      ({ UserName }) => UserName,
    );
    return { Group: viewGroup(group), Users: rows, ...end };
  },
};

/** The users of a page of members, undefined for those deleted since the members were read. */
async function membersOf(
  call: Call,
  items: readonly Item[],
): Promise<readonly (User | undefined)[]> {
  const users = await call.store.getMany(
    items.map((item) => principalKey('User', call.accountId, readMember(item).UserId)),
    { consistent: true },
  );
  return users.map((item) =>
    item === undefined ? undefined : viewListedUser(foundUser(call, item)),
  );
}

const listGroups: Operation<ListGroupsRequest, ListGroupsResponse> = {
  name: 'ListGroups',
  schema: ListGroups$,
  accessLevel: 'List',
  route: 'GET /groups',
  authorization: {
    action: 'iam:ListGroups',
    resourceType: 'group',
    resources: (input, call) => [iamPathArn(call, 'group', input.PathPrefix ?? '/')],
    conditionKeys: [],
  },
  errors: [],
  run: async (input, call) => {
    const { rows, end } = await listPrincipals(call, input, 'Group', (rows) =>
      rows.map((row) => viewGroup(foundGroup(call, row))),
    );
    return { Groups: rows, ...end };
  },
};

const updateGroup: Operation<UpdateGroupRequest, void> = {
  name: 'UpdateGroup',
  schema: UpdateGroup$,
  accessLevel: 'Write',
  route: 'PATCH /groups/{GroupName}',
  authorization: {
    ...onGroup<UpdateGroupRequest>('iam:UpdateGroup'),
    // "the entity making the request must have permission on both the source object and the target object"
    resources: async (input, call) => {
      const group = await findGroup(call, input.GroupName);
      const { Path: path, GroupName: groupName } = group?.entity ?? { Path: '/', ...input };
      const source = iamArn(call, 'group', path, groupName);
      const target = iamArn(call, 'group', input.NewPath ?? path, input.NewGroupName ?? groupName);
      return [...new Set([source, target])];
    },
  },
  errors: ['EntityAlreadyExists', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const group = await requireGroup(call, input.GroupName);
    const before = nameOf(group.entity);
    const after = {
      ...before,
      Name: input.NewGroupName ?? before.Name,
      Path: input.NewPath ?? before.Path,
    };
    await commit(call, [
      ...renameSteps(call, 'Group', before, after, entityAlreadyExists('group', after.Name)),
      {
        write: {
          kind: 'update',
          key: group.key,
          set: { GroupName: after.Name, Path: after.Path },
          condition: { exists: true, revision: group.revision },
        },
      },
    ]);
  },
};

const deleteGroup: Operation<DeleteGroupRequest, void> = {
  name: 'DeleteGroup',
  schema: DeleteGroup$,
  accessLevel: 'Write',
  route: 'DELETE /groups/{GroupName}',
  authorization: onGroup('iam:DeleteGroup'),
  errors: ['DeleteConflict', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const group = await requireGroup(call, input.GroupName);
    if (group.entity.MemberCount > 0) throw deleteConflict('remove users from group');
    if (group.entity.InlinePolicyCount > 0) throw deleteConflict('delete policies');
    if (group.entity.AttachedPolicyCount > 0) throw deleteConflict('detach all policies');
    await commit(call, [
      releaseNameStep(call, 'Group', nameOf(group.entity)),
      {
        // Whatever hangs under the group is counted in its row, and so changes the revision.
        write: {
          kind: 'delete',
          key: group.key,
          condition: { exists: true, revision: group.revision },
        },
      },
      discountStep(call, 'GroupCount'),
    ]);
  },
};

function nameOf(group: GroupRecord): NameRecord {
  return { Id: group.GroupId, Name: group.GroupName, Path: group.Path };
}

export const groupOperations: readonly AnyOperation[] = [
  createGroup,
  getGroup,
  listGroups,
  updateGroup,
  deleteGroup,
];
