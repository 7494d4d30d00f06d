import {
  CreateSAMLProvider$,
  DeleteSAMLProvider$,
  GetSAMLProvider$,
  ListSAMLProviders$,
  UpdateSAMLProvider$,
  type CreateSAMLProviderRequest,
  type CreateSAMLProviderResponse,
  type DeleteSAMLProviderRequest,
  type GetSAMLProviderRequest,
  type GetSAMLProviderResponse,
  type ListSAMLProvidersResponse,
  type SAMLProviderListEntry,
  type UpdateSAMLProviderRequest,
  type UpdateSAMLProviderResponse,
} from '@aws-sdk/client-iam';
import type { SamlProviderRecord } from '../../identity/provider-entities';
import { readSamlProvider } from '../../identity/provider-records';
import { toAttributes } from '../../identity/records';
import { requestTagContext } from '../../identity/tags';
import { commit } from '../../operations/commit';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { samlProviderKey, samlProviderPartition } from '../../store/keys';
import { countStep, discountStep } from '../account-steps';
import { readChildren } from '../children';
import { onSamlProvider, requireSamlProvider, samlProviderArn } from '../providers';
import { checkTagQuota, readTags } from '../requested-tags';
import {
  addPrivateKey,
  checkEncryption,
  createProviderId,
  readMetadata,
  removePrivateKey,
} from '../saml-provider-parts';
import { viewTags } from '../views';

const createSAMLProvider: Operation<CreateSAMLProviderRequest, CreateSAMLProviderResponse> = {
  name: 'CreateSAMLProvider',
  schema: CreateSAMLProvider$,
  accessLevel: 'Write',
  route: 'POST /saml-providers',
  authorization: {
    action: 'iam:CreateSAMLProvider',
    resourceType: 'saml-provider',
    resources: (input, call) => [samlProviderArn(call, input.Name)],
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  },
  errors: ['ConcurrentModification', 'EntityAlreadyExists', 'InvalidInput', 'LimitExceeded'],
  run: async (input, call) => {
    const tags = readTags(input.Tags);
    checkTagQuota(tags, 'TagsPerSAMLProvider', call.quotas.TagsPerSAMLProvider);
    const SAMLProviderUUID = createProviderId(call);
    const provider: SamlProviderRecord = {
      Name: input.Name,
      SAMLProviderUUID,
      ...readMetadata(call, input.SAMLMetadataDocument),
      CreateDate: call.now,
      AssertionEncryptionMode: input.AssertionEncryptionMode,
      PrivateKeys: await addPrivateKey(call, SAMLProviderUUID, [], input.AddPrivateKey),
      Tags: tags,
    };
    checkEncryption(provider);
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: samlProviderKey(call.accountId, provider.Name),
          attributes: toAttributes(provider),
          condition: { exists: false },
        },
        refusal: new IamError(
          'EntityAlreadyExists',
          `SAMLProvider with name ${provider.Name} already exists.`,
        ),
      },
      countStep(
        call,
        'SAMLProviderCount',
        'SAMLProvidersPerAccount',
        call.quotas.SAMLProvidersPerAccount,
      ),
    ]);
    return {
      SAMLProviderArn: samlProviderArn(call, provider.Name),
      ...(tags.length === 0 ? {} : { Tags: viewTags(tags) }),
    };
  },
};

const getSAMLProvider: Operation<GetSAMLProviderRequest, GetSAMLProviderResponse> = {
  name: 'GetSAMLProvider',
  schema: GetSAMLProvider$,
  accessLevel: 'Read',
  route: 'GET /saml-providers/{SAMLProviderArn}',
  authorization: onSamlProvider('iam:GetSAMLProvider'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireSamlProvider(call, input.SAMLProviderArn);
    return {
      SAMLProviderUUID: entity.SAMLProviderUUID,
      SAMLMetadataDocument: entity.SAMLMetadataDocument,
      CreateDate: new Date(entity.CreateDate),
      ValidUntil: new Date(entity.ValidUntil),
      Tags: viewTags(entity.Tags),
      ...(entity.AssertionEncryptionMode === undefined
        ? {}
        : { AssertionEncryptionMode: entity.AssertionEncryptionMode }),
      PrivateKeyList: entity.PrivateKeys.map(({ KeyId, Timestamp }) => ({
        KeyId,
        Timestamp: new Date(Timestamp),
      })),
    };
  },
};

const listSAMLProviders: Operation<unknown, ListSAMLProvidersResponse> = {
  name: 'ListSAMLProviders',
  schema: ListSAMLProviders$,
  accessLevel: 'List',
  route: 'GET /saml-providers',
  authorization: {
    action: 'iam:ListSAMLProviders',
    resourceType: 'saml-provider',
    resources: (_input, call) => [samlProviderArn(call, '*')],
    conditionKeys: [],
  },
  errors: [],
  run: async (_input, call) => ({
    SAMLProviderList: [
      ...(await readChildren<SAMLProviderListEntry>(
        call,
        samlProviderPartition(call.accountId),
        '',
        (item) => {
          const provider = readSamlProvider(item);
          return {
            Arn: samlProviderArn(call, provider.Name),
            ValidUntil: new Date(provider.ValidUntil),
            CreateDate: new Date(provider.CreateDate),
          };
        },
      )),
    ],
  }),
};

const updateSAMLProvider: Operation<UpdateSAMLProviderRequest, UpdateSAMLProviderResponse> = {
  name: 'UpdateSAMLProvider',
  schema: UpdateSAMLProvider$,
  accessLevel: 'Write',
  route: 'PUT /saml-providers/{SAMLProviderArn}',
  authorization: onSamlProvider('iam:UpdateSAMLProvider'),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity, arn, key, revision } = await requireSamlProvider(call, input.SAMLProviderArn);
    const kept = removePrivateKey(entity.PrivateKeys, input.RemovePrivateKey);
    const changed = {
      ...(input.SAMLMetadataDocument === undefined
        ? {}
        : readMetadata(call, input.SAMLMetadataDocument)),
      ...(input.AssertionEncryptionMode === undefined
        ? {}
        : { AssertionEncryptionMode: input.AssertionEncryptionMode }),
      PrivateKeys: await addPrivateKey(call, entity.SAMLProviderUUID, kept, input.AddPrivateKey),
    };
    checkEncryption({ ...entity, ...changed });
    await commit(call, [
      {
        write: {
          kind: 'update',
          key,
          set: toAttributes(changed),
          condition: { exists: true, revision },
        },
      },
    ]);
    return { SAMLProviderArn: arn };
  },
};

const deleteSAMLProvider: Operation<DeleteSAMLProviderRequest, void> = {
  name: 'DeleteSAMLProvider',
  schema: DeleteSAMLProvider$,
  accessLevel: 'Write',
  route: 'DELETE /saml-providers/{SAMLProviderArn}',
  authorization: onSamlProvider('iam:DeleteSAMLProvider'),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const { key, revision } = await requireSamlProvider(call, input.SAMLProviderArn);
    await commit(call, [
      { write: { kind: 'delete', key, condition: { exists: true, revision } } },
      discountStep(call, 'SAMLProviderCount'),
    ]);
  },
};

export const samlProviderOperations: readonly AnyOperation[] = [
  createSAMLProvider,
  getSAMLProvider,
  listSAMLProviders,
  updateSAMLProvider,
  deleteSAMLProvider,
];
