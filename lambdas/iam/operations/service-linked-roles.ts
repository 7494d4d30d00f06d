import {
  CreateServiceLinkedRole$,
  DeleteServiceLinkedRole$,
  GetServiceLinkedRoleDeletionStatus$,
  type CreateServiceLinkedRoleRequest,
  type CreateServiceLinkedRoleResponse,
  type DeleteServiceLinkedRoleRequest,
  type DeleteServiceLinkedRoleResponse,
  type GetServiceLinkedRoleDeletionStatusRequest,
  type GetServiceLinkedRoleDeletionStatusResponse,
} from '@aws-sdk/client-iam';
import { iamArn, iamPathArn } from '../../identity/arns';
import { findLinkedService, SERVICE_ROLE_PATH } from '../../identity/linked-services';
import type { RoleRecord } from '../../identity/role-entities';
import { findRole } from '../../identity/role-lookup';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { noSuchEntity } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import { deletionTaskKey, principalKey } from '../../store/keys';
import { onRole } from '../role-targets';
import { viewBareRole } from '../role-views';
import { createLinkedRoleSteps, deleteLinkedRoleSteps } from '../linked-role-steps';

const createServiceLinkedRole: Operation<
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse
> = {
  name: 'CreateServiceLinkedRole',
  schema: CreateServiceLinkedRole$,
  accessLevel: 'Write',
  route: 'POST /service-linked-roles',
  authorization: {
    action: 'iam:CreateServiceLinkedRole',
    resourceType: 'role',
    resources: ({ AWSServiceName: service, CustomSuffix: suffix }, call) => {
      const path = pathOf(service);
      const linked = findLinkedService(service);
      return [
        linked === undefined
          ? iamPathArn(call, 'role', path)
          : iamArn(call, 'role', path, nameWith(linked.roleName, suffix)),
      ];
    },
    conditionKeys: ['iam:AWSServiceName'],
    context: (input) => ({ 'iam:AWSServiceName': input.AWSServiceName }),
  },
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const { AWSServiceName: service, CustomSuffix: suffix } = input;
    const linked = findLinkedService(service);
    if (linked === undefined) {
      throw new IamError('InvalidInput', `${service} has no service-linked role.`);
    }
    if (suffix !== undefined && linked.takesSuffix !== true) {
      throw new IamError('InvalidInput', `Custom suffix is not allowed for ${service}`);
    }
    const role: RoleRecord = {
      RoleName: nameWith(linked.roleName, suffix),
      RoleId: createUniqueId('AROA', call.randomBytes),
      Path: pathOf(service),
      Description: input.Description ?? linked.description,
      CreateDate: call.now,
      AssumeRolePolicyDocument: trustOf(service),
      TrustedPrincipals: [],
      MaxSessionDuration: MAX_SESSION_SECONDS,
      Tags: [],
      AttachedPolicyCount: 1,
      InlinePolicyCount: 0,
      InlinePolicySize: 0,
      InstanceProfileCount: 0,
      LinkedService: service,
    };
    await commit(call, await createLinkedRoleSteps(call, role, linked.policyName));
    const arn = iamArn(call, 'role', role.Path, role.RoleName);
    const key = principalKey('Role', call.accountId, role.RoleId);
    const view = viewBareRole(
      { entity: role, arn, key, revision: 1 },
      role.AssumeRolePolicyDocument,
    );
    const { Description } = role;
    return { Role: { ...view, ...(Description === undefined ? {} : { Description }) } };
  },
};

const MAX_SESSION_SECONDS = 3600;

function pathOf(service: string): string {
  return `${SERVICE_ROLE_PATH}${service}/`;
}

function nameWith(roleName: string, suffix: string | undefined): string {
  return suffix === undefined ? roleName : `${roleName}_${suffix}`;
}

/** Character for character as AWS writes it. */
function trustOf(service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
}

const deleteServiceLinkedRole: Operation<
  DeleteServiceLinkedRoleRequest,
  DeleteServiceLinkedRoleResponse
> = {
  name: 'DeleteServiceLinkedRole',
  schema: DeleteServiceLinkedRole$,
  accessLevel: 'Write',
  route: 'DELETE /service-linked-roles/{RoleName}',
  authorization: onRole('iam:DeleteServiceLinkedRole'),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  // No service uses its role here: the deletion is done when its task is answered.
  run: async (input, call) => {
    const role = await findRole(call, input.RoleName);
    if (role?.entity.LinkedService === undefined) {
      throw noSuchEntity('role', input.RoleName);
    }
    const { LinkedService: service, RoleName: name } = role.entity;
    const id = `task${SERVICE_ROLE_PATH}${service}/${name}/${createUuid(call)}`;
    await commit(call, await deleteLinkedRoleSteps(call, role, id));
    return { DeletionTaskId: id };
  },
};

/** Of version 4. */
function createUuid(call: Call): string {
  const bytes = Uint8Array.from(call.randomBytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const getServiceLinkedRoleDeletionStatus: Operation<
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse
> = {
  name: 'GetServiceLinkedRoleDeletionStatus',
  schema: GetServiceLinkedRoleDeletionStatus$,
  accessLevel: 'Read',
  route: 'GET /service-linked-role-deletions/{DeletionTaskId}',
  authorization: {
    action: 'iam:GetServiceLinkedRoleDeletionStatus',
    resourceType: 'role',
    // The id names the role, which is gone, and its tags with it.
    resources: ({ DeletionTaskId: id }, call) => {
      const [, service = '', name = ''] =
        /^task\/aws-service-role\/([^/]+)\/([^/]+)\/[^/]+$/.exec(id) ?? [];
      return [
        service === ''
          ? iamPathArn(call, 'role', SERVICE_ROLE_PATH)
          : iamArn(call, 'role', pathOf(service), name),
      ];
    },
    conditionKeys: [],
  },
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async ({ DeletionTaskId: id }, call) => {
    const task = await call.store.get(deletionTaskKey(call.accountId, id), { consistent: true });
    if (task === undefined) {
      throw new IamError('NoSuchEntity', `The deletion task with id ${id} cannot be found.`);
    }
    return { Status: 'SUCCEEDED' };
  },
};

export const serviceLinkedRoleOperations: readonly AnyOperation[] = [
  createServiceLinkedRole,
  deleteServiceLinkedRole,
  getServiceLinkedRoleDeletionStatus,
];
