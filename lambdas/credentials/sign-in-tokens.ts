import type { DataKeys } from './data-key';
import { SealedTokens, type TokenForm } from './sealed-token';

/*
 * What signing in with a password gives: an access token that a request carries, a refresh token that is exchanged for the next two,
 * and the challenges in between. Times are epoch milliseconds.
 */

/** Who a token is about, by ids alone. */
export interface TokenOwner {
  readonly kind: 'Root' | 'User';
  readonly accountId: string;
  /** `AIDA…`, or the account id for root. */
  readonly ownerId: string;
}

/** `Authorization: Bearer pts_…` */
export interface BearerClaims extends TokenOwner {
  /** `ASIA…` */
  readonly sessionId: string;
  /** The owner's when it signed in. */
  readonly generation: number;
  /** What `aws:TokenIssueTime` says, however often the token has been refreshed. */
  readonly signInDate: number;
  readonly multiFactorDate?: number;
  readonly expirationDate: number;
}

export interface RefreshClaims extends TokenOwner {
  readonly sessionId: string;
  readonly expirationDate: number;
}

/** What somebody who has proven the password has still to do. */
export interface ChallengeClaims extends TokenOwner {
  readonly challengeId: string;
  readonly step: 'MultiFactor' | 'NewPassword' | 'RegisterPasskey';
  readonly generation: number;
  readonly multiFactorDate?: number;
  /** What a passkey is to sign, base64url. */
  readonly passkeyChallenge?: string;
  readonly expirationDate: number;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTime = (value: unknown): value is number => Number.isSafeInteger(value);
const isTimeOrAbsent = (value: unknown): boolean => value === undefined || isTime(value);

function isOwner(claims: Readonly<Record<string, unknown>>): boolean {
  const { kind, accountId, ownerId } = claims;
  return (kind === 'Root' || kind === 'User') && isText(accountId) && isText(ownerId);
}

/** Beyond the longest that can be sealed: ids have at most 128 characters. */
const MAXIMUM_LENGTH = 1024;

const BEARER: TokenForm<BearerClaims> = {
  prefix: 'pts_',
  purpose: 'bearer',
  maximumLength: MAXIMUM_LENGTH,
  read: (claims) =>
    isOwner(claims) &&
    isText(claims['sessionId']) &&
    isTime(claims['generation']) &&
    isTime(claims['signInDate']) &&
    isTimeOrAbsent(claims['multiFactorDate']) &&
    isTime(claims['expirationDate'])
      ? (claims as unknown as BearerClaims)
      : undefined,
};

const REFRESH: TokenForm<RefreshClaims> = {
  prefix: 'ptr_',
  purpose: 'refresh',
  maximumLength: MAXIMUM_LENGTH,
  read: (claims) =>
    isOwner(claims) && isText(claims['sessionId']) && isTime(claims['expirationDate'])
      ? (claims as unknown as RefreshClaims)
      : undefined,
};

const STEPS: readonly unknown[] = ['MultiFactor', 'NewPassword', 'RegisterPasskey'];

const CHALLENGE: TokenForm<ChallengeClaims> = {
  prefix: 'ptc_',
  purpose: 'challenge',
  maximumLength: MAXIMUM_LENGTH,
  read: (claims) =>
    isOwner(claims) &&
    isText(claims['challengeId']) &&
    STEPS.includes(claims['step']) &&
    isTime(claims['generation']) &&
    isTimeOrAbsent(claims['multiFactorDate']) &&
    (claims['passkeyChallenge'] === undefined || isText(claims['passkeyChallenge'])) &&
    isTime(claims['expirationDate'])
      ? (claims as unknown as ChallengeClaims)
      : undefined,
};

export type BearerTokens = SealedTokens<BearerClaims>;

export const createBearerTokens = (dataKeys: DataKeys): BearerTokens =>
  new SealedTokens(dataKeys, BEARER);

export const createRefreshTokens = (dataKeys: DataKeys): SealedTokens<RefreshClaims> =>
  new SealedTokens(dataKeys, REFRESH);

export const createChallengeTokens = (dataKeys: DataKeys): SealedTokens<ChallengeClaims> =>
  new SealedTokens(dataKeys, CHALLENGE);
