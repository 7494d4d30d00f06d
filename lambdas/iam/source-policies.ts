import { AWS_ACCOUNT_ID, awsManagedPolicy } from '../identity/aws-managed-policies';
import type { PolicyReference, Tag } from '../identity/entities';
import { findGroup, findUser, foundGroup } from '../identity/lookup';
import { readAttachment, readInlinePolicy, readPolicy } from '../identity/records';
import { findRole } from '../identity/role-lookup';
import type { Call } from '../operations/operation';
import { noSuchEntity } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';
import {
  CHILD_PREFIX,
  policyKey,
  principalKey,
  principalPartition,
  type PrincipalKind,
} from '../store/keys';
import { StoreUnavailable } from '../store/store';
import { readChildren, readGroupIds } from './children';

/** A user, group or role whose permissions are looked at, as it is stored. */
export interface SourceEntity {
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly arn: string;
  readonly tags: readonly Tag[];
  readonly boundary: PolicyReference | undefined;
}

/** One policy that an entity has, by itself or through a group. */
export interface SourcePolicy {
  /** As AWS's simulator names it: `user_alice_PolicyName`, or a managed policy's name. */
  readonly id: string;
  readonly kind: 'inline' | 'aws-managed' | 'user-managed';
  readonly name: string;
  /** Of a managed policy. */
  readonly arn?: string;
  /** What it hangs under. */
  readonly owner: { readonly kind: PrincipalKind; readonly name: string };
  readonly document: string;
}

export interface SourcePolicies {
  /** Its own first, then those of its groups; a managed policy once, however often it is attached. */
  readonly identity: readonly SourcePolicy[];
  readonly boundary: SourcePolicy | undefined;
}

const KINDS: Readonly<Record<string, PrincipalKind>> = {
  user: 'User',
  group: 'Group',
  role: 'Role',
};

/**
 * The entity that an ARN names. As in AWS, the name decides and the path does not.
 *
 * Errors: InvalidInput for what is no ARN of a user, group or role of the account.
 */
export async function findSourceEntity(
  call: Call,
  entityArn: string,
): Promise<SourceEntity | undefined> {
  const { kind, name } = readEntityArn(call, entityArn);
  switch (kind) {
    case 'User': {
      const user = await findUser(call, name);
      return user && describeEntity(kind, user.entity.UserName, user.entity.UserId, user);
    }
    case 'Group': {
      const group = await findGroup(call, name);
      return group && describeEntity(kind, group.entity.GroupName, group.entity.GroupId, group);
    }
    case 'Role': {
      const role = await findRole(call, name);
      return role && describeEntity(kind, role.entity.RoleName, role.entity.RoleId, role);
    }
  }
}

/** Errors: those of {@link findSourceEntity}, and NoSuchEntity. */
export async function requireSourceEntity(call: Call, entityArn: string): Promise<SourceEntity> {
  const entity = await findSourceEntity(call, entityArn);
  if (entity === undefined) {
    const { kind, name } = readEntityArn(call, entityArn);
    throw noSuchEntity(ENTITY_WORDS[kind], name);
  }
  return entity;
}

const ENTITY_WORDS = { User: 'user', Group: 'group', Role: 'role' } as const;

function readEntityArn(call: Call, entityArn: string): { kind: PrincipalKind; name: string } {
  const [prefix, partition, service, region, accountId, resource = '', ...more] =
    entityArn.split(':');
  const slash = resource.indexOf('/');
  const kind = KINDS[resource.slice(0, Math.max(slash, 0))];
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  const isOurs =
    prefix === 'arn' &&
    partition === call.partition &&
    service === 'iam' &&
    region === '' &&
    accountId === call.accountId &&
    more.length === 0;
  if (!isOurs || kind === undefined || name === '') {
    throw new IamError('InvalidInput', `Invalid Entity Arn: ${entityArn}`);
  }
  return { kind, name };
}

interface FoundHolder {
  readonly arn: string;
  readonly entity: {
    readonly Path: string;
    readonly Tags?: readonly Tag[];
    readonly PermissionsBoundary?: PolicyReference;
  };
}

function describeEntity(
  kind: PrincipalKind,
  name: string,
  id: string,
  { arn, entity }: FoundHolder,
): SourceEntity {
  const { Path, Tags = [], PermissionsBoundary } = entity;
  return { kind, name, id, path: Path, arn, tags: Tags, boundary: PermissionsBoundary };
}

/** All that an entity's permissions come from. Errors: StoreUnavailable where a policy that it refers to is not there. */
export async function loadSourcePolicies(
  call: Call,
  entity: SourceEntity,
): Promise<SourcePolicies> {
  const holders = [entity, ...(await loadGroups(call, entity))];
  const rows = await Promise.all(holders.map((holder) => loadHolder(call, holder)));
  const references = rows.flatMap(({ attachments }) => attachments);
  const { boundary } = entity;
  const documents = await loadDocuments(
    call,
    boundary === undefined ? references : [...references, boundary],
  );
  const attached = new Set<string>();
  const identity = rows.flatMap(({ holder, inlinePolicies, attachments }) => [
    ...inlinePolicies.map((policy) => inlineSource(holder, policy)),
    ...attachments
      .filter(({ PolicyId }) => !attached.has(PolicyId) && attached.add(PolicyId))
      .map((reference) => managedSource(holder, reference, documents)),
  ]);
  return {
    identity,
    boundary: boundary && managedSource(entity, boundary, documents),
  };
}

type Holder = Pick<SourceEntity, 'kind' | 'name' | 'id'>;

async function loadGroups(call: Call, entity: SourceEntity): Promise<readonly Holder[]> {
  if (entity.kind !== 'User') return [];
  const ids = await readGroupIds(call, entity.id);
  const items = await call.store.getMany(
    ids.map((id) => principalKey('Group', call.accountId, id)),
    { consistent: true },
  );
  return items.map((item) => {
    if (item === undefined) throw new StoreUnavailable('a membership names a group without a row');
    const { GroupName, GroupId } = foundGroup(call, item).entity;
    return { kind: 'Group', name: GroupName, id: GroupId };
  });
}

async function loadHolder(call: Call, holder: Holder) {
  const partition = principalPartition(holder.kind, call.accountId, holder.id);
  const [inlinePolicies, attachments] = await Promise.all([
    readChildren(call, partition, CHILD_PREFIX.inlinePolicy, readInlinePolicy),
    readChildren(call, partition, CHILD_PREFIX.attachment, readAttachment),
  ]);
  return { holder, inlinePolicies, attachments };
}

function inlineSource(
  { kind, name }: Holder,
  policy: { readonly PolicyName: string; readonly PolicyDocument: string },
): SourcePolicy {
  return {
    id: `${ENTITY_WORDS[kind]}_${name}_${policy.PolicyName}`,
    kind: 'inline',
    name: policy.PolicyName,
    owner: { kind, name },
    document: policy.PolicyDocument,
  };
}

function managedSource(
  { kind, name }: Holder,
  reference: PolicyReference,
  documents: ReadonlyMap<string, string>,
): SourcePolicy {
  const document = documents.get(reference.PolicyId);
  if (document === undefined) {
    throw new StoreUnavailable('a policy that is attached has no row');
  }
  return {
    id: reference.PolicyName,
    kind: reference.AccountId === AWS_ACCOUNT_ID ? 'aws-managed' : 'user-managed',
    name: reference.PolicyName,
    arn: reference.PolicyArn,
    owner: { kind, name },
    document,
  };
}

/** The default versions' texts by policy id. */
async function loadDocuments(
  call: Call,
  references: readonly PolicyReference[],
): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  const stored = references.filter(({ AccountId }) => AccountId !== AWS_ACCOUNT_ID);
  for (const { AccountId, PolicyId, PolicyArn } of references) {
    const document =
      AccountId === AWS_ACCOUNT_ID ? awsManagedPolicy(PolicyArn)?.document : undefined;
    if (document !== undefined) documents.set(PolicyId, document);
  }
  const items = await call.store.getMany(
    stored.map(({ AccountId, PolicyId }) => policyKey(AccountId, PolicyId)),
    { consistent: true },
  );
  stored.forEach(({ PolicyId }, index) => {
    const item = items[index];
    if (item !== undefined) documents.set(PolicyId, readPolicy(item).DefaultDocument);
  });
  return documents;
}
