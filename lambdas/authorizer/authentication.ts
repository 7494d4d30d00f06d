import { hasBearerToken, readBearerToken } from '../credentials/bearer-header';
import { parseSignature } from '../credentials/signature-parts';
import type { HttpRequest } from '../protocol/http';
import type { Authenticated } from './authenticated';
import { BearerAuthentication, type BearerOptions } from './bearer-authentication';
import type { GuardedRequest } from './events/guarded-request';
import { OidcAuthentication, type OidcOptions } from './oidc-authentication';
import { SigV4Authentication, type SigV4Options } from './sigv4-authentication';

/** Who makes a guarded call: one file beside this one for each scheme, and exactly one credential in a request. */
export class Authentication {
  readonly #sigv4: SigV4Authentication;
  readonly #bearer: BearerAuthentication;
  readonly #oidc: OidcAuthentication;

  constructor(options: SigV4Options & BearerOptions & OidcOptions) {
    this.#sigv4 = new SigV4Authentication(options);
    this.#bearer = new BearerAuthentication(options);
    this.#oidc = new OidcAuthentication(options);
  }

  /** The service in a signature's scope; undefined for a credential that names none. Errors: those of a signature that cannot be read. */
  serviceOf(http: HttpRequest): string | undefined {
    return hasBearerToken(http) ? undefined : parseSignature(http).credential.service;
  }

  /**
   * `services` are those that a request may be signed for; `now` is epoch milliseconds.
   *
   * Errors: a Sender's IamError where the credential is missing, wrong or one of several; whatever else is an outage.
   */
  async authenticate(
    request: GuardedRequest,
    services: readonly string[],
    now: number,
  ): Promise<Authenticated> {
    if (!hasBearerToken(request.http)) {
      return this.#sigv4.authenticate(request, services, now);
    }
    const token = readBearerToken(request.http);
    return isJsonWebToken(token)
      ? this.#oidc.authenticate(request, token, now)
      : this.#bearer.authenticate(request, now);
  }
}

/** By its form alone: an access token of ours has no dots. */
function isJsonWebToken(token: string): boolean {
  return token.split('.', 4).length === 3;
}
