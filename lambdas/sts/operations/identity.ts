import {
  DecodeAuthorizationMessage$,
  GetAccessKeyInfo$,
  GetCallerIdentity$,
  type DecodeAuthorizationMessageRequest,
  type DecodeAuthorizationMessageResponse,
  type GetAccessKeyInfoRequest,
  type GetAccessKeyInfoResponse,
  type GetCallerIdentityRequest,
  type GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import { loadAccessKey } from '../../identity/principals';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';

/**
 * Needs no permission, and no Deny keeps anyone from it.
 *
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
const getCallerIdentity: Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> = {
  name: 'GetCallerIdentity',
  schema: GetCallerIdentity$,
  accessLevel: 'Read',
  route: 'GET /caller-identity',
  authorization: undefined,
  errors: [],
  run: (_input, { caller }) =>
    Promise.resolve({
      UserId: caller.userId,
      Account: caller.accountId,
      Arn: caller.principal.arn,
    }),
};

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html */
const getAccessKeyInfo: Operation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse> = {
  name: 'GetAccessKeyInfo',
  schema: GetAccessKeyInfo$,
  accessLevel: 'Read',
  route: 'GET /access-keys/{AccessKeyId}',
  authorization: {
    action: 'sts:GetAccessKeyInfo',
    resourceType: '*',
    resources: () => ['*'],
    conditionKeys: [],
  },
  errors: ['ValidationError'],
  run: async ({ AccessKeyId }, call) => ({ Account: await accountOf(AccessKeyId, call) }),
};

/** Sessions are kept nowhere: of their keys, only the caller's own is known. */
async function accountOf(accessKeyId: string, call: Call): Promise<string> {
  if (accessKeyId === call.caller.accessKeyId) {
    return call.accountId;
  }
  const key = await loadAccessKey(call.store, accessKeyId, { consistent: true });
  if (key === undefined) {
    throw new IamError('ValidationError', `The access key ID ${accessKeyId} is not known.`);
  }
  return key.AccountId;
}

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html */
const decodeAuthorizationMessage: Operation<
  DecodeAuthorizationMessageRequest,
  DecodeAuthorizationMessageResponse
> = {
  name: 'DecodeAuthorizationMessage',
  schema: DecodeAuthorizationMessage$,
  accessLevel: 'Write',
  route: 'POST /authorization-messages',
  authorization: {
    action: 'sts:DecodeAuthorizationMessage',
    resourceType: '*',
    resources: () => ['*'],
    conditionKeys: [],
  },
  errors: ['InvalidAuthorizationMessageException'],
  run: async ({ EncodedMessage }, call) => {
    const DecodedMessage = await call.openAuthorizationMessage(EncodedMessage);
    if (DecodedMessage === undefined) {
      throw new IamError(
        'InvalidAuthorizationMessageException',
        'Message provided has invalid format',
      );
    }
    return { DecodedMessage };
  },
};

export const identityOperations: readonly AnyOperation[] = [
  getCallerIdentity,
  getAccessKeyInfo,
  decodeAuthorizationMessage,
];
