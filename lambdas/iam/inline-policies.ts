import { countPolicyCharacters } from '../core/policy-size';
import { readInlinePolicy, toAttributes } from '../identity/records';
import type { InlinePolicyRecord } from '../identity/entities';
import { commit } from '../operations/commit';
import type { Call } from '../operations/operation';
import { queryEntries, takePage, type PageEnd, type PageRequest } from '../operations/paging';
import { IamError } from '../protocol/errors';
import { CHILD_PREFIX } from '../store/keys';
import { checkPolicyDocument } from '../operations/policy-documents';
import { holderPartition, inlineRowKey, type PolicyHolder } from './policy-holders';

/** Puts a policy in the place of the one of that name, if there is one. Errors: LimitExceeded, MalformedPolicyDocument. */
export async function putInlinePolicy(
  call: Call,
  holder: PolicyHolder,
  policy: InlinePolicyRecord,
): Promise<void> {
  checkPolicyDocument(policy.PolicyDocument, 'identity');
  const before = await findInlinePolicy(call, holder, policy.PolicyName);
  const sizeBefore = before === undefined ? 0 : countPolicyCharacters(before.PolicyDocument);
  const growth = countPolicyCharacters(policy.PolicyDocument) - sizeBefore;
  const { inlineSize: quota } = holder.quotas;
  if (holder.inlinePolicySize + growth > quota) {
    throw new IamError(
      'LimitExceeded',
      `Maximum policy size of ${quota} bytes exceeded for ${holder.kind.toLowerCase()} ${holder.name}`,
    );
  }
  await commit(call, [
    countingStep(holder, {
      InlinePolicyCount: before === undefined ? 1 : 0,
      InlinePolicySize: growth,
    }),
    {
      write: {
        kind: 'put',
        key: inlineRowKey(call, holder, policy.PolicyName),
        attributes: toAttributes(policy),
        condition: { exists: before !== undefined },
      },
    },
  ]);
}

/** Errors: NoSuchEntity. */
export async function deleteInlinePolicy(
  call: Call,
  holder: PolicyHolder,
  policyName: string,
): Promise<void> {
  const policy = await requireInlinePolicy(call, holder, policyName);
  await commit(call, [
    countingStep(holder, {
      InlinePolicyCount: -1,
      InlinePolicySize: -countPolicyCharacters(policy.PolicyDocument),
    }),
    {
      write: {
        kind: 'delete',
        key: inlineRowKey(call, holder, policyName),
        condition: { exists: true },
      },
    },
  ]);
}

/** The revision: sizes are added to what they were added to when the quota was looked at. */
function countingStep(holder: PolicyHolder, add: Readonly<Record<string, number>>) {
  return {
    write: {
      kind: 'update',
      key: holder.key,
      add,
      condition: { exists: true, revision: holder.revision },
    },
  } as const;
}

/** Errors: NoSuchEntity. */
export async function requireInlinePolicy(
  call: Call,
  holder: PolicyHolder,
  policyName: string,
): Promise<InlinePolicyRecord> {
  const policy = await findInlinePolicy(call, holder, policyName);
  if (policy === undefined) {
    throw new IamError(
      'NoSuchEntity',
      `The ${holder.kind.toLowerCase()} policy with name ${policyName} cannot be found.`,
    );
  }
  return policy;
}

async function findInlinePolicy(
  call: Call,
  holder: PolicyHolder,
  policyName: string,
): Promise<InlinePolicyRecord | undefined> {
  const item = await call.store.get(inlineRowKey(call, holder, policyName), { consistent: true });
  return item === undefined ? undefined : readInlinePolicy(item);
}

export async function listInlinePolicies(
  call: Call,
  holder: PolicyHolder,
  request: PageRequest,
): Promise<{ readonly PolicyNames: string[] } & PageEnd> {
  const range = {
    table: 'identities',
    partition: holderPartition(call, holder),
    prefix: CHILD_PREFIX.inlinePolicy,
  } as const;
  const { rows, end } = await takePage(call, request, (after) =>
    queryEntries(call, { ...range, after }, request.MaxItems, (items) =>
      items.map((item) => readInlinePolicy(item).PolicyName),
    ),
  );
  return { PolicyNames: rows, ...end };
}
