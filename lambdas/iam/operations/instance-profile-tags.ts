import {
  ListInstanceProfileTags$,
  TagInstanceProfile$,
  UntagInstanceProfile$,
  type ListInstanceProfileTagsRequest,
  type ListInstanceProfileTagsResponse,
  type TagInstanceProfileRequest,
  type UntagInstanceProfileRequest,
} from '@aws-sdk/client-iam';
import { requestTagContext } from '../../identity/tags';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { readTags } from '../requested-tags';
import { addTags, dropTags } from '../tag-writes';
import { onInstanceProfile, requireInstanceProfile } from '../role-targets';
import { viewTags } from '../views';

const tagInstanceProfile: Operation<TagInstanceProfileRequest, void> = {
  name: 'TagInstanceProfile',
  schema: TagInstanceProfile$,
  accessLevel: 'Tagging',
  route: 'POST /instance-profiles/{InstanceProfileName}/tags',
  authorization: onInstanceProfile('iam:TagInstanceProfile', {
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const profile = await requireInstanceProfile(call, input.InstanceProfileName);
    await addTags(call, profile, readTags(input.Tags), {
      name: 'TagsPerInstanceProfile',
      limit: call.quotas.TagsPerInstanceProfile,
    });
  },
};

const untagInstanceProfile: Operation<UntagInstanceProfileRequest, void> = {
  name: 'UntagInstanceProfile',
  schema: UntagInstanceProfile$,
  accessLevel: 'Tagging',
  route: 'DELETE /instance-profiles/{InstanceProfileName}/tags',
  authorization: onInstanceProfile('iam:UntagInstanceProfile', {
    conditionKeys: ['aws:TagKeys'],
    context: (input) => ({ 'aws:TagKeys': input.TagKeys }),
  }),
  errors: ['ConcurrentModification', 'NoSuchEntity'],
  run: async (input, call) => {
    await dropTags(
      call,
      await requireInstanceProfile(call, input.InstanceProfileName),
      input.TagKeys,
    );
  },
};

const listInstanceProfileTags: Operation<
  ListInstanceProfileTagsRequest,
  ListInstanceProfileTagsResponse
> = {
  name: 'ListInstanceProfileTags',
  schema: ListInstanceProfileTags$,
  accessLevel: 'List',
  route: 'GET /instance-profiles/{InstanceProfileName}/tags',
  authorization: onInstanceProfile('iam:ListInstanceProfileTags'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireInstanceProfile(call, input.InstanceProfileName);
    const { rows, end } = await takePageOf(call, input, viewTags(entity.Tags), (tag) =>
      String(tag.Key),
    );
    return { Tags: rows, ...end };
  },
};

export const instanceProfileTagOperations: readonly AnyOperation[] = [
  tagInstanceProfile,
  untagInstanceProfile,
  listInstanceProfileTags,
];
