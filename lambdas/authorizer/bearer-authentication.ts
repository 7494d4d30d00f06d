import { invalidClientTokenId } from '../credentials/authentication-errors';
import { openBearerToken } from '../credentials/bearer-header';
import type { BearerTokens } from '../credentials/sign-in-tokens';
import type { Authenticated } from './authenticated';
import type { GuardedRequest } from './events/guarded-request';
import type { PrincipalCache } from './principal-cache';

export interface BearerOptions {
  readonly principals: PrincipalCache;
  readonly bearerTokens: BearerTokens;
}

/** Callers that signed in with a password, by the access token of their session. It says nothing of a body. */
export class BearerAuthentication {
  constructor(private readonly options: BearerOptions) {}

  /** `now` is epoch milliseconds. Errors: InvalidClientTokenId, ExpiredToken; whatever else is an outage. */
  async authenticate({ http, gateway }: GuardedRequest, now: number): Promise<Authenticated> {
    const { principals, bearerTokens } = this.options;
    const claims = await openBearerToken(http, bearerTokens, now);
    const principal = await principals.signedIn(claims, gateway.partition);
    if (principal === undefined) {
      throw invalidClientTokenId();
    }
    return { principal, payloadHash: undefined, scheme: 'bearer' };
  }
}
