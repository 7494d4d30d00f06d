import {
  ListPolicyTags$,
  TagPolicy$,
  UntagPolicy$,
  type ListPolicyTagsRequest,
  type ListPolicyTagsResponse,
  type TagPolicyRequest,
  type UntagPolicyRequest,
} from '@aws-sdk/client-iam';
import { requestTagContext } from '../../identity/tags';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { requireReadablePolicy } from '../readable-policies';
import { readTags } from '../requested-tags';
import { addTags, dropTags } from '../tag-writes';
import { onPolicy, requirePolicy } from '../targets';
import { viewTags } from '../views';

const tagPolicy: Operation<TagPolicyRequest, void> = {
  name: 'TagPolicy',
  schema: TagPolicy$,
  accessLevel: 'Tagging',
  route: 'POST /policies/{PolicyArn}/tags',
  authorization: onPolicy('iam:TagPolicy', {
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const policy = await requirePolicy(call, input.PolicyArn);
    await addTags(call, policy, readTags(input.Tags), {
      name: 'TagsPerPolicy',
      limit: call.quotas.TagsPerPolicy,
    });
  },
};

const untagPolicy: Operation<UntagPolicyRequest, void> = {
  name: 'UntagPolicy',
  schema: UntagPolicy$,
  accessLevel: 'Tagging',
  route: 'DELETE /policies/{PolicyArn}/tags',
  authorization: onPolicy('iam:UntagPolicy', {
    conditionKeys: ['aws:TagKeys'],
    context: (input) => ({ 'aws:TagKeys': input.TagKeys }),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    await dropTags(call, await requirePolicy(call, input.PolicyArn), input.TagKeys);
  },
};

const listPolicyTags: Operation<ListPolicyTagsRequest, ListPolicyTagsResponse> = {
  name: 'ListPolicyTags',
  schema: ListPolicyTags$,
  accessLevel: 'List',
  route: 'GET /policies/{PolicyArn}/tags',
  authorization: onPolicy('iam:ListPolicyTags'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireReadablePolicy(call, input.PolicyArn);
    const { rows, end } = await takePageOf(call, input, viewTags(entity.Tags), (tag) =>
      String(tag.Key),
    );
    return { Tags: rows, ...end };
  },
};

export const policyTagOperations: readonly AnyOperation[] = [
  tagPolicy,
  untagPolicy,
  listPolicyTags,
];
