import {
  attachedToKey,
  attachmentKey,
  CHILD_PREFIX,
  POLICY_CHILD_PREFIX,
  policyKey,
  policyUsageKey,
  principalKey,
  type PolicyUsage,
  type PrincipalKind,
} from '../store/keys';
import type { Item } from '../store/store';
import { change, put, remove, unchanged, type AccountRows } from './account-rows';
import {
  AWS_ACCOUNT_ID,
  AWS_MANAGED_POLICIES,
  type AwsManagedPolicy,
} from './aws-managed-policies';
import type { PolicyReference } from './entities';
import { managedPolicyRecord } from './managed-policy-rows';
import {
  readAttachedTo,
  readAttachment,
  readPolicy,
  readPolicyVersion,
  readUser,
  toAttributes,
} from './records';
import { readRole } from './role-entities';

const AWS_POLICY_IDS: ReadonlySet<string> = new Set(
  AWS_MANAGED_POLICIES.map(({ PolicyId }) => PolicyId),
);

/** Managed policies: their versions, and who uses them, on both sides. */
export function inspectPolicies(rows: AccountRows): void {
  for (const kind of ['User', 'Group', 'Role'] as const) {
    for (const [id] of rows.partitionsOf('identities', kind)) {
      rows.inspect(rows.get(principalKey(kind, rows.accountId, id)), (entity) => {
        inspectUser(rows, kind, id, entity);
      });
    }
  }
  for (const [id] of rows.partitionsOf('policies', 'Policy')) {
    inspectUses(rows, id);
    const policy = rows.get(policyKey(rows.accountId, id));
    if (policy === undefined) {
      inspectRemains(rows, id);
    } else {
      rows.inspect(policy, (item) => {
        inspectVersions(rows, item);
      });
    }
  }
  for (const managed of AWS_MANAGED_POLICIES) inspectManagedPolicy(rows, managed);
}

/**
 * Decisions read a policy that AWS manages from a row, with the text of the release that wrote it. Today's text may allow more, and
 * whoever has a policy that is not there may do nothing.
 */
function inspectManagedPolicy(rows: AccountRows, managed: AwsManagedPolicy): void {
  const key = policyKey(AWS_ACCOUNT_ID, managed.PolicyId);
  const { partition } = policyKey(rows.accountId, managed.PolicyId);
  const uses = rows.list('policies', partition, POLICY_CHILD_PREFIX.attachedTo);
  const kept = rows.get(key);
  if (kept === undefined && uses.length > 0) {
    const record = toAttributes(managedPolicyRecord(managed));
    rows.report(`${managed.PolicyName} is used and not there`, [key], [put(key, record)], true);
  }
  rows.inspect(kept, (item) => {
    if (readPolicy(item).DefaultDocument === managed.document) return;
    const renewal = change(item, { DefaultDocument: managed.document });
    rows.report(`${managed.PolicyName} has the text of another release`, [item], [renewal], true);
  });
}

/** Whoever a policy is attached to, or bounded by it, is what decisions read; the policy lists it. */
function inspectUser(rows: AccountRows, kind: PrincipalKind, id: string, entity: Item): void {
  const attachments = rows.list('identities', entity.key.partition, CHILD_PREFIX.attachment);
  for (const attachment of attachments) {
    rows.inspect(attachment, (item) => {
      const use = { usage: 'PermissionsPolicy', kind, id } as const;
      if (isThere(rows, readAttachment(item))) {
        expectUse(rows, item, readAttachment(item), use);
      } else {
        const message = `${id} has the policy ${readAttachment(item).PolicyArn}, which is gone: it may do nothing`;
        rows.report(message, [item], [remove(item)], true);
      }
    });
  }
  const boundary = boundaryOf(kind, entity);
  if (boundary === undefined) return;
  if (isThere(rows, boundary)) {
    expectUse(rows, entity, boundary, { usage: 'PermissionsBoundary', kind, id });
  } else {
    // Without its boundary it might do anything: no repair is right.
    rows.report(`${id} is bounded by ${boundary.PolicyArn}, which is gone: it may do nothing`, [
      entity,
    ]);
  }
}

const boundaryOf = (kind: PrincipalKind, entity: Item): PolicyReference | undefined =>
  kind === 'Group'
    ? undefined
    : (kind === 'User' ? readUser(entity) : readRole(entity)).PermissionsBoundary;

function isThere(rows: AccountRows, { AccountId, PolicyId }: PolicyReference): boolean {
  return AWS_POLICY_IDS.has(PolicyId) || rows.get(policyKey(AccountId, PolicyId)) !== undefined;
}

interface Use {
  readonly usage: PolicyUsage;
  readonly kind: PrincipalKind;
  readonly id: string;
}

function expectUse(rows: AccountRows, user: Item, policy: PolicyReference, use: Use): void {
  const { usage, kind, id } = use;
  const key = attachedToKey(rows.accountId, policy.PolicyId, usage, kind, id);
  if (rows.get(key) === undefined) {
    const listed = toAttributes({ Kind: kind, Id: id, Usage: usage });
    const repair = [put(key, listed), unchanged(user.key, user)];
    rows.report(`${policy.PolicyArn} does not list its use by ${id}`, [user, key], repair);
  }
}

/** What a policy lists is so, and is counted, in the policy's row or, for one of AWS's, in the account's usage row. */
function inspectUses(rows: AccountRows, policyId: string): void {
  const { partition } = policyKey(rows.accountId, policyId);
  const counts = { PermissionsPolicy: 0, PermissionsBoundary: 0 };
  for (const listed of rows.list('policies', partition, POLICY_CHILD_PREFIX.attachedTo)) {
    rows.inspect(listed, (item) => {
      const use = readAttachedTo(item);
      counts[use.Usage] += 1;
      if (!isUsed(rows, policyId, { usage: use.Usage, kind: use.Kind, id: use.Id })) {
        rows.report(`${policyId} lists ${use.Id}, which does not use it`, [item], [remove(item)]);
      }
    });
  }
  const counter =
    rows.get(policyKey(rows.accountId, policyId)) ??
    rows.get(policyUsageKey(rows.accountId, policyId));
  if (counter !== undefined) {
    rows.expectCount(counter, 'AttachmentCount', counts.PermissionsPolicy);
    rows.expectCount(counter, 'PermissionsBoundaryUsageCount', counts.PermissionsBoundary);
  } else if (AWS_POLICY_IDS.has(policyId)) {
    const key = policyUsageKey(rows.accountId, policyId);
    const counted = {
      AttachmentCount: counts.PermissionsPolicy,
      PermissionsBoundaryUsageCount: counts.PermissionsBoundary,
    };
    rows.report(`the uses of ${policyId} are not counted`, [key], [put(key, counted)]);
  }
}

function isUsed(rows: AccountRows, policyId: string, { usage, kind, id }: Use): boolean {
  if (usage === 'PermissionsPolicy') {
    return rows.get(attachmentKey(kind, rows.accountId, id, policyId)) !== undefined;
  }
  const entity = rows.get(principalKey(kind, rows.accountId, id));
  return entity !== undefined && boundaryOf(kind, entity)?.PolicyId === policyId;
}

/** A version's text may be in no other row: it is not thrown away. */
function inspectRemains(rows: AccountRows, policyId: string): void {
  const { partition } = policyKey(rows.accountId, policyId);
  const versions = rows.list('policies', partition, POLICY_CHILD_PREFIX.version);
  if (versions.length > 0) {
    rows.report(
      `policy ${policyId} is gone, and ${versions.length} of its versions are not`,
      versions,
    );
  }
}

function inspectVersions(rows: AccountRows, item: Item): void {
  const policy = readPolicy(item);
  const versions = rows.list('policies', item.key.partition, POLICY_CHILD_PREFIX.version);
  const read = versions.map(readPolicyVersion);
  rows.expectCount(item, 'VersionCount', versions.length);
  const text = read.find(({ Version }) => Version === policy.DefaultVersion)?.Document;
  if (text !== policy.DefaultDocument) {
    const message = `v${policy.DefaultVersion}, by default, of ${policy.PolicyId} is not what decisions read`;
    rows.report(message, [item, ...versions]);
  }
}
