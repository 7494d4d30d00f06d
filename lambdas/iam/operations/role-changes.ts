import {
  UpdateAssumeRolePolicy$,
  UpdateRole$,
  UpdateRoleDescription$,
  type UpdateAssumeRolePolicyRequest,
  type UpdateRoleDescriptionRequest,
  type UpdateRoleDescriptionResponse,
  type UpdateRoleRequest,
  type UpdateRoleResponse,
} from '@aws-sdk/client-iam';
import type { Found } from '../../identity/lookup';
import { toAttributes } from '../../identity/records';
import type { RoleRecord } from '../../identity/role-entities';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { onBoundedRole, refuseLinked, requireModifiableRole, requireRole } from '../role-targets';
import { viewListedRoles } from '../role-views';
import { storeTrustPolicy } from '../trust-policies';

const updateRole: Operation<UpdateRoleRequest, UpdateRoleResponse> = {
  name: 'UpdateRole',
  schema: UpdateRole$,
  accessLevel: 'Write',
  route: 'PATCH /roles/{RoleName}',
  authorization: onBoundedRole('iam:UpdateRole'),
  errors: ['NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const role = await requireRole(call, input.RoleName);
    const { Description, MaxSessionDuration } = input;
    // Of a service's role, anybody may write the description.
    if (MaxSessionDuration !== undefined) refuseLinked(role);
    await changeRole(call, role, { Description, MaxSessionDuration });
    return {};
  },
};

const updateRoleDescription: Operation<
  UpdateRoleDescriptionRequest,
  UpdateRoleDescriptionResponse
> = {
  name: 'UpdateRoleDescription',
  schema: UpdateRoleDescription$,
  accessLevel: 'Write',
  route: 'PUT /roles/{RoleName}/description',
  authorization: onBoundedRole('iam:UpdateRoleDescription'),
  errors: ['NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const role = await requireRole(call, input.RoleName);
    const { Description } = input;
    const [view] = await viewListedRoles(call, [
      { ...role, entity: { ...role.entity, Description } },
    ]);
    await changeRole(call, role, { Description });
    return { Role: view };
  },
};

const updateAssumeRolePolicy: Operation<UpdateAssumeRolePolicyRequest, void> = {
  name: 'UpdateAssumeRolePolicy',
  schema: UpdateAssumeRolePolicy$,
  accessLevel: 'Permissions management',
  route: 'PUT /roles/{RoleName}/assume-role-policy',
  authorization: onBoundedRole('iam:UpdateAssumeRolePolicy'),
  errors: ['LimitExceeded', 'MalformedPolicyDocument', 'NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const role = await requireModifiableRole(call, input.RoleName);
    await changeRole(call, role, await storeTrustPolicy(call, input.PolicyDocument));
  },
};

/** The revision: what was authorized is what is changed. */
async function changeRole(
  call: Call,
  role: Found<RoleRecord>,
  change: Partial<RoleRecord>,
): Promise<void> {
  const set = toAttributes(change);
  if (Object.keys(set).length === 0) {
    return;
  }
  await commit(call, [
    {
      write: {
        kind: 'update',
        key: role.key,
        set,
        condition: { exists: true, revision: role.revision },
      },
    },
  ]);
}

export const roleChangeOperations: readonly AnyOperation[] = [
  updateRole,
  updateRoleDescription,
  updateAssumeRolePolicy,
];
