import {
  ListSAMLProviderTags$,
  TagSAMLProvider$,
  UntagSAMLProvider$,
  type ListSAMLProviderTagsRequest,
  type ListSAMLProviderTagsResponse,
  type TagSAMLProviderRequest,
  type UntagSAMLProviderRequest,
} from '@aws-sdk/client-iam';
import { requestTagContext } from '../../identity/tags';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { readTags } from '../requested-tags';
import { addTags, dropTags } from '../tag-writes';
import { onSamlProvider, requireSamlProvider } from '../providers';
import { viewTags } from '../views';

const tagSAMLProvider: Operation<TagSAMLProviderRequest, void> = {
  name: 'TagSAMLProvider',
  schema: TagSAMLProvider$,
  accessLevel: 'Tagging',
  route: 'POST /saml-providers/{SAMLProviderArn}/tags',
  authorization: onSamlProvider('iam:TagSAMLProvider', {
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const provider = await requireSamlProvider(call, input.SAMLProviderArn);
    await addTags(call, provider, readTags(input.Tags), {
      name: 'TagsPerSAMLProvider',
      limit: call.quotas.TagsPerSAMLProvider,
    });
  },
};

const untagSAMLProvider: Operation<UntagSAMLProviderRequest, void> = {
  name: 'UntagSAMLProvider',
  schema: UntagSAMLProvider$,
  accessLevel: 'Tagging',
  route: 'DELETE /saml-providers/{SAMLProviderArn}/tags',
  authorization: onSamlProvider('iam:UntagSAMLProvider', {
    conditionKeys: ['aws:TagKeys'],
    context: (input) => ({ 'aws:TagKeys': input.TagKeys }),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    await dropTags(call, await requireSamlProvider(call, input.SAMLProviderArn), input.TagKeys);
  },
};

const listSAMLProviderTags: Operation<ListSAMLProviderTagsRequest, ListSAMLProviderTagsResponse> = {
  name: 'ListSAMLProviderTags',
  schema: ListSAMLProviderTags$,
  accessLevel: 'List',
  route: 'GET /saml-providers/{SAMLProviderArn}/tags',
  authorization: onSamlProvider('iam:ListSAMLProviderTags'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireSamlProvider(call, input.SAMLProviderArn);
    const { rows, end } = await takePageOf(call, input, viewTags(entity.Tags), (tag) =>
      String(tag.Key),
    );
    return { Tags: rows, ...end };
  },
};

export const samlProviderTagOperations: readonly AnyOperation[] = [
  tagSAMLProvider,
  untagSAMLProvider,
  listSAMLProviderTags,
];
