import {
  GetAccessKeyLastUsed$,
  type AccessKeyLastUsed,
  type GetAccessKeyLastUsedRequest,
  type GetAccessKeyLastUsedResponse,
} from '@aws-sdk/client-iam';
import { iamPathArn, rootArn } from '../../identity/arns';
import type { AccessKeyRecord, UserRecord } from '../../identity/entities';
import { findUserById, type Found } from '../../identity/lookup';
import { readAccessKey, readAccessKeyLastUsed } from '../../identity/records';
import { resourceTagContext } from '../../identity/tags';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { accessKeyKey, accessKeyLastUsedKey } from '../../store/keys';

const getAccessKeyLastUsed: Operation<GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse> = {
  name: 'GetAccessKeyLastUsed',
  schema: GetAccessKeyLastUsed$,
  accessLevel: 'Read',
  route: 'GET /access-keys/{AccessKeyId}/last-used',
  authorization: {
    action: 'iam:GetAccessKeyLastUsed',
    resourceType: 'user',
    resources: async ({ AccessKeyId }, call) => [await ownerArn(call, AccessKeyId)],
    resourceName: ({ AccessKeyId }) => `access key ${AccessKeyId}`,
    conditionKeys: ['aws:ResourceTag/${TagKey}', 'iam:ResourceTag/${TagKey}'],
    context: async ({ AccessKeyId }, call) =>
      resourceTagContext((await findOwner(call, AccessKeyId))?.entity.Tags ?? []),
  },
  errors: ['NoSuchEntity'],
  run: async ({ AccessKeyId }, call) => {
    if ((await findKey(call, AccessKeyId)) === undefined) {
      throw new IamError('NoSuchEntity', `The Access Key with id ${AccessKeyId} cannot be found.`);
    }
    const owner = await findOwner(call, AccessKeyId);
    return {
      ...(owner === undefined ? {} : { UserName: owner.entity.UserName }),
      AccessKeyLastUsed: await readLastUse(call, AccessKeyId),
    };
  },
};

/** Source: "This field displays "N/A"" where a key has not been used; the date is left out then. */
async function readLastUse(call: Call, accessKeyId: string): Promise<AccessKeyLastUsed> {
  const item = await call.store.get(accessKeyLastUsedKey(accessKeyId), { consistent: true });
  if (item === undefined) {
    return { ServiceName: 'N/A', Region: 'N/A' };
  }
  const { LastUsedDate, ServiceName, Region } = readAccessKeyLastUsed(item);
  return { LastUsedDate: new Date(LastUsedDate), ServiceName, Region };
}

/** A key that nobody here has is authorized as if it were any user's. */
async function ownerArn(call: Call, accessKeyId: string): Promise<string> {
  const key = await findKey(call, accessKeyId);
  if (key?.OwnerKind === 'Root') {
    return rootArn(call);
  }
  return (await findOwner(call, accessKeyId))?.arn ?? iamPathArn(call, 'user', '/');
}

/** The user whose key it is; undefined for a key of root, and for one that nobody here has. */
async function findOwner(call: Call, accessKeyId: string): Promise<Found<UserRecord> | undefined> {
  const key = await findKey(call, accessKeyId);
  return key?.OwnerKind === 'User' ? findUserById(call, key.OwnerId) : undefined;
}

/** A key of another account is no key here. */
async function findKey(call: Call, accessKeyId: string): Promise<AccessKeyRecord | undefined> {
  const item = await call.store.get(accessKeyKey(accessKeyId), { consistent: true });
  const key = item === undefined ? undefined : readAccessKey(item);
  return key?.AccountId === call.accountId ? key : undefined;
}

export const accessKeyLastUsedOperations: readonly AnyOperation[] = [getAccessKeyLastUsed];
