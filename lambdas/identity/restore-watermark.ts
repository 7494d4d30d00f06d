import { randomUUID } from 'node:crypto';
import type { DataKeys } from '../credentials/data-key';
import {
  accessKeyKey,
  accountPartition,
  decodeParts,
  deployedAccessKeyKey,
  ownedAccessKeyKey,
  principalPartition,
} from '../store/keys';
import { ConditionFailed, type Item, type Store } from '../store/store';
import { readAccessKey } from './records';

/*
 * After a restore, what was revoked since the time that is gone back to would live again. Tokens are all ended: nobody can tell which
 * of them were revoked, because nothing is written to issue one. Long-term keys and passwords are rows, so that they can be told.
 */

export interface RestoredTables {
  readonly store: Store;
  readonly dataKeys: DataKeys;
  /** Every item of both tables, in any order; consistent. */
  readonly listItems: () => AsyncIterable<Item>;
}

/** A long-term key that works. */
export interface WorkingKey {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly ownerKind: 'Root' | 'User';
  readonly ownerId: string;
  /** Epoch milliseconds. */
  readonly createDate: number;
  /** Whether its secret is that of the deployment, in Secrets Manager, which no restore touches. */
  readonly isDeployed: boolean;
}

/** A password that may be an earlier one again. */
export interface RestoredPassword {
  readonly accountId: string;
  /** `AIDA…`, or the account id for root. */
  readonly ownerId: string;
}

/** What a person has to look at. */
export interface RestoreReview {
  /** The number of the data key that seals from now on: the watermark. */
  readonly dataKeyNumber: number;
  /** Oldest first. */
  readonly keys: readonly WorkingKey[];
  readonly passwords: readonly RestoredPassword[];
}

/** Ends every token of before, and finds what else could live again. Errors: those of store and key service. */
export async function setRestoreWatermark(tables: RestoredTables): Promise<RestoreReview> {
  // First: what is found afterwards can have no session of before.
  const dataKeyNumber = await tables.dataKeys.endTokens();
  const keys: WorkingKey[] = [];
  const passwords: RestoredPassword[] = [];
  for await (const item of tables.listItems()) {
    const [kind, accountId = '', ownerId = ''] = decodeParts(item.key.partition);
    if (kind === 'AccessKey') {
      const key = await workingKey(tables.store, item);
      if (key !== undefined) keys.push(key);
    } else if (kind === 'Credentials' && item.key.sort === 'LoginProfile') {
      passwords.push({ accountId, ownerId });
    }
  }
  keys.sort((left, right) => left.createDate - right.createDate);
  return { dataKeyNumber, keys, passwords };
}

async function workingKey(store: Store, item: Item): Promise<WorkingKey | undefined> {
  const key = readAccessKey(item);
  if (key.Status !== 'Active') return undefined;
  const { AccessKeyId: accessKeyId, AccountId: accountId, OwnerKind: ownerKind } = key;
  const deployed =
    ownerKind === 'Root'
      ? await store.get(deployedAccessKeyKey(accountId), { consistent: true })
      : undefined;
  return {
    accessKeyId,
    accountId,
    ownerKind,
    ownerId: key.OwnerId,
    createDate: key.CreateDate,
    isDeployed: deployed?.attributes['AccessKeyId'] === accessKeyId,
  };
}

/**
 * Makes a key work no longer, as UpdateAccessKey does; whoever reviews it makes it work again.
 *
 * @returns false where the key has gone meanwhile, or its owner does not list it.
 */
export async function deactivateKey(
  store: Store,
  { accessKeyId, accountId, ownerKind, ownerId }: WorkingKey,
): Promise<boolean> {
  const partition =
    ownerKind === 'Root'
      ? accountPartition(accountId)
      : principalPartition('User', accountId, ownerId);
  try {
    await store.transact(
      [accessKeyKey(accessKeyId), ownedAccessKeyKey(partition, accessKeyId)].map((key) => ({
        kind: 'update',
        key,
        set: { Status: 'Inactive' },
        condition: { exists: true },
      })),
      { token: randomUUID() },
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return false;
  }
}
