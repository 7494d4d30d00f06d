import {
  DeleteRolePolicy$,
  GetRolePolicy$,
  ListRolePolicies$,
  PutRolePolicy$,
  type DeleteRolePolicyRequest,
  type GetRolePolicyRequest,
  type GetRolePolicyResponse,
  type ListRolePoliciesRequest,
  type ListRolePoliciesResponse,
  type PutRolePolicyRequest,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import {
  deleteInlinePolicy,
  listInlinePolicies,
  putInlinePolicy,
  requireInlinePolicy,
} from '../inline-policies';
import { roleHolder } from '../policy-holders';
import { onBoundedRole, onRole, requireModifiableRole, requireRole } from '../role-targets';

const putRolePolicy: Operation<PutRolePolicyRequest, void> = {
  name: 'PutRolePolicy',
  schema: PutRolePolicy$,
  accessLevel: 'Permissions management',
  route: 'PUT /roles/{RoleName}/policies/{PolicyName}',
  authorization: onBoundedRole('iam:PutRolePolicy'),
  errors: ['LimitExceeded', 'MalformedPolicyDocument', 'NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const { PolicyName, PolicyDocument } = input;
    const holder = roleHolder(call, await requireModifiableRole(call, input.RoleName));
    await putInlinePolicy(call, holder, { PolicyName, PolicyDocument });
  },
};

const getRolePolicy: Operation<GetRolePolicyRequest, GetRolePolicyResponse> = {
  name: 'GetRolePolicy',
  schema: GetRolePolicy$,
  accessLevel: 'Read',
  route: 'GET /roles/{RoleName}/policies/{PolicyName}',
  authorization: onRole('iam:GetRolePolicy'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const holder = roleHolder(call, await requireRole(call, input.RoleName));
    const policy = await requireInlinePolicy(call, holder, input.PolicyName);
    return { RoleName: holder.name, ...policy };
  },
};

const deleteRolePolicy: Operation<DeleteRolePolicyRequest, void> = {
  name: 'DeleteRolePolicy',
  schema: DeleteRolePolicy$,
  accessLevel: 'Permissions management',
  route: 'DELETE /roles/{RoleName}/policies/{PolicyName}',
  authorization: onBoundedRole('iam:DeleteRolePolicy'),
  errors: ['LimitExceeded', 'NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    await deleteInlinePolicy(
      call,
      roleHolder(call, await requireModifiableRole(call, input.RoleName)),
      input.PolicyName,
    );
  },
};

const listRolePolicies: Operation<ListRolePoliciesRequest, ListRolePoliciesResponse> = {
  name: 'ListRolePolicies',
  schema: ListRolePolicies$,
  accessLevel: 'List',
  route: 'GET /roles/{RoleName}/policies',
  authorization: onRole('iam:ListRolePolicies'),
  errors: ['NoSuchEntity'],
  run: async (input, call) =>
    listInlinePolicies(call, roleHolder(call, await requireRole(call, input.RoleName)), input),
};

export const roleInlinePolicyOperations: readonly AnyOperation[] = [
  putRolePolicy,
  getRolePolicy,
  deleteRolePolicy,
  listRolePolicies,
];
