import {
  CreateRole$,
  DeleteRole$,
  GetRole$,
  ListRoles$,
  type CreateRoleRequest,
  type CreateRoleResponse,
  type DeleteRoleRequest,
  type GetRoleRequest,
  type GetRoleResponse,
  type ListRolesRequest,
  type ListRolesResponse,
  type Role,
} from '@aws-sdk/client-iam';
import { iamArn, iamPathArn } from '../../identity/arns';
import type { Found } from '../../identity/lookup';
import { toAttributes } from '../../identity/records';
import type { RoleRecord } from '../../identity/role-entities';
import { foundRole } from '../../identity/role-lookup';
import { requestTagContext } from '../../identity/tags';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Call, Checked, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { deleteConflict, entityAlreadyExists } from '../../protocol/error-messages';
import { principalKey } from '../../store/keys';
import { listPrincipals } from '../principal-lists';
import { countStep, discountStep } from '../account-steps';
import { releaseSteps, requireBoundary, useSteps } from '../attachable-policies';
import { releaseNameStep, takeNameStep } from '../names';
import { checkTagQuota, readTags } from '../requested-tags';
import { onBoundedRole, requireModifiableRole, requireRole } from '../role-targets';
import { viewBareRole, viewListedRoles, viewRole } from '../role-views';
import { refuseReservedPath } from '../role-paths';
import { showTrustPolicy, storeTrustPolicy } from '../trust-policies';
import { viewBoundary, viewTags } from '../views';

/**
 * Source: "If you do not specify a value for this setting, the default value of one hour is applied."
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
const DEFAULT_MAX_SESSION_SECONDS = 3600;

const createRole: Operation<CreateRoleRequest, CreateRoleResponse> = {
  name: 'CreateRole',
  schema: CreateRole$,
  accessLevel: 'Write',
  route: 'POST /roles',
  authorization: {
    action: 'iam:CreateRole',
    resourceType: 'role',
    resources: (input, call) => [iamArn(call, 'role', input.Path ?? '/', input.RoleName)],
    conditionKeys: ['iam:PermissionsBoundary', 'aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => ({
      ...requestTagContext(readTags(input.Tags)),
      ...(input.PermissionsBoundary === undefined
        ? {}
        : { 'iam:PermissionsBoundary': input.PermissionsBoundary }),
    }),
  },
  errors: [
    'ConcurrentModification',
    'EntityAlreadyExists',
    'InvalidInput',
    'LimitExceeded',
    'MalformedPolicyDocument',
    'NoSuchEntity',
  ],
  run: async (input, call) => {
    refuseReservedPath(input.Path);
    const boundary =
      input.PermissionsBoundary === undefined
        ? undefined
        : await requireBoundary(call, input.PermissionsBoundary);
    const role: RoleRecord = {
      RoleName: input.RoleName,
      RoleId: createUniqueId('AROA', call.randomBytes),
      Path: input.Path ?? '/',
      Description: input.Description,
      CreateDate: call.now,
      ...(await storeTrustPolicy(call, input.AssumeRolePolicyDocument)),
      MaxSessionDuration: input.MaxSessionDuration ?? DEFAULT_MAX_SESSION_SECONDS,
      Tags: readTags(input.Tags),
      PermissionsBoundary: boundary,
      AttachedPolicyCount: 0,
      InlinePolicyCount: 0,
      InlinePolicySize: 0,
      InstanceProfileCount: 0,
    };
    checkTagQuota(role.Tags, 'TagsPerRole', call.quotas.TagsPerRole);
    const key = principalKey('Role', call.accountId, role.RoleId);
    const arn = iamArn(call, 'role', role.Path, role.RoleName);
    // Whatever is read is read before the write: a role that is there is never answered as a failure.
    const view = await viewCreatedRole(call, { entity: role, arn, key, revision: 1 }, input);
    await commit(call, [
      takeNameStep(call, 'Role', nameOf(role), entityAlreadyExists('role', role.RoleName)),
      {
        write: { kind: 'put', key, attributes: toAttributes(role), condition: { exists: false } },
      },
      countStep(call, 'RoleCount', 'RolesPerAccount', call.quotas.RolesPerAccount),
      ...(boundary === undefined
        ? []
        : await useSteps(call, boundary, 'PermissionsBoundary', { kind: 'Role', id: role.RoleId })),
    ]);
    return { Role: view };
  },
};

/** Of what can be left out of the request, the answer has what the request had. */
async function viewCreatedRole(
  call: Call,
  role: Found<RoleRecord>,
  input: Checked<CreateRoleRequest>,
): Promise<Role> {
  const { PermissionsBoundary: boundary, Tags: tags } = role.entity;
  return {
    ...viewBareRole(role, await showTrustPolicy(call, role.entity)),
    ...(input.Description === undefined ? {} : { Description: input.Description }),
    ...(input.MaxSessionDuration === undefined
      ? {}
      : { MaxSessionDuration: input.MaxSessionDuration }),
    ...(boundary === undefined ? {} : { PermissionsBoundary: viewBoundary(boundary) }),
    ...(tags.length === 0 ? {} : { Tags: viewTags(tags) }),
  };
}

const getRole: Operation<GetRoleRequest, GetRoleResponse> = {
  name: 'GetRole',
  schema: GetRole$,
  accessLevel: 'Read',
  route: 'GET /roles/{RoleName}',
  authorization: onBoundedRole('iam:GetRole'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => ({
    Role: await viewRole(call, await requireRole(call, input.RoleName)),
  }),
};

const listRoles: Operation<ListRolesRequest, ListRolesResponse> = {
  name: 'ListRoles',
  schema: ListRoles$,
  accessLevel: 'List',
  route: 'GET /roles',
  authorization: {
    action: 'iam:ListRoles',
    resourceType: 'role',
    resources: (input, call) => [iamPathArn(call, 'role', input.PathPrefix ?? '/')],
    conditionKeys: [],
  },
  errors: [],
  run: async (input, call) => {
    const { rows, end } = await listPrincipals(call, input, 'Role', (rows) =>
      viewListedRoles(
        call,
        rows.map((row) => foundRole(call, row)),
      ),
    );
    return { Roles: rows, ...end };
  },
};

const deleteRole: Operation<DeleteRoleRequest, void> = {
  name: 'DeleteRole',
  schema: DeleteRole$,
  accessLevel: 'Write',
  route: 'DELETE /roles/{RoleName}',
  authorization: onBoundedRole('iam:DeleteRole'),
  errors: [
    'ConcurrentModification',
    'DeleteConflict',
    'LimitExceeded',
    'NoSuchEntity',
    'UnmodifiableEntity',
  ],
  run: async (input, call) => {
    const role = await requireModifiableRole(call, input.RoleName);
    refuseWhileReferenced(role);
    const { PermissionsBoundary: boundary, RoleId: id } = role.entity;
    await commit(call, [
      releaseNameStep(call, 'Role', nameOf(role.entity)),
      {
        // Whatever hangs under the role is counted in its row, and so changes the revision.
        write: {
          kind: 'delete',
          key: role.key,
          condition: { exists: true, revision: role.revision },
        },
      },
      discountStep(call, 'RoleCount'),
      ...(boundary === undefined
        ? []
        : releaseSteps(call, boundary, 'PermissionsBoundary', { kind: 'Role', id })),
    ]);
  },
};

function refuseWhileReferenced({ entity }: Found<RoleRecord>): void {
  if (entity.InstanceProfileCount > 0) throw deleteConflict('remove roles from instance profile');
  if (entity.AttachedPolicyCount > 0) throw deleteConflict('detach all policies');
  if (entity.InlinePolicyCount > 0) throw deleteConflict('delete policies');
}

function nameOf(role: RoleRecord): { Id: string; Name: string; Path: string } {
  return { Id: role.RoleId, Name: role.RoleName, Path: role.Path };
}

export const roleOperations: readonly AnyOperation[] = [createRole, getRole, listRoles, deleteRole];
