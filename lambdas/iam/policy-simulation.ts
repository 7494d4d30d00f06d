import type { EvaluationResult, ResourceSpecificResult, Statement } from '@aws-sdk/client-iam';
import { parseArn } from '../core/arn';
import { compilePolicy, type CompiledPolicy } from '../core/compile';
import type { CompiledStatement } from '../core/compiled-statement';
import type { DecisionType } from '../core/decision';
import { evaluate } from '../core/evaluate';
import { positionAt } from '../core/findings';
import { createPolicySet, standingOf, type PolicySet } from '../core/policy-set';
import type { ConditionContext, Principal, RequestContext } from '../core/request-context';

/** A policy of a simulation, and what its answers call it. */
export interface SimulatedPolicy {
  readonly compiled: CompiledPolicy;
  readonly sourceId: string;
  readonly sourceType: 'IAM Policy' | 'Resource Policy' | 'Permissions Boundary Policy';
}

/** A question that is asked for each action with each resource; the decisions are those of the very core that guards calls. */
export interface Simulation {
  readonly principal: Principal;
  readonly accountId: string;
  readonly policies: PolicySet;
  /** By the id that each policy was compiled with. */
  readonly sources: ReadonlyMap<string, SimulatedPolicy>;
  readonly context: ConditionContext;
  /** Keys that the policies refer to and that the question does not tell. */
  readonly untoldKeys: readonly string[];
  /** undefined where none were named: the question is then about `*`. */
  readonly resources: readonly string[] | undefined;
  /** Whether each action is about all resources at once, as starting an instance is. */
  readonly isScenario: boolean;
  /** The account of a resource whose ARN names none. */
  readonly resourceOwner: string;
  /** Whether answers say what Organizations has to do with it. */
  readonly tellsOrganizations: boolean;
}

/** One of the results of a simulation, each of which stands for itself. */
export interface SimulatedRequest {
  readonly action: string;
  /** More than one where the action is about all of them at once. */
  readonly resources: readonly string[];
}

/** The results that are asked for, in the order of AWS's answer: each action with each resource. */
export function requestsOf(
  actions: readonly string[],
  { resources = ['*'], isScenario }: Simulation,
): readonly SimulatedRequest[] {
  const groups = isScenario ? [resources] : resources.map((resource) => [resource]);
  return actions.flatMap((action) => groups.map((group) => ({ action, resources: group })));
}

/** What AWS answers for one request: the whole first, then each resource. */
export function simulateRequest(
  simulation: Simulation,
  { action, resources }: SimulatedRequest,
): EvaluationResult {
  const results = resources.map((resource) => simulateResource(simulation, action, resource));
  const [first] = results;
  if (first === undefined) throw new Error('a simulation has a resource');
  const isNamed = simulation.resources !== undefined;
  return {
    EvalActionName: action,
    ...(results.length === 1 ? { EvalResourceName: first.resource } : {}),
    EvalDecision: decisionOfAll(results.map(({ decision }) => decision)),
    MatchedStatements: unionOf(results.map(({ matched }) => matched)),
    // Of resources that are named, what is missing is told with each of them.
    MissingContextValues: isNamed ? [] : [...first.missing],
    ...(simulation.tellsOrganizations
      ? {
          OrganizationsDecisionDetail: {
            AllowedByOrganizations: results.every((result) => result.allowedByOrganizations),
          },
        }
      : {}),
    ...boundaryDetail(results),
    ...(isNamed
      ? {
          // An SCP that does not allow ends the simulation, and nothing more is said.
          ...(results.every((result) => result.allowedByOrganizations)
            ? {
                EvalDecisionDetails: Object.assign(
                  {},
                  ...results.map(({ details }) => details ?? {}),
                ) as Record<string, DecisionType>,
              }
            : {}),
          ResourceSpecificResults: results.map(viewResource),
        }
      : {}),
  };
}

interface ResourceResult {
  readonly resource: string;
  readonly decision: DecisionType;
  readonly matched: readonly Statement[];
  readonly missing: readonly string[];
  readonly allowedByOrganizations: boolean;
  /** undefined where there is no boundary. */
  readonly allowedByBoundary: boolean | undefined;
  /** By type of policy; undefined within one account. */
  readonly details: Readonly<Record<string, DecisionType>> | undefined;
}

function viewResource(result: ResourceResult): ResourceSpecificResult {
  return {
    EvalResourceName: result.resource,
    EvalResourceDecision: result.decision,
    MatchedStatements: [...result.matched],
    MissingContextValues: [...result.missing],
    ...(result.details === undefined ? {} : { EvalDecisionDetails: { ...result.details } }),
    ...boundaryDetail([result]),
  };
}

function boundaryDetail(
  results: readonly ResourceResult[],
): Pick<EvaluationResult, 'PermissionsBoundaryDecisionDetail'> {
  if (results.some(({ allowedByBoundary }) => allowedByBoundary === undefined)) return {};
  return {
    PermissionsBoundaryDecisionDetail: {
      AllowedByPermissionsBoundary: results.every(({ allowedByBoundary }) => allowedByBoundary),
    },
  };
}

function simulateResource(
  simulation: Simulation,
  action: string,
  resource: string,
): ResourceResult {
  const { policies, principal, context } = simulation;
  const accountInArn = parseArn(resource)?.accountId ?? '';
  const resourceAccount = /^\d{12}$/.test(accountInArn) ? accountInArn : simulation.resourceOwner;
  const request: RequestContext = { principal, action, resource, resourceAccount, context };
  const { decision, because } = evaluate(request, policies);
  const entry = policies.entry(action, standingOf(principal));
  const denied = entry.deny.findAll(request);
  const allowedByOrganizations =
    !denied.some(({ policy }) => policy.policyType === 'service control policy') &&
    entry.levels.every(({ allow }) => allow.find(request) !== undefined);
  const isForeign = resourceAccount !== simulation.accountId;
  return {
    resource,
    decision,
    // What Organizations does not allow ends the simulation: nothing else is said to have mattered.
    matched: allowedByOrganizations
      ? matchedStatements(simulation, request, { decision, because })
      : [],
    missing: decision === 'allowed' || !allowedByOrganizations ? [] : simulation.untoldKeys,
    allowedByOrganizations,
    allowedByBoundary:
      entry.boundary &&
      entry.boundary.find(request) !== undefined &&
      !denied.some(({ policy }) => policy.policyType === 'permissions boundary'),
    details: isForeign && allowedByOrganizations ? detailsOf(simulation, request) : undefined,
  };
}

/** Every Allow where the answer is `allowed`, every Deny where it is `explicitDeny`, and nothing otherwise. */
function matchedStatements(
  { policies, sources }: Simulation,
  request: RequestContext,
  { decision, because }: ReturnType<typeof evaluate>,
): readonly Statement[] {
  if (decision === 'implicitDeny') return [];
  const identity =
    decision === 'allowed'
      ? policies.entry(request.action, standingOf(request.principal)).identity.findAll(request)
      : [];
  const told = because.filter(
    ({ policyType }) => decision === 'explicitDeny' || policyType === 'resource-based policy',
  );
  const others = told.flatMap(({ policyId, statement }) => {
    const compiled = sources.get(policyId ?? '')?.compiled;
    return compiled?.statements[statement ?? -1] ?? [];
  });
  return [...new Set([...identity, ...others])].flatMap((statement) =>
    describeStatement(sources, statement),
  );
}

function describeStatement(
  sources: Simulation['sources'],
  { policy, statement }: CompiledStatement,
): readonly Statement[] {
  const source = sources.get(policy.policyId ?? '');
  if (source === undefined || policy.text === undefined) return [];
  const start = positionAt(policy.text, startOf(policy.text, statement.start));
  const end = positionAt(policy.text, statement.end);
  return [
    {
      SourcePolicyId: source.sourceId,
      // The published values of the type are not those that AWS sends.
      SourcePolicyType: source.sourceType as NonNullable<Statement['SourcePolicyType']>,
      StartPosition: { Line: start.line, Column: start.column },
      EndPosition: { Line: end.line, Column: end.column },
    },
  ];
}

/**
 * Where AWS says that a statement starts: behind the brace of one that stands alone; in a list, behind the token before it, which is
 * the opening bracket or the end of the statement before.
 */
function startOf(text: string, brace: number): number {
  const before = lastToken(text, brace);
  switch (text.charAt(before)) {
    case '[':
      return before + 1;
    case ',':
      return lastToken(text, before) + 1;
    default:
      return brace + 1;
  }
}

/** The last character before an offset that is no white space. */
function lastToken(text: string, offset: number): number {
  let index = offset - 1;
  while (index >= 0 && ' \t\r\n'.includes(text.charAt(index))) index -= 1;
  return index;
}

/** With it, the answer between two accounts is the resource policy's alone. */
const EVERYTHING = compilePolicy(
  { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  { policyType: 'identity-based policy' },
);

/** How each type of policy decides by itself, where caller and resource are of different accounts. */
function detailsOf(
  { policies: { policies }, accountId }: Simulation,
  request: RequestContext,
): Readonly<Record<string, DecisionType>> {
  const decide = (identity: readonly CompiledPolicy[]): DecisionType =>
    evaluate({ ...request, resourceAccount: accountId }, createPolicySet({ identity })).decision;
  const { identity, boundary, resource } = policies;
  return {
    'IAM Policy': decide(identity),
    ...(boundary === undefined ? {} : { 'Permissions Boundary Policy': decide(boundary) }),
    ...(resource === undefined
      ? {}
      : {
          'Resource Policy': evaluate(
            request,
            createPolicySet({ identity: [EVERYTHING], resource }),
          ).decision,
        }),
  };
}

function decisionOfAll(decisions: readonly DecisionType[]): DecisionType {
  if (decisions.includes('explicitDeny')) return 'explicitDeny';
  return decisions.includes('implicitDeny') ? 'implicitDeny' : 'allowed';
}

function unionOf(lists: readonly (readonly Statement[])[]): Statement[] {
  const distinct = new Map<string, Statement>();
  for (const statement of lists.flat()) distinct.set(JSON.stringify(statement), statement);
  return [...distinct.values()];
}
