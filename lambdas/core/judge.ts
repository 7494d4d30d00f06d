import type { CompiledPolicy } from './compile';
import type { CompiledStatement } from './compiled-statement';
import type { DecisionType } from './decision';
import { standingOf } from './policy-set';
import type { ActionEntry, Level, PolicySet, ResourceEntry } from './policy-set';
import { RANK } from './principals';
import type { Rank } from './principals';
import type { Principal, RequestContext } from './request-context';
import { needsResourcePolicy } from './service-rules';

/** What was found on the way to a decision, for whoever wants reasons. */
export class Trace {
  entry: ActionEntry | undefined = undefined;
  resourceEntry: ResourceEntry | undefined = undefined;
  /** Denies that matched, in the order in which AWS looks at policy types. */
  denied: readonly CompiledStatement[] = [];
  unreadable: readonly CompiledPolicy[] = [];
  /** The action cannot be about the resource. */
  isUnrelated = false;
  /** The Allow of each layer that took part. */
  resource: CompiledStatement | undefined = undefined;
  identity: CompiledStatement | undefined = undefined;
  boundary: CompiledStatement | undefined = undefined;
  session: CompiledStatement | undefined = undefined;
  readonly levels: CompiledStatement[] = [];
  /** What a resource-based Allow was worth. */
  rank: Rank = RANK.none;
  /** Layers that lacked an Allow, in the order in which AWS looks at them. */
  readonly missing: MissingLayer[] = [];
}

/** As much of a {@link PolicySet} as a decision asks for. */
export interface JudgedPolicies {
  readonly unreadable: PolicySet['unreadable'];
  readonly resourceIndex: { readonly entry: (action: string) => ResourceEntry } | undefined;
  readonly entry: PolicySet['entry'];
}

export type MissingLayer = Level | 'resource' | 'identity' | 'boundary' | 'session';

/**
 * The decision, in AWS's order: an explicit Deny anywhere; then an Allow is needed at every level of SCPs and in the endpoint policy; then
 * resource-based, identity-based, boundary and session policies, as they combine.
 *
 * Invariant: behind the Denies, and only there, is `allowed` returned for what policies say.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function judge(
  request: RequestContext,
  policies: JudgedPolicies,
  trace?: Trace,
): DecisionType {
  const standing = standingOf(request.principal);
  const entry = policies.entry(request.action, standing);
  if (entry.rules.alwaysAllowed && standing !== 'withoutAccount') return 'allowed';
  const resourceEntry = policies.resourceIndex?.entry(request.action);
  if (trace !== undefined) {
    trace.entry = entry;
    trace.resourceEntry = resourceEntry;
  }
  const denied = entry.deny.find(request);
  const ownDeny = resourceEntry && findOwnDeny(request, entry, resourceEntry);
  if (denied !== undefined || ownDeny !== undefined) {
    if (trace !== undefined) trace.denied = collectDenies(request, entry, ownDeny);
    return 'explicitDeny';
  }
  if (policies.unreadable.length > 0) return refuse(policies.unreadable, trace);
  if (entry.relates !== undefined && !entry.relates(request.resource)) {
    if (trace !== undefined) trace.isUnrelated = true;
    return 'implicitDeny';
  }
  const everywhere = isAllowedAtEveryLevel(request, entry, trace);
  if (!everywhere && trace === undefined) return 'implicitDeny';
  const granted = isGranted(request, entry, resourceEntry, trace);
  return everywhere && granted ? 'allowed' : 'implicitDeny';
}

const CALLERS_POLICIES: ReadonlySet<string> = new Set([
  'identity-based policy',
  'permissions boundary',
  'session policy',
]);

/** The resource's own Deny stands behind the organization's, before the caller's. */
function collectDenies(
  request: RequestContext,
  { deny }: ActionEntry,
  own: CompiledStatement | undefined,
): readonly CompiledStatement[] {
  const denied = deny.findAll(request);
  if (own === undefined) return denied;
  const position = denied.findIndex(({ policy }) => CALLERS_POLICIES.has(policy.policyType));
  return denied.toSpliced(position < 0 ? denied.length : position, 0, own);
}

function findOwnDeny(
  request: RequestContext,
  { boundary }: ActionEntry,
  { deny }: ResourceEntry,
): CompiledStatement | undefined {
  for (const statement of deny) {
    const rank = statement.rank(request.principal, boundary !== undefined);
    if (rank !== RANK.none && statement.test(request)) return statement;
  }
  return undefined;
}

function refuse(unreadable: readonly CompiledPolicy[], trace: Trace | undefined): DecisionType {
  if (trace !== undefined) trace.unreadable = unreadable;
  const denies = unreadable.some((policy) => policy.unreadable === 'explicitDeny');
  return denies ? 'explicitDeny' : 'implicitDeny';
}

function isAllowedAtEveryLevel(
  request: RequestContext,
  { levels }: ActionEntry,
  trace: Trace | undefined,
): boolean {
  let everywhere = true;
  for (const level of levels) {
    const statement = level.allow.find(request);
    if (trace === undefined) {
      if (statement === undefined) return false;
    } else if (statement === undefined) {
      trace.missing.push(level);
      everywhere = false;
    } else trace.levels.push(statement);
  }
  return everywhere;
}

function isGranted(
  request: RequestContext,
  entry: ActionEntry,
  resourceEntry: ResourceEntry | undefined,
  trace: Trace | undefined,
): boolean {
  const { principal } = request;
  const own = resourceEntry && findOwnAllow(request, resourceEntry);
  const rank = own === undefined ? RANK.none : own.rank(principal, false);
  if (trace !== undefined) {
    trace.resource = own;
    trace.rank = rank;
  }
  const accountId = accountOf(principal);
  if (accountId === undefined) {
    if (rank === RANK.none) trace?.missing.push('resource');
    return rank !== RANK.none;
  }
  const isForeign = accountId !== request.resourceAccount;
  if (!isForeign && rank === RANK.unlimited) return true;
  const isOpen = rank !== RANK.none || !(isForeign || needsResourcePolicy(entry.rules, request));
  if (!isOpen) {
    if (trace === undefined) return false;
    trace.missing.push('resource');
  }
  const needsIdentity = (isForeign || rank !== RANK.limited) && principal.type !== 'Root';
  return isAllowedByCaller(request, entry, needsIdentity, trace) && isOpen;
}

/** Whether the policies on the caller's side allow: identity-based, boundary, session. */
function isAllowedByCaller(
  request: RequestContext,
  { identity, boundary, session }: ActionEntry,
  needsIdentity: boolean,
  trace: Trace | undefined,
): boolean {
  if (trace === undefined) {
    return (
      (!needsIdentity || identity.find(request) !== undefined) &&
      (boundary === undefined || boundary.find(request) !== undefined) &&
      (session === undefined || session.find(request) !== undefined)
    );
  }
  const before = trace.missing.length;
  trace.identity = identity.find(request);
  if (needsIdentity && trace.identity === undefined) trace.missing.push('identity');
  trace.boundary = boundary?.find(request);
  if (boundary !== undefined && trace.boundary === undefined) trace.missing.push('boundary');
  trace.session = session?.find(request);
  if (session !== undefined && trace.session === undefined) trace.missing.push('session');
  return trace.missing.length === before;
}

/** The matching Allow that is worth most. */
function findOwnAllow(
  request: RequestContext,
  { allow }: ResourceEntry,
): CompiledStatement | undefined {
  let best: CompiledStatement | undefined;
  let bestRank: Rank = RANK.none;
  for (const statement of allow) {
    const rank = statement.rank(request.principal, false);
    if (rank > bestRank && statement.test(request)) {
      best = statement;
      bestRank = rank;
    }
  }
  return best;
}

/** The account whose policies the principal has; undefined for whoever has none. */
function accountOf(principal: Principal): string | undefined {
  return 'arn' in principal ? principal.accountId : undefined;
}
