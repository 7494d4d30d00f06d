import {
  ListUserTags$,
  TagUser$,
  UntagUser$,
  type ListUserTagsRequest,
  type ListUserTagsResponse,
  type TagUserRequest,
  type UntagUserRequest,
} from '@aws-sdk/client-iam';
import { requestTagContext } from '../../identity/tags';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { readTags } from '../requested-tags';
import { addTags, dropTags } from '../tag-writes';
import { onUser, requireUser } from '../targets';
import { viewTags } from '../views';

const tagUser: Operation<TagUserRequest, void> = {
  name: 'TagUser',
  schema: TagUser$,
  accessLevel: 'Tagging',
  route: 'POST /users/{UserName}/tags',
  authorization: onUser('iam:TagUser', {
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const user = await requireUser(call, input.UserName);
    await addTags(call, user, readTags(input.Tags), {
      name: 'TagsPerUser',
      limit: call.quotas.TagsPerUser,
    });
  },
};

const untagUser: Operation<UntagUserRequest, void> = {
  name: 'UntagUser',
  schema: UntagUser$,
  accessLevel: 'Tagging',
  route: 'DELETE /users/{UserName}/tags',
  authorization: onUser('iam:UntagUser', {
    conditionKeys: ['aws:TagKeys'],
    context: (input) => ({ 'aws:TagKeys': input.TagKeys }),
  }),
  errors: ['ConcurrentModification', 'NoSuchEntity'],
  run: async (input, call) => {
    await dropTags(call, await requireUser(call, input.UserName), input.TagKeys);
  },
};

const listUserTags: Operation<ListUserTagsRequest, ListUserTagsResponse> = {
  name: 'ListUserTags',
  schema: ListUserTags$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/tags',
  authorization: onUser('iam:ListUserTags'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireUser(call, input.UserName);
    const { rows, end } = await takePageOf(call, input, viewTags(entity.Tags), (tag) =>
      String(tag.Key),
    );
    return { Tags: rows, ...end };
  },
};

export const userTagOperations: readonly AnyOperation[] = [tagUser, untagUser, listUserTags];
