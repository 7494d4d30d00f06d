import { randomUUID } from 'node:crypto';
import type { SealedSecrets } from '../credentials/sealed-secret';
import type { AccessKeyRecord, AccountRecord, OwnedAccessKeyRecord } from '../identity/entities';
import { DEFAULT_QUOTAS } from '../identity/quotas';
import { readAccessKey, readOwnedAccessKey, toAttributes } from '../identity/records';
import {
  accessKeyKey,
  accountKey,
  accountPartition,
  CHILD_PREFIX,
  deployedAccessKeyKey,
  ownedAccessKeyKey,
} from '../store/keys';
import { ConditionFailed, type Item, type Store, type Write } from '../store/store';
import { ResourceRefused } from './custom-resource';

/** The access key that the root user of an account is to have. */
export interface RootAccessKey {
  /** Twelve digits. */
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RootAccessKeyOptions {
  readonly store: Store;
  readonly sealedSecrets: SealedSecrets;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What the store holds of the account, as far as its root user's keys are concerned. */
interface Situation {
  readonly account: Item | undefined;
  readonly deployed: Item | undefined;
  readonly wanted: Item | undefined;
  readonly owned: readonly OwnedAccessKeyRecord[];
}

const MAX_ATTEMPTS = 5;

/**
 * Makes the account, and the given key its root user's: in one transaction, in which the key of an earlier deployment goes. Keys
 * that the root user made itself stay. Where all this is so already, nothing is written.
 *
 * Errors: {@link ResourceRefused}; StoreUnavailable, and what the key service throws.
 */
export async function installRootAccessKey(
  options: RootAccessKeyOptions,
  key: RootAccessKey,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const writes = await planWrites(options, key, await readSituation(options.store, key));
    if (writes.length === 0) {
      return;
    }
    try {
      await options.store.transact(writes, { token: randomUUID() });
      return;
    } catch (error) {
      // Somebody else wrote meanwhile, perhaps a repetition of this very request: look again.
      if (!(error instanceof ConditionFailed) || attempt === MAX_ATTEMPTS) {
        throw error;
      }
    }
  }
}

async function readSituation(store: Store, key: RootAccessKey): Promise<Situation> {
  const { accountId, accessKeyId } = key;
  const [[account, deployed, wanted], owned] = await Promise.all([
    store.getMany(
      [accountKey(accountId), deployedAccessKeyKey(accountId), accessKeyKey(accessKeyId)],
      { consistent: true },
    ),
    store.query('identities', accountPartition(accountId), {
      consistent: true,
      prefix: CHILD_PREFIX.accessKey,
    }),
  ]);
  return { account, deployed, wanted, owned: owned.items.map(readOwnedAccessKey) };
}

async function planWrites(
  options: RootAccessKeyOptions,
  key: RootAccessKey,
  situation: Situation,
): Promise<readonly Write[]> {
  const deployedId = situation.deployed?.attributes['AccessKeyId'];
  const replacedId =
    typeof deployedId === 'string' &&
    deployedId !== key.accessKeyId &&
    situation.owned.some(({ AccessKeyId }) => AccessKeyId === deployedId)
      ? deployedId
      : undefined;
  const keyWrites =
    situation.wanted === undefined
      ? await createWrites(options, key)
      : await renewWrites(options, key, situation.wanted);
  const created = situation.wanted === undefined ? 1 : 0;
  const replaced = replacedId === undefined ? 0 : 1;
  return [
    ...accountWrites(options, key, situation, created - replaced),
    ...keyWrites,
    ...(replacedId === undefined ? [] : deleteWrites(key.accountId, replacedId)),
    ...(deployedId === key.accessKeyId ? [] : [deployedWrite(key, situation.deployed)]),
  ];
}

function accountWrites(
  { now }: RootAccessKeyOptions,
  { accountId }: RootAccessKey,
  { account, owned }: Situation,
  added: number,
): readonly Write[] {
  const count = owned.length + added;
  if (added > 0 && count > DEFAULT_QUOTAS.AccessKeysPerUser) {
    throw new ResourceRefused(
      `the root user of ${accountId} has ${owned.length} access keys of its own; delete one first`,
    );
  }
  const key = accountKey(accountId);
  if (account === undefined) {
    const record: AccountRecord = {
      AccountId: accountId,
      CreateDate: now(),
      UserCount: 0,
      GroupCount: 0,
      PolicyCount: 0,
      AccessKeyCount: count,
    };
    return [{ kind: 'put', key, attributes: toAttributes(record), condition: { exists: false } }];
  }
  const condition = { exists: true, revision: account.revision };
  return added === 0 ? [] : [{ kind: 'update', key, add: { AccessKeyCount: added }, condition }];
}

async function createWrites(
  options: RootAccessKeyOptions,
  key: RootAccessKey,
): Promise<readonly Write[]> {
  const { accountId, accessKeyId } = key;
  const owned: OwnedAccessKeyRecord = {
    AccessKeyId: accessKeyId,
    Status: 'Active',
    CreateDate: options.now(),
  };
  const record: AccessKeyRecord = {
    ...owned,
    AccountId: accountId,
    OwnerKind: 'Root',
    OwnerId: accountId,
    SealedSecret: await seal(options, key),
    GroupIds: [],
  };
  return [
    {
      kind: 'put',
      key: accessKeyKey(accessKeyId),
      attributes: toAttributes(record),
      condition: { exists: false },
    },
    {
      kind: 'put',
      key: ownedAccessKeyKey(accountPartition(accountId), accessKeyId),
      attributes: toAttributes(owned),
      condition: { exists: 'any' },
    },
  ];
}

/** The key is there. Where its secret is another one, somebody wants to get in with the new one: then it is active, too. */
async function renewWrites(
  options: RootAccessKeyOptions,
  key: RootAccessKey,
  item: Item,
): Promise<readonly Write[]> {
  const record = readAccessKey(item);
  if (record.OwnerKind !== 'Root' || record.AccountId !== key.accountId) {
    throw new ResourceRefused(`the access key ${key.accessKeyId} belongs to somebody else`);
  }
  const secret = await options.sealedSecrets.open(record.SealedSecret, bindingOf(key));
  if (secret === key.secretAccessKey) {
    return [];
  }
  return [
    {
      kind: 'update',
      key: accessKeyKey(key.accessKeyId),
      set: { SealedSecret: await seal(options, key), Status: 'Active' },
      condition: { exists: true, revision: item.revision },
    },
    {
      kind: 'update',
      key: ownedAccessKeyKey(accountPartition(key.accountId), key.accessKeyId),
      set: { Status: 'Active' },
      condition: { exists: true },
    },
  ];
}

function deleteWrites(accountId: string, accessKeyId: string): readonly Write[] {
  const keys = [
    accessKeyKey(accessKeyId),
    ownedAccessKeyKey(accountPartition(accountId), accessKeyId),
  ];
  return keys.map((key) => ({ kind: 'delete', key, condition: { exists: true } }));
}

function deployedWrite(
  { accountId, accessKeyId }: RootAccessKey,
  deployed: Item | undefined,
): Write {
  return {
    kind: 'put',
    key: deployedAccessKeyKey(accountId),
    attributes: { AccessKeyId: accessKeyId },
    condition:
      deployed === undefined ? { exists: false } : { exists: true, revision: deployed.revision },
  };
}

async function seal(options: RootAccessKeyOptions, key: RootAccessKey): Promise<Uint8Array> {
  return options.sealedSecrets.seal(key.secretAccessKey, bindingOf(key));
}

function bindingOf({ accountId, accessKeyId }: RootAccessKey) {
  return { table: 'identities', ownerId: accountId, keyId: accessKeyId } as const;
}
