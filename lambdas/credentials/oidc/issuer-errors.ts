/**
 * The issuer's keys could not be had; nobody knows whether the token is good. To a guarded API that is an outage, never a refusal.
 */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';

  constructor(
    message: string,
    /** Whether a later attempt may succeed with nobody changing anything: no answer came, or one of the server's own faults. */
    readonly isTransient: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The token proves nothing. The message is for the log; what the caller is told is the protocol's. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';

  constructor(
    readonly reason: TokenRefusal,
    message: string,
  ) {
    super(message);
  }
}

/**
 * - `malformed`: not a signed JSON Web Token, or one that two readers could read differently
 * - `unknownKey`: no key of the issuer's is the one that the token names
 * - `signature`: the key does not confirm it
 * - `claims`: a required claim is missing or is not of its type, or the token is not valid yet
 * - `issuer`, `audience`: meant for, or made by, somebody else
 * - `expired`
 */
export type TokenRefusal =
  'malformed' | 'unknownKey' | 'signature' | 'claims' | 'issuer' | 'audience' | 'expired';
