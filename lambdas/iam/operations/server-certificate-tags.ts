import {
  ListServerCertificateTags$,
  TagServerCertificate$,
  UntagServerCertificate$,
  type ListServerCertificateTagsRequest,
  type ListServerCertificateTagsResponse,
  type TagServerCertificateRequest,
  type UntagServerCertificateRequest,
} from '@aws-sdk/client-iam';
import { requestTagContext } from '../../identity/tags';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { readTags } from '../requested-tags';
import { addTags, dropTags } from '../tag-writes';
import { onServerCertificate, requireServerCertificate } from '../server-certificates';
import { viewTags } from '../views';

const tagServerCertificate: Operation<TagServerCertificateRequest, void> = {
  name: 'TagServerCertificate',
  schema: TagServerCertificate$,
  accessLevel: 'Tagging',
  route: 'POST /server-certificates/{ServerCertificateName}/tags',
  authorization: onServerCertificate('iam:TagServerCertificate', {
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const certificate = await requireServerCertificate(call, input.ServerCertificateName);
    await addTags(call, certificate, readTags(input.Tags), {
      name: 'TagsPerServerCertificate',
      limit: call.quotas.TagsPerServerCertificate,
    });
  },
};

const untagServerCertificate: Operation<UntagServerCertificateRequest, void> = {
  name: 'UntagServerCertificate',
  schema: UntagServerCertificate$,
  accessLevel: 'Tagging',
  route: 'DELETE /server-certificates/{ServerCertificateName}/tags',
  authorization: onServerCertificate('iam:UntagServerCertificate', {
    conditionKeys: ['aws:TagKeys'],
    context: (input) => ({ 'aws:TagKeys': input.TagKeys }),
  }),
  errors: ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    await dropTags(
      call,
      await requireServerCertificate(call, input.ServerCertificateName),
      input.TagKeys,
    );
  },
};

const listServerCertificateTags: Operation<
  ListServerCertificateTagsRequest,
  ListServerCertificateTagsResponse
> = {
  name: 'ListServerCertificateTags',
  schema: ListServerCertificateTags$,
  accessLevel: 'List',
  route: 'GET /server-certificates/{ServerCertificateName}/tags',
  authorization: onServerCertificate('iam:ListServerCertificateTags'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireServerCertificate(call, input.ServerCertificateName);
    const { rows, end } = await takePageOf(call, input, viewTags(entity.Tags), (tag) =>
      String(tag.Key),
    );
    return { Tags: rows, ...end };
  },
};

export const serverCertificateTagOperations: readonly AnyOperation[] = [
  tagServerCertificate,
  untagServerCertificate,
  listServerCertificateTags,
];
