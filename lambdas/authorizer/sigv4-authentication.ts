import { invalidClientTokenId } from '../credentials/authentication-errors';
import type { SessionTokens } from '../credentials/session-token';
import { verifySignature } from '../credentials/signature-v4';
import { SigningKeyCache } from '../credentials/signing-key-cache';
import type { AccessKeyRecord } from '../identity/entities';
import { findSigningCredential } from '../identity/signing-credentials';
import type { Authenticated } from './authenticated';
import type { GuardedRequest } from './events/guarded-request';
import type { PrincipalCache } from './principal-cache';

export interface SigV4Options {
  readonly principals: PrincipalCache;
  readonly sessions: SessionTokens;
  /** Opens the sealed secret of an access key. Rejects with an outage, never with a caller's fault. */
  readonly openSecret: (accessKey: AccessKeyRecord) => Promise<string>;
}

/** Callers that sign their requests, with long-term keys or with those of a session. */
export class SigV4Authentication {
  readonly #signingKeys = new SigningKeyCache();

  constructor(private readonly options: SigV4Options) {}

  /** `services` are those that a request may be signed for; `now` is epoch milliseconds. Errors: those of {@link verifySignature}. */
  async authenticate(
    { http, gateway }: GuardedRequest,
    services: readonly string[],
    now: number,
  ): Promise<Authenticated> {
    const { principals, sessions, openSecret } = this.options;
    const { credential, payloadHash } = await verifySignature(http, {
      services,
      now,
      signingKeys: this.#signingKeys,
      findKey: (id, sessionToken) =>
        findSigningCredential(id, sessionToken, {
          sessions,
          loadAccessKey: (keyId) => principals.accessKey(keyId),
          openSecret,
          now,
        }),
    });
    const principal =
      credential.kind === 'session'
        ? await principals.session(credential, gateway.partition)
        : await principals.principal(credential.accessKey, gateway.partition);
    if (principal === undefined) {
      throw invalidClientTokenId();
    }
    return { principal, payloadHash, scheme: 'sigv4' };
  }
}
