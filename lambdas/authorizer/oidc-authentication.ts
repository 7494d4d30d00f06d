import { invalidClientTokenId } from '../credentials/authentication-errors';
import { IamError } from '../protocol/errors';
import type { Authenticated } from './authenticated';
import type { GuardedRequest } from './events/guarded-request';
import type { PrincipalCache } from './principal-cache';
import type { WebIdentityProver } from './web-identity-proof';

export interface OidcOptions {
  readonly principals: PrincipalCache;
  /** Called when the first token of an OIDC provider comes. */
  readonly loadWebIdentityProver: () => Promise<WebIdentityProver>;
}

/**
 * Callers with a token of an OIDC provider, each the session of a role that trusts it: as if they had asked STS first, for as long as the
 * token lasts. It says nothing of a body.
 */
export class OidcAuthentication {
  #prover: Promise<WebIdentityProver> | undefined;

  constructor(private readonly options: OidcOptions) {}

  /** `now` is epoch milliseconds. Errors: a Sender's IamError where the token or the role is no good; else an outage. */
  async authenticate(request: GuardedRequest, token: string, now: number): Promise<Authenticated> {
    const prover = await this.#load();
    const proof = await prover.prove(request, token, now);
    if ('refused' in proof) {
      throw new IamError(proof.refused, proof.message);
    }
    const { principals } = this.options;
    const principal = await principals.webIdentity(proof.claims, request.gateway.partition);
    if (principal === undefined) {
      throw invalidClientTokenId();
    }
    const { tokenClaims, trustKeys } = proof;
    return { principal, payloadHash: undefined, scheme: 'oidc', tokenClaims, trustKeys };
  }

  /** Invariant: a failure to load is not kept. */
  async #load(): Promise<WebIdentityProver> {
    const loading = (this.#prover ??= this.options.loadWebIdentityProver());
    try {
      return await loading;
    } catch (error) {
      this.#prover = undefined;
      throw error;
    }
  }
}
