import type { Authenticated } from './authenticated';
import type { GuardedRequest } from './events/guarded-request';
import { SigV4Authentication, type SigV4Options } from './sigv4-authentication';

/** Who makes a guarded call: one file beside this one for each scheme, and exactly one credential in a request. */
export class Authentication {
  readonly #sigv4: SigV4Authentication;

  constructor(options: SigV4Options) {
    this.#sigv4 = new SigV4Authentication(options);
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
    return this.#sigv4.authenticate(request, services, now);
  }
}
