import { policyKey } from '../store/keys';
import type { Store, Write } from '../store/store';
import { AWS_ACCOUNT_ID, type AwsManagedPolicy } from './aws-managed-policies';
import type { PolicyRecord } from './entities';
import { readPolicy, toAttributes } from './records';

/**
 * The write that gives a policy which AWS manages a row of its own, as every other policy has one: none where the row is there with
 * today's text. Whoever refers to such a policy writes it in the same transaction, because decisions read policies from rows alone.
 */
export async function keepManagedPolicy(
  store: Store,
  managed: AwsManagedPolicy,
): Promise<readonly Write[]> {
  const key = policyKey(AWS_ACCOUNT_ID, managed.PolicyId);
  const record = managedPolicyRecord(managed);
  const kept = await store.get(key, { consistent: true });
  if (kept !== undefined && readPolicy(kept).DefaultDocument === record.DefaultDocument) {
    return [];
  }
  return [{ kind: 'put', key, attributes: toAttributes(record), condition: { exists: 'any' } }];
}

/** Such a policy as if it were an account's own, in use by nobody. */
export function managedPolicyRecord(managed: AwsManagedPolicy): PolicyRecord {
  return {
    PolicyName: managed.PolicyName,
    PolicyId: managed.PolicyId,
    AccountId: AWS_ACCOUNT_ID,
    Path: managed.Path,
    Description: managed.Description,
    CreateDate: managed.CreateDate,
    UpdateDate: managed.CreateDate,
    Tags: [],
    DefaultVersion: 1,
    DefaultDocument: managed.document,
    LatestVersion: 1,
    VersionCount: 1,
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
  };
}
