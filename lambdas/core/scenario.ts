import { parseArn } from './arn';
import { compileOrDeny } from './compile';
import type { CompiledPolicy } from './compile';
import { findContextValue } from './context-values';
import type { Decision, PolicyType } from './decision';
import { evaluate } from './evaluate';
import { createPolicySet } from './policy-set';
import type { PolicySet } from './policy-set';
import { ScenarioRefused, readScenario } from './scenario-source';
import type { Layer, Scenario, ScenarioRequest } from './scenario-source';
import type { ConditionContext, Principal, RequestContext } from './request-context';
import { isTrustAction } from './service-rules';

export { ScenarioRefused, readScenario } from './scenario-source';
export type { Scenario } from './scenario-source';

/**
 * Decides a scenario, given as its JSON text or as the value of that, with reasons. A policy that cannot be read denies. Give the text
 * where there is one: duplicate members can be seen in nothing else.
 *
 * @throws ScenarioRefused where it is no scenario.
 */
export function evaluateScenario(source: unknown): Decision {
  const scenario = readScenario(source);
  return evaluate(readScenarioRequest(scenario), readScenarioPolicies(scenario));
}

/** The request of a scenario. */
export function readScenarioRequest({ request }: Scenario): RequestContext {
  const context = readContext(request.context ?? {});
  return {
    principal: readPrincipal(request.principal, context),
    action: request.action,
    resource: request.resource,
    resourceAccount: request.resourceAccount,
    context,
  };
}

/** The policies of a scenario, each with an id that says where it stands: `identity[0]`, `scps[1][0]`. */
export function readScenarioPolicies({ policies, request }: Scenario): PolicySet {
  const resourceType = isTrustAction(request.action)
    ? 'role trust policy'
    : 'resource-based policy';
  const resource = compileLayer('resource', policies.resource, resourceType);
  const boundary = compileLayer('boundary', policies.boundary, 'permissions boundary');
  const session = compileLayer('session', policies.session, 'session policy');
  const endpoint = compileLayer('endpoint', policies.endpoint, 'VPC endpoint policy');
  if (resource.length > 1) throw new ScenarioRefused('a resource has one policy');
  return createPolicySet({
    identity: compileLayer('identity', policies.identity, 'identity-based policy'),
    resource: resource[0],
    boundary: boundary.length > 0 ? boundary : undefined,
    session: session.length > 0 ? session : undefined,
    scps: compileLevels('scps', policies.scps, 'service control policy'),
    rcps: compileLevels('rcps', policies.rcps, 'resource control policy'),
    endpoint: endpoint.length > 0 ? endpoint : undefined,
  });
}

function listOf(layer: Layer | undefined): readonly Layer[] {
  if (layer === undefined || layer === null) return [];
  return isList(layer) ? layer : [layer];
}

function isList(layer: Layer): layer is readonly Layer[] {
  return Array.isArray(layer);
}

function compileLayer(
  name: string,
  layer: Layer | undefined,
  policyType: PolicyType,
): readonly CompiledPolicy[] {
  return listOf(layer).map((source, index) =>
    // What is no policy (`null` in a list) is compiled as one, and refused as one.
    compileOrDeny(source ?? '', { policyType, policyId: `${name}[${index}]` }),
  );
}

function compileLevels(
  name: string,
  levels: Layer | undefined,
  policyType: PolicyType,
): readonly (readonly CompiledPolicy[])[] {
  return listOf(levels).map((level, index) => compileLayer(`${name}[${index}]`, level, policyType));
}

function readContext(context: NonNullable<ScenarioRequest['context']>): ConditionContext {
  const entries = Object.entries(context).map(([key, value]) => [
    key,
    typeof value === 'object' ? value.map(String) : String(value),
  ]);
  return Object.fromEntries(entries) as ConditionContext;
}

/**
 * Two things stand in no ARN and are read from what there is: the path of a session's role, from `aws:PrincipalArn` where that is given; and
 * the user behind a federated session, who is taken to have the session's name. A session of a role whose name begins
 * with `AWSServiceRoleFor` is one of a service-linked role.
 */
export function readPrincipal(text: string, context: ConditionContext = {}): Principal {
  if (text === 'anonymous' || text === '*') return { type: 'Anonymous' };
  const arn = parseArn(text);
  if (arn === undefined) return readPlainPrincipal(text);
  const { partition, accountId, resource } = arn;
  const [kind = '', name = ''] = resource.split('/');
  switch (kind) {
    case 'root':
      return { type: 'Root', arn: text, accountId, uniqueId: accountId };
    case 'user':
      return { type: 'User', arn: text, accountId };
    case 'role':
      return { type: 'Role', arn: text, accountId };
    case 'assumed-role': {
      const roleArn = findRoleArn(`arn:${partition}:iam::${accountId}:role/`, name, context);
      return { type: 'AssumedRole', arn: text, accountId, ...(roleArn && { roleArn }) };
    }
    case 'federated-user': {
      const userArn = `arn:${partition}:iam::${accountId}:user/${name}`;
      return { type: 'FederatedUser', arn: text, accountId, userArn };
    }
    case 'oidc-provider':
      return { type: 'WebIdentityUser', provider: text };
    case 'saml-provider':
      return { type: 'SAMLUser', provider: text };
    default:
      // Nothing that asks has such an ARN: nobody we know, with nobody's rights.
      return { type: 'Anonymous' };
  }
}

const IDENTITY_PROVIDERS: ReadonlySet<string> = new Set([
  'cognito-identity.amazonaws.com',
  'accounts.google.com',
  'graph.facebook.com',
  'www.amazon.com',
]);

function readPlainPrincipal(text: string): Principal {
  if (/^\d{12}$/.test(text)) {
    return { type: 'Root', arn: `arn:aws:iam::${text}:root`, accountId: text, uniqueId: text };
  }
  if (IDENTITY_PROVIDERS.has(text)) return { type: 'WebIdentityUser', provider: text };
  return { type: 'Service', service: text };
}

function findRoleArn(
  prefix: string,
  roleName: string,
  context: ConditionContext,
): string | undefined {
  const given = findContextValue(context, 'aws:PrincipalArn', 'aws:principalarn');
  if (typeof given === 'string' && given.startsWith(prefix) && given.endsWith(`/${roleName}`)) {
    return given;
  }
  const isServiceLinked = roleName.startsWith('AWSServiceRoleFor');
  return isServiceLinked ? `${prefix}aws-service-role/${roleName}` : undefined;
}
