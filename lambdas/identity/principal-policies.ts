import { compileOrDeny, unreadablePolicy, type CompiledPolicy } from '../core/compile';
import type { PolicyType } from '../core/decision';
import { createPolicySet, type PolicySet } from '../core/policy-set';
import { encodeParts, policyKey } from '../store/keys';
import type { Item, ReadOptions, Store } from '../store/store';
import type { AttachmentRecord, PolicyReference } from './entities';
import { BoundedMap } from './principal-bounded-map';
import {
  loadGroups,
  type AttachedRows,
  type GroupRows,
  type UserRows,
} from './principal-partitions';
import { readPolicy } from './records';

/** One policy's text and what to call it in reasons. */
interface PolicySource {
  readonly policyType: PolicyType;
  /** An ARN, or for an inline policy the id that AWS's policy simulator gives it: `user_alice_PolicyName`. */
  readonly policyId: string;
  readonly policyArn?: string;
  readonly document: string;
}

/** What a compiled policy takes once it has been asked (8 to 15 bytes a character were measured), and something for being there. */
const COMPILED_BYTES_PER_CHARACTER = 16;
const COMPILED_BYTES_FLOOR = 512;

/**
 * Compiled policies, for as long as the process lives: what some thousand principals share.
 *
 * Invariant: the key holds the exact text. A version's number alone would not do, because a restored table gives it again.
 */
const compiledPolicies = new BoundedMap<CompiledPolicy>({
  entries: 4096,
  bytes: 32 * 1024 * 1024,
});

interface SizedPolicy {
  readonly compiled: CompiledPolicy;
  readonly bytes: number;
}

/** A user's policies, and about how much memory they hold. */
export interface UserPolicies {
  readonly policies: PolicySet;
  readonly bytes: number;
}

/** All that decides about a user: its own policies, those of its groups, and its permissions boundary. */
export async function loadUserPolicies(
  store: Store,
  rows: UserRows,
  options: ReadOptions,
): Promise<UserPolicies> {
  const { PermissionsBoundary: boundary } = rows.user;
  const known = [rows, ...rows.groups].flatMap((holder) => holder.attachments);
  const [documents, lateGroups] = await Promise.all([
    loadDocuments(store, boundary === undefined ? known : [...known, boundary], options),
    loadGroups(store, rows.accountId, rows.unreadGroupIds, options),
  ]);
  const late = await loadDocuments(
    store,
    lateGroups.flatMap((group) => group.attachments),
    options,
  );
  const found = new Map([...documents, ...late]);
  const identity = [
    ...compileHolder(rows, `user_${rows.user.UserName}`, found),
    ...[...rows.groups, ...lateGroups].flatMap((group) => compileGroup(group, found)),
  ];
  const boundaries =
    boundary === undefined
      ? undefined
      : [compileReference(boundary, 'permissions boundary', found)];
  return {
    policies: createPolicySet({
      identity: identity.map(({ compiled }) => compiled),
      ...(boundaries === undefined ? {} : { boundary: boundaries.map(({ compiled }) => compiled) }),
    }),
    bytes: [...identity, ...(boundaries ?? [])].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** The default versions' texts by policy ARN, in one round trip; what cannot be found is left out. */
async function loadDocuments(
  store: Store,
  references: readonly PolicyReference[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  const stored = new Map(references.map((reference) => [referenceKey(reference), reference]));
  if (stored.size === 0) {
    return documents;
  }
  const items = await store.getMany(
    [...stored.values()].map(({ AccountId, PolicyId }) => policyKey(AccountId, PolicyId)),
    { consistent: options.consistent },
  );
  [...stored.keys()].forEach((key, index) => {
    const item: Item | undefined = items[index];
    if (item !== undefined) {
      documents.set(key, readPolicy(item).DefaultDocument);
    }
  });
  return documents;
}

/** By id: a policy that was deleted and made again under its old name is another one. */
function referenceKey({ AccountId, PolicyId }: PolicyReference): string {
  return encodeParts(AccountId, PolicyId);
}

function compileGroup(
  group: GroupRows,
  documents: ReadonlyMap<string, string>,
): readonly SizedPolicy[] {
  return group.groupName === undefined
    ? [missingPolicy('identity-based policy', `group_${group.groupId}`)]
    : compileHolder(group, `group_${group.groupName}`, documents);
}

function compileHolder(
  holder: AttachedRows,
  holderId: string,
  documents: ReadonlyMap<string, string>,
): readonly SizedPolicy[] {
  return [
    ...holder.inlinePolicies.map(({ PolicyName, PolicyDocument }) =>
      compileOnce({
        policyType: 'identity-based policy',
        policyId: `${holderId}_${PolicyName}`,
        document: PolicyDocument,
      }),
    ),
    ...holder.attachments.map((attachment: AttachmentRecord) =>
      compileReference(attachment, 'identity-based policy', documents),
    ),
  ];
}

function compileReference(
  reference: PolicyReference,
  policyType: PolicyType,
  documents: ReadonlyMap<string, string>,
): SizedPolicy {
  const document = documents.get(referenceKey(reference));
  return document === undefined
    ? missingPolicy(policyType, reference.PolicyArn)
    : compileOnce({
        policyType,
        policyId: reference.PolicyArn,
        policyArn: reference.PolicyArn,
        document,
      });
}

function compileOnce(source: PolicySource): SizedPolicy {
  const { policyType, policyId, document } = source;
  const key = encodeParts(policyType, policyId, document);
  const bytes = COMPILED_BYTES_FLOOR + document.length * COMPILED_BYTES_PER_CHARACTER;
  const kept = compiledPolicies.get(key);
  if (kept !== undefined) {
    return { compiled: kept, bytes };
  }
  const compiled = compileOrDeny(document, source);
  compiledPolicies.set(key, compiled, bytes);
  return { compiled, bytes };
}

/** In place of what is referred to and not there: a set that holds it allows nothing. */
function missingPolicy(policyType: PolicyType, policyId: string): SizedPolicy {
  return {
    compiled: unreadablePolicy({ policyType, policyId }),
    bytes: COMPILED_BYTES_FLOOR,
  };
}
