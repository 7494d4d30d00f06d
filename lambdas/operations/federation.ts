import type { IdentityTokens } from '../credentials/oidc/identity-tokens';
import type { IssuerReach } from '../credentials/oidc/issuer-url';

/** What a deployment is told about issuers of tokens, and what it keeps of them. */
export interface FederationOptions {
  /** What the URLs of this deployment's own issuers begin with, without a slash at the end: `https://…/issuers`. */
  readonly issuersUrl: string;
  /** Where the issuers may be whose tokens are taken. */
  readonly reach: IssuerReach;
  readonly identityTokens: Pick<IdentityTokens, 'verify'>;
}

/** The `iss` of one of this deployment's issuers. */
export function issuerUrl({ issuersUrl }: FederationOptions, issuerId: string): string {
  return `${issuersUrl}/${issuerId}`;
}
