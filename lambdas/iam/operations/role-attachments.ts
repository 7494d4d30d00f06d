import {
  AttachRolePolicy$,
  DetachRolePolicy$,
  ListAttachedRolePolicies$,
  type AttachRolePolicyRequest,
  type DetachRolePolicyRequest,
  type ListAttachedRolePoliciesRequest,
  type ListAttachedRolePoliciesResponse,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { attachPolicy, detachPolicy, listAttachments } from '../policy-attachments';
import { roleHolder } from '../policy-holders';
import { onBoundedRole, onRole, requireModifiableRole, requireRole } from '../role-targets';
import { policyArnContext } from '../targets';

const attachRolePolicy: Operation<AttachRolePolicyRequest, void> = {
  name: 'AttachRolePolicy',
  schema: AttachRolePolicy$,
  accessLevel: 'Permissions management',
  route: 'PUT /roles/{RoleName}/attached-policies/{PolicyArn}',
  authorization: onBoundedRole<AttachRolePolicyRequest>('iam:AttachRolePolicy', {
    conditionKeys: ['iam:PolicyARN'],
    context: policyArnContext,
  }),
  errors: [
    'InvalidInput',
    'LimitExceeded',
    'NoSuchEntity',
    'PolicyNotAttachable',
    'UnmodifiableEntity',
  ],
  run: async (input, call) => {
    await attachPolicy(
      call,
      roleHolder(call, await requireModifiableRole(call, input.RoleName)),
      input.PolicyArn,
    );
  },
};

const detachRolePolicy: Operation<DetachRolePolicyRequest, void> = {
  name: 'DetachRolePolicy',
  schema: DetachRolePolicy$,
  accessLevel: 'Permissions management',
  route: 'DELETE /roles/{RoleName}/attached-policies/{PolicyArn}',
  authorization: onBoundedRole<DetachRolePolicyRequest>('iam:DetachRolePolicy', {
    conditionKeys: ['iam:PolicyARN'],
    context: policyArnContext,
  }),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    await detachPolicy(
      call,
      roleHolder(call, await requireModifiableRole(call, input.RoleName)),
      input.PolicyArn,
    );
  },
};

const listAttachedRolePolicies: Operation<
  ListAttachedRolePoliciesRequest,
  ListAttachedRolePoliciesResponse
> = {
  name: 'ListAttachedRolePolicies',
  schema: ListAttachedRolePolicies$,
  accessLevel: 'List',
  route: 'GET /roles/{RoleName}/attached-policies',
  authorization: onRole('iam:ListAttachedRolePolicies'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) =>
    listAttachments(call, roleHolder(call, await requireRole(call, input.RoleName)), input),
};

export const roleAttachmentOperations: readonly AnyOperation[] = [
  attachRolePolicy,
  detachRolePolicy,
  listAttachedRolePolicies,
];
