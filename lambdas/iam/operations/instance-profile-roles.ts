import {
  AddRoleToInstanceProfile$,
  ListInstanceProfilesForRole$,
  RemoveRoleFromInstanceProfile$,
  type AddRoleToInstanceProfileRequest,
  type ListInstanceProfilesForRoleRequest,
  type ListInstanceProfilesForRoleResponse,
  type RemoveRoleFromInstanceProfileRequest,
} from '@aws-sdk/client-iam';
import type { Found } from '../../identity/lookup';
import { toAttributes } from '../../identity/records';
import {
  readUsedIn,
  type InstanceProfileRecord,
  type RoleRecord,
  type UsedInRecord,
} from '../../identity/role-entities';
import { findRole } from '../../identity/role-lookup';
import { resourceTagContext } from '../../identity/tags';
import { commit, type Step } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { noSuchEntity, quotaExceeded } from '../../protocol/error-messages';
import { CHILD_PREFIX, principalPartition, usedInKey } from '../../store/keys';
import { viewInstanceProfilesOf } from '../instance-profiles';
import {
  onInstanceProfile,
  onRole,
  requireInstanceProfile,
  requireModifiableRole,
  requireRole,
  roleArnOf,
} from '../role-targets';

/** Whom the role of an instance profile is handed to. */
const INSTANCE_SERVICE = 'ec2.amazonaws.com';

const addRoleToInstanceProfile: Operation<AddRoleToInstanceProfileRequest, void> = {
  name: 'AddRoleToInstanceProfile',
  schema: AddRoleToInstanceProfile$,
  accessLevel: 'Write',
  route: 'PUT /instance-profiles/{InstanceProfileName}/roles/{RoleName}',
  authorization: onInstanceProfile<AddRoleToInstanceProfileRequest>(
    'iam:AddRoleToInstanceProfile',
    {
      passedRole: async (input, call) => ({
        arn: await roleArnOf(call, input.RoleName),
        service: INSTANCE_SERVICE,
        context: resourceTagContext((await findRole(call, input.RoleName))?.entity.Tags ?? []),
      }),
    },
  ),
  errors: ['EntityAlreadyExists', 'LimitExceeded', 'NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const profile = await requireInstanceProfile(call, input.InstanceProfileName);
    const role = await requireModifiableRole(call, input.RoleName);
    if (profile.entity.RoleId !== undefined) {
      throw quotaExceeded('InstanceSessionsPerInstanceProfile', 1);
    }
    const { InstanceProfileId } = profile.entity;
    const use: UsedInRecord = { InstanceProfileId };
    await commit(call, [
      changeProfile(profile, { set: { RoleId: role.entity.RoleId } }),
      countUse(role, 1),
      {
        write: {
          kind: 'put',
          key: usedInKey(call.accountId, role.entity.RoleId, InstanceProfileId),
          attributes: toAttributes(use),
          condition: { exists: false },
        },
      },
    ]);
  },
};

const removeRoleFromInstanceProfile: Operation<RemoveRoleFromInstanceProfileRequest, void> = {
  name: 'RemoveRoleFromInstanceProfile',
  schema: RemoveRoleFromInstanceProfile$,
  accessLevel: 'Write',
  route: 'DELETE /instance-profiles/{InstanceProfileName}/roles/{RoleName}',
  authorization: onInstanceProfile('iam:RemoveRoleFromInstanceProfile'),
  errors: ['LimitExceeded', 'NoSuchEntity', 'UnmodifiableEntity'],
  run: async (input, call) => {
    const profile = await requireInstanceProfile(call, input.InstanceProfileName);
    const role = await requireModifiableRole(call, input.RoleName);
    if (profile.entity.RoleId !== role.entity.RoleId) {
      throw noSuchEntity('role', input.RoleName);
    }
    await commit(call, [
      changeProfile(profile, { remove: ['RoleId'] }),
      countUse(role, -1),
      {
        write: {
          kind: 'delete',
          key: usedInKey(call.accountId, role.entity.RoleId, profile.entity.InstanceProfileId),
          condition: { exists: true },
        },
      },
    ]);
  },
};

/** The revision: a profile has one role. */
function changeProfile(
  { key, revision }: Found<InstanceProfileRecord>,
  change: { readonly set: { readonly RoleId: string } } | { readonly remove: readonly ['RoleId'] },
): Step {
  return { write: { kind: 'update', key, ...change, condition: { exists: true, revision } } };
}

function countUse({ key }: Found<RoleRecord>, amount: number): Step {
  const add = { InstanceProfileCount: amount };
  return { write: { kind: 'update', key, add, condition: { exists: true } } };
}

const listInstanceProfilesForRole: Operation<
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse
> = {
  name: 'ListInstanceProfilesForRole',
  schema: ListInstanceProfilesForRole$,
  accessLevel: 'List',
  route: 'GET /roles/{RoleName}/instance-profiles',
  authorization: onRole('iam:ListInstanceProfilesForRole'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const role = await requireRole(call, input.RoleName);
    const { rows, end } = await takePage(
      call,
      input,
      (after) =>
        queryEntries(call, { ...usesOf(call, role), after }, input.MaxItems, (items) =>
          viewInstanceProfilesOf(
            call,
            items.map((item) => readUsedIn(item).InstanceProfileId),
          ),
        ),
      ({ InstanceProfileName }) => InstanceProfileName,
    );
    return { InstanceProfiles: rows, ...end };
  },
};

function usesOf(call: Call, role: Found<RoleRecord>) {
  return {
    table: 'identities',
    partition: principalPartition('Role', call.accountId, role.entity.RoleId),
    prefix: CHILD_PREFIX.usedIn,
  } as const;
}

export const instanceProfileRoleOperations: readonly AnyOperation[] = [
  addRoleToInstanceProfile,
  removeRoleFromInstanceProfile,
  listInstanceProfilesForRole,
];
