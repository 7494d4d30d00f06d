import type { CompiledStatement } from './compiled-statement';
import { explainCondition } from './conditions';
import type { ConditionReason, DecisionType, PolicyType, Reason } from './decision';
import { positionAt } from './findings';
import type { MissingLayer, Trace } from './judge';
import type { PolicyOrigin } from './policy-origin';
import { RANK } from './principals';
import type { RequestContext } from './request-context';
import type { StatementList } from './statement-list';

/** Turns what was found on the way to a decision into reasons, the most important first. */
export function explain(
  decision: DecisionType,
  request: RequestContext,
  trace: Trace,
): readonly Reason[] {
  if (trace.denied !== undefined) {
    return trace.denied.map((statement) => describe(statement, request, 'denied'));
  }
  if (trace.unreadable !== undefined) {
    return trace.unreadable.map((policy) => ({
      ...identify(policy),
      effect: policy.unreadable === 'explicitDeny' ? 'denied' : 'notAllowed',
    }));
  }
  return decision === 'allowed' ? explainAllow(request, trace) : explainMissing(request, trace);
}

function explainAllow(request: RequestContext, trace: Trace): readonly Reason[] {
  const { resource, identity, boundary, session, levels = [] } = trace;
  const granting = trace.rank === RANK.delegated ? [identity, resource] : [resource, identity];
  const reasons: Reason[] = [];
  for (const statement of [...granting, boundary, session, ...levels]) {
    if (statement !== undefined) reasons.push(describe(statement, request, 'allowed'));
  }
  return reasons;
}

function explainMissing(request: RequestContext, trace: Trace): readonly Reason[] {
  return (trace.missing ?? []).map((layer) => explainLayer(layer, request, trace));
}

const LAYER_TYPES: Readonly<Record<'resource' | 'identity' | 'boundary' | 'session', PolicyType>> =
  {
    resource: 'resource-based policy',
    identity: 'identity-based policy',
    boundary: 'permissions boundary',
    session: 'session policy',
  };

function explainLayer(layer: MissingLayer, request: RequestContext, trace: Trace): Reason {
  if (typeof layer === 'object') return explainList(layer.policyType, layer.allow, request);
  if (layer === 'resource') {
    const statements = trace.resourceEntry?.allow ?? [];
    const type = TRUST.test(request.action) ? 'role trust policy' : LAYER_TYPES.resource;
    return nearest(statements[0]?.policy.policyType ?? type, statements, request);
  }
  return explainList(LAYER_TYPES[layer], trace.entry?.[layer], request);
}

const TRUST = /^sts:assumerole/i;

function explainList(
  policyType: PolicyType,
  list: StatementList | undefined,
  request: RequestContext,
): Reason {
  return nearest(policyType, list?.statements ?? [], request);
}

/** The Allow that came nearest to matching, with what kept it from it. */
function nearest(
  policyType: PolicyType,
  statements: readonly CompiledStatement[],
  request: RequestContext,
): Reason {
  let best: { statement: CompiledStatement; mismatch: Mismatch } | undefined;
  for (const statement of statements) {
    const mismatch = findMismatch(statement, request);
    if (best === undefined || NEARNESS[mismatch] > NEARNESS[best.mismatch]) {
      best = { statement, mismatch };
    }
    if (mismatch === 'condition') break;
  }
  if (best === undefined) return { policyType, effect: 'notAllowed', mismatch: 'action' };
  return { ...describe(best.statement, request, 'notAllowed'), mismatch: best.mismatch };
}

type Mismatch = 'principal' | 'resource' | 'condition';

const NEARNESS: Readonly<Record<Mismatch, number>> = { principal: 0, resource: 1, condition: 2 };

function findMismatch(statement: CompiledStatement, request: RequestContext): Mismatch {
  if (statement.rank(request.principal, false) === RANK.none) return 'principal';
  return statement.matchesResource(request) ? 'condition' : 'resource';
}

function describe(
  statement: CompiledStatement,
  request: RequestContext,
  effect: Reason['effect'],
): Reason {
  const { policy, conditions } = statement;
  const fixed = describeStatement(statement);
  if (conditions.length === 0) return { ...fixed, effect };
  const looked: ConditionReason[] = conditions.map(({ entry, test }) =>
    explainCondition(entry, policy.variables, request.context, test(request.context)),
  );
  return { ...fixed, effect, conditions: looked };
}

type FixedPart = Omit<Reason, 'effect' | 'conditions' | 'mismatch'>;

const FIXED_PARTS = new WeakMap<CompiledStatement, FixedPart>();

function describeStatement(statement: CompiledStatement): FixedPart {
  const known = FIXED_PARTS.get(statement);
  if (known !== undefined) return known;
  const { policy, index } = statement;
  const { Sid, start, end } = statement.statement;
  const { text } = policy;
  const fixed: FixedPart = {
    ...identify(policy),
    ...(Sid !== undefined && Sid !== '' && { sid: Sid }),
    statement: index,
    // AWS counts from behind the opening brace to behind the closing one.
    ...(text !== undefined &&
      start >= 0 && {
        position: { start: positionAt(text, start + 1), end: positionAt(text, end) },
      }),
  };
  FIXED_PARTS.set(statement, fixed);
  return fixed;
}

function identify({
  policyType,
  policyId,
  policyArn,
}: PolicyOrigin): Pick<Reason, 'policyType' | 'policyId' | 'policyArn'> {
  return {
    policyType,
    ...(policyId !== undefined && { policyId }),
    ...(policyArn !== undefined && { policyArn }),
  };
}
