import {
  ListOpenIDConnectProviderTags$,
  TagOpenIDConnectProvider$,
  UntagOpenIDConnectProvider$,
  type ListOpenIDConnectProviderTagsRequest,
  type ListOpenIDConnectProviderTagsResponse,
  type TagOpenIDConnectProviderRequest,
  type UntagOpenIDConnectProviderRequest,
} from '@aws-sdk/client-iam';
import { requestTagContext } from '../../identity/tags';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { readTags } from '../requested-tags';
import { addTags, dropTags } from '../tag-writes';
import { onOpenIdConnectProvider, requireOpenIdConnectProvider } from '../providers';
import { viewTags } from '../views';

const tagOpenIDConnectProvider: Operation<TagOpenIDConnectProviderRequest, void> = {
  name: 'TagOpenIDConnectProvider',
  schema: TagOpenIDConnectProvider$,
  accessLevel: 'Tagging',
  route: 'POST /oidc-providers/{OpenIDConnectProviderArn}/tags',
  authorization: onOpenIdConnectProvider('iam:TagOpenIDConnectProvider', {
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const provider = await requireOpenIdConnectProvider(call, input.OpenIDConnectProviderArn);
    await addTags(call, provider, readTags(input.Tags), {
      name: 'TagsPerOpenIdConnectProvider',
      limit: call.quotas.TagsPerOpenIDConnectProvider,
    });
  },
};

const untagOpenIDConnectProvider: Operation<UntagOpenIDConnectProviderRequest, void> = {
  name: 'UntagOpenIDConnectProvider',
  schema: UntagOpenIDConnectProvider$,
  accessLevel: 'Tagging',
  route: 'DELETE /oidc-providers/{OpenIDConnectProviderArn}/tags',
  authorization: onOpenIdConnectProvider('iam:UntagOpenIDConnectProvider', {
    conditionKeys: ['aws:TagKeys'],
    context: (input) => ({ 'aws:TagKeys': input.TagKeys }),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    await dropTags(
      call,
      await requireOpenIdConnectProvider(call, input.OpenIDConnectProviderArn),
      input.TagKeys,
    );
  },
};

const listOpenIDConnectProviderTags: Operation<
  ListOpenIDConnectProviderTagsRequest,
  ListOpenIDConnectProviderTagsResponse
> = {
  name: 'ListOpenIDConnectProviderTags',
  schema: ListOpenIDConnectProviderTags$,
  accessLevel: 'List',
  route: 'GET /oidc-providers/{OpenIDConnectProviderArn}/tags',
  authorization: onOpenIdConnectProvider('iam:ListOpenIDConnectProviderTags'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireOpenIdConnectProvider(call, input.OpenIDConnectProviderArn);
    const { rows, end } = await takePageOf(call, input, viewTags(entity.Tags), (tag) =>
      String(tag.Key),
    );
    return { Tags: rows, ...end };
  },
};

export const oidcProviderTagOperations: readonly AnyOperation[] = [
  tagOpenIDConnectProvider,
  untagOpenIDConnectProvider,
  listOpenIDConnectProviderTags,
];
