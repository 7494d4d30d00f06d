/** A role that an assertion offers, with the provider that it names beside it. */
export interface SamlRole {
  readonly roleArn: string;
  readonly providerArn: string;
}

/**
 * What a verified assertion says of somebody: the attributes that AWS reads, and nothing else.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
 */
export interface SamlIdentity {
  /** The NameID. */
  readonly subject: string;
  /** `persistent`, `transient`, or the whole format where it is another. */
  readonly subjectType: string;
  readonly issuer: string;
  /** The Recipient that the assertion was made for. */
  readonly recipient: string;
  readonly roles: readonly SamlRole[];
  readonly roleSessionName: string;
  /** As the assertion asks for it. */
  readonly sessionDurationSeconds?: number;
  /** Epoch milliseconds; a session made from this ends by then. */
  readonly sessionNotOnOrAfter?: number;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  /** Further `saml:` keys, of the attributes that AWS knows: `saml:mail`, `saml:edupersonaffiliation`, … */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Why an assertion is not taken, in the codes of STS. */
export type SamlRefusalCode = 'ExpiredTokenException' | 'IDPRejectedClaim' | 'InvalidIdentityToken';

/** What the function that verifies assertions is asked. */
export interface SamlVerificationRequest {
  /** `arn:aws:iam::123456789012:saml-provider/corporate`. */
  readonly accountId: string;
  readonly providerName: string;
  /** The response as it was posted, in base64. */
  readonly samlAssertion: string;
}

export type SamlVerification =
  | { readonly identity: SamlIdentity }
  | { readonly refusal: { readonly code: SamlRefusalCode; readonly message: string } };
