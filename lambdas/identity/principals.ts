import type { ConditionContext } from '../core/request-context';
import { createPolicySet, type PolicySet } from '../core/policy-set';
import { accessKeyKey, accountKey, accountPartition, ownedAccessKeyKey } from '../store/keys';
import type { Store } from '../store/store';
import { iamArn, rootArn } from './arns';
import type { Caller } from './caller';
import type { AccessKeyRecord, Tag, UserRecord } from './entities';
import { loadUserPolicies } from './principal-policies';
import { loadUserRows } from './principal-partitions';
import { readAccessKey, readOwnedAccessKey } from './records';

/** Who owns a credential, by ids alone: a name could have been given to somebody else since. */
export interface PrincipalOwner {
  readonly kind: 'Root' | 'User';
  /** Twelve digits. */
  readonly accountId: string;
  /** `AIDA…`, or the account id for the root user. */
  readonly id: string;
  /** The groups to read together with the owner. A hint only: the owner's membership rows decide. */
  readonly groupIds: readonly string[];
}

export interface PrincipalOptions {
  /** As for every read of the store; an access decision that guards a mutation says true. */
  readonly consistent: boolean;
  /** The long-term key that the call was signed with; it must be the owner's, and active. */
  readonly accessKeyId: string;
  /** `aws`, for the principal's ARN. */
  readonly partition: string;
}

/** A caller with everything that a decision about it needs. */
export interface LoadedPrincipal {
  readonly caller: Caller;
  readonly policies: PolicySet;
  /** About what it takes in memory, policies counted in full although principals share them. For caches. */
  readonly bytes: number;
}

/** What a caller takes without its tags and policies, as measured with room to spare. */
export const CALLER_BYTES = 2048;

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
 */
const ACCESS_KEY_ID_LENGTH = { minimum: 16, maximum: 128 } as const;

/**
 * The record of an access key; undefined where there is none, in which case AWS answers InvalidClientTokenId.
 * The caller of this function checks `Status`, and verifies the signature before it goes on to {@link loadPrincipal}.
 *
 * One round trip. Throws StoreUnavailable.
 */
export async function loadAccessKey(
  store: Store,
  accessKeyId: string,
  options: { readonly consistent: boolean },
): Promise<AccessKeyRecord | undefined> {
  if (!isAccessKeyId(accessKeyId)) {
    return undefined;
  }
  const item = await store.get(accessKeyKey(accessKeyId), options);
  return item === undefined ? undefined : readAccessKey(item);
}

/** The owner that an access key's record names. */
export function ownerOf(accessKey: AccessKeyRecord): PrincipalOwner {
  return {
    kind: accessKey.OwnerKind,
    accountId: accessKey.AccountId,
    id: accessKey.OwnerId,
    groupIds: accessKey.GroupIds,
  };
}

/**
 * The owner of a verified credential as the caller of a decision, with all its policies compiled.
 * undefined where the owner is gone or no longer lists the key as active: AWS answers InvalidClientTokenId.
 *
 * While a policy, group or boundary that the owner refers to cannot be read, its policies allow nothing: nobody knows what that
 * one would have denied.
 *
 * Two round trips: the owner and its groups, then all managed policies; one more where a group was joined since
 * `groupIds` was read. Throws StoreUnavailable.
 */
export async function loadPrincipal(
  store: Store,
  owner: PrincipalOwner,
  options: PrincipalOptions,
): Promise<LoadedPrincipal | undefined> {
  return owner.kind === 'Root' ? loadRoot(store, owner, options) : loadUser(store, owner, options);
}

/**
 * The root user has no identity-based policies; the decision itself gives it its account.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
 */
async function loadRoot(
  store: Store,
  { accountId, id }: PrincipalOwner,
  options: PrincipalOptions,
): Promise<LoadedPrincipal | undefined> {
  const [account, ownedKey] = await store.getMany(
    [accountKey(accountId), ownedAccessKeyKey(accountPartition(accountId), options.accessKeyId)],
    { consistent: options.consistent },
  );
  if (account === undefined || ownedKey === undefined || id !== accountId) {
    return undefined;
  }
  if (!ownsActiveKey([readOwnedAccessKey(ownedKey)], options.accessKeyId)) {
    return undefined;
  }
  const arn = rootArn({ partition: options.partition, accountId });
  return {
    caller: {
      principal: { type: 'Root', arn, accountId, uniqueId: accountId },
      accountId,
      userId: accountId,
      accessKeyId: options.accessKeyId,
      context: principalContext({ arn, accountId, userId: accountId, principalType: 'Account' }),
    },
    policies: createPolicySet({ identity: [] }),
    bytes: CALLER_BYTES,
  };
}

async function loadUser(
  store: Store,
  owner: PrincipalOwner,
  options: PrincipalOptions,
): Promise<LoadedPrincipal | undefined> {
  const rows = await loadUserRows(store, owner, options);
  if (rows === undefined || !ownsActiveKey(rows.accessKeys, options.accessKeyId)) {
    return undefined;
  }
  const { policies, bytes } = await loadUserPolicies(store, rows, options);
  return {
    caller: userCaller(rows.user, owner.accountId, options),
    policies,
    bytes: bytes + CALLER_BYTES + tagBytes(rows.user.Tags),
  };
}

/**
 * The key's own record was read before its owner, and a restored table may hold only one of the two rows:
 * a key that its owner's list does not show cannot be seen, nor deleted, so it must not work either.
 */
export function ownsActiveKey(
  accessKeys: readonly { readonly AccessKeyId: string; readonly Status: string }[],
  accessKeyId: string,
): boolean {
  return accessKeys.some((key) => key.AccessKeyId === accessKeyId && key.Status === 'Active');
}

/** About what tags take in memory. */
export function tagBytes(tags: readonly Tag[]): number {
  return tags.reduce((bytes, { Key, Value }) => bytes + 2 * (Key.length + Value.length), 0);
}

/** A user as a caller; `options` name the key that the call was signed with. */
export function userCaller(
  user: UserRecord,
  accountId: string,
  options: Pick<PrincipalOptions, 'accessKeyId' | 'partition'>,
): Caller {
  const scope = { partition: options.partition, accountId };
  const arn = iamArn(scope, 'user', user.Path, user.UserName);
  return {
    principal: { type: 'User', arn, accountId, uniqueId: user.UserId },
    accountId,
    userId: user.UserId,
    userName: user.UserName,
    accessKeyId: options.accessKeyId,
    context: principalContext({
      arn,
      accountId,
      userId: user.UserId,
      principalType: 'User',
      userName: user.UserName,
      tags: user.Tags,
    }),
  };
}

/**
 * The condition keys that AWS sets for every caller. `aws:MultiFactorAuthPresent`, `aws:TokenIssueTime` and the like are those of
 * sessions: with a long-term key they are absent, not false or empty; so are the keys of an organization.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function principalContext(principal: {
  readonly arn: string;
  readonly accountId: string;
  readonly userId: string;
  readonly principalType: 'Account' | 'User' | 'AssumedRole' | 'FederatedUser';
  readonly userName?: string;
  readonly tags?: readonly Tag[];
}): ConditionContext {
  const context: Record<string, string> = {
    'aws:PrincipalArn': principal.arn,
    'aws:PrincipalAccount': principal.accountId,
    'aws:PrincipalType': principal.principalType,
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': principal.userId,
  };
  if (principal.userName !== undefined) {
    context['aws:username'] = principal.userName;
  }
  for (const { Key, Value } of principal.tags ?? []) {
    context[`aws:PrincipalTag/${Key}`] = Value;
  }
  return context;
}

/** Whether a text could be the id of an access key, ours or one that was given to the deployment. */
export function isAccessKeyId(text: string): boolean {
  return (
    text.length >= ACCESS_KEY_ID_LENGTH.minimum &&
    text.length <= ACCESS_KEY_ID_LENGTH.maximum &&
    /^[A-Za-z0-9_]+$/.test(text)
  );
}
