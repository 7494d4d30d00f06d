import type { AccessReportContent, AccessReportEntity } from '../identity/access-report-records';
import { loadLastAccessed } from '../identity/last-accessed';
import { foundUser } from '../identity/lookup';
import { readAttachedTo, readMember } from '../identity/records';
import { foundRole } from '../identity/role-lookup';
import type { Call } from '../operations/operation';
import {
  CHILD_PREFIX,
  POLICY_CHILD_PREFIX,
  policyPartition,
  principalKey,
  principalPartition,
} from '../store/keys';
import { readChildren } from './children';
import { requireReadablePolicy } from './readable-policies';
import { servicesGranted } from './service-access';
import { loadSourcePolicies, requireSourceEntity } from './source-policies';

/** Entities whose accesses are read at the same time. */
const ENTITIES_AT_ONCE = 25;

interface EntityReference {
  readonly kind: 'User' | 'Role';
  readonly id: string;
}

/** Whether an ARN is one of a managed policy, not of a user, group or role. */
export function isPolicyArn(arn: string): boolean {
  return arn.split(':')[5]?.startsWith('policy/') === true;
}

/**
 * What a user, group, role or managed policy may be used for, by whom, and what of it they did.
 *
 * Errors: InvalidInput and NoSuchEntity for the ARN.
 */
export async function makeAccessReport(call: Call, arn: string): Promise<AccessReportContent> {
  const { documents, references } = isPolicyArn(arn)
    ? await readPolicySubject(call, arn)
    : await readEntitySubject(call, arn);
  const entities = await loadEntities(call, references);
  const accessed = entities.flatMap(({ accesses }) => accesses.map(({ service }) => service));
  const services = servicesGranted(documents, accessed);
  const reported = new Set(services);
  return {
    services,
    entities: entities.map((entity) => ({
      ...entity,
      accesses: entity.accesses.filter(({ service }) => reported.has(service)),
    })),
  };
}

interface Subject {
  readonly documents: readonly string[];
  readonly references: readonly EntityReference[];
}

async function readPolicySubject(call: Call, arn: string): Promise<Subject> {
  const { entity } = await requireReadablePolicy(call, arn);
  const uses = await readChildren(
    call,
    policyPartition(call.accountId, entity.PolicyId),
    POLICY_CHILD_PREFIX.attachedTo,
    readAttachedTo,
    'policies',
  );
  const attached = uses.filter(({ Usage }) => Usage === 'PermissionsPolicy');
  const lists = await Promise.all(
    attached.map(async ({ Kind, Id }): Promise<readonly EntityReference[]> =>
      Kind === 'Group' ? readMembers(call, Id) : [{ kind: Kind, id: Id }],
    ),
  );
  return { documents: [entity.DefaultDocument], references: lists.flat() };
}

async function readEntitySubject(call: Call, arn: string): Promise<Subject> {
  const entity = await requireSourceEntity(call, arn);
  const { identity } = await loadSourcePolicies(call, entity);
  const { kind, id } = entity;
  return {
    documents: identity.map(({ document }) => document),
    references: kind === 'Group' ? await readMembers(call, id) : [{ kind, id }],
  };
}

async function readMembers(call: Call, groupId: string): Promise<readonly EntityReference[]> {
  const partition = principalPartition('Group', call.accountId, groupId);
  const members = await readChildren(call, partition, CHILD_PREFIX.member, readMember);
  return members.map(({ UserId }) => ({ kind: 'User', id: UserId }));
}

async function loadEntities(
  call: Call,
  references: readonly EntityReference[],
): Promise<readonly AccessReportEntity[]> {
  const distinct = [...new Map(references.map((one) => [one.id, one])).values()];
  const entities = await findEntities(call, distinct);
  const loaded: AccessReportEntity[] = [];
  for (let start = 0; start < entities.length; start += ENTITIES_AT_ONCE) {
    const some = entities.slice(start, start + ENTITIES_AT_ONCE);
    loaded.push(...(await Promise.all(some.map((entity) => loadAccesses(call, entity)))));
  }
  return loaded;
}

async function loadAccesses(
  call: Call,
  { kind, id, arn }: FoundEntity,
): Promise<AccessReportEntity> {
  const principal = { accountId: call.accountId, principalId: id };
  const records = await loadLastAccessed(call.store, principal, call.now);
  const accesses = records.map(({ Service, Action, Region, LastAccessed }) => ({
    service: Service,
    action: Action,
    region: Region,
    time: LastAccessed,
  }));
  return { kind, id, arn, accesses };
}

export interface FoundEntity extends EntityReference {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
}

/** As they are now; who is gone is left out. */
export async function findEntities(
  call: Call,
  references: readonly EntityReference[],
): Promise<readonly FoundEntity[]> {
  const items = await call.store.getMany(
    references.map(({ kind, id }) => principalKey(kind, call.accountId, id)),
    { consistent: true },
  );
  return references.flatMap(({ kind, id }, index): readonly FoundEntity[] => {
    const item = items[index];
    if (item === undefined) return [];
    if (kind === 'User') {
      const { arn, entity } = foundUser(call, item);
      return [{ kind, id, arn, name: entity.UserName, path: entity.Path }];
    }
    const { arn, entity } = foundRole(call, item);
    return [{ kind, id, arn, name: entity.RoleName, path: entity.Path }];
  });
}
