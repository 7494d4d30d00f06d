import { jwtVerify } from 'jose/jwt/verify';
import { JOSEError, JWTExpired, JWTClaimValidationFailed } from 'jose/errors';
import type { JsonNode } from '../../core/json';
import { TokenRefused } from './issuer-errors';
import type { IssuerIdentity, IssuerKeys } from './issuer-keys';
import { issuerOf, type IssuerReach } from './issuer-url';
import { readToken } from './json-web-token';
import type { IssuerKey } from './key-set';
import { readIdentityClaims, type IdentityClaims } from './identity-claims';
import { secondsOf, textOf } from './strict-json';

/** The provider that a token is to be of. */
export interface TrustedProvider extends IssuerIdentity {
  /** Whom its tokens may be meant for. None: no token is good. */
  readonly clientIds: readonly string[];
}

export interface IdentityTokensOptions extends IssuerReach {
  readonly keys: IssuerKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /**
   * For how long a token counts beyond its `exp`, and before its `nbf` and `iat`.
   *
   * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html (five minutes)
   */
  readonly clockToleranceSeconds: number;
}

/**
 * The `iss` of a token of which nothing is proven yet: which provider is to be asked about it.
 *
 * Errors: {@link TokenRefused} for what is no token at all.
 */
export function readIssuer(token: string): string {
  const issuer = textOf(readToken(token).claims.get('iss'));
  if (issuer === undefined) {
    throw new TokenRefused('claims', 'the token names no issuer');
  }
  return issuer;
}

/** Checks the tokens of OpenID Connect providers. */
export class IdentityTokens {
  constructor(private readonly options: IdentityTokensOptions) {}

  /**
   * What a token proves: that the provider's issuer says this of somebody, to one of the provider's clients, at this time.
   *
   * Errors: {@link TokenRefused}; `IssuerUnavailable` where the keys cannot be had.
   */
  async verify(token: string, provider: TrustedProvider): Promise<IdentityClaims> {
    const { algorithm, keyId, claims } = readToken(token);
    const issuer = issuerOf(provider.url, this.options);
    if (textOf(claims.get('iss')) !== issuer) {
      throw new TokenRefused('issuer', `the token is not one of ${issuer}`);
    }
    if (provider.clientIds.length === 0) {
      throw new TokenRefused('audience', 'the provider has no client');
    }
    const now = Math.floor(this.options.now() / 1000);
    checkTimes(claims, now + this.options.clockToleranceSeconds);
    // Cheap and certain: nobody's token makes us fetch keys that is of no use with any.
    const identity = readIdentityClaims(claims, provider);
    const found = await this.options.keys.find(provider, keyId);
    const fitting = found.filter(({ algorithms }) => algorithms.includes(algorithm));
    const [key] = fitting;
    if (key === undefined || fitting.length > 1) {
      throw new TokenRefused('unknownKey', 'the issuer has not exactly one key of that name');
    }
    await this.#checkSignature(token, { key, algorithm, issuer });
    return identity;
  }

  async #checkSignature(
    token: string,
    { key, algorithm, issuer }: { key: IssuerKey; algorithm: string; issuer: string },
  ): Promise<void> {
    try {
      await jwtVerify(token, key.publicKey, {
        algorithms: [algorithm],
        issuer,
        requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
        currentDate: new Date(this.options.now()),
        clockTolerance: this.options.clockToleranceSeconds,
      });
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

/** Times are whole seconds, `exp` and `iat` are there, and nothing was issued after `latest`, by a clock that tells nothing. */
function checkTimes(claims: ReadonlyMap<string, JsonNode>, latest: number): void {
  for (const name of ['exp', 'iat', 'nbf']) {
    const time = claims.get(name);
    if ((time !== undefined || name !== 'nbf') && secondsOf(time) === undefined) {
      throw new TokenRefused('claims', `${name} is missing or is no whole number of seconds`);
    }
  }
  if ((secondsOf(claims.get('iat')) ?? Infinity) > latest) {
    throw new TokenRefused('claims', 'the token is of the future');
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof JWTExpired) return new TokenRefused('expired', error.message);
  if (error instanceof JWTClaimValidationFailed) return new TokenRefused('claims', error.message);
  if (error instanceof JOSEError) return new TokenRefused('signature', error.code);
  // A key of the issuer's that cannot be used (too short, not on its curve) confirms nothing.
  if (error instanceof TypeError || error instanceof DOMException) {
    return new TokenRefused('signature', 'the issuer’s key cannot be used');
  }
  return error;
}
