import type { TokenClaims } from '../credentials/oidc/identity-claims';
import type { SessionClaims } from '../credentials/session-claims';
import type { GuardedRequest } from './events/guarded-request';

/** The header in which a caller names the role that it wants to be. */
export const ROLE_HEADER = 'x-portcullis-role';

/** What came of the token of an OIDC provider: the session of a role that trusts it, or why there is none. */
export type WebIdentityProof =
  | {
      readonly claims: SessionClaims;
      readonly tokenClaims: TokenClaims;
      /** The condition keys that the role's trust policy asks for, as it writes them. */
      readonly trustKeys: readonly string[];
    }
  | {
      readonly refused: 'AccessDenied' | 'ExpiredToken' | 'InvalidIdentityToken';
      /** For the log. */
      readonly message: string;
    };

/**
 * Checks tokens of OIDC providers, and the trust of roles in them.
 *
 * Invariant: only data goes in and comes out, since what stands behind it is a bundle of its own, with classes of its own. Whatever it
 * throws is an outage.
 */
export interface WebIdentityProver {
  /** `now` is epoch milliseconds. */
  readonly prove: (
    request: GuardedRequest,
    token: string,
    now: number,
  ) => Promise<WebIdentityProof>;
}
