import {
  DeleteGroupPolicy$,
  GetGroupPolicy$,
  ListGroupPolicies$,
  PutGroupPolicy$,
  type DeleteGroupPolicyRequest,
  type GetGroupPolicyRequest,
  type GetGroupPolicyResponse,
  type ListGroupPoliciesRequest,
  type ListGroupPoliciesResponse,
  type PutGroupPolicyRequest,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import {
  deleteInlinePolicy,
  listInlinePolicies,
  putInlinePolicy,
  requireInlinePolicy,
} from '../inline-policies';
import { groupHolder } from '../policy-holders';
import { onGroup } from '../targets';

const putGroupPolicy: Operation<PutGroupPolicyRequest, void> = {
  name: 'PutGroupPolicy',
  schema: PutGroupPolicy$,
  accessLevel: 'Permissions management',
  route: 'PUT /groups/{GroupName}/policies/{PolicyName}',
  authorization: onGroup('iam:PutGroupPolicy'),
  errors: ['LimitExceeded', 'MalformedPolicyDocument', 'NoSuchEntity'],
  run: async (input, call) => {
    const { PolicyName, PolicyDocument } = input;
    const holder = await groupHolder(call, input.GroupName);
    await putInlinePolicy(call, holder, { PolicyName, PolicyDocument });
  },
};

const getGroupPolicy: Operation<GetGroupPolicyRequest, GetGroupPolicyResponse> = {
  name: 'GetGroupPolicy',
  schema: GetGroupPolicy$,
  accessLevel: 'Read',
  route: 'GET /groups/{GroupName}/policies/{PolicyName}',
  authorization: onGroup('iam:GetGroupPolicy'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const holder = await groupHolder(call, input.GroupName);
    const policy = await requireInlinePolicy(call, holder, input.PolicyName);
    return { GroupName: holder.name, ...policy };
  },
};

const deleteGroupPolicy: Operation<DeleteGroupPolicyRequest, void> = {
  name: 'DeleteGroupPolicy',
  schema: DeleteGroupPolicy$,
  accessLevel: 'Permissions management',
  route: 'DELETE /groups/{GroupName}/policies/{PolicyName}',
  authorization: onGroup('iam:DeleteGroupPolicy'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    await deleteInlinePolicy(call, await groupHolder(call, input.GroupName), input.PolicyName);
  },
};

const listGroupPolicies: Operation<ListGroupPoliciesRequest, ListGroupPoliciesResponse> = {
  name: 'ListGroupPolicies',
  schema: ListGroupPolicies$,
  accessLevel: 'List',
  route: 'GET /groups/{GroupName}/policies',
  authorization: onGroup('iam:ListGroupPolicies'),
  errors: ['NoSuchEntity'],
  run: async (input, call) =>
    listInlinePolicies(call, await groupHolder(call, input.GroupName), input),
};

export const groupInlinePolicyOperations: readonly AnyOperation[] = [
  putGroupPolicy,
  getGroupPolicy,
  deleteGroupPolicy,
  listGroupPolicies,
];
