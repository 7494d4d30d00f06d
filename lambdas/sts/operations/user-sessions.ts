import {
  GetFederationToken$,
  GetSessionToken$,
  type GetFederationTokenRequest,
  type GetFederationTokenResponse,
  type GetSessionTokenRequest,
  type GetSessionTokenResponse,
} from '@aws-sdk/client-sts';
import { federatedUserArn } from '../../identity/arns';
import { requestTagContext } from '../../identity/tags';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { proveMultiFactor } from '../multi-factor';
import { issueCredentials, type AskedClaims } from '../session-credentials';
import { measurePacked, readSessionPolicies } from '../session-policies';
import { combineTags } from '../session-tags';

/*
 * Sessions of a user, or of root, that long-term keys ask for. They are over when that key is.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */

const DEFAULT_SECONDS = 43_200;

/** Root's sessions are no longer than this, however long it asks for. */
const MAX_ROOT_SECONDS = 3600;

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
const getSessionToken: Operation<GetSessionTokenRequest, GetSessionTokenResponse> = {
  name: 'GetSessionToken',
  schema: GetSessionToken$,
  accessLevel: 'Read',
  route: 'POST /session-tokens',
  authorization: {
    action: 'sts:GetSessionToken',
    resourceType: '*',
    resources: () => ['*'],
    conditionKeys: [],
    needsNoAllow: true,
  },
  errors: ['AccessDenied'],
  run: async (input, call) => {
    const isProven = await proveMultiFactor(call, input);
    return issueCredentials(
      call,
      {
        ...claimsOf(call),
        kind: call.caller.principal.type === 'Root' ? 'root' : 'user',
        tags: [],
        ...(isProven ? { multiFactorAt: Math.floor(call.now / 1000) } : {}),
      },
      {
        durationSeconds: durationOf(call, input.DurationSeconds),
        minimumTokenLength: input.MinimumSessionTokenSize,
      },
    );
  },
};

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
const getFederationToken: Operation<GetFederationTokenRequest, GetFederationTokenResponse> = {
  name: 'GetFederationToken',
  schema: GetFederationToken$,
  accessLevel: 'Read',
  route: 'POST /federation-tokens',
  authorization: {
    action: 'sts:GetFederationToken',
    resourceType: 'federated-user',
    resources: ({ Name }, call) => [federatedUserArn(call, Name)],
    furtherActions: ({ Tags }) => ((Tags ?? []).length === 0 ? [] : ['sts:TagSession']),
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: ({ Tags }) => requestTagContext(Tags),
  },
  errors: ['InvalidParameterValue', 'MalformedPolicyDocument', 'PackedPolicyTooLarge'],
  run: async (input, call) => {
    const { tags } = combineTags({ tags: input.Tags ?? [], transitiveTagKeys: [] }, undefined);
    const policies = await readSessionPolicies(call, {
      policy: input.Policy,
      policyArns: input.PolicyArns,
    });
    const packed = measurePacked(policies, tags);
    const issued = await issueCredentials(
      call,
      { ...claimsOf(call), kind: 'federatedUser', sessionName: input.Name, policies, tags },
      {
        durationSeconds: durationOf(call, input.DurationSeconds),
        minimumTokenLength: input.MinimumSessionTokenSize,
      },
    );
    return {
      ...issued,
      FederatedUser: {
        FederatedUserId: `${call.accountId}:${input.Name}`,
        Arn: federatedUserArn(call, input.Name),
      },
      PackedPolicySize: packed,
    };
  },
};

function claimsOf({ caller, accountId }: Call): Omit<AskedClaims, 'kind' | 'tags'> {
  return {
    accountId,
    principalId: caller.principal.uniqueId ?? caller.userId,
    issuingAccessKeyId: caller.accessKeyId,
    transitiveTagKeys: [],
    isChained: false,
    context: {},
  };
}

function durationOf({ caller }: Call, asked: number | undefined): number {
  const seconds = asked ?? DEFAULT_SECONDS;
  return caller.principal.type === 'Root' ? Math.min(seconds, MAX_ROOT_SECONDS) : seconds;
}

export const userSessionOperations: readonly AnyOperation[] = [getSessionToken, getFederationToken];
