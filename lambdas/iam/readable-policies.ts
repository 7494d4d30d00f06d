import type { AwsManagedPolicy } from '../identity/aws-managed-policies';
import type { PolicyRecord, PolicyVersionRecord } from '../identity/entities';
import {
  awsManagedPolicyArn,
  findAwsManagedPolicy,
  findPolicy,
  type Found,
} from '../identity/lookup';
import { managedPolicyRecord } from '../identity/managed-policy-rows';
import { readPolicyUsage, readPolicyVersion } from '../identity/records';
import type { Call } from '../operations/operation';
import { noSuchPolicy } from '../protocol/error-messages';
import { POLICY_CHILD_PREFIX, policyPartition, policyUsageKey } from '../store/keys';
import type { Item } from '../store/store';
import { readChildren } from './children';

/** A policy to be shown: the account's own, or one that AWS manages. Errors: NoSuchEntity. */
export async function requireReadablePolicy(
  call: Call,
  policyArn: string,
): Promise<Found<PolicyRecord>> {
  const managed = findAwsManagedPolicy(call, policyArn);
  if (managed !== undefined) {
    const usage = await call.store.get(policyUsageKey(call.accountId, managed.PolicyId), {
      consistent: true,
    });
    return foundManagedPolicy(call, managed, usage);
  }
  const policy = await findPolicy(call, policyArn);
  if (policy === undefined) {
    throw noSuchPolicy(policyArn);
  }
  return policy;
}

/** All versions of one of the account's own policies, the newest first. */
export async function readPolicyVersions(
  call: Call,
  policyId: string,
): Promise<readonly PolicyVersionRecord[]> {
  const versions = await readChildren(
    call,
    policyPartition(call.accountId, policyId),
    POLICY_CHILD_PREFIX.version,
    readPolicyVersion,
    'policies',
  );
  return [...versions].reverse();
}

/** A policy that AWS manages, as if it were a row; `usage` is the account's, undefined where it never used the policy. */
export function foundManagedPolicy(
  call: Call,
  managed: AwsManagedPolicy,
  usage: Item | undefined,
): Found<PolicyRecord> {
  const key = policyUsageKey(call.accountId, managed.PolicyId);
  const counts =
    usage === undefined
      ? { AttachmentCount: 0, PermissionsBoundaryUsageCount: 0 }
      : readPolicyUsage(usage);
  return {
    entity: { ...managedPolicyRecord(managed), ...counts },
    arn: awsManagedPolicyArn(call, managed),
    key,
    revision: usage?.revision ?? 0,
  };
}
