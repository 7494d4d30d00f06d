import type { SessionClaims } from '../credentials/session-claims';
import type { SessionTokens } from '../credentials/session-token';
import type { SigningKeySource } from '../credentials/signature-v4';
import type { AccessKeyRecord } from './entities';

/** What a request can be signed with: a long-term key, or a session's. */
export type SigningCredential = SigningKeySource &
  (
    | { readonly kind: 'longTerm'; readonly accessKey: AccessKeyRecord }
    | { readonly kind: 'session'; readonly claims: SessionClaims; readonly token: string }
  );

export interface SigningCredentialOptions {
  readonly sessions: SessionTokens;
  /** undefined where there is no such key. */
  readonly loadAccessKey: (accessKeyId: string) => Promise<AccessKeyRecord | undefined>;
  /** Opens the sealed secret of an access key. */
  readonly openSecret: (accessKey: AccessKeyRecord) => Promise<string>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * The credential that an access key id names, together with the session token beside it. undefined for a key that is unknown or
 * inactive, for one of a session without its token or with another's, and for a long-term key with any token: AWS answers
 * InvalidClientTokenId.
 *
 * Errors: ExpiredToken; those of the options, which are outages.
 */
export async function findSigningCredential(
  accessKeyId: string,
  sessionToken: string | undefined,
  options: SigningCredentialOptions,
): Promise<SigningCredential | undefined> {
  if (sessionToken !== undefined) {
    const claims = await options.sessions.openFor(accessKeyId, sessionToken, options.now);
    return claims && sessionCredential(claims, sessionToken);
  }
  const accessKey = await options.loadAccessKey(accessKeyId);
  return accessKey?.Status === 'Active'
    ? {
        kind: 'longTerm',
        accessKey,
        // Another secret is another sealed text.
        keyVersion: Buffer.from(accessKey.SealedSecret).toString('base64'),
        readSecretAccessKey: () => options.openSecret(accessKey),
      }
    : undefined;
}

function sessionCredential(claims: SessionClaims, token: string): SigningCredential {
  return {
    kind: 'session',
    claims,
    token,
    // The secret is the token's own.
    keyVersion: token,
    readSecretAccessKey: () => claims.secretAccessKey,
  };
}
