import type { BearerClaims, TokenOwner } from '../credentials/sign-in-tokens';
import { accountKey, principalKey, signInSessionKey } from '../store/keys';
import type { Item, Key, Store } from '../store/store';
import type { SignInSessionRecord } from './credential-entities';
import { readSignInSession } from './sign-in-records';
import type { LoadedPrincipal } from './principals';
import { readAccount, readUser } from './records';
import { loadSession, type SessionOptions } from './sessions';

/** What a session rests on, of the row of its user, or of root's account. */
export interface SignInOwner extends TokenOwner {
  readonly key: Key;
  readonly revision: number;
  /** The root user has none. */
  readonly userName: string | undefined;
  readonly generation: number;
  readonly mfaDeviceCount: number;
}

export function signInOwnerKey({ kind, accountId, ownerId }: TokenOwner): Key {
  return kind === 'Root' ? accountKey(accountId) : principalKey('User', accountId, ownerId);
}

/** The owner that a row is about; undefined without one. Errors: StoreUnavailable. */
export function readSignInOwner(
  { kind, accountId, ownerId }: TokenOwner,
  item: Item | undefined,
): SignInOwner | undefined {
  if (item === undefined || (kind === 'Root' && ownerId !== accountId)) {
    return undefined;
  }
  const { key, revision } = item;
  const user = kind === 'User' ? readUser(item) : undefined;
  const { SignInGeneration = 0, MFADeviceCount = 0 } = user ?? readAccount(item);
  return {
    kind,
    accountId,
    ownerId,
    key,
    revision,
    userName: user?.UserName,
    generation: SignInGeneration,
    mfaDeviceCount: MFADeviceCount,
  };
}

/**
 * Whether a session still counts. One without a second factor is over as soon as its owner has an MFA device: what was
 * possible with the password alone is possible no longer.
 */
export function isSessionAlive(
  session: Pick<SignInSessionRecord, 'Generation' | 'MultiFactorDate'>,
  owner: SignInOwner,
): boolean {
  const lacksFactor = session.MultiFactorDate === undefined && owner.mfaDeviceCount > 0;
  return session.Generation === owner.generation && !lacksFactor;
}

/**
 * Whoever has signed in, as the caller of a decision; undefined where the session has been ended: AWS answers InvalidClientTokenId.
 *
 * The rows of session and owner are read beside the principal's own, in the same round trip.
 *
 * Errors: ExpiredToken, StoreUnavailable.
 */
export async function loadSignedIn(
  store: Store,
  claims: BearerClaims,
  options: SessionOptions,
): Promise<LoadedPrincipal | undefined> {
  const { accountId, ownerId, sessionId } = claims;
  const [[sessionItem, ownerItem], principal] = await Promise.all([
    store.getMany([signInSessionKey(accountId, ownerId, sessionId), signInOwnerKey(claims)], {
      consistent: options.consistent,
    }),
    loadSession(store, sessionClaimsOf(claims), options),
  ]);
  const owner = readSignInOwner(claims, ownerItem);
  const session = sessionItem === undefined ? undefined : readSignInSession(sessionItem);
  return owner !== undefined &&
    session !== undefined &&
    session.Generation === claims.generation &&
    isSessionAlive(session, owner)
    ? principal
    : undefined;
}

/** Whoever has proven itself and is not signed in yet, as the caller of a decision. Errors: StoreUnavailable. */
export function loadSigningIn(
  store: Store,
  owner: TokenOwner & { readonly multiFactorDate?: number },
  { partition, now }: Pick<SessionOptions, 'partition' | 'now'>,
): Promise<LoadedPrincipal | undefined> {
  const session = { sessionId: '', signInDate: now, expirationDate: now + 1000 };
  return loadSession(store, sessionClaimsOf({ ...owner, ...session }), {
    consistent: true,
    partition,
    now,
  });
}

/** Without an issuing key: nobody asked for this session with one. */
function sessionClaimsOf(
  claims: Omit<BearerClaims, 'generation'>,
): Parameters<typeof loadSession>[1] {
  const { multiFactorDate } = claims;
  return {
    kind: claims.kind === 'Root' ? 'root' : 'user',
    accountId: claims.accountId,
    principalId: claims.ownerId,
    accessKeyId: claims.sessionId,
    secretAccessKey: '',
    issuedAt: Math.floor(claims.signInDate / 1000),
    expiresAt: Math.ceil(claims.expirationDate / 1000),
    ...(multiFactorDate === undefined ? {} : { multiFactorAt: Math.floor(multiFactorDate / 1000) }),
    tags: [],
    transitiveTagKeys: [],
    isChained: false,
    context: {},
  };
}
