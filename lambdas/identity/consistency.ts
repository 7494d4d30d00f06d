import { countPolicyCharacters } from '../core/policy-size';
import {
  accessKeyKey,
  accountKey,
  accountPartition,
  attachedToKey,
  CHILD_PREFIX,
  instanceProfileKey,
  memberKey,
  membershipKey,
  namePartition,
  POLICY_CHILD_PREFIX,
  policyKey,
  policyPartition,
  principalKey,
  principalPartition,
  type NamedKind,
  usedInKey,
} from '../store/keys';
import type { Item, Key, Store, TableName } from '../store/store';
import { findCredentialInconsistencies } from './credential-consistency';
import type { PolicyReference } from './entities';
import {
  readAccessKey,
  readAccount,
  readAttachedTo,
  readAttachment,
  readGroup,
  readInlinePolicy,
  readMember,
  readMembership,
  readName,
  readOwnedAccessKey,
  readPolicy,
  readPolicyVersion,
  readUser,
} from './records';
import { readInstanceProfile, readRole, readUsedIn } from './role-entities';

/**
 * Everything in an account's rows that contradicts something else in them, one sentence each; none where the account is sound.
 * For operators, after a restore, and for tests. Reads every row of the account; other calls must rest meanwhile.
 *
 * Errors: StoreUnavailable, also for a row that cannot be read.
 */
export async function findInconsistencies(
  store: Store,
  accountId: string,
): Promise<readonly string[]> {
  const checker = new ConsistencyChecker(store, accountId);
  await checker.checkAccount();
  return [...checker.found, ...(await findCredentialInconsistencies(store, accountId))];
}

class ConsistencyChecker {
  readonly found: string[] = [];

  constructor(
    private readonly store: Store,
    private readonly accountId: string,
  ) {}

  async checkAccount(): Promise<void> {
    const item = await this.#get(accountKey(this.accountId));
    if (item === undefined) {
      this.found.push(`account ${this.accountId} has no row`);
      return;
    }
    const account = readAccount(item);
    const users = await this.#named('User', (id) => this.#checkUser(id));
    const groups = await this.#named('Group', (id) => this.#checkGroup(id));
    const policies = await this.#named('Policy', (id) => this.#checkPolicy(id));
    const roles = await this.#named('Role', (id) => this.#checkRole(id));
    const profiles = await this.#named('InstanceProfile', (id) => this.#checkInstanceProfile(id));
    const partition = accountPartition(this.accountId);
    const keys = await this.#checkAccessKeys(partition, this.accountId, []);
    this.#expect('users of the account', account.UserCount, users);
    this.#expect('groups of the account', account.GroupCount, groups);
    this.#expect('policies of the account', account.PolicyCount, policies);
    this.#expect('roles of the account', account.RoleCount ?? 0, roles);
    this.#expect('instance profiles', account.InstanceProfileCount ?? 0, profiles);
    this.#expect('access keys of root', account.AccessKeyCount, keys);
  }

  /** Every name leads to an entity of that name. */
  async #named(
    kind: NamedKind,
    check: (id: string) => Promise<string | undefined>,
  ): Promise<number> {
    const { table, partition } = namePartition(kind, this.accountId);
    const names = (await this.#list(table, partition, '')).map(readName);
    for (const name of names) {
      const stored = await check(name.Id);
      this.#expect(`the name ${name.Name} of ${name.Id}`, name.Path + name.Name, stored);
    }
    return names.length;
  }

  async #checkUser(id: string): Promise<string | undefined> {
    const item = await this.#get(principalKey('User', this.accountId, id));
    if (item === undefined) return undefined;
    const user = readUser(item);
    const partition = principalPartition('User', this.accountId, id);
    const groupIds = (await this.#children(partition, CHILD_PREFIX.membership)).map(
      (membership) => readMembership(membership).GroupId,
    );
    for (const groupId of groupIds) {
      await this.#expectRow(memberKey(this.accountId, groupId, id), `${id} in ${groupId}`);
    }
    const keys = await this.#checkAccessKeys(partition, id, groupIds);
    this.#expect(`groups of ${id}`, user.GroupCount, groupIds.length);
    this.#expect(`access keys of ${id}`, user.AccessKeyCount, keys);
    await this.#checkPolicies('User', id, user);
    const { PermissionsBoundary: boundary } = user;
    if (boundary !== undefined) {
      await this.#expectUse(boundary, 'PermissionsBoundary', 'User', id);
    }
    return user.Path + user.UserName;
  }

  async #checkGroup(id: string): Promise<string | undefined> {
    const item = await this.#get(principalKey('Group', this.accountId, id));
    if (item === undefined) return undefined;
    const group = readGroup(item);
    const partition = principalPartition('Group', this.accountId, id);
    const members = (await this.#children(partition, CHILD_PREFIX.member)).map(readMember);
    for (const { UserId: userId } of members) {
      await this.#expectRow(membershipKey(this.accountId, userId, id), `${userId} in ${id}`);
    }
    this.#expect(`members of ${id}`, group.MemberCount, members.length);
    await this.#checkPolicies('Group', id, group);
    return group.Path + group.GroupName;
  }

  async #checkRole(id: string): Promise<string | undefined> {
    const item = await this.#get(principalKey('Role', this.accountId, id));
    if (item === undefined) return undefined;
    const role = readRole(item);
    const partition = principalPartition('Role', this.accountId, id);
    const uses = (await this.#children(partition, CHILD_PREFIX.usedIn)).map(readUsedIn);
    this.#expect(`instance profiles of ${id}`, role.InstanceProfileCount, uses.length);
    for (const { InstanceProfileId: profileId } of uses) {
      const profile = await this.#get(instanceProfileKey(this.accountId, profileId));
      const held = profile === undefined ? undefined : readInstanceProfile(profile).RoleId;
      this.#expect(`role in ${profileId}`, id, held);
    }
    await this.#checkPolicies('Role', id, role);
    const { PermissionsBoundary: boundary } = role;
    if (boundary !== undefined) {
      await this.#expectUse(boundary, 'PermissionsBoundary', 'Role', id);
    }
    return role.Path + role.RoleName;
  }

  async #checkInstanceProfile(id: string): Promise<string | undefined> {
    const item = await this.#get(instanceProfileKey(this.accountId, id));
    if (item === undefined) return undefined;
    const profile = readInstanceProfile(item);
    if (profile.RoleId !== undefined) {
      await this.#expectRow(usedInKey(this.accountId, profile.RoleId, id), `role of ${id}`);
    }
    return profile.Path + profile.InstanceProfileName;
  }

  async #checkPolicies(
    kind: 'User' | 'Group' | 'Role',
    id: string,
    counted: {
      readonly AttachedPolicyCount: number;
      readonly InlinePolicyCount: number;
      readonly InlinePolicySize: number;
    },
  ): Promise<void> {
    const partition = principalPartition(kind, this.accountId, id);
    const attached = (await this.#children(partition, CHILD_PREFIX.attachment)).map(readAttachment);
    const inline = (await this.#children(partition, CHILD_PREFIX.inlinePolicy)).map(
      readInlinePolicy,
    );
    const size = inline.reduce(
      (sum, policy) => sum + countPolicyCharacters(policy.PolicyDocument),
      0,
    );
    this.#expect(`attachments of ${id}`, counted.AttachedPolicyCount, attached.length);
    this.#expect(`inline policies of ${id}`, counted.InlinePolicyCount, inline.length);
    this.#expect(`size of the inline policies of ${id}`, counted.InlinePolicySize, size);
    for (const policy of attached) {
      await this.#expectUse(policy, 'PermissionsPolicy', kind, id);
    }
  }

  async #checkPolicy(id: string): Promise<string | undefined> {
    const item = await this.#get(policyKey(this.accountId, id));
    if (item === undefined) return undefined;
    const policy = readPolicy(item);
    const partition = policyPartition(this.accountId, id);
    const versions = (await this.#list('policies', partition, POLICY_CHILD_PREFIX.version)).map(
      readPolicyVersion,
    );
    const uses = (await this.#list('policies', partition, POLICY_CHILD_PREFIX.attachedTo)).map(
      readAttachedTo,
    );
    const countOf = (usage: string) => uses.filter((use) => use.Usage === usage).length;
    this.#expect(`versions of ${id}`, policy.VersionCount, versions.length);
    this.#expect(
      `default version of ${id}`,
      policy.DefaultDocument,
      versions.find((version) => version.Version === policy.DefaultVersion)?.Document,
    );
    this.#expect(`uses of ${id}`, policy.AttachmentCount, countOf('PermissionsPolicy'));
    this.#expect(
      `uses of ${id} as boundary`,
      policy.PermissionsBoundaryUsageCount,
      countOf('PermissionsBoundary'),
    );
    for (const use of uses) {
      const key = principalKey(use.Kind, this.accountId, use.Id);
      await this.#expectRow(key, `${use.Id}, which uses ${id},`);
    }
    return policy.Path + policy.PolicyName;
  }

  /** What the owner's list says of its keys is what authentication finds. */
  async #checkAccessKeys(
    partition: string,
    ownerId: string,
    groupIds: readonly string[],
  ): Promise<number> {
    const owned = (await this.#children(partition, CHILD_PREFIX.accessKey)).map(readOwnedAccessKey);
    for (const { AccessKeyId: keyId, Status: status } of owned) {
      const item = await this.#get(accessKeyKey(keyId));
      const key = item === undefined ? undefined : readAccessKey(item);
      this.#expect(`owner of ${keyId}`, ownerId, key?.OwnerId);
      this.#expect(`status of ${keyId}`, status, key?.Status);
      this.#expect(
        `groups named by ${keyId}`,
        [...groupIds].sort().join(),
        [...(key?.GroupIds ?? [])].sort().join(),
      );
    }
    return owned.length;
  }

  async #expectUse(
    { PolicyId: policyId }: PolicyReference,
    usage: 'PermissionsPolicy' | 'PermissionsBoundary',
    kind: 'User' | 'Group' | 'Role',
    id: string,
  ): Promise<void> {
    const key = attachedToKey(this.accountId, policyId, usage, kind, id);
    await this.#expectRow(key, `${usage} ${policyId} of ${id}`);
  }

  async #expectRow(key: Key, what: string): Promise<void> {
    if ((await this.#get(key)) === undefined) {
      this.found.push(`${what} is missing on the other side`);
    }
  }

  #expect<Value>(what: string, expected: Value, actual: Value | undefined): void {
    if (expected !== actual) {
      this.found.push(`${what}: ${String(expected)} is not ${String(actual)}`);
    }
  }

  #get(key: Key): Promise<Item | undefined> {
    return this.store.get(key, { consistent: true });
  }

  #children(partition: string, prefix: string): Promise<readonly Item[]> {
    return this.#list('identities', partition, prefix);
  }

  async #list(table: TableName, partition: string, prefix: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    let after: string | undefined;
    do {
      const page = await this.store.query(table, partition, {
        consistent: true,
        prefix,
        ...(after === undefined ? {} : { after }),
      });
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return items;
  }
}
