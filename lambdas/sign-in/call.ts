import type { DataKeys } from '../credentials/data-key';
import { SealedSecrets, type SecretBinding } from '../credentials/sealed-secret';
import type { SealedTokens } from '../credentials/sealed-token';
import {
  createBearerTokens,
  createChallengeTokens,
  createRefreshTokens,
  type BearerClaims,
  type ChallengeClaims,
  type RefreshClaims,
} from '../credentials/sign-in-tokens';
import type { isPassword } from '../credentials/password-hash';
import type { LoadedPrincipal } from '../identity/principals';
import type { HttpRequest } from '../protocol/http';
import type { Store } from '../store/store';
import type { RelyingParty } from './relying-party';

export interface SignInOptions {
  readonly store: Store;
  readonly dataKeys: DataKeys;
  /** `aws`. */
  readonly partition: string;
  readonly region: string;
  /** Where browsers show the page to sign in; undefined where there are no passkeys. */
  readonly relyingParty: RelyingParty | undefined;
  /** Most MFA devices that a user, or root, has at a time. */
  readonly mfaDeviceQuota: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly isPassword: typeof isPassword;
  readonly log: (entry: object) => void;
}

export interface Tokens {
  readonly bearer: SealedTokens<BearerClaims>;
  readonly refresh: SealedTokens<RefreshClaims>;
  readonly challenge: SealedTokens<ChallengeClaims>;
}

export function createTokens(dataKeys: DataKeys): Tokens {
  return {
    bearer: createBearerTokens(dataKeys),
    refresh: createRefreshTokens(dataKeys),
    challenge: createChallengeTokens(dataKeys),
  };
}

/** What the steps of signing in are given; everything that varies comes in here. */
export interface SignInCall extends Omit<SignInOptions, 'now' | 'dataKeys' | 'log'> {
  readonly request: HttpRequest;
  readonly tokens: Tokens;
  /** Epoch milliseconds at which the call came in; the only clock. */
  readonly now: number;
  readonly createToken: () => string;
  readonly openSecret: (sealed: Uint8Array, binding: SecretBinding) => Promise<string>;
  /** Writes down what happened; nothing that somebody typed. */
  readonly note: (event: SignInEvent) => void;
}

/** Ids alone: whoever mistakes the fields types a password where a name belongs. */
export interface SignInEvent {
  readonly event: string;
  readonly accountId?: string;
  readonly ownerId?: string;
  readonly sessionId?: string;
}

/** A call by somebody who has signed in. */
export interface SignedInCall extends SignInCall {
  readonly claims: BearerClaims;
  readonly principal: LoadedPrincipal;
}

export function createCall(
  options: SignInOptions,
  tokens: Tokens,
  request: HttpRequest,
): SignInCall {
  const { now, log, dataKeys, ...rest } = options;
  const secrets = new SealedSecrets(dataKeys);
  let transactions = 0;
  return {
    ...rest,
    request,
    tokens,
    now: now(),
    createToken: () => {
      transactions += 1;
      return `SignIn/${request.requestId}/${transactions}`;
    },
    openSecret: (sealed, binding) => secrets.open(sealed, binding),
    note: (event) => {
      const { requestId, sourceIp } = request;
      log({ level: 'INFO', message: 'sign-in', requestId, sourceIp, ...event });
    },
  };
}
