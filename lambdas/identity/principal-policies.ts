import { compileOrDeny, unreadablePolicy, type CompiledPolicy } from '../core/compile';
import type { PolicyType } from '../core/decision';
import { createPolicySet, type PolicySet } from '../core/policy-set';
import type { SessionPolicies } from '../credentials/session-claims';
import { encodeParts, policyKey } from '../store/keys';
import type { Item, ReadOptions, Store } from '../store/store';
import type { AttachmentRecord, PolicyReference } from './entities';
import { BoundedMap } from './principal-bounded-map';
import {
  loadGroups,
  type AttachedRows,
  type GroupRows,
  type RoleRows,
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

/** What is referred to, by id. */
type Reference = Pick<PolicyReference, 'AccountId' | 'PolicyId' | 'PolicyArn'>;

/** A principal's policies, and about how much memory they hold. */
export interface PrincipalPolicies {
  readonly policies: PolicySet;
  readonly bytes: number;
}

/**
 * All that decides about a user: its own policies, those of its groups, its permissions boundary, and the policies of its session
 * where those apply.
 */
export async function loadUserPolicies(
  store: Store,
  rows: UserRows,
  options: ReadOptions,
  session?: SessionPolicies,
): Promise<PrincipalPolicies> {
  const { PermissionsBoundary: boundary } = rows.user;
  const known = [rows, ...rows.groups].flatMap((holder) => holder.attachments);
  const [documents, lateGroups] = await Promise.all([
    loadDocuments(store, [...known, ...layerReferences(boundary, session)], options),
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
  return combine(identity, boundary, session, found);
}

/** All that decides about a session of a role: the role's policies, its permissions boundary, and the session's own policies. */
export async function loadRolePolicies(
  store: Store,
  rows: RoleRows,
  options: ReadOptions,
  session: SessionPolicies | undefined,
): Promise<PrincipalPolicies> {
  const { PermissionsBoundary: boundary, RoleName } = rows.role;
  const references = [...rows.attachments, ...layerReferences(boundary, session)];
  const documents = await loadDocuments(store, references, options);
  return combine(compileHolder(rows, `role_${RoleName}`, documents), boundary, session, documents);
}

/** Whatever its session's policies allow: of root, and of root's guests. */
export async function loadRootPolicies(
  store: Store,
  options: ReadOptions,
  session: SessionPolicies | undefined,
): Promise<PrincipalPolicies> {
  const documents = await loadDocuments(store, layerReferences(undefined, session), options);
  const everything = compileOnce({
    policyType: 'identity-based policy',
    policyId: 'root',
    document: EVERYTHING,
  });
  return combine([everything], undefined, session, documents);
}

const EVERYTHING =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';

function layerReferences(
  boundary: PolicyReference | undefined,
  session: SessionPolicies | undefined,
): readonly Reference[] {
  return [...(boundary === undefined ? [] : [boundary]), ...(session?.managed ?? [])];
}

/** Invariant: a layer that applies is there, however little is in it. */
function combine(
  identity: readonly SizedPolicy[],
  boundary: PolicyReference | undefined,
  session: SessionPolicies | undefined,
  documents: ReadonlyMap<string, string>,
): PrincipalPolicies {
  const bounds = boundary && [compileReference(boundary, 'permissions boundary', documents)];
  const limits = session && compileSession(session, documents);
  const compiled = (layer: readonly SizedPolicy[]) => layer.map((policy) => policy.compiled);
  return {
    policies: createPolicySet({
      identity: compiled(identity),
      ...(bounds === undefined ? {} : { boundary: compiled(bounds) }),
      ...(limits === undefined ? {} : { session: compiled(limits) }),
    }),
    bytes: [...identity, ...(bounds ?? []), ...(limits ?? [])].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    ),
  };
}

function compileSession(
  { inline, managed }: SessionPolicies,
  documents: ReadonlyMap<string, string>,
): readonly SizedPolicy[] {
  const policyType = 'session policy';
  return [
    ...(inline === undefined
      ? []
      : [compileOnce({ policyType, policyId: policyType, document: inline })]),
    ...managed.map((reference) => compileReference(reference, policyType, documents)),
  ];
}

/** The default versions' texts by policy ARN, in one round trip; what cannot be found is left out. */
async function loadDocuments(
  store: Store,
  references: readonly Reference[],
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
function referenceKey({ AccountId, PolicyId }: Reference): string {
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
  reference: Reference,
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
