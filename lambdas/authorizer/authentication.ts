import { hasBearerToken } from '../credentials/bearer-header';
import { parseSignature } from '../credentials/signature-parts';
import type { HttpRequest } from '../protocol/http';
import type { Authenticated } from './authenticated';
import { BearerAuthentication, type BearerOptions } from './bearer-authentication';
import type { GuardedRequest } from './events/guarded-request';
import { SigV4Authentication, type SigV4Options } from './sigv4-authentication';

/** Who makes a guarded call: one file beside this one for each scheme, and exactly one credential in a request. */
export class Authentication {
  readonly #sigv4: SigV4Authentication;
  readonly #bearer: BearerAuthentication;

  constructor(options: SigV4Options & BearerOptions) {
    this.#sigv4 = new SigV4Authentication(options);
    this.#bearer = new BearerAuthentication(options);
  }

  /** The service in a signature's scope; undefined for a credential that names none. Errors: those of a signature that cannot be read. */
  serviceOf(http: HttpRequest): string | undefined {
    return hasBearerToken(http) ? undefined : parseSignature(http).service;
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
    return hasBearerToken(request.http)
      ? this.#bearer.authenticate(request, now)
      : this.#sigv4.authenticate(request, services, now);
  }
}
