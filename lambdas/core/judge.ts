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
export interface Trace {
  entry?: ActionEntry;
  resourceEntry?: ResourceEntry;
  /** Nothing was asked: everyone may do this. */
  alwaysAllowed?: boolean;
  /** Denies that matched. */
  denied?: readonly CompiledStatement[];
  unreadable?: readonly CompiledPolicy[];
  /** The Allow of each layer that took part. */
  resource?: CompiledStatement;
  identity?: CompiledStatement;
  boundary?: CompiledStatement;
  session?: CompiledStatement;
  levels?: readonly CompiledStatement[];
  /** Layers that lacked an Allow, in the order in which AWS looks at them. */
  missing?: readonly MissingLayer[];
  /** What a resource-based Allow was worth. */
  rank?: Rank;
}

export type MissingLayer = Level | 'resource' | 'identity' | 'boundary' | 'session';

/**
 * The decision, in AWS's order: an explicit Deny anywhere; then an Allow is needed at every level of SCPs and in the endpoint policy; then
 * resource-based, identity-based, boundary and session policies, as they combine.
 *
 * Invariant: `allowed` is returned at one place for policies, and only behind all Denies.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function judge(request: RequestContext, policies: PolicySet, trace?: Trace): DecisionType {
  const { principal } = request;
  const standing = standingOf(principal);
  const entry = policies.entry(request.action, standing);
  const resourceEntry = policies.resourceIndex?.entry(request.action);
  if (entry.rules.alwaysAllowed && standing !== 'withoutAccount') {
    if (trace !== undefined) trace.alwaysAllowed = true;
    return 'allowed';
  }
  if (trace !== undefined) {
    trace.entry = entry;
    if (resourceEntry !== undefined) trace.resourceEntry = resourceEntry;
  }
  if (isDenied(request, entry, resourceEntry, trace)) return 'explicitDeny';
  if (policies.unreadable.length > 0) return refuse(policies.unreadable, trace);
  const levels = allowedAtEveryLevel(request, entry, trace);
  if (!levels && trace === undefined) return 'implicitDeny';
  const granted = isGranted(request, entry, resourceEntry, trace);
  return levels && granted ? 'allowed' : 'implicitDeny';
}

function isDenied(
  request: RequestContext,
  entry: ActionEntry,
  resourceEntry: ResourceEntry | undefined,
  trace: Trace | undefined,
): boolean {
  const found = entry.deny.find(request);
  const own = resourceEntry && findOwnDeny(request, entry, resourceEntry);
  if (found === undefined && own === undefined) return false;
  if (trace !== undefined) {
    const all = found === undefined ? [] : entry.deny.findAll(request);
    trace.denied = own === undefined ? all : insertInOrder(all, own);
  }
  return true;
}

/** Behind the organization's Denies, before the caller's: the order in which AWS looks at policy types. */
function insertInOrder(
  denied: readonly CompiledStatement[],
  own: CompiledStatement,
): readonly CompiledStatement[] {
  const isCallers = ({ policy }: CompiledStatement) =>
    policy.policyType === 'identity-based policy' ||
    policy.policyType === 'permissions boundary' ||
    policy.policyType === 'session policy';
  return [...denied.filter((statement) => !isCallers(statement)), own, ...denied.filter(isCallers)];
}

function findOwnDeny(
  request: RequestContext,
  entry: ActionEntry,
  { deny }: ResourceEntry,
): CompiledStatement | undefined {
  const hasBoundary = entry.boundary !== undefined;
  for (const statement of deny) {
    const rank = statement.rank(request.principal, hasBoundary);
    if (rank !== RANK.none && statement.test(request)) return statement;
  }
  return undefined;
}

function refuse(unreadable: readonly CompiledPolicy[], trace: Trace | undefined): DecisionType {
  if (trace !== undefined) trace.unreadable = unreadable;
  return unreadable.some((policy) => policy.unreadable === 'explicitDeny')
    ? 'explicitDeny'
    : 'implicitDeny';
}

function allowedAtEveryLevel(
  request: RequestContext,
  { levels }: ActionEntry,
  trace: Trace | undefined,
): boolean {
  if (trace === undefined) {
    for (const { allow } of levels) if (allow.find(request) === undefined) return false;
    return true;
  }
  const found = levels.map((level) => ({ level, statement: level.allow.find(request) }));
  const missing = found.filter(({ statement }) => statement === undefined);
  trace.missing = missing.map(({ level }) => level);
  trace.levels = found.flatMap(({ statement }) => statement ?? []);
  return missing.length === 0;
}

function isGranted(
  request: RequestContext,
  entry: ActionEntry,
  resourceEntry: ResourceEntry | undefined,
  trace: Trace | undefined,
): boolean {
  const { principal } = request;
  const own = resourceEntry && findOwnAllow(request, resourceEntry);
  const rank = own?.rank(principal, false) ?? RANK.none;
  const accountId = accountOf(principal);
  if (trace !== undefined && own !== undefined) {
    trace.resource = own;
    trace.rank = rank;
  }
  if (accountId === undefined) {
    return rank >= RANK.limited || lacks(trace, ['resource']);
  }
  const isForeign = accountId !== request.resourceAccount;
  const isClosed = isForeign || needsResourcePolicy(entry.rules, request);
  if (isClosed && rank === RANK.none && trace === undefined) return false;
  if (!isForeign && rank === RANK.unlimited) return true;
  const identity = principal.type === 'Root' ? ROOT : entry.identity.find(request);
  const boundary = entry.boundary === undefined ? NO_LAYER : entry.boundary.find(request);
  const session = entry.session === undefined ? NO_LAYER : entry.session.find(request);
  if (trace !== undefined) {
    if (typeof identity === 'object') trace.identity = identity;
    if (typeof boundary === 'object') trace.boundary = boundary;
    if (typeof session === 'object') trace.session = session;
  }
  const missing: MissingLayer[] = [];
  if (isClosed && rank === RANK.none) missing.push('resource');
  const isEnough = !isForeign && rank === RANK.limited;
  if (identity === undefined && !isEnough) missing.push('identity');
  if (boundary === undefined) missing.push('boundary');
  if (session === undefined) missing.push('session');
  return missing.length === 0 || lacks(trace, missing);
}

/** The root user has every permission in its account; it has no identity-based policies. */
const ROOT = 'root';

const NO_LAYER = 'no layer';

function lacks(trace: Trace | undefined, missing: readonly MissingLayer[]): false {
  if (trace !== undefined) trace.missing = [...(trace.missing ?? []), ...missing];
  return false;
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
