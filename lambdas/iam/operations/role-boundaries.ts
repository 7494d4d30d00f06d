import {
  DeleteRolePermissionsBoundary$,
  PutRolePermissionsBoundary$,
  type DeleteRolePermissionsBoundaryRequest,
  type PutRolePermissionsBoundaryRequest,
} from '@aws-sdk/client-iam';
import type { PolicyReference } from '../../identity/entities';
import { toAttributes } from '../../identity/records';
import { commit, type Step } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { releaseSteps, requireBoundary, useSteps } from '../attachable-policies';
import { onBoundedRole, onRole, requireModifiableRole } from '../role-targets';
import { checkPolicyArn } from '../targets';

const putRolePermissionsBoundary: Operation<PutRolePermissionsBoundaryRequest, void> = {
  name: 'PutRolePermissionsBoundary',
  schema: PutRolePermissionsBoundary$,
  accessLevel: 'Permissions management',
  route: 'PUT /roles/{RoleName}/permissions-boundary',
  authorization: onRole('iam:PutRolePermissionsBoundary', {
    conditionKeys: ['iam:PermissionsBoundary'],
    // The boundary that is asked for, not the one that the role has.
    context: (input) => {
      checkPolicyArn(input.PermissionsBoundary);
      return { 'iam:PermissionsBoundary': input.PermissionsBoundary };
    },
  }),
  errors: ['InvalidInput', 'NoSuchEntity', 'PolicyNotAttachable', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const role = await requireModifiableRole(call, input.RoleName);
    const boundary = await requireBoundary(call, input.PermissionsBoundary);
    const { PermissionsBoundary: before, RoleId: roleId } = role.entity;
    if (before?.PolicyId === boundary.PolicyId) {
      return;
    }
    await commit(call, [
      {
        write: {
          kind: 'update',
          key: role.key,
          set: toAttributes({ PermissionsBoundary: boundary }),
          condition: { exists: true, revision: role.revision },
        },
      },
      ...(await useSteps(call, boundary, 'PermissionsBoundary', { kind: 'Role', id: roleId })),
      ...(before === undefined ? [] : releaseBoundary(call, before, roleId)),
    ]);
  },
};

const deleteRolePermissionsBoundary: Operation<DeleteRolePermissionsBoundaryRequest, void> = {
  name: 'DeleteRolePermissionsBoundary',
  schema: DeleteRolePermissionsBoundary$,
  accessLevel: 'Permissions management',
  route: 'DELETE /roles/{RoleName}/permissions-boundary',
  authorization: onBoundedRole('iam:DeleteRolePermissionsBoundary'),
  errors: ['NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const role = await requireModifiableRole(call, input.RoleName);
    const { PermissionsBoundary: boundary, RoleId: roleId, RoleName: roleName } = role.entity;
    if (boundary === undefined) {
      throw new IamError(
        'NoSuchEntity',
        `Role ${roleName} does not have a permissions boundary set.`,
      );
    }
    await commit(call, [
      {
        write: {
          kind: 'update',
          key: role.key,
          remove: ['PermissionsBoundary'],
          condition: { exists: true, revision: role.revision },
        },
      },
      ...releaseBoundary(call, boundary, roleId),
    ]);
  },
};

function releaseBoundary(call: Call, boundary: PolicyReference, roleId: string): readonly Step[] {
  return releaseSteps(call, boundary, 'PermissionsBoundary', { kind: 'Role', id: roleId });
}

export const roleBoundaryOperations: readonly AnyOperation[] = [
  putRolePermissionsBoundary,
  deleteRolePermissionsBoundary,
];
