import { AWS_MANAGED_POLICIES } from '../identity/aws-managed-policies';
import type { PolicyRecord } from '../identity/entities';
import { foundPolicy, type Found } from '../identity/lookup';
import { readName } from '../identity/records';
import type { Call } from '../operations/operation';
import { queryEntries, type Entry } from '../operations/paging';
import { namePartition, policyKey, policyUsageKey } from '../store/keys';
import type { Item } from '../store/store';
import { foundManagedPolicy } from './readable-policies';

/** What a list of policies leaves out. */
export interface PolicyFilter {
  readonly Scope?: string | undefined;
  readonly OnlyAttached?: boolean | undefined;
  readonly PathPrefix?: string | undefined;
  readonly PolicyUsageFilter?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** A position says in which of the two lists it is, and where. */
const MANAGED_POSITION = 'AWS/';
const LOCAL_POSITION = 'Local/';

/** The account's own policies, then those that AWS manages; each kind in the order of its names. */
export async function* listPolicyEntries(
  call: Call,
  filter: PolicyFilter,
  after: string | undefined,
): AsyncGenerator<Entry<Found<PolicyRecord>>> {
  const isAmongManaged = after?.startsWith(MANAGED_POSITION) === true;
  if (filter.Scope !== 'AWS' && !isAmongManaged) {
    yield* listLocal(call, filter, after?.slice(LOCAL_POSITION.length));
  }
  if (filter.Scope !== 'Local') {
    yield* listManaged(
      call,
      filter,
      isAmongManaged ? after.slice(MANAGED_POSITION.length) : undefined,
    );
  }
}

/** Usages of policies that are read at a time. */
const USAGES_AT_ONCE = 100;

async function* listManaged(
  call: Call,
  filter: PolicyFilter,
  after: string | undefined,
): AsyncGenerator<Entry<Found<PolicyRecord>>> {
  const candidates = AWS_MANAGED_POLICIES.filter(
    ({ PolicyName: name, Path: path }) =>
      (after === undefined || name > after) && path.startsWith(filter.PathPrefix ?? '/'),
  );
  for (let start = 0; start < candidates.length; start += USAGES_AT_ONCE) {
    const chunk = candidates.slice(start, start + USAGES_AT_ONCE);
    const usages = await call.store.getMany(
      chunk.map((policy) => policyUsageKey(call.accountId, policy.PolicyId)),
      { consistent: true },
    );
    for (const [index, managed] of chunk.entries()) {
      const row = foundManagedPolicy(call, managed, usages[index]);
      if (isWanted(row.entity, filter)) {
        yield { position: MANAGED_POSITION + managed.PolicyName, row };
      }
    }
  }
}

async function* listLocal(
  call: Call,
  filter: PolicyFilter,
  after: string | undefined,
): AsyncGenerator<Entry<Found<PolicyRecord>>> {
  const names = namePartition('Policy', call.accountId);
  const entries = queryEntries(call, { ...names, after }, filter.MaxItems, (items) =>
    policiesOf(call, items, filter),
  );
  for await (const { position, row } of entries) {
    yield { position: LOCAL_POSITION + position, row };
  }
}

/** The policies of a page of names, undefined for those filtered out and those deleted since the names were read. */
async function policiesOf(
  call: Call,
  items: readonly Item[],
  filter: PolicyFilter,
): Promise<readonly (Found<PolicyRecord> | undefined)[]> {
  const names = items.map(readName);
  const inside = names.filter((name) => name.Path.startsWith(filter.PathPrefix ?? '/'));
  const found = await call.store.getMany(
    inside.map((name) => policyKey(call.accountId, name.Id)),
    { consistent: true },
  );
  const policies = new Map(
    found.flatMap((item) => {
      const policy = item === undefined ? undefined : foundPolicy(call, item);
      return policy !== undefined && isWanted(policy.entity, filter)
        ? [[policy.entity.PolicyId, policy] as const]
        : [];
    }),
  );
  return names.map((name) => policies.get(name.Id));
}

function isWanted(policy: PolicyRecord, filter: PolicyFilter): boolean {
  const { AttachmentCount: attachments, PermissionsBoundaryUsageCount: boundaries } = policy;
  return (
    policy.Path.startsWith(filter.PathPrefix ?? '/') &&
    (filter.OnlyAttached !== true || attachments > 0) &&
    (filter.PolicyUsageFilter !== 'PermissionsPolicy' || attachments > 0) &&
    (filter.PolicyUsageFilter !== 'PermissionsBoundary' || boundaries > 0)
  );
}
