import type { CompiledPolicy } from './compile';
import type { CompiledStatement } from './compiled-statement';
import type { DecisionType, PolicyType, Reason } from './decision';
import type { MissingLayer, Trace } from './judge';
import type { Policies } from './policy-set';
import { RANK } from './principals';
import type { RequestContext } from './request-context';
import { isTrustAction } from './service-rules';
import type { StatementList } from './statement-list';

/** Turns what was found on the way to a decision into reasons, the most important first. */
export function explain(
  decision: DecisionType,
  request: RequestContext,
  trace: Trace,
  policies: Policies,
): readonly Reason[] {
  if (trace.denied.length > 0) {
    return trace.denied.map((statement) => describe(statement, request, 'denied'));
  }
  if (trace.unreadable.length > 0) {
    return trace.unreadable.map(({ policyType, policyId, policyArn, unreadable }) => ({
      policyType,
      effect: unreadable === 'explicitDeny' ? 'denied' : 'notAllowed',
      policyId,
      policyArn,
    }));
  }
  if (trace.isUnrelated) {
    return [{ policyType: LAYER_TYPES.identity, effect: 'notAllowed', mismatch: 'resource' }];
  }
  if (decision === 'allowed') return explainAllow(request, trace);
  return trace.missing.map((layer) => explainLayer(layer, request, { trace, policies }));
}

function explainAllow(
  request: RequestContext,
  { resource, identity, boundary, session, levels, rank }: Trace,
): readonly Reason[] {
  const reasons: Reason[] = [];
  const add = (statement: CompiledStatement | undefined) => {
    if (statement !== undefined) reasons.push(describe(statement, request, 'allowed'));
  };
  // What grants comes first: a resource-based Allow that only delegates does not.
  if (rank !== RANK.delegated) add(resource);
  add(identity);
  if (rank === RANK.delegated) add(resource);
  add(boundary);
  add(session);
  for (const statement of levels) add(statement);
  return reasons;
}

const LAYER_TYPES = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
} as const;

interface Evidence {
  readonly trace: Trace;
  readonly policies: Policies;
}

function explainLayer(
  layer: MissingLayer,
  request: RequestContext,
  { trace, policies }: Evidence,
): Reason {
  if (typeof layer === 'object') {
    const reason = explainList(layer.policyType, layer.allow, layer.policies, request);
    return layer.depth === undefined ? reason : { ...reason, level: layer.depth };
  }
  if (layer === 'resource') return explainResource(request, trace, policies.resource);
  return explainList(LAYER_TYPES[layer], trace.entry?.[layer], policies[layer] ?? [], request);
}

/** At most this many statements are looked at for one that is about another action. */
const CONSIDERED_STATEMENTS = 64;

/** An Allow for another action: one about both principal and resource, else about one of them, else the first. */
function findOtherAllow(
  layer: readonly CompiledPolicy[],
  request: RequestContext,
): CompiledStatement | undefined {
  let nearest: CompiledStatement | undefined;
  let nearness = -1;
  let considered = 0;
  for (const { statements } of layer) {
    for (const statement of statements) {
      if (considered === CONSIDERED_STATEMENTS) return nearest;
      considered += 1;
      if (!statement.allows) continue;
      const near = nearnessOf(statement, request);
      if (near === WHOLLY_NEAR) return statement;
      if (near <= nearness) continue;
      nearest = statement;
      nearness = near;
    }
  }
  return nearest;
}

const WHOLLY_NEAR = 3;

/** The resource counts more than the principal. */
function nearnessOf(statement: CompiledStatement, request: RequestContext): number {
  return (statement.matchesResource(request) ? 2 : 0) + (isAbout(statement, request) ? 1 : 0);
}

function isAbout(statement: CompiledStatement, { principal }: RequestContext): boolean {
  return statement.rank(principal, false) !== RANK.none;
}

function explainOther(
  policyType: PolicyType,
  layer: readonly CompiledPolicy[],
  request: RequestContext,
): Reason {
  const other = findOtherAllow(layer, request);
  return other === undefined
    ? { policyType, effect: 'notAllowed', mismatch: 'action' }
    : describe(other, request, 'notAllowed', 'action');
}

function explainResource(
  request: RequestContext,
  { resourceEntry }: Trace,
  policy: CompiledPolicy | undefined,
): Reason {
  const policyType = isTrustAction(request.action) ? 'role trust policy' : 'resource-based policy';
  const statements = resourceEntry?.allow ?? [];
  const [first] = statements;
  if (first === undefined) {
    return explainOther(policyType, policy === undefined ? [] : [policy], request);
  }
  const named = statements.filter((statement) => isAbout(statement, request));
  const near = named.find((statement) => statement.matchesResource(request));
  if (near !== undefined) return describe(near, request, 'notAllowed', 'condition');
  const [other] = named;
  if (other !== undefined) return describe(other, request, 'notAllowed', 'resource');
  return describe(first, request, 'notAllowed', 'principal');
}

/** The Allow that came nearest to matching, with what kept it from it. */
function explainList(
  policyType: PolicyType,
  list: StatementList | undefined,
  layer: readonly CompiledPolicy[],
  request: RequestContext,
): Reason {
  const first = list?.statements[0];
  if (list === undefined || first === undefined) return explainOther(policyType, layer, request);
  const near = list.findByResource(request);
  if (near === undefined) return describe(first, request, 'notAllowed', 'resource');
  const mismatch = isAbout(near, request) ? 'condition' : 'principal';
  return describe(near, request, 'notAllowed', mismatch);
}

function describe(
  statement: CompiledStatement,
  request: RequestContext,
  effect: Reason['effect'],
  mismatch?: Reason['mismatch'],
): Reason {
  const { policy, conditions, sid } = statement;
  return {
    policyType: policy.policyType,
    effect,
    policyId: policy.policyId,
    policyArn: policy.policyArn,
    sid,
    statement: statement.index,
    position: statement.position,
    conditions:
      conditions.length === 0
        ? undefined
        : conditions.map((condition) => condition.explain(request.context)),
    mismatch,
  };
}
