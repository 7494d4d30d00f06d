import { createHash, timingSafeEqual } from 'node:crypto';
import { createAccessKeyId } from '../credentials/access-key';
import { invalidClientTokenId } from '../credentials/authentication-errors';
import type { SignInSessionRecord } from '../identity/credential-entities';
import { readSignInSession } from '../identity/sign-in-records';
import { toAttributes } from '../identity/records';
import { endSessions, isOfGeneration } from '../identity/sign-in-generation';
import { isSessionAlive, type SignInOwner } from '../identity/sign-in-sessions';
import { IamError } from '../protocol/errors';
import { credentialsPartition, signInSessionKey, SIGN_IN_SESSION_PREFIX } from '../store/keys';
import { ConditionFailed, type Item, type Write } from '../store/store';
import type { SignedInCall, SignInCall } from './call';
import { commitProof } from './errors';
import { loadOwner } from './owners';

/** A session ends after this time, however often it is refreshed: as long as AWS's console lets one last. */
const SESSION_MILLISECONDS = 12 * 60 * 60 * 1000;

/** How long an access token is good for by itself. */
const ACCESS_TOKEN_MILLISECONDS = 15 * 60 * 1000;

const MAX_USER_AGENT_LENGTH = 256;

/** What whoever has signed in, or refreshed, is given. */
export interface SessionAnswer {
  readonly SessionId: string;
  readonly TokenType: 'Bearer';
  readonly AccessToken: string;
  readonly AccessTokenExpiration: string;
  readonly RefreshToken: string;
  /** When the session ends. */
  readonly Expiration: string;
  readonly MultiFactorAuthenticated: boolean;
}

/** Proven, and not yet a session. */
export interface Proof {
  readonly owner: SignInOwner;
  /** The owner's once the writes are done. */
  readonly generation: number;
  readonly multiFactorDate: number | undefined;
  /** What uses the proof up; none of them on the owner's row. */
  readonly writes: readonly Write[];
}

/**
 * A new session, written together with what uses its proof up and with the owner's PasswordLastUsed.
 *
 * Errors: AuthenticationFailed, StoreUnavailable.
 */
export async function startSession(call: SignInCall, proof: Proof): Promise<SessionAnswer> {
  const { owner, generation, multiFactorDate } = proof;
  const { accountId, ownerId } = owner;
  const session: Omit<SignInSessionRecord, 'RefreshTokenHash'> = {
    SessionId: createAccessKeyId('ASIA', call.randomBytes),
    Generation: generation,
    SignInDate: call.now,
    ...(multiFactorDate === undefined ? {} : { MultiFactorDate: multiFactorDate }),
    RefreshDate: call.now,
    ExpirationDate: call.now + SESSION_MILLISECONDS,
    SourceIp: call.request.sourceIp ?? 'unknown',
    UserAgent: userAgentOf(call),
  };
  const answer = await giveTokens(call, owner, session);
  await commitProof(call, [
    ...proof.writes,
    {
      kind: 'update',
      key: owner.key,
      set: { PasswordLastUsed: call.now },
      ...(generation === owner.generation ? {} : { add: { SignInGeneration: 1 } }),
      condition: isOfGeneration(owner.generation),
    },
    {
      kind: 'put',
      key: signInSessionKey(accountId, ownerId, session.SessionId),
      attributes: toAttributes({ ...session, RefreshTokenHash: hashOf(answer.RefreshToken) }),
      expiresAt: Math.ceil(session.ExpirationDate / 1000),
      condition: { exists: false },
    },
  ]);
  call.note({ event: 'SessionStarted', accountId, ownerId, sessionId: session.SessionId });
  return answer;
}

/**
 * The next tokens of a session. A refresh token counts once: the session of one that comes again is ended, because of two who
 * have it one is a thief.
 *
 * Errors: InvalidClientTokenId, StoreUnavailable.
 */
export async function refreshSession(
  call: SignInCall,
  refreshToken: string,
): Promise<SessionAnswer> {
  const claims = await call.tokens.refresh.open(refreshToken);
  if (claims === undefined || !(call.now < claims.expirationDate)) {
    throw invalidClientTokenId();
  }
  const key = signInSessionKey(claims.accountId, claims.ownerId, claims.sessionId);
  const [item, owner] = await Promise.all([
    call.store.get(key, { consistent: true }),
    loadOwner(call, claims),
  ]);
  const session = item === undefined ? undefined : readSignInSession(item);
  if (item === undefined || session === undefined || owner === undefined) {
    throw invalidClientTokenId();
  }
  const isCurrent = timingSafeEqual(hashOf(refreshToken), session.RefreshTokenHash);
  if (!isCurrent || !isSessionAlive(session, owner)) {
    return endReused(call, item, isCurrent ? 'SessionOver' : 'RefreshTokenReused');
  }
  const answer = await giveTokens(call, owner, session);
  try {
    await call.store.transact(
      [
        {
          kind: 'update',
          key,
          set: { RefreshTokenHash: hashOf(answer.RefreshToken), RefreshDate: call.now },
          condition: { exists: true, revision: item.revision },
        },
        { kind: 'check', key: owner.key, condition: isOfGeneration(owner.generation) },
      ],
      { token: call.createToken() },
    );
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return endReused(call, item, 'RefreshTokenReused');
  }
  return answer;
}

/** Errors: InvalidClientTokenId always, once the session is over; StoreUnavailable. */
async function endReused(call: SignInCall, item: Item, event: string): Promise<never> {
  await call.store.transact([{ kind: 'delete', key: item.key, condition: { exists: 'any' } }], {
    token: call.createToken(),
  });
  call.note({ event, sessionId: readSignInSession(item).SessionId });
  throw invalidClientTokenId();
}

async function giveTokens(
  { tokens, now }: SignInCall,
  { kind, accountId, ownerId }: SignInOwner,
  session: Omit<SignInSessionRecord, 'RefreshTokenHash'>,
): Promise<SessionAnswer> {
  const { SessionId: sessionId, ExpirationDate, MultiFactorDate: multiFactorDate } = session;
  const ids = { kind, accountId, ownerId, sessionId };
  const expirationDate = Math.min(now + ACCESS_TOKEN_MILLISECONDS, ExpirationDate);
  return {
    SessionId: sessionId,
    TokenType: 'Bearer',
    AccessToken: await tokens.bearer.seal({
      ...ids,
      generation: session.Generation,
      signInDate: session.SignInDate,
      ...(multiFactorDate === undefined ? {} : { multiFactorDate }),
      expirationDate,
    }),
    AccessTokenExpiration: new Date(expirationDate).toISOString(),
    RefreshToken: await tokens.refresh.seal({ ...ids, expirationDate: ExpirationDate }),
    Expiration: new Date(ExpirationDate).toISOString(),
    MultiFactorAuthenticated: multiFactorDate !== undefined,
  };
}

/** Of a random nonce's sealed text: nobody finds another text with the same hash, nor the text from the hash. */
function hashOf(token: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(token).digest());
}

function userAgentOf({ request }: SignInCall): string {
  const [userAgent = ''] = request.headers.get('user-agent') ?? [];
  // Half a pair of surrogates at the end, which no store takes, becomes U+FFFD on the way.
  return Buffer.from(userAgent.slice(0, MAX_USER_AGENT_LENGTH), 'utf8').toString('utf8');
}

export interface SessionDescription {
  readonly SessionId: string;
  readonly SignInDate: string;
  readonly RefreshDate: string;
  readonly Expiration: string;
  readonly MultiFactorAuthenticated: boolean;
  readonly SourceIp: string;
  readonly UserAgent: string;
  /** Whether it is the session that asks. */
  readonly IsCurrent: boolean;
}

/** The caller's own sessions that still count, the newest first. */
export async function listSessions(call: SignedInCall): Promise<readonly SessionDescription[]> {
  const { accountId, ownerId, sessionId } = call.claims;
  const owner = await loadOwner(call, call.claims);
  const sessions: SignInSessionRecord[] = [];
  let after: string | undefined;
  do {
    const page = await call.store.query('identities', credentialsPartition(accountId, ownerId), {
      consistent: true,
      prefix: SIGN_IN_SESSION_PREFIX,
      ...(after === undefined ? {} : { after }),
    });
    sessions.push(...page.items.map(readSignInSession));
    after = page.next;
  } while (after !== undefined);
  return sessions
    .filter((session) => owner !== undefined && isSessionAlive(session, owner))
    .sort((left, right) => right.SignInDate - left.SignInDate)
    .map((session) => ({
      SessionId: session.SessionId,
      SignInDate: new Date(session.SignInDate).toISOString(),
      RefreshDate: new Date(session.RefreshDate).toISOString(),
      Expiration: new Date(session.ExpirationDate).toISOString(),
      MultiFactorAuthenticated: session.MultiFactorDate !== undefined,
      SourceIp: session.SourceIp,
      UserAgent: session.UserAgent,
      IsCurrent: session.SessionId === sessionId,
    }));
}

/** Ends one of the caller's own sessions. Errors: NoSuchEntity, StoreUnavailable. */
export async function endSession(call: SignedInCall, sessionId: string): Promise<void> {
  const { accountId, ownerId } = call.claims;
  try {
    await call.store.transact(
      [
        {
          kind: 'delete',
          key: signInSessionKey(accountId, ownerId, sessionId),
          condition: { exists: true },
        },
      ],
      { token: call.createToken() },
    );
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    throw new IamError('NoSuchEntity', 'The session cannot be found.');
  }
  call.note({ event: 'SignedOut', accountId, ownerId, sessionId });
}

/** Ends all of the caller's sessions, this one too. */
export async function endAllSessions(call: SignedInCall): Promise<void> {
  const owner = await loadOwner(call, call.claims);
  if (owner === undefined) {
    throw invalidClientTokenId();
  }
  await commitProof(call, [endSessions(owner.key)]);
  call.note({ event: 'SignedOutEverywhere', accountId: owner.accountId, ownerId: owner.ownerId });
}
