import type { AttachedPolicy } from '@aws-sdk/client-iam';
import { readAttachment, toAttributes } from '../identity/records';
import { commit } from '../operations/commit';
import type { Call } from '../operations/operation';
import { queryEntries, takePage, type PageEnd, type PageRequest } from '../operations/paging';
import { noSuchPolicy, quotaExceeded } from '../protocol/error-messages';
import { CHILD_PREFIX } from '../store/keys';
import { findAttachable, releaseSteps, requireAttachable, useSteps } from './attachable-policies';
import {
  attachmentRowKey,
  findAttachment,
  holderPartition,
  type PolicyHolder,
} from './policy-holders';

/** Attaching what is attached already does nothing, as on AWS. Errors: LimitExceeded, NoSuchEntity. */
export async function attachPolicy(
  call: Call,
  holder: PolicyHolder,
  policyArn: string,
): Promise<void> {
  const policy = await requireAttachable(call, policyArn);
  if ((await findAttachment(call, holder, policy.PolicyId)) !== undefined) {
    return;
  }
  const { attached: quota, attachedName } = holder.quotas;
  if (holder.attachedPolicyCount >= quota) {
    throw quotaExceeded(attachedName, quota);
  }
  await commit(call, [
    {
      write: {
        kind: 'update',
        key: holder.key,
        add: { AttachedPolicyCount: 1 },
        condition: { exists: true, revision: holder.revision },
      },
    },
    {
      write: {
        kind: 'put',
        key: attachmentRowKey(call, holder, policy.PolicyId),
        attributes: toAttributes(policy),
        condition: { exists: false },
      },
    },
    ...(await useSteps(call, policy, 'PermissionsPolicy', holder)),
  ]);
}

/** Errors: NoSuchEntity where it is not attached. */
export async function detachPolicy(
  call: Call,
  holder: PolicyHolder,
  policyArn: string,
): Promise<void> {
  const policy = await findAttachable(call, policyArn);
  const attachment =
    policy === undefined ? undefined : await findAttachment(call, holder, policy.PolicyId);
  if (attachment === undefined) {
    throw noSuchPolicy(policyArn);
  }
  await commit(call, [
    {
      write: {
        kind: 'update',
        key: holder.key,
        add: { AttachedPolicyCount: -1 },
        condition: { exists: true },
      },
    },
    {
      write: {
        kind: 'delete',
        key: attachmentRowKey(call, holder, attachment.PolicyId),
        condition: { exists: true },
      },
    },
    ...releaseSteps(call, attachment, 'PermissionsPolicy', holder),
  ]);
}

export async function listAttachments(
  call: Call,
  holder: PolicyHolder,
  request: PageRequest & { readonly PathPrefix?: string | undefined },
): Promise<{ readonly AttachedPolicies: AttachedPolicy[] } & PageEnd> {
  const range = {
    table: 'identities',
    partition: holderPartition(call, holder),
    prefix: CHILD_PREFIX.attachment,
  } as const;
  const { rows, end } = await takePage(
    call,
    request,
    (after) =>
      queryEntries(call, { ...range, after }, request.MaxItems, (items) =>
        items.map((item): AttachedPolicy | undefined => {
          const { PolicyArn, PolicyName } = readAttachment(item);
          return pathOf(PolicyArn).startsWith(request.PathPrefix ?? '/')
            ? { PolicyName, PolicyArn }
            : undefined;
        }),
      ),
    ({ PolicyName }) => PolicyName,
  );
  return { AttachedPolicies: rows, ...end };
}

/** `/division/` of `arn:aws:iam::123456789012:policy/division/name`. */
function pathOf(policyArn: string): string {
  return policyArn.slice(policyArn.indexOf('/'), policyArn.lastIndexOf('/') + 1);
}
