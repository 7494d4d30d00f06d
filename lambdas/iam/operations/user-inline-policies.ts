import {
  DeleteUserPolicy$,
  GetUserPolicy$,
  ListUserPolicies$,
  PutUserPolicy$,
  type DeleteUserPolicyRequest,
  type GetUserPolicyRequest,
  type GetUserPolicyResponse,
  type ListUserPoliciesRequest,
  type ListUserPoliciesResponse,
  type PutUserPolicyRequest,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import {
  deleteInlinePolicy,
  listInlinePolicies,
  putInlinePolicy,
  requireInlinePolicy,
} from '../inline-policies';
import { userHolder } from '../policy-holders';
import { boundaryContext, onUser } from '../targets';

const putUserPolicy: Operation<PutUserPolicyRequest, void> = {
  name: 'PutUserPolicy',
  schema: PutUserPolicy$,
  accessLevel: 'Permissions management',
  route: 'PUT /users/{UserName}/policies/{PolicyName}',
  authorization: onUser('iam:PutUserPolicy', {
    conditionKeys: ['iam:PermissionsBoundary'],
    context: boundaryContext,
  }),
  errors: ['LimitExceeded', 'MalformedPolicyDocument', 'NoSuchEntity'],
  run: async (input, call) => {
    const { PolicyName, PolicyDocument } = input;
    const holder = await userHolder(call, input.UserName);
    await putInlinePolicy(call, holder, { PolicyName, PolicyDocument });
  },
};

const getUserPolicy: Operation<GetUserPolicyRequest, GetUserPolicyResponse> = {
  name: 'GetUserPolicy',
  schema: GetUserPolicy$,
  accessLevel: 'Read',
  route: 'GET /users/{UserName}/policies/{PolicyName}',
  authorization: onUser('iam:GetUserPolicy'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const holder = await userHolder(call, input.UserName);
    const policy = await requireInlinePolicy(call, holder, input.PolicyName);
    return { UserName: holder.name, ...policy };
  },
};

const deleteUserPolicy: Operation<DeleteUserPolicyRequest, void> = {
  name: 'DeleteUserPolicy',
  schema: DeleteUserPolicy$,
  accessLevel: 'Permissions management',
  route: 'DELETE /users/{UserName}/policies/{PolicyName}',
  authorization: onUser('iam:DeleteUserPolicy', {
    conditionKeys: ['iam:PermissionsBoundary'],
    context: boundaryContext,
  }),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    await deleteInlinePolicy(call, await userHolder(call, input.UserName), input.PolicyName);
  },
};

const listUserPolicies: Operation<ListUserPoliciesRequest, ListUserPoliciesResponse> = {
  name: 'ListUserPolicies',
  schema: ListUserPolicies$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/policies',
  authorization: onUser('iam:ListUserPolicies'),
  errors: ['NoSuchEntity'],
  run: async (input, call) =>
    listInlinePolicies(call, await userHolder(call, input.UserName), input),
};

export const userInlinePolicyOperations: readonly AnyOperation[] = [
  putUserPolicy,
  getUserPolicy,
  deleteUserPolicy,
  listUserPolicies,
];
