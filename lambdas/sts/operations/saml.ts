import { createHash } from 'node:crypto';
import {
  AssumeRoleWithSAML$,
  type AssumeRoleWithSAMLRequest,
  type AssumeRoleWithSAMLResponse,
} from '@aws-sdk/client-sts';
import type { SamlIdentity } from '../../credentials/saml-identity';
import type { Checked, UnsignedCall, UnsignedOperation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { assumeFederatedRole } from '../federated-roles';
import { createSamlVerifier, type SamlVerifier } from '../saml-verifier';

type Input = Checked<AssumeRoleWithSAMLRequest>;

/**
 * AssumeRoleWithSAML, with whatever reads and verifies the response.
 *
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
 */
export function createSamlOperations(verify: SamlVerifier): readonly AnyOperation[] {
  const assumeRoleWithSaml: UnsignedOperation<
    AssumeRoleWithSAMLRequest,
    AssumeRoleWithSAMLResponse
  > = {
    name: 'AssumeRoleWithSAML',
    schema: AssumeRoleWithSAML$,
    accessLevel: 'Write',
    route: 'POST /roles/{RoleArn}/saml-sessions',
    authentication: 'none',
    accountId: ({ RoleArn }) => accountIdOf(RoleArn),
    authorization: {
      action: 'sts:AssumeRoleWithSAML',
      resourceType: 'role',
      conditionKeys: [
        'aws:FederatedProvider',
        'aws:RequestTag/${TagKey}',
        'aws:ResourceTag/${TagKey}',
        'aws:TagKeys',
        'saml:aud',
        'saml:doc',
        'saml:iss',
        'saml:namequalifier',
        'saml:sub',
        'saml:sub_type',
        'sts:RoleSessionName',
        'sts:SourceIdentity',
        'sts:TransitiveTagKeys',
      ],
    },
    errors: [
      'ExpiredTokenException',
      'IDPRejectedClaim',
      'InvalidIdentityToken',
      'MalformedPolicyDocument',
      'PackedPolicyTooLarge',
      'ValidationError',
    ],
    run: async (input, call) => assumeRoleWithVerified(input, call, verify),
  };
  return [assumeRoleWithSaml];
}

let verifier: SamlVerifier | undefined;

/** The function's own: made when the first response comes. */
export const samlOperations = createSamlOperations((request) => {
  verifier ??= createSamlVerifier(process.env);
  return verifier(request);
});

async function assumeRoleWithVerified(
  input: Input,
  call: UnsignedCall,
  verify: SamlVerifier,
): Promise<AssumeRoleWithSAMLResponse> {
  const provider = readProviderArn(call, input.PrincipalArn);
  const verification = await verify({
    accountId: call.accountId,
    providerName: provider.name,
    samlAssertion: input.SAMLAssertion,
  });
  if ('refusal' in verification) {
    const { code, message } = verification.refusal;
    throw new IamError(code, message);
  }
  const { identity } = verification;
  checkOffer(input, identity);
  const nameQualifier = nameQualifierOf(identity, call.accountId, provider.name);
  const issued = await assumeFederatedRole(call, {
    action: 'sts:AssumeRoleWithSAML',
    roleArn: input.RoleArn,
    sessionName: identity.roleSessionName,
    // The caller's wish goes before the assertion's; the provider's own session bounds both.
    durationSeconds: input.DurationSeconds ?? identity.sessionDurationSeconds,
    maximumSeconds: remainingSeconds(identity, call.now),
    policy: input.Policy,
    policyArns: input.PolicyArns,
    identity: {
      principal: { type: 'SAMLUser', provider: input.PrincipalArn, accountId: call.accountId },
      federatedProvider: input.PrincipalArn,
      context: samlContext(identity, { ...provider, accountId: call.accountId, nameQualifier }),
      tags: identity.tags,
      transitiveTagKeys: identity.transitiveTagKeys,
      sourceIdentity: identity.sourceIdentity,
    },
  });
  return {
    ...issued,
    Subject: identity.subject,
    SubjectType: identity.subjectType,
    Issuer: identity.issuer,
    Audience: identity.recipient,
    NameQualifier: nameQualifier,
  };
}

function accountIdOf(roleArn: string): string {
  const [, accountId] = /^arn:[a-z-]+:iam::(\d{12}):/.exec(roleArn) ?? [];
  if (accountId === undefined) {
    throw new IamError('ValidationError', `${roleArn} is invalid`);
  }
  return accountId;
}

/** A provider of the role's own account. Errors: ValidationError for what is no ARN of one, AccessDenied for another account's. */
function readProviderArn(call: UnsignedCall, arn: string): { readonly name: string } {
  const [, partition, accountId, name] =
    /^arn:([a-z-]+):iam::(\d{12}):saml-provider\/([\w.-]{1,128})$/.exec(arn) ?? [];
  if (partition !== call.partition || name === undefined) {
    throw new IamError('ValidationError', `${arn} is invalid`);
  }
  if (accountId !== call.accountId) {
    throw new IamError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithSAML');
  }
  return { name };
}

/** The role and the provider must stand beside each other in the assertion. */
function checkOffer({ RoleArn, PrincipalArn }: Input, { roles }: SamlIdentity): void {
  const isOffered = roles.some(
    ({ roleArn, providerArn }) => roleArn === RoleArn && providerArn === PrincipalArn,
  );
  if (!isOffered) {
    throw new IamError(
      'InvalidIdentityToken',
      'The SAML assertion does not offer the requested role with this provider',
    );
  }
}

function remainingSeconds(identity: SamlIdentity, now: number): number | undefined {
  return identity.sessionNotOnOrAfter === undefined
    ? undefined
    : Math.max(Math.floor((identity.sessionNotOnOrAfter - now) / 1000), 1);
}

/** With the subject it names a person; AWS's own computation. */
function nameQualifierOf({ issuer }: SamlIdentity, accountId: string, name: string): string {
  return createHash('sha1').update(`${issuer}${accountId}/${name}`).digest('base64');
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
 */
function samlContext(
  identity: SamlIdentity,
  provider: { readonly name: string; readonly accountId: string; readonly nameQualifier: string },
): Readonly<Record<string, string | readonly string[]>> {
  return {
    ...identity.attributes,
    'saml:aud': identity.recipient,
    'saml:doc': `${provider.accountId}/${provider.name}`,
    'saml:iss': identity.issuer,
    'saml:namequalifier': provider.nameQualifier,
    'saml:sub': identity.subject,
    'saml:sub_type': identity.subjectType,
  };
}
