import {
  GetCallerIdentity$,
  type GetCallerIdentityRequest,
  type GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';

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

export const identityOperations: readonly AnyOperation[] = [getCallerIdentity];
