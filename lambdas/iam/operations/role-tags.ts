import {
  ListRoleTags$,
  TagRole$,
  UntagRole$,
  type ListRoleTagsRequest,
  type ListRoleTagsResponse,
  type TagRoleRequest,
  type UntagRoleRequest,
} from '@aws-sdk/client-iam';
import { requestTagContext } from '../../identity/tags';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { readTags } from '../requested-tags';
import { addTags, dropTags } from '../tag-writes';
import { onRole, requireRole } from '../role-targets';
import { viewTags } from '../views';

const tagRole: Operation<TagRoleRequest, void> = {
  name: 'TagRole',
  schema: TagRole$,
  accessLevel: 'Tagging',
  route: 'POST /roles/{RoleName}/tags',
  authorization: onRole('iam:TagRole', {
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const role = await requireRole(call, input.RoleName);
    await addTags(call, role, readTags(input.Tags), {
      name: 'TagsPerRole',
      limit: call.quotas.TagsPerRole,
    });
  },
};

const untagRole: Operation<UntagRoleRequest, void> = {
  name: 'UntagRole',
  schema: UntagRole$,
  accessLevel: 'Tagging',
  route: 'DELETE /roles/{RoleName}/tags',
  authorization: onRole('iam:UntagRole', {
    conditionKeys: ['aws:TagKeys'],
    context: (input) => ({ 'aws:TagKeys': input.TagKeys }),
  }),
  errors: ['ConcurrentModification', 'NoSuchEntity'],
  run: async (input, call) => {
    await dropTags(call, await requireRole(call, input.RoleName), input.TagKeys);
  },
};

const listRoleTags: Operation<ListRoleTagsRequest, ListRoleTagsResponse> = {
  name: 'ListRoleTags',
  schema: ListRoleTags$,
  accessLevel: 'List',
  route: 'GET /roles/{RoleName}/tags',
  authorization: onRole('iam:ListRoleTags'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireRole(call, input.RoleName);
    const { rows, end } = await takePageOf(call, input, viewTags(entity.Tags), (tag) =>
      String(tag.Key),
    );
    return { Tags: rows, ...end };
  },
};

export const roleTagOperations: readonly AnyOperation[] = [tagRole, untagRole, listRoleTags];
