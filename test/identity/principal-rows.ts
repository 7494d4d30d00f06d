import {
  accessKeyKey,
  accountKey,
  accountPartition,
  attachmentKey,
  inlinePolicyKey,
  memberKey,
  membershipKey,
  ownedAccessKeyKey,
  policyKey,
  principalKey,
  principalPartition,
} from '../../lambdas/store/keys';
import type {
  Attributes,
  Item,
  Key,
  QueryOptions,
  QueryPage,
  ReadOptions,
  Store,
  TableName,
} from '../../lambdas/store/store';

export const ACCOUNT = '123456789012';

export interface HolderRows {
  readonly inline?: Readonly<Record<string, string>>;
  readonly attached?: readonly string[];
}

export interface UserSeed extends HolderRows {
  readonly id: string;
  readonly name: string;
  readonly path?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly boundary?: string;
  readonly groups?: readonly string[];
}

let tokens = 0;

export async function put(store: Store, key: Key, attributes: Attributes): Promise<void> {
  tokens += 1;
  await store.transact([{ kind: 'put', key, attributes, condition: { exists: 'any' } }], {
    token: `seed-${tokens}`,
  });
}

export async function remove(store: Store, key: Key): Promise<void> {
  tokens += 1;
  await store.transact([{ kind: 'delete', key, condition: { exists: true } }], {
    token: `seed-${tokens}`,
  });
}

/** `ReadOrders` → a reference to the policy of that name, or to AWS's own for `aws:AdministratorAccess`. */
export function reference(name: string) {
  const [owner, own] = name.startsWith('aws:') ? ['aws', name.slice(4)] : [ACCOUNT, name];
  return {
    AccountId: owner,
    PolicyId: `ANPA${own}`,
    PolicyArn: `arn:aws:iam::${owner}:policy/${own}`,
    PolicyName: own,
  };
}

export async function putPolicy(store: Store, name: string, document: string, version = 1) {
  const { AccountId, PolicyId, PolicyName } = reference(name);
  await put(store, policyKey(AccountId, PolicyId), {
    PolicyName,
    PolicyId,
    AccountId,
    Path: '/',
    CreateDate: 0,
    UpdateDate: 0,
    Tags: [],
    DefaultVersion: version,
    DefaultDocument: document,
    LatestVersion: version,
    VersionCount: 1,
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
  });
}

async function putHolder(
  store: Store,
  kind: 'User' | 'Group',
  id: string,
  { inline = {}, attached = [] }: HolderRows,
): Promise<void> {
  for (const [PolicyName, PolicyDocument] of Object.entries(inline)) {
    await put(store, inlinePolicyKey(kind, ACCOUNT, id, PolicyName), {
      PolicyName,
      PolicyDocument,
    });
  }
  for (const name of attached) {
    const row = reference(name);
    await put(store, attachmentKey(kind, ACCOUNT, id, row.PolicyId), row);
  }
}

const HOLDER = { CreateDate: 0, AttachedPolicyCount: 0, InlinePolicyCount: 0, InlinePolicySize: 0 };

export async function putUser(store: Store, seed: UserSeed): Promise<void> {
  const { id, name, path = '/', tags = {}, boundary, groups = [] } = seed;
  await put(store, principalKey('User', ACCOUNT, id), {
    ...HOLDER,
    UserName: name,
    UserId: id,
    Path: path,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    GroupCount: groups.length,
    AccessKeyCount: 1,
    ...(boundary === undefined ? {} : { PermissionsBoundary: reference(boundary) }),
  });
  await putHolder(store, 'User', id, seed);
  for (const groupId of groups) {
    await putMembership(store, id, groupId);
  }
}

export async function putMembership(store: Store, userId: string, groupId: string): Promise<void> {
  await put(store, membershipKey(ACCOUNT, userId, groupId), { GroupId: groupId, CreateDate: 0 });
  await put(store, memberKey(ACCOUNT, groupId, userId), { UserId: userId, CreateDate: 0 });
}

export async function putGroup(
  store: Store,
  seed: HolderRows & { readonly id: string; readonly name: string },
): Promise<void> {
  await put(store, principalKey('Group', ACCOUNT, seed.id), {
    ...HOLDER,
    GroupName: seed.name,
    GroupId: seed.id,
    Path: '/',
    MemberCount: 0,
  });
  await putHolder(store, 'Group', seed.id, seed);
}

export async function putAccount(store: Store): Promise<void> {
  await put(store, accountKey(ACCOUNT), {
    AccountId: ACCOUNT,
    CreateDate: 0,
    UserCount: 0,
    GroupCount: 0,
    PolicyCount: 0,
    AccessKeyCount: 0,
  });
}

export async function putAccessKey(
  store: Store,
  accessKeyId: string,
  options: {
    readonly ownerId?: string;
    readonly ownerKind?: 'Root' | 'User';
    readonly groupIds?: readonly string[];
    readonly status?: 'Active' | 'Inactive';
    readonly sealedSecret?: Uint8Array;
  } = {},
): Promise<void> {
  const { ownerKind = 'User', groupIds = [], status = 'Active' } = options;
  const ownerId = options.ownerId ?? (ownerKind === 'Root' ? ACCOUNT : 'AIDAALICE');
  const owned = { AccessKeyId: accessKeyId, Status: status, CreateDate: 0 };
  await put(store, accessKeyKey(accessKeyId), {
    ...owned,
    AccountId: ACCOUNT,
    OwnerKind: ownerKind,
    OwnerId: ownerId,
    SealedSecret: options.sealedSecret ?? Buffer.from(`sealed ${accessKeyId}`),
    GroupIds: groupIds,
  });
  const partition =
    ownerKind === 'Root' ? accountPartition(ACCOUNT) : principalPartition('User', ACCOUNT, ownerId);
  await put(store, ownedAccessKeyKey(partition, accessKeyId), owned);
}

/**
 * Counts the calls of a store and the round trips that follow each other: calls that are in the air together are one trip. It can
 * fail any one call.
 */
export class ObservedStore implements Store {
  calls = 0;
  trips = 0;
  inconsistentReads = 0;
  /** Which call fails, counted from 1. */
  failingCall: number | undefined;
  failure: Error = new Error('not set');
  #inTheAir = 0;

  constructor(private readonly inner: Store) {}

  reset(): void {
    this.calls = 0;
    this.trips = 0;
    this.inconsistentReads = 0;
  }

  async get(key: Key, options: ReadOptions): Promise<Item | undefined> {
    return this.#observe(options, () => this.inner.get(key, options));
  }

  async getMany(
    keys: readonly Key[],
    options: ReadOptions,
  ): Promise<readonly (Item | undefined)[]> {
    return this.#observe(options, () => this.inner.getMany(keys, options));
  }

  async query(table: TableName, partition: string, options: QueryOptions): Promise<QueryPage> {
    return this.#observe(options, () => this.inner.query(table, partition, options));
  }

  async transact(...parameters: Parameters<Store['transact']>): Promise<void> {
    return this.#observe({ consistent: true }, () => this.inner.transact(...parameters));
  }

  async #observe<Value>(options: ReadOptions, call: () => Promise<Value>): Promise<Value> {
    this.calls += 1;
    if (!options.consistent) this.inconsistentReads += 1;
    if (this.#inTheAir === 0) this.trips += 1;
    this.#inTheAir += 1;
    const fails = this.calls === this.failingCall;
    try {
      // A turn of the event loop, as over a network: whoever asks meanwhile is in the same trip.
      await new Promise((resolve) => setImmediate(resolve));
      if (fails) throw this.failure;
      return await call();
    } finally {
      this.#inTheAir -= 1;
    }
  }
}
