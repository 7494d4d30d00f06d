import { readAccount } from '../identity/records';
import type { Call } from '../operations/operation';
import { accountKey, accountPartition, principalPartition } from '../store/keys';
import type { Key } from '../store/store';
import { readGroupIds } from './children';
import { requireSubject } from './targets';

/** Whoever access keys belong to: a user, or the account's root user. */
export interface KeyOwner {
  readonly kind: 'Root' | 'User';
  /** `AIDA…`, or the account id for root. */
  readonly id: string;
  /** The root user has none. */
  readonly userName: string | undefined;
  readonly accessKeyCount: number;
  /** Good for as long as the owner's row has this revision. */
  readonly groupIds: readonly string[];
  /** The row that counts the keys. */
  readonly key: Key;
  readonly revision: number;
  /** Where the keys are listed. */
  readonly partition: string;
}

/** The user of that name; without a name, the caller. */
export async function findKeyOwner(call: Call, userName: string | undefined): Promise<KeyOwner> {
  const user = await requireSubject(call, userName);
  if (user === undefined) {
    return findRoot(call);
  }
  return {
    kind: 'User',
    id: user.entity.UserId,
    userName: user.entity.UserName,
    accessKeyCount: user.entity.AccessKeyCount,
    groupIds: await readGroupIds(call, user.entity.UserId),
    key: user.key,
    revision: user.revision,
    partition: principalPartition('User', call.accountId, user.entity.UserId),
  };
}

async function findRoot(call: Call): Promise<KeyOwner> {
  const key = accountKey(call.accountId);
  const item = await call.store.get(key, { consistent: true });
  if (item === undefined) {
    throw new Error('the account of a caller has a row');
  }
  return {
    kind: 'Root',
    id: call.accountId,
    userName: undefined,
    accessKeyCount: readAccount(item).AccessKeyCount,
    groupIds: [],
    key,
    revision: item.revision,
    partition: accountPartition(call.accountId),
  };
}
