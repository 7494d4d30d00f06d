import type { HttpRequest } from '../protocol/http';
import {
  expiredToken,
  invalidClientTokenId,
  missingAuthenticationToken,
} from './authentication-errors';
import type { BearerClaims, BearerTokens } from './sign-in-tokens';

/*
 * `Authorization: Bearer …`
 *
 * Source: RFC 6750
 */

const SCHEME = /^bearer(?: |$)/i;

/** What belongs to a signature, in the query or in a header of its own. */
const SIGNATURE_PARTS: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-signature',
  'x-amz-security-token',
]);

/** Whether a request has a bearer token, alone or beside something else. */
export function hasBearerToken(request: HttpRequest): boolean {
  return (request.headers.get('authorization') ?? []).some((value) => SCHEME.test(value));
}

/**
 * The one bearer token of a request.
 *
 * Errors: MissingAuthenticationToken where there is none; InvalidClientTokenId where anything else that could say who calls comes with it.
 */
export function readBearerToken(request: HttpRequest): string {
  const values = request.headers.get('authorization') ?? [];
  const [value = ''] = values;
  if (!SCHEME.test(value) && values.length < 2) {
    throw missingAuthenticationToken();
  }
  const isSignedToo =
    request.query.some(([name]) => SIGNATURE_PARTS.has(name.toLowerCase())) ||
    request.headers.has('x-amz-security-token');
  const token = value.slice('Bearer '.length);
  if (values.length !== 1 || isSignedToo || !/^[\w.~+/=-]+$/.test(token)) {
    throw invalidClientTokenId();
  }
  return token;
}

/**
 * What the access token of a request says. That it was given out, not that it still counts: its session may be over.
 *
 * `now` is epoch milliseconds. Errors: those of {@link readBearerToken}; InvalidClientTokenId for any other text; ExpiredToken.
 */
export async function openBearerToken(
  request: HttpRequest,
  tokens: BearerTokens,
  now: number,
): Promise<BearerClaims> {
  const claims = await tokens.open(readBearerToken(request));
  if (claims === undefined) {
    throw invalidClientTokenId();
  }
  // Written so that a time which is no number has passed.
  if (!(now < claims.expirationDate)) {
    throw expiredToken();
  }
  return claims;
}
