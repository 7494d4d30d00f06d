import { invalidClientTokenId } from '../credentials/authentication-errors';
import { hasBearerToken, openBearerToken } from '../credentials/bearer-header';
import type { SealedSecrets } from '../credentials/sealed-secret';
import type { SessionTokens } from '../credentials/session-token';
import { verifySignature } from '../credentials/signature-v4';
import type { BearerTokens } from '../credentials/sign-in-tokens';
import type { SigningKeyCache } from '../credentials/signing-key-cache';
import {
  loadAccessKey,
  loadPrincipal,
  ownerOf,
  type LoadedPrincipal,
} from '../identity/principals';
import { loadSession } from '../identity/sessions';
import { loadSignedIn } from '../identity/sign-in-sessions';
import { findSigningCredential } from '../identity/signing-credentials';
import type { HttpRequest } from '../protocol/http';
import type { Store } from '../store/store';

export interface AuthenticationOptions {
  /** The services that the request may be signed for. */
  readonly signedFor: readonly string[];
  readonly store: Store;
  readonly secrets: SealedSecrets;
  readonly sessions: SessionTokens;
  readonly signingKeys: SigningKeyCache;
  /** undefined where the request's protocol knows signatures alone. */
  readonly bearerTokens: BearerTokens | undefined;
  readonly partition: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Who makes a call, with its policies. Everything is read consistently: a key that was deleted, and a policy that was detached, count
 * for nothing from that moment on, for sessions too.
 *
 * Errors: those of {@link verifySignature}; `InvalidClientTokenId` for a key that is unknown, inactive or without its owner, and for a
 * session whose principal is gone; `ExpiredToken`.
 */
export async function authenticate(
  request: HttpRequest,
  options: AuthenticationOptions,
): Promise<LoadedPrincipal> {
  const { store, partition, now, bearerTokens } = options;
  if (bearerTokens !== undefined && hasBearerToken(request)) {
    return authenticateBearer(request, { ...options, bearerTokens });
  }
  const { credential, accessKeyId } = await verifySignature(request, {
    services: options.signedFor,
    now,
    signingKeys: options.signingKeys,
    findKey: (id, sessionToken) =>
      findSigningCredential(id, sessionToken, {
        sessions: options.sessions,
        loadAccessKey: (keyId) => loadAccessKey(store, keyId, { consistent: true }),
        openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
          options.secrets.open(SealedSecret, {
            table: 'identities',
            ownerId: OwnerId,
            keyId: AccessKeyId,
          }),
        now,
      }),
  });
  const principal =
    credential.kind === 'session'
      ? await loadSession(store, credential.claims, { consistent: true, partition, now })
      : await loadPrincipal(store, ownerOf(credential.accessKey), {
          consistent: true,
          accessKeyId,
          partition,
        });
  if (principal === undefined) {
    throw invalidClientTokenId();
  }
  return principal;
}

/** Whoever has signed in with a password; the session's row says whether it still is. */
async function authenticateBearer(
  request: HttpRequest,
  options: AuthenticationOptions & { readonly bearerTokens: BearerTokens },
): Promise<LoadedPrincipal> {
  const { store, partition, now } = options;
  const claims = await openBearerToken(request, options.bearerTokens, now);
  const principal = await loadSignedIn(store, claims, { consistent: true, partition, now });
  if (principal === undefined) {
    throw invalidClientTokenId();
  }
  return principal;
}

/** Whether a request says anything about who sends it; what it says may be wrong. */
export function hasCredentials({ headers, query }: HttpRequest): boolean {
  return (
    headers.has('authorization') ||
    headers.has('x-amz-security-token') ||
    query.some(([name]) => CREDENTIAL_PARAMETERS.has(name))
  );
}

const CREDENTIAL_PARAMETERS: ReadonlySet<string> = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
  'X-Amz-Security-Token',
]);
