import type { DecisionType } from '../../lambdas/core/decision';
import type { RequestContext } from '../../lambdas/core/request-context';
import { conditionHolds, splitText } from './conditions';
import { fits, hasVariables, readPieces, splitArnPattern, substitute } from './pattern';
import { reachesOf, roleArnOf } from './principals';
import type { Reach } from './principals';
import { listOf } from './scenario';
import type { PolicyJson, PolicyLayers, Scenario, StatementJson } from './scenario';

/*
 * What AWS's pages say about a decision, written down sentence by sentence: no index, no cache, no compiling, nothing
 * shared with the evaluator that decides in earnest. Slow, and easy to compare with the pages.
 */

/** A statement that applies to the request, and how it reaches the principal. */
interface Applied {
  readonly statement: StatementJson;
  readonly reaches: ReadonlySet<Reach>;
}

/**
 * The decision by definition.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decideByDefinition({ request, policies }: Scenario): DecisionType {
  if (needsNoPermission(request)) return 'allowed';
  const layers = layersThatApply(request, policies);
  const everyPolicy = [
    ...layers.identity,
    ...layers.boundary,
    ...layers.session,
    ...layers.endpoint,
    ...layers.scps.flat(),
    ...layers.rcps.flat(),
    ...listOf(layers.resource ?? undefined),
  ];
  if (everyPolicy.some((policy) => matches(policy, 'Deny', request, layers).length > 0)) {
    return 'explicitDeny';
  }
  return isAllowed(request, layers) ? 'allowed' : 'implicitDeny';
}

/** Whoever has credentials: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
function needsNoPermission({ action, principal }: RequestContext): boolean {
  return action.toLowerCase() === 'sts:getcalleridentity' && 'arn' in principal;
}

/**
 * SCPs bind the principals of accounts; neither they nor RCPs nor boundaries bind service-linked roles.
 *
 * Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
function layersThatApply({ principal }: RequestContext, policies: PolicyLayers): PolicyLayers {
  if (!('arn' in principal)) return { ...policies, scps: [] };
  const roleArn =
    principal.type === 'AssumedRole'
      ? roleArnOf(principal)
      : principal.type === 'Role'
        ? principal.arn
        : '';
  if (!roleArn.includes(':role/aws-service-role/')) return policies;
  return { ...policies, scps: [], rcps: [], boundary: [] };
}

function isAllowed(request: RequestContext, layers: PolicyLayers): boolean {
  const allows = (policies: readonly PolicyJson[]): boolean =>
    policies.some((policy) => matches(policy, 'Allow', request, layers).length > 0);
  const allowsWhereItApplies = (policies: readonly PolicyJson[]): boolean =>
    policies.length === 0 || allows(policies);

  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
  // RCPFullAWSAccess is attached everywhere and for ever: RCPs only deny.
  if (!layers.scps.every(allows) || !allowsWhereItApplies(layers.endpoint)) return false;

  const reaches = reachesOfResourcePolicy(request, layers);
  const { principal } = request;
  if (!('arn' in principal)) return reaches.size > 0;

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
  const identity = principal.type === 'Root' || allows(layers.identity);
  const limits = allowsWhereItApplies(layers.boundary) && allowsWhereItApplies(layers.session);
  const ownAccount = identity && limits;
  if (principal.accountId !== request.resourceAccount) return ownAccount && reaches.size > 0;
  if (reaches.has('itself')) return true;
  if (reaches.has('identity') && limits) return true;
  return ownAccount && (reaches.size > 0 || !resourcePolicyMustAllow(request));
}

/** Every way in which an Allow of the resource-based policy reaches the principal. */
function reachesOfResourcePolicy(
  request: RequestContext,
  layers: PolicyLayers,
): ReadonlySet<Reach> {
  if (layers.resource === null) return new Set();
  const allowing = matches(layers.resource, 'Allow', request, layers);
  return new Set(allowing.flatMap(({ reaches }) => [...reaches]));
}

/**
 * A role's trust policy and a key's key policy must allow, in the same account too.
 *
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html,
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function resourcePolicyMustAllow({ action, resource }: RequestContext): boolean {
  const [, , service, , , entity = ''] = splitText(resource) ?? [];
  const [actionService] = action.toLowerCase().split(':');
  const isRoleAssumption =
    actionService === 'sts' && service === 'iam' && entity.startsWith('role/');
  const isUseOfKey = actionService === 'kms' && service === 'kms' && entity.startsWith('key/');
  return isRoleAssumption || isUseOfKey;
}

/** The statements of one effect that apply to the request. */
function matches(
  policy: PolicyJson,
  effect: 'Allow' | 'Deny',
  request: RequestContext,
  layers: PolicyLayers,
): readonly Applied[] {
  const { Version: version, Statement: statements } = policy;
  const hasBoundary = policy === layers.resource && layers.boundary.length > 0;
  return listOf(statements)
    .filter((statement) => statement.Effect === effect)
    .filter((statement) => actionMatches(statement, request))
    .filter((statement) => resourceMatches(statement, version, request))
    .filter(({ Condition }) => conditionHolds(Condition, { version, context: request.context }))
    .map((statement) => ({
      statement,
      reaches: reachesOf(statement, request.principal, hasBoundary),
    }))
    .filter(({ reaches }) => reaches.size > 0);
}

/**
 * Prefix and name without regard to letter case.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
function actionMatches(statement: StatementJson, { action }: RequestContext): boolean {
  const isNamed = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) =>
      fits(substitute(readPieces(pattern.toLowerCase(), false), {}) ?? [], action.toLowerCase()),
    );
  if (statement.Action !== undefined) return isNamed(listOf(statement.Action));
  return !isNamed(listOf(statement.NotAction));
}

/** A statement without Resource and NotResource is about the resource that its policy is attached to. */
function resourceMatches(
  statement: StatementJson,
  version: string | undefined,
  request: RequestContext,
): boolean {
  const isNamed = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => resourcePatternMatches(pattern, version, request));
  if (statement.Resource !== undefined) return isNamed(listOf(statement.Resource));
  if (statement.NotResource !== undefined) return !isNamed(listOf(statement.NotResource));
  return true;
}

/**
 * Part by part, so that no wildcard reaches beyond one of the first five parts; variables in the last part alone.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function resourcePatternMatches(
  pattern: string,
  version: string | undefined,
  { resource, context }: RequestContext,
): boolean {
  if (pattern === '*') return true;
  const wanted = splitArnPattern(readPieces(pattern, hasVariables(version)));
  const given = splitText(resource);
  if (wanted === undefined || given === undefined) return false;
  return wanted.every((pieces, index) => {
    const tokens = substitute(pieces, context);
    return tokens !== undefined && fits(tokens, given[index] ?? '');
  });
}
