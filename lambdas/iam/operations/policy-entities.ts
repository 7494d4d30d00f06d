import {
  ListEntitiesForPolicy$,
  type ListEntitiesForPolicyRequest,
  type ListEntitiesForPolicyResponse,
} from '@aws-sdk/client-iam';
import type { AttachedToRecord, PolicyRecord } from '../../identity/entities';
import { foundGroup, foundUser } from '../../identity/lookup';
import { foundRole } from '../../identity/role-lookup';
import { readAttachedTo } from '../../identity/records';
import type { Call, Checked, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { POLICY_CHILD_PREFIX, policyPartition, principalKey } from '../../store/keys';
import type { Item } from '../../store/store';
import { usageRowKey } from '../attachable-policies';
import { requireReadablePolicy } from '../readable-policies';
import { onPolicy } from '../targets';

const listEntitiesForPolicy: Operation<
  ListEntitiesForPolicyRequest,
  ListEntitiesForPolicyResponse
> = {
  name: 'ListEntitiesForPolicy',
  schema: ListEntitiesForPolicy$,
  accessLevel: 'List',
  route: 'GET /policies/{PolicyArn}/entities',
  authorization: onPolicy('iam:ListEntitiesForPolicy'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity: policy } = await requireReadablePolicy(call, input.PolicyArn);
    const range = {
      table: 'policies',
      partition: policyPartition(call.accountId, policy.PolicyId),
      prefix: POLICY_CHILD_PREFIX.attachedTo,
    } as const;
    const { rows, end } = await takePage(
      call,
      input,
      (after) =>
        queryEntries(call, { ...range, after }, input.MaxItems, (items) =>
          entitiesOf(call, policy, items, input),
        ),
      ({ name }) => name,
    );
    return {
      PolicyGroups: rows
        .filter(({ kind }) => kind === 'Group')
        .map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: rows
        .filter(({ kind }) => kind === 'User')
        .map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: rows
        .filter(({ kind }) => kind === 'Role')
        .map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...end,
    };
  },
};

interface PolicyEntity {
  readonly kind: 'User' | 'Group' | 'Role';
  readonly name: string;
  readonly id: string;
}

type Filter = Checked<ListEntitiesForPolicyRequest>;

async function entitiesOf(
  call: Call,
  policy: PolicyRecord,
  items: readonly Item[],
  filter: Filter,
): Promise<readonly (PolicyEntity | undefined)[]> {
  const uses = items.map(readAttachedTo);
  const [entities, boundaries] = await Promise.all([
    call.store.getMany(
      uses.map((use) => principalKey(use.Kind, call.accountId, use.Id)),
      { consistent: true },
    ),
    call.store.getMany(
      uses.map((use) =>
        usageRowKey(call, policy, 'PermissionsBoundary', { kind: use.Kind, id: use.Id }),
      ),
      { consistent: true },
    ),
  ]);
  return uses.map((use, index) => {
    const item = entities[index];
    // Who is both bounded by the policy and has it attached is one entity: the boundary's row stands for both.
    const isShownAlready =
      filter.PolicyUsageFilter === undefined &&
      use.Usage === 'PermissionsPolicy' &&
      boundaries[index] !== undefined;
    return item === undefined || isShownAlready ? undefined : viewEntity(call, use, item, filter);
  });
}

function viewEntity(
  call: Call,
  use: AttachedToRecord,
  item: Item,
  filter: Filter,
): PolicyEntity | undefined {
  const { Kind: kind, Usage: usage } = use;
  if ((filter.EntityFilter ?? kind) !== kind || (filter.PolicyUsageFilter ?? usage) !== usage) {
    return undefined;
  }
  const { path, ...entity } = viewers[kind](call, item);
  return path.startsWith(filter.PathPrefix ?? '/') ? entity : undefined;
}

type PathedEntity = PolicyEntity & { readonly path: string };

const viewers = { User: userEntity, Group: groupEntity, Role: roleEntity };

function userEntity(call: Call, item: Item): PathedEntity {
  const { UserName, UserId, Path } = foundUser(call, item).entity;
  return { kind: 'User', name: UserName, id: UserId, path: Path };
}

function groupEntity(call: Call, item: Item): PathedEntity {
  const { GroupName, GroupId, Path } = foundGroup(call, item).entity;
  return { kind: 'Group', name: GroupName, id: GroupId, path: Path };
}

function roleEntity(call: Call, item: Item): PathedEntity {
  const { RoleName, RoleId, Path } = foundRole(call, item).entity;
  return { kind: 'Role', name: RoleName, id: RoleId, path: Path };
}

export const policyEntityOperations: readonly AnyOperation[] = [listEntitiesForPolicy];
