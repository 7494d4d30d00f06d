import { parseArn } from '../core/arn';
import { createPolicySet } from '../core/policy-set';
import { accountKey } from '../store/keys';
import { iamArn, rootArn } from './arns';
import type { DecisionSubject } from './decision-subject';
import { findUser, type AccountScope } from './lookup';
import { loadRolePolicies, loadUserPolicies } from './principal-policies';
import { loadRoleRows, loadUserRows } from './principal-partitions';
import { principalContext, userCaller } from './principals';
import { findRole } from './role-lookup';

/* Principals that somebody else asks about, by what they are called: as they are with no session of theirs. */

export type NamedSubjectType = 'user' | 'role' | 'root';

/** Every read here is of a decision that somebody acts upon. */
const CONSISTENT = { consistent: true } as const;

/** `AIDA…`, `AROA…`. */
const UNIQUE_ID = /^A[A-Z]{3}[A-Z0-9]{1,124}$/;

const ACCOUNT_ID = /^\d{12}$/;

/**
 * The principal of an ARN, which may be another account's, or of a unique id of the scope's own account; undefined where there is none.
 * An ARN is turned into the id first: path and case of its name count.
 *
 * Errors: StoreUnavailable.
 */
export async function loadNamedSubject(
  type: NamedSubjectType,
  id: string,
  scope: AccountScope,
): Promise<DecisionSubject | undefined> {
  const arn = parseArn(id);
  if (arn === undefined) return loadById(type, id, scope);
  const { partition, service, region, accountId, resource } = arn;
  if (partition !== scope.partition || service !== 'iam' || region !== '') return undefined;
  if (!ACCOUNT_ID.test(accountId)) return undefined;
  const owner = { ...scope, accountId };
  if (type === 'root') return resource === 'root' ? loadById(type, accountId, owner) : undefined;
  if (!resource.startsWith(`${type}/`)) return undefined;
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  // No other text was ever a name, and a longer one would be no key.
  if (!/^[\w+=,.@-]{1,128}$/.test(name)) return undefined;
  const found = await (type === 'user' ? findUser(owner, name) : findRole(owner, name));
  if (found?.arn !== id) return undefined;
  const { entity } = found;
  return loadById(type, 'UserId' in entity ? entity.UserId : entity.RoleId, owner);
}

async function loadById(
  type: NamedSubjectType,
  id: string,
  scope: AccountScope,
): Promise<DecisionSubject | undefined> {
  if (type === 'root') return id === scope.accountId ? loadRoot(scope) : undefined;
  if (!UNIQUE_ID.test(id)) return undefined;
  return type === 'user' ? loadUser(id, scope) : loadRole(id, scope);
}

async function loadUser(id: string, scope: AccountScope): Promise<DecisionSubject | undefined> {
  const { store, accountId, partition } = scope;
  const rows = await loadUserRows(store, { accountId, id, groupIds: [] }, CONSISTENT);
  if (rows === undefined) return undefined;
  const { policies } = await loadUserPolicies(store, rows, CONSISTENT);
  const { principal, context } = userCaller(rows.user, accountId, { partition, accessKeyId: '' });
  return { principal, policies, context };
}

/** What every session of a role has, each its own. */
const SESSION_KEYS = [
  'aws:userid',
  'aws:tokenissuetime',
  'aws:multifactorauthpresent',
  'aws:multifactorauthage',
  'aws:sourceidentity',
  'aws:federatedprovider',
];

/** The role itself, as a session of it without session policies and tags. */
async function loadRole(id: string, scope: AccountScope): Promise<DecisionSubject | undefined> {
  const { store, accountId } = scope;
  const rows = await loadRoleRows(store, { accountId, id }, CONSISTENT);
  if (rows === undefined) return undefined;
  const { role } = rows;
  const { policies } = await loadRolePolicies(store, rows, CONSISTENT, undefined);
  const arn = iamArn(scope, 'role', role.Path, role.RoleName);
  const { 'aws:userid': _ofSession, ...context } = principalContext({
    arn,
    accountId,
    userId: role.RoleId,
    principalType: 'AssumedRole',
    tags: role.Tags,
  });
  return {
    principal: { type: 'Role', arn, accountId, uniqueId: role.RoleId },
    policies,
    context,
    unknownKeys: SESSION_KEYS,
  };
}

/** It has no policies of its own; the decision itself gives it its account. */
async function loadRoot({
  store,
  accountId,
  partition,
}: AccountScope): Promise<DecisionSubject | undefined> {
  const account = await store.get(accountKey(accountId), CONSISTENT);
  if (account === undefined) return undefined;
  const arn = rootArn({ partition, accountId });
  return {
    principal: { type: 'Root', arn, accountId, uniqueId: accountId },
    policies: createPolicySet({ identity: [] }),
    context: principalContext({ arn, accountId, userId: accountId, principalType: 'Account' }),
  };
}
