import type { ChallengeClaims, TokenOwner } from '../credentials/sign-in-tokens';
import type { SignInOwner } from '../identity/sign-in-sessions';
import { answeredChallengeKey } from '../store/keys';
import type { Write } from '../store/store';
import type { SignInCall } from './call';
import { authenticationFailed } from './errors';
import { loadOwner } from './owners';

/** How long somebody has for a step. */
const CHALLENGE_MILLISECONDS = 5 * 60 * 1000;

export interface Challenge {
  readonly token: string;
  readonly expirationDate: number;
}

/** A step that is left to do, sealed: nothing is written until it has been done. */
export async function createChallenge(
  call: SignInCall,
  { kind, accountId, ownerId }: TokenOwner,
  details: Pick<ChallengeClaims, 'step' | 'generation' | 'multiFactorDate' | 'passkeyChallenge'>,
): Promise<Challenge> {
  const expirationDate = call.now + CHALLENGE_MILLISECONDS;
  const token = await call.tokens.challenge.seal({
    kind,
    accountId,
    ownerId,
    challengeId: Buffer.from(call.randomBytes(16)).toString('base64url'),
    ...details,
    expirationDate,
  });
  return { token, expirationDate };
}

export interface OpenChallenge {
  readonly claims: ChallengeClaims;
  readonly owner: SignInOwner;
}

/**
 * What a challenge says, and its owner as it is now.
 *
 * Errors: AuthenticationFailed for one that is another step's, too old, or of before the password changed or everything was signed
 * out; StoreUnavailable.
 */
export async function openChallenge(
  call: SignInCall,
  token: string,
  step: ChallengeClaims['step'],
): Promise<OpenChallenge> {
  const claims = await call.tokens.challenge.open(token);
  if (claims?.step !== step || !(call.now < claims.expirationDate)) {
    throw authenticationFailed();
  }
  const owner = await loadOwner(call, claims);
  if (owner?.generation !== claims.generation) {
    throw authenticationFailed();
  }
  return { claims, owner };
}

/** For the transaction of what a challenge leads to: it leads there once. */
export function answerChallenge({ challengeId, expirationDate }: ChallengeClaims): Write {
  return {
    kind: 'put',
    key: answeredChallengeKey(challengeId),
    attributes: {},
    expiresAt: Math.ceil(expirationDate / 1000),
    condition: { exists: false },
  };
}
