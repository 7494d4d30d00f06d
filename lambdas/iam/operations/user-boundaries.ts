import {
  DeleteUserPermissionsBoundary$,
  PutUserPermissionsBoundary$,
  type DeleteUserPermissionsBoundaryRequest,
  type PutUserPermissionsBoundaryRequest,
} from '@aws-sdk/client-iam';
import type { PolicyReference } from '../../identity/entities';
import { toAttributes } from '../../identity/records';
import { commit, type Step } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { releaseSteps, requireBoundary, useSteps } from '../attachable-policies';
import { boundaryContext, checkPolicyArn, onUser, requireUser } from '../targets';

const putUserPermissionsBoundary: Operation<PutUserPermissionsBoundaryRequest, void> = {
  name: 'PutUserPermissionsBoundary',
  schema: PutUserPermissionsBoundary$,
  accessLevel: 'Permissions management',
  route: 'PUT /users/{UserName}/permissions-boundary',
  authorization: onUser('iam:PutUserPermissionsBoundary', {
    conditionKeys: ['iam:PermissionsBoundary'],
    // The boundary that is asked for, not the one that the user has.
    context: (input) => {
      checkPolicyArn(input.PermissionsBoundary);
      return { 'iam:PermissionsBoundary': input.PermissionsBoundary };
    },
  }),
  errors: ['InvalidInput', 'NoSuchEntity', 'PolicyNotAttachable'],
  run: async (input, call) => {
    const user = await requireUser(call, input.UserName);
    const boundary = await requireBoundary(call, input.PermissionsBoundary);
    const { PermissionsBoundary: before, UserId: userId } = user.entity;
    if (before?.PolicyId === boundary.PolicyId) {
      return;
    }
    await commit(call, [
      {
        write: {
          kind: 'update',
          key: user.key,
          set: toAttributes({ PermissionsBoundary: boundary }),
          condition: { exists: true, revision: user.revision },
        },
      },
      ...(await useSteps(call, boundary, 'PermissionsBoundary', { kind: 'User', id: userId })),
      ...(before === undefined ? [] : releaseBoundary(call, before, userId)),
    ]);
  },
};

const deleteUserPermissionsBoundary: Operation<DeleteUserPermissionsBoundaryRequest, void> = {
  name: 'DeleteUserPermissionsBoundary',
  schema: DeleteUserPermissionsBoundary$,
  accessLevel: 'Permissions management',
  route: 'DELETE /users/{UserName}/permissions-boundary',
  authorization: onUser('iam:DeleteUserPermissionsBoundary', {
    conditionKeys: ['iam:PermissionsBoundary'],
    context: boundaryContext,
  }),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const user = await requireUser(call, input.UserName);
    const { PermissionsBoundary: boundary, UserId: userId, UserName: userName } = user.entity;
    if (boundary === undefined) {
      throw new IamError(
        'NoSuchEntity',
        `User ${userName} does not have a permissions boundary set.`,
      );
    }
    await commit(call, [
      {
        write: {
          kind: 'update',
          key: user.key,
          remove: ['PermissionsBoundary'],
          condition: { exists: true, revision: user.revision },
        },
      },
      ...releaseBoundary(call, boundary, userId),
    ]);
  },
};

function releaseBoundary(call: Call, boundary: PolicyReference, userId: string): readonly Step[] {
  return releaseSteps(call, boundary, 'PermissionsBoundary', { kind: 'User', id: userId });
}

export const userBoundaryOperations: readonly AnyOperation[] = [
  putUserPermissionsBoundary,
  deleteUserPermissionsBoundary,
];
