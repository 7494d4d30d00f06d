import { AWS_ACCOUNT_ID, isServiceRolePolicy } from '../identity/aws-managed-policies';
import type { AttachedToRecord, PolicyReference } from '../identity/entities';
import { findAwsManagedPolicy, findPolicy } from '../identity/lookup';
import { keepManagedPolicy } from '../identity/managed-policy-rows';
import { toAttributes } from '../identity/records';
import type { Step } from '../operations/commit';
import type { Call } from '../operations/operation';
import { policyNotAttachable } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';
import {
  attachedToKey,
  policyKey,
  policyUsageKey,
  type PolicyUsage,
  type PrincipalKind,
} from '../store/keys';
import type { Write } from '../store/store';
import { checkPolicyArn } from './targets';

/** Who a managed policy is attached to, or bounds. */
export interface PolicyUser {
  readonly kind: PrincipalKind;
  readonly id: string;
}

/** The managed policy of an ARN, AWS's or the account's own, as attachments refer to it; undefined where there is none. */
export async function findAttachable(
  call: Call,
  policyArn: string,
): Promise<PolicyReference | undefined> {
  checkPolicyArn(policyArn);
  const managed = findAwsManagedPolicy(call, policyArn);
  if (managed !== undefined) {
    const { PolicyId, PolicyName } = managed;
    return { AccountId: AWS_ACCOUNT_ID, PolicyId, PolicyArn: policyArn, PolicyName };
  }
  const policy = await findPolicy(call, policyArn);
  if (policy === undefined) {
    return undefined;
  }
  const { AccountId, PolicyId, PolicyName } = policy.entity;
  return { AccountId, PolicyId, PolicyArn: policy.arn, PolicyName };
}

/** Errors: NoSuchEntity in the words that AWS has for attaching; PolicyNotAttachable for what only services' roles have. */
export async function requireAttachable(call: Call, policyArn: string): Promise<PolicyReference> {
  const policy = await findAttachable(call, policyArn);
  if (policy === undefined) {
    throw policyNotAttachable(policyArn);
  }
  const managed = findAwsManagedPolicy(call, policyArn);
  if (managed !== undefined && isServiceRolePolicy(managed)) {
    throw new IamError(
      'PolicyNotAttachable',
      'Cannot attach a Service Role Policy to a Customer Role.',
    );
  }
  return policy;
}

/** Errors: NoSuchEntity in the words that AWS has for boundaries. */
export async function requireBoundary(call: Call, policyArn: string): Promise<PolicyReference> {
  const policy = await findAttachable(call, policyArn);
  if (policy === undefined) {
    throw new IamError(
      'NoSuchEntity',
      `Scope ARN: ${policyArn} does not exist or is not attachable.`,
    );
  }
  return policy;
}

/** The policy's side of attaching it, or of making it a boundary: its counter, who uses it, and the text that decides. */
export async function useSteps(
  call: Call,
  policy: PolicyReference,
  usage: PolicyUsage,
  user: PolicyUser,
): Promise<readonly Step[]> {
  const record: AttachedToRecord = { Kind: user.kind, Id: user.id, Usage: usage };
  const managed = findAwsManagedPolicy(call, policy.PolicyArn);
  const kept = managed === undefined ? [] : await keepManagedPolicy(call.store, managed);
  return [
    ...kept.map((write) => ({ write })),
    {
      write: countUsage(call, policy, usage, 1),
      refusal: policyNotAttachable(policy.PolicyArn),
    },
    {
      write: {
        kind: 'put',
        key: usageRowKey(call, policy, usage, user),
        attributes: toAttributes(record),
        condition: { exists: false },
      },
    },
  ];
}

/** The policy's side of detaching it. */
export function releaseSteps(
  call: Call,
  policy: PolicyReference,
  usage: PolicyUsage,
  user: PolicyUser,
): readonly Step[] {
  return [
    { write: countUsage(call, policy, usage, -1) },
    {
      write: {
        kind: 'delete',
        key: usageRowKey(call, policy, usage, user),
        condition: { exists: true },
      },
    },
  ];
}

/** Who uses a policy is kept in the account, also for a policy that AWS manages. */
export function usageRowKey(
  call: Pick<Call, 'accountId'>,
  policy: Pick<PolicyReference, 'PolicyId'>,
  usage: PolicyUsage,
  user: PolicyUser,
): Write['key'] {
  return attachedToKey(call.accountId, policy.PolicyId, usage, user.kind, user.id);
}

function countUsage(
  call: Call,
  policy: PolicyReference,
  usage: PolicyUsage,
  amount: number,
): Write {
  const add = {
    AttachmentCount: usage === 'PermissionsPolicy' ? amount : 0,
    PermissionsBoundaryUsageCount: usage === 'PermissionsBoundary' ? amount : 0,
  };
  return policy.AccountId === AWS_ACCOUNT_ID
    ? {
        kind: 'update',
        key: policyUsageKey(call.accountId, policy.PolicyId),
        add,
        condition: { exists: 'any' },
      }
    : {
        kind: 'update',
        key: policyKey(policy.AccountId, policy.PolicyId),
        add,
        condition: { exists: true },
      };
}
