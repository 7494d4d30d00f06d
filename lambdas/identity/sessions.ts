import type { ConditionContext } from '../core/request-context';
import type { SessionClaims, SessionPolicies } from '../credentials/session-claims';
import { requireUnexpired } from '../credentials/session-token';
import { accountKey, accountPartition, ownedAccessKeyKey } from '../store/keys';
import type { Store } from '../store/store';
import { federatedUserArn, iamArn, roleSessionArn, rootArn } from './arns';
import type { Caller, CallerSession } from './caller';
import { loadRolePolicies, loadRootPolicies, loadUserPolicies } from './principal-policies';
import { loadRoleRows, loadUserRows } from './principal-partitions';
import {
  CALLER_BYTES,
  ownsActiveKey,
  principalContext,
  tagBytes,
  userCaller,
  type LoadedPrincipal,
} from './principals';
import { readOwnedAccessKey } from './records';
import { mergeTags } from './tags';

export interface SessionOptions {
  /** As for every read of the store; an access decision that guards a mutation says true. */
  readonly consistent: boolean;
  /** `aws`, for ARNs. */
  readonly partition: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A federated user without session policies may do nothing: it has no rights of its own. */
const NOTHING: SessionPolicies = { managed: [] };

/**
 * A session as the caller of a decision, with all its policies compiled: those of its principal as they are now, and its own.
 * undefined where the principal is gone, or no longer has the long-term key that asked for the session: AWS answers
 * InvalidClientTokenId.
 *
 * Reads the principal's own rows and its managed policies, by ids alone: who is made again under the old name has no sessions.
 *
 * Errors: ExpiredToken, StoreUnavailable.
 */
export async function loadSession(
  store: Store,
  claims: SessionClaims,
  options: SessionOptions,
): Promise<LoadedPrincipal | undefined> {
  requireUnexpired(claims, options.now);
  switch (claims.kind) {
    case 'role':
      return loadRoleSession(store, claims, options);
    case 'user':
      return loadUserSession(store, claims, options);
    case 'federatedUser':
      return claims.principalId === claims.accountId
        ? loadRootSession(store, claims, options)
        : loadUserSession(store, claims, options);
    case 'root':
    case 'assumedRoot':
      return loadRootSession(store, claims, options);
  }
}

/** `aws:MultiFactorAuthAge` as it is now, whole seconds; nothing where no second factor was proven. */
export function multiFactorAge(
  session: Pick<CallerSession, 'multiFactorAt'> | undefined,
  now: number,
): ConditionContext {
  const provenAt = session?.multiFactorAt;
  return provenAt === undefined
    ? {}
    : { 'aws:MultiFactorAuthAge': String(Math.max(0, Math.floor(now / 1000) - provenAt)) };
}

async function loadRoleSession(
  store: Store,
  claims: SessionClaims,
  options: SessionOptions,
): Promise<LoadedPrincipal | undefined> {
  const { accountId, principalId, sessionName = '' } = claims;
  const rows = await loadRoleRows(store, { accountId, id: principalId }, options);
  if (rows === undefined) {
    return undefined;
  }
  const { role } = rows;
  const scope = { partition: options.partition, accountId };
  const roleArn = iamArn(scope, 'role', role.Path, role.RoleName);
  const arn = roleSessionArn(scope, role.RoleName, sessionName);
  const userId = `${role.RoleId}:${sessionName}`;
  const tags = mergeTags(role.Tags, claims.tags);
  const { policies, bytes } = await loadRolePolicies(store, rows, options, claims.policies);
  const caller: Caller = {
    principal: { type: 'AssumedRole', arn, accountId, roleArn, uniqueId: role.RoleId },
    accountId,
    userId,
    accessKeyId: claims.accessKeyId,
    context: principalContext({
      arn: roleArn,
      accountId,
      userId,
      principalType: 'AssumedRole',
      tags,
    }),
  };
  return sessionOf(claims, options, { caller, policies, bytes: bytes + tagBytes(tags) });
}

/** The session of a user, or of the guest of one. */
async function loadUserSession(
  store: Store,
  claims: SessionClaims,
  options: SessionOptions,
): Promise<LoadedPrincipal | undefined> {
  const { accountId, principalId, issuingAccessKeyId: key } = claims;
  const rows = await loadUserRows(store, { accountId, id: principalId, groupIds: [] }, options);
  if (rows === undefined || (key !== undefined && !ownsActiveKey(rows.accessKeys, key))) {
    return undefined;
  }
  const isGuest = claims.kind === 'federatedUser';
  const own = claims.policies ?? (isGuest ? NOTHING : undefined);
  const { policies, bytes } = await loadUserPolicies(store, rows, options, own);
  const user = { ...rows.user, Tags: mergeTags(rows.user.Tags, claims.tags) };
  const asUser = userCaller(user, accountId, { ...options, accessKeyId: claims.accessKeyId });
  const caller = isGuest
    ? federatedCaller(claims, options, { userArn: asUser.principal.arn, tags: user.Tags })
    : asUser;
  return sessionOf(claims, options, { caller, policies, bytes: bytes + tagBytes(user.Tags) });
}

/** The session of root, of a guest of root, or of the root of a member account. */
async function loadRootSession(
  store: Store,
  claims: SessionClaims,
  options: SessionOptions,
): Promise<LoadedPrincipal | undefined> {
  const { accountId, principalId, issuingAccessKeyId: key } = claims;
  const [account, ownedKey] = await store.getMany(
    [
      accountKey(accountId),
      ...(key === undefined ? [] : [ownedAccessKeyKey(accountPartition(accountId), key)]),
    ],
    { consistent: options.consistent },
  );
  const owned = ownedKey === undefined ? [] : [readOwnedAccessKey(ownedKey)];
  const isOver = key !== undefined && !ownsActiveKey(owned, key);
  if (account === undefined || principalId !== accountId || isOver) {
    return undefined;
  }
  const isGuest = claims.kind === 'federatedUser';
  const own = claims.policies ?? (isGuest ? NOTHING : undefined);
  const { policies, bytes } = await loadRootPolicies(store, options, own);
  const caller = isGuest
    ? federatedCaller(claims, options, { tags: claims.tags })
    : rootCaller(claims, options);
  return sessionOf(claims, options, { caller, policies, bytes: bytes + tagBytes(claims.tags) });
}

function rootCaller({ accountId, accessKeyId }: SessionClaims, options: SessionOptions): Caller {
  const arn = rootArn({ partition: options.partition, accountId });
  return {
    principal: { type: 'Root', arn, accountId, uniqueId: accountId },
    accountId,
    userId: accountId,
    accessKeyId,
    context: principalContext({ arn, accountId, userId: accountId, principalType: 'Account' }),
  };
}

function federatedCaller(
  { accountId, sessionName = '', accessKeyId }: SessionClaims,
  { partition }: SessionOptions,
  { userArn, tags }: { readonly userArn?: string; readonly tags: Parameters<typeof tagBytes>[0] },
): Caller {
  const arn = federatedUserArn({ partition, accountId }, sessionName);
  const userId = `${accountId}:${sessionName}`;
  return {
    principal: {
      type: 'FederatedUser',
      arn,
      accountId,
      ...(userArn === undefined ? {} : { userArn }),
    },
    accountId,
    userId,
    accessKeyId,
    context: principalContext({ arn, accountId, userId, principalType: 'FederatedUser', tags }),
  };
}

/** Invariant: what the provider said stands under what AWS's own keys say. */
function sessionOf(
  claims: SessionClaims,
  { now }: SessionOptions,
  { caller, policies, bytes }: LoadedPrincipal,
): LoadedPrincipal {
  const { secretAccessKey: _secret, ...session } = claims;
  return {
    caller: {
      ...caller,
      session,
      context: { ...claims.context, ...caller.context, ...sessionContext(claims, now) },
    },
    policies,
    bytes: bytes + CALLER_BYTES,
  };
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
function sessionContext(claims: SessionClaims, now: number): ConditionContext {
  const { sourceIdentity, federatedProvider, multiFactorAt, kind } = claims;
  return {
    'aws:TokenIssueTime': new Date(claims.issuedAt * 1000).toISOString().replace('.000Z', 'Z'),
    'aws:MultiFactorAuthPresent': String(multiFactorAt !== undefined),
    ...multiFactorAge(claims, now),
    ...(sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': sourceIdentity }),
    ...(federatedProvider === undefined ? {} : { 'aws:FederatedProvider': federatedProvider }),
    ...(kind === 'assumedRoot' ? { 'aws:AssumedRoot': 'true' } : {}),
  };
}
