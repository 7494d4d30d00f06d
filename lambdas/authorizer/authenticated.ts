import type { TokenClaims } from '../credentials/oidc/identity-claims';
import type { LoadedPrincipal } from '../identity/principals';

/** The ways in which a caller of a guarded API proves who it is. */
export type AuthenticationScheme = 'sigv4' | 'bearer' | 'oidc' | 'anonymous';

/** A call whose credential holds, by a principal that is there. */
export interface Authenticated {
  readonly principal: LoadedPrincipal;
  /** What the body's SHA-256 must be, in hexadecimal; undefined where the scheme says nothing about a body. */
  readonly payloadHash: string | undefined;
  readonly scheme: AuthenticationScheme;
  /** What the caller's OIDC provider vouches for; undefined where no token of one came. */
  readonly tokenClaims?: TokenClaims;
  /** The condition keys on which it depends that the credential holds; none where nothing but the credential counts. */
  readonly trustKeys?: readonly string[];
}
