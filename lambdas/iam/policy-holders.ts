import type { AttachmentRecord, GroupRecord, UserRecord } from '../identity/entities';
import type { Found } from '../identity/lookup';
import type { RoleRecord } from '../identity/role-entities';
import type { Quotas } from '../identity/quotas';
import { readAttachment } from '../identity/records';
import type { Call } from '../operations/operation';
import { attachmentKey, inlinePolicyKey, principalPartition } from '../store/keys';
import type { Key } from '../store/store';
import { requireGroup, requireUser } from './targets';

/** What attached and inline policies hang under: a user, a group or a role. */
export interface PolicyHolder {
  readonly kind: 'User' | 'Group' | 'Role';
  readonly id: string;
  readonly name: string;
  readonly key: Key;
  readonly revision: number;
  readonly attachedPolicyCount: number;
  readonly inlinePolicyCount: number;
  /** Characters without white space. */
  readonly inlinePolicySize: number;
  readonly quotas: {
    /** In AWS's word. */
    readonly attachedName: string;
    readonly attached: number;
    readonly inlineSize: number;
  };
}

export async function userHolder(call: Call, userName: string): Promise<PolicyHolder> {
  const user = await requireUser(call, userName);
  return {
    ...holder(user),
    kind: 'User',
    id: user.entity.UserId,
    name: user.entity.UserName,
    quotas: quotasOf(call.quotas, 'PoliciesPerUser', 'UserPolicySize'),
  };
}

export async function groupHolder(call: Call, groupName: string): Promise<PolicyHolder> {
  const group = await requireGroup(call, groupName);
  return {
    ...holder(group),
    kind: 'Group',
    id: group.entity.GroupId,
    name: group.entity.GroupName,
    quotas: quotasOf(call.quotas, 'PoliciesPerGroup', 'GroupPolicySize'),
  };
}

export function roleHolder(call: Call, role: Found<RoleRecord>): PolicyHolder {
  return {
    ...holder(role),
    kind: 'Role',
    id: role.entity.RoleId,
    name: role.entity.RoleName,
    quotas: quotasOf(call.quotas, 'PoliciesPerRole', 'RolePolicySize'),
  };
}

function holder({
  entity,
  key,
  revision,
}: Found<UserRecord | GroupRecord | RoleRecord>): Omit<
  PolicyHolder,
  'kind' | 'id' | 'name' | 'quotas'
> {
  return {
    key,
    revision,
    attachedPolicyCount: entity.AttachedPolicyCount,
    inlinePolicyCount: entity.InlinePolicyCount,
    inlinePolicySize: entity.InlinePolicySize,
  };
}

function quotasOf(
  quotas: Quotas,
  attachedName: keyof Quotas,
  inlineSize: keyof Quotas,
): PolicyHolder['quotas'] {
  return { attachedName, attached: quotas[attachedName], inlineSize: quotas[inlineSize] };
}

export function holderPartition(call: Call, { kind, id }: PolicyHolder): string {
  return principalPartition(kind, call.accountId, id);
}

export function attachmentRowKey(call: Call, { kind, id }: PolicyHolder, policyId: string): Key {
  return attachmentKey(kind, call.accountId, id, policyId);
}

export function inlineRowKey(call: Call, { kind, id }: PolicyHolder, policyName: string): Key {
  return inlinePolicyKey(kind, call.accountId, id, policyName);
}

export async function findAttachment(
  call: Call,
  policyHolder: PolicyHolder,
  policyId: string,
): Promise<AttachmentRecord | undefined> {
  const item = await call.store.get(attachmentRowKey(call, policyHolder, policyId), {
    consistent: true,
  });
  return item === undefined ? undefined : readAttachment(item);
}
