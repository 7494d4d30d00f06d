import type { SamlRefusalCode } from '../credentials/saml-identity';

/** An assertion that is not taken; its message is for the caller. */
export class SamlRefused extends Error {
  override readonly name = 'SamlRefused';

  constructor(
    readonly code: SamlRefusalCode,
    message: string,
  ) {
    super(message);
  }
}

export const invalidToken = (message: string): SamlRefused =>
  new SamlRefused('InvalidIdentityToken', message);
