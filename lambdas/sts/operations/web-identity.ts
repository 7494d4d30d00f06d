import {
  AssumeRoleWithWebIdentity$,
  type AssumeRoleWithWebIdentityRequest,
  type AssumeRoleWithWebIdentityResponse,
} from '@aws-sdk/client-sts';
import type { IdentityClaims } from '../../credentials/oidc/identity-claims';
import { readIssuer } from '../../credentials/oidc/identity-tokens';
import { IssuerUnavailable, TokenRefused } from '../../credentials/oidc/issuer-errors';
import { providerUrlOf } from '../../credentials/oidc/issuer-url';
import {
  findProviderByUrl,
  isTrustedWebIdentity,
  webIdentityKeys,
  type FoundProvider,
} from '../../identity/web-identity';
import type { Checked, UnsignedCall, UnsignedOperation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { findTargetRole, issueRoleSession, readRoleArn } from '../role-sessions';

type Input = Checked<AssumeRoleWithWebIdentityRequest>;

/**
 * Nobody signs it: the token says who asks. The order is AWS's: the token first, then the role, of which a stranger learns nothing.
 *
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
const assumeRoleWithWebIdentity: UnsignedOperation<
  AssumeRoleWithWebIdentityRequest,
  AssumeRoleWithWebIdentityResponse
> = {
  name: 'AssumeRoleWithWebIdentity',
  schema: AssumeRoleWithWebIdentity$,
  accessLevel: 'Write',
  route: 'POST /roles/{RoleArn}/web-identity-sessions',
  authentication: 'none',
  authorization: {
    action: 'sts:AssumeRoleWithWebIdentity',
    resourceType: 'role',
    conditionKeys: [
      'aws:FederatedProvider',
      'aws:RequestTag/${TagKey}',
      'aws:ResourceTag/${TagKey}',
      'aws:TagKeys',
      'sts:RoleSessionName',
      'sts:SourceIdentity',
      'sts:TransitiveTagKeys',
    ],
  },
  errors: [
    'ExpiredTokenException',
    'IDPCommunicationError',
    'IDPRejectedClaim',
    'InvalidIdentityToken',
    'InvalidParameterValue',
    'MalformedPolicyDocument',
    'PackedPolicyTooLarge',
    'ValidationError',
  ],
  // The partition is the call's own; here only the account is read.
  accountId: ({ RoleArn }) => readRoleArn(RoleArn.split(':', 2)[1] ?? '', RoleArn).accountId,
  run: async (input, call) => {
    const target = readRoleArn(call.partition, input.RoleArn);
    refuseAccessTokens(input);
    const { provider, claims } = await verify(input.WebIdentityToken, target.accountId, call);
    const role = await findTargetRole(call, target);
    const isTrusted =
      role !== undefined &&
      isTrustedWebIdentity({
        role: role.entity,
        roleArn: role.arn,
        accountId: target.accountId,
        provider,
        claims,
        sessionName: input.RoleSessionName,
        requestContext: call.requestContext,
      });
    if (!isTrusted) {
      throw new IamError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
    }
    const issued = await issueRoleSession(call, {
      role,
      accountId: target.accountId,
      sessionName: input.RoleSessionName,
      durationSeconds: input.DurationSeconds,
      policy: input.Policy,
      policyArns: input.PolicyArns,
      tags: claims.tags,
      transitiveTagKeys: claims.transitiveTagKeys,
      sourceIdentity: claims.sourceIdentity,
      federatedProvider: provider.arn,
      context: webIdentityKeys(provider.record.Url, claims),
      minimumTokenLength: input.MinimumSessionTokenSize,
    });
    return {
      ...issued,
      SubjectFromWebIdentityToken: claims.subject,
      Provider: provider.arn,
      Audience: claims.audience,
    };
  },
};

/** OAuth 2.0 access tokens of the two providers that AWS asks itself are no tokens that anybody else can check. */
function refuseAccessTokens({ ProviderId }: Input): void {
  if (ProviderId !== undefined) {
    throw new IamError(
      'InvalidParameterValue',
      `The identity provider ${ProviderId} is not supported. Leave ProviderId out for OpenID Connect ID tokens.`,
    );
  }
}

async function verify(
  token: string,
  accountId: string,
  call: UnsignedCall,
): Promise<{ readonly provider: FoundProvider; readonly claims: IdentityClaims }> {
  const { identityTokens, reach } = call.federation;
  try {
    const issuer = readIssuer(token);
    const url = providerUrlOf(issuer, reach);
    const scope = { partition: call.partition, accountId };
    const provider =
      url === undefined ? undefined : await findProviderByUrl(call.store, scope, url);
    if (provider === undefined) {
      throw invalidToken(`No OpenIDConnect provider found in your account for ${issuer}`);
    }
    const { Url, ClientIDList, ThumbprintList } = provider.record;
    const claims = await identityTokens.verify(token, {
      url: Url,
      clientIds: ClientIDList,
      thumbprints: ThumbprintList,
    });
    return { provider, claims };
  } catch (error) {
    throw toldOf(error, call.now);
  }
}

const NO_KEY =
  "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements";

const invalidToken = (message: string): IamError => new IamError('InvalidIdentityToken', message);

/** In AWS's words, where they are known. */
function toldOf(error: unknown, now: number): unknown {
  if (error instanceof IssuerUnavailable) {
    return error.isTransient
      ? new IamError(
          'IDPCommunicationError',
          'The identity provider could not be reached to verify the token.',
        )
      : invalidToken(NO_KEY);
  }
  if (!(error instanceof TokenRefused)) {
    return error;
  }
  switch (error.reason) {
    case 'malformed':
      return invalidToken(
        'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      );
    case 'unknownKey':
      return invalidToken(NO_KEY);
    case 'signature':
      return invalidToken('The ID Token has an invalid signature');
    case 'issuer':
    case 'claims':
      return invalidToken('The ID Token lacks a required claim, or has one that is not valid');
    case 'audience':
      return invalidToken('Incorrect token audience');
    case 'expired':
      return new IamError(
        'ExpiredTokenException',
        `Token expired: current date/time ${Math.floor(now / 1000)} must be before the expiration date/time of the token`,
      );
  }
}

export const webIdentityOperations: readonly AnyOperation[] = [assumeRoleWithWebIdentity];
