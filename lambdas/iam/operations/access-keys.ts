import {
  CreateAccessKey$,
  DeleteAccessKey$,
  ListAccessKeys$,
  UpdateAccessKey$,
  type AccessKeyMetadata,
  type CreateAccessKeyRequest,
  type CreateAccessKeyResponse,
  type DeleteAccessKeyRequest,
  type ListAccessKeysRequest,
  type ListAccessKeysResponse,
  type UpdateAccessKeyRequest,
} from '@aws-sdk/client-iam';
import { createAccessKeyId, createSecretAccessKey } from '../../credentials/access-key';
import type { AccessKeyRecord, OwnedAccessKeyRecord } from '../../identity/entities';
import { readAccessKey, readOwnedAccessKey, toAttributes } from '../../identity/records';
import { commit, type Step } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { quotaExceeded } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import {
  accessKeyKey,
  accessKeyLastUsedKey,
  CHILD_PREFIX,
  ownedAccessKeyKey,
} from '../../store/keys';
import { findKeyOwner, type KeyOwner } from '../access-key-owners';
import { onUser } from '../targets';

const createAccessKey: Operation<CreateAccessKeyRequest, CreateAccessKeyResponse> = {
  name: 'CreateAccessKey',
  schema: CreateAccessKey$,
  accessLevel: 'Write',
  route: 'POST /users/{UserName}/access-keys',
  authorization: onUser('iam:CreateAccessKey'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findKeyOwner(call, input.UserName);
    const { AccessKeysPerUser: quota } = call.quotas;
    if (owner.accessKeyCount >= quota) {
      throw quotaExceeded('AccessKeysPerUser', quota);
    }
    const accessKeyId = createAccessKeyId('AKIA', call.randomBytes);
    const secret = createSecretAccessKey(call.randomBytes);
    const owned: OwnedAccessKeyRecord = {
      AccessKeyId: accessKeyId,
      Status: 'Active',
      CreateDate: call.now,
    };
    const record: AccessKeyRecord = {
      ...owned,
      AccountId: call.accountId,
      OwnerKind: owner.kind,
      OwnerId: owner.id,
      SealedSecret: await call.sealSecret(secret, {
        table: 'identities',
        ownerId: owner.id,
        keyId: accessKeyId,
      }),
      GroupIds: owner.groupIds,
    };
    await commit(call, [
      putStep(accessKeyKey(accessKeyId), record),
      putStep(ownedAccessKeyKey(owner.partition, accessKeyId), owned),
      {
        // The revision holds the quota, and the groups that the key names.
        write: {
          kind: 'update',
          key: owner.key,
          add: { AccessKeyCount: 1 },
          condition: { exists: true, revision: owner.revision },
        },
      },
    ]);
    return {
      AccessKey: {
        UserName: owner.userName,
        AccessKeyId: accessKeyId,
        Status: 'Active',
        SecretAccessKey: secret,
        CreateDate: new Date(call.now),
      },
    };
  },
};

function putStep(key: ReturnType<typeof accessKeyKey>, row: object): Step {
  return {
    write: { kind: 'put', key, attributes: toAttributes(row), condition: { exists: false } },
  };
}

const listAccessKeys: Operation<ListAccessKeysRequest, ListAccessKeysResponse> = {
  name: 'ListAccessKeys',
  schema: ListAccessKeys$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/access-keys',
  authorization: onUser('iam:ListAccessKeys'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findKeyOwner(call, input.UserName);
    const range = {
      table: 'identities',
      partition: owner.partition,
      prefix: CHILD_PREFIX.accessKey,
    } as const;
    const { rows, end } = await takePage(
      call,
      input,
      (after) =>
        queryEntries(call, { ...range, after }, input.MaxItems, (items) =>
          items.map((item) => viewKey(owner, readOwnedAccessKey(item))),
        ),
      ({ CreateDate }) => CreateDate,
    );
    return { AccessKeyMetadata: rows, ...end };
  },
};

function viewKey(owner: KeyOwner, key: OwnedAccessKeyRecord): AccessKeyMetadata {
  return {
    ...(owner.userName === undefined ? {} : { UserName: owner.userName }),
    AccessKeyId: key.AccessKeyId,
    Status: key.Status,
    CreateDate: new Date(key.CreateDate),
  };
}

const updateAccessKey: Operation<UpdateAccessKeyRequest, void> = {
  name: 'UpdateAccessKey',
  schema: UpdateAccessKey$,
  accessLevel: 'Write',
  route: 'PUT /users/{UserName}/access-keys/{AccessKeyId}',
  authorization: onUser('iam:UpdateAccessKey'),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    if (input.Status === 'Expired') {
      throw new IamError('InvalidInput', 'The status of an access key cannot be set to Expired.');
    }
    const owner = await findKeyOwner(call, input.UserName);
    await requireKey(call, owner, input.AccessKeyId);
    const keys = [
      accessKeyKey(input.AccessKeyId),
      ownedAccessKeyKey(owner.partition, input.AccessKeyId),
    ];
    await commit(
      call,
      keys.map((key) => ({
        write: {
          kind: 'update',
          key,
          set: { Status: input.Status },
          condition: { exists: true },
        },
      })),
    );
  },
};

const deleteAccessKey: Operation<DeleteAccessKeyRequest, void> = {
  name: 'DeleteAccessKey',
  schema: DeleteAccessKey$,
  accessLevel: 'Write',
  route: 'DELETE /users/{UserName}/access-keys/{AccessKeyId}',
  authorization: onUser('iam:DeleteAccessKey'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findKeyOwner(call, input.UserName);
    await requireKey(call, owner, input.AccessKeyId);
    const keys = [
      accessKeyKey(input.AccessKeyId),
      ownedAccessKeyKey(owner.partition, input.AccessKeyId),
    ];
    await commit(call, [
      ...keys.map((key): Step => ({ write: { kind: 'delete', key, condition: { exists: true } } })),
      {
        write: {
          kind: 'delete',
          key: accessKeyLastUsedKey(input.AccessKeyId),
          condition: { exists: 'any' },
        },
      },
      {
        write: {
          kind: 'update',
          key: owner.key,
          add: { AccessKeyCount: -1 },
          condition: { exists: true },
        },
      },
    ]);
  },
};

/** A key of somebody else is no key, for whoever asks for it under this owner. */
async function requireKey(call: Call, owner: KeyOwner, accessKeyId: string): Promise<void> {
  const item = await call.store.get(accessKeyKey(accessKeyId), { consistent: true });
  const key = item === undefined ? undefined : readAccessKey(item);
  if (key?.OwnerId !== owner.id || key.AccountId !== call.accountId) {
    throw new IamError('NoSuchEntity', `The Access Key with id ${accessKeyId} cannot be found.`);
  }
}

export const accessKeyOperations: readonly AnyOperation[] = [
  createAccessKey,
  listAccessKeys,
  updateAccessKey,
  deleteAccessKey,
];
