import type { Principal } from '../../lambdas/core/request-context';
import { listOf } from './scenario';
import type { PrincipalElement, StatementJson } from './scenario';

/**
 * How a policy's Principal element reaches a principal, which decides what an Allow is still limited by:
 * - `account`: only its account is named; the account's own policies must still allow.
 * - `identity`: its role, or the user behind a federated session; boundary and session policy still limit.
 * - `itself`: the user, the very session, the service, the provider, or everybody; nothing of its account limits.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-resource-based.html
 */
export type Reach = 'account' | 'identity' | 'itself';

/**
 * Every way in which a statement's Principal or NotPrincipal reaches the principal; empty when the statement does not
 * apply to it. A statement with neither element applies to whoever the policy is attached to. A Deny with NotPrincipal
 * in a resource-based policy always reaches a principal with a boundary.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function reachesOf(
  statement: StatementJson,
  principal: Principal,
  hasBoundary: boolean,
): ReadonlySet<Reach> {
  if (statement.Principal !== undefined) return namedBy(statement.Principal, principal);
  if (statement.NotPrincipal === undefined) return new Set(['itself']);
  if (statement.Effect === 'Allow') {
    // No page says that naming everybody else lifts the limits of a boundary or a session policy.
    return namedBy(statement.NotPrincipal, principal).size > 0 ? new Set() : new Set(['identity']);
  }
  const isSpared = !hasBoundary && isNamedInFull(statement.NotPrincipal, principal);
  return isSpared ? new Set() : new Set(['itself']);
}

function namedBy(element: PrincipalElement, principal: Principal): ReadonlySet<Reach> {
  return new Set(
    entriesOf(element)
      .map(([kind, name]) => nameReaches(kind, name, principal))
      .filter((reach) => reach !== undefined),
  );
}

/** `"*"` is `{"AWS": "*"}`: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous */
function entriesOf(element: PrincipalElement): readonly (readonly [string, string])[] {
  if (element === '*') return [['AWS', '*']];
  return Object.entries(element).flatMap(([kind, names]) =>
    listOf(names).map((name) => [kind, name] as const),
  );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function nameReaches(kind: string, name: string, principal: Principal): Reach | undefined {
  if (kind === 'AWS' && name === '*') return 'itself';
  if (kind === 'AWS') return awsNameReaches(name, principal);
  if (kind === 'Service' && principal.type === 'Service' && principal.service === name)
    return 'itself';
  if (kind === 'Federated' && 'provider' in principal && principal.provider === name)
    return 'itself';
  return undefined;
}

function awsNameReaches(name: string, principal: Principal): Reach | undefined {
  if (!('arn' in principal)) return undefined;
  if (isAccount(name, principal.accountId)) return 'account';
  const isUniqueId = principal.uniqueId === name;
  switch (principal.type) {
    case 'Root':
      return undefined;
    case 'User':
      return name === principal.arn || isUniqueId ? 'itself' : undefined;
    case 'Role':
      return name === principal.arn || isUniqueId ? 'identity' : undefined;
    case 'AssumedRole':
      if (name === principal.arn || name === sessionIdOf(principal)) return 'itself';
      return name === roleArnOf(principal) || isUniqueId ? 'identity' : undefined;
    case 'FederatedUser':
      if (name === principal.arn) return 'itself';
      return name === principal.userArn ? 'identity' : undefined;
  }
}

const isAccount = (name: string, accountId: string): boolean =>
  name === accountId || name === `arn:aws:iam::${accountId}:root`;

/** The role behind a session. The session's own ARN does not say the role's path. */
export function roleArnOf(principal: Principal & { type: 'AssumedRole' }): string {
  const [, role = ''] = principal.arn.split('/');
  return principal.roleArn ?? `arn:aws:iam::${principal.accountId}:role/${role}`;
}

/** `AROA…:session`, as a saved policy refers to one session of a role that may have been made anew. */
function sessionIdOf({ arn, uniqueId }: Principal & { type: 'AssumedRole' }): string | undefined {
  const [, , session = ''] = arn.split('/');
  return uniqueId === undefined ? undefined : `${uniqueId}:${session}`;
}

/**
 * A Deny with NotPrincipal spares a principal only when every name of it is listed: the account, the role or user, and
 * the session.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isNamedInFull(element: PrincipalElement, principal: Principal): boolean {
  const entries = entriesOf(element);
  const isListed = (test: (kind: string, name: string) => boolean): boolean =>
    entries.some(([kind, name]) => test(kind, name));
  if (!('arn' in principal)) {
    return isListed((kind, name) => nameReaches(kind, name, principal) !== undefined);
  }
  // Everybody is everybody, in full.
  if (isListed((kind, name) => kind === 'AWS' && name === '*')) return true;
  const names = namesOf(principal);
  return names.every((alternatives) =>
    isListed((kind, name) => kind === 'AWS' && alternatives.includes(name)),
  );
}

type Identity = Extract<Principal, { arn: string }>;

/** Each name that a principal goes by, with its other spellings. */
function namesOf(principal: Identity): readonly (readonly string[])[] {
  const id = principal.uniqueId === undefined ? [] : [principal.uniqueId];
  const account = [principal.accountId, `arn:aws:iam::${principal.accountId}:root`];
  switch (principal.type) {
    case 'Root':
      return [account];
    case 'User':
    case 'Role':
      return [account, [principal.arn, ...id]];
    case 'AssumedRole':
      return [
        account,
        [roleArnOf(principal), ...id],
        [principal.arn, sessionIdOf(principal) ?? principal.arn],
      ];
    case 'FederatedUser':
      return [account, [principal.arn]];
  }
}
