import { parseArn } from './arn';
import { compileOrDeny } from './compile';
import type { CompiledPolicy } from './compile';
import type { Decision, PolicyType } from './decision';
import { evaluate } from './evaluate';
import { createPolicySet } from './policy-set';
import type { PolicySet } from './policy-set';
import type { ConditionContext, Principal, RequestContext } from './request-context';
import { isTrustAction } from './service-rules';

/**
 * A question about a decision as people write it down: for tests, for the command line, for bug reports. The context is taken as it is
 * given: nothing is derived from the principal, so a key that is absent is a missing key. `[]`, `null` and a policy that is
 * left out all mean that there is none, and that its layer does not apply.
 */
export interface Scenario {
  readonly request: {
    /** An ARN, `anonymous`, the host name of a service, or the ARN of an identity provider. */
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly resourceAccount: string;
    readonly context?: Readonly<Record<string, ScenarioValue | readonly ScenarioValue[]>>;
  };
  readonly policies: {
    readonly identity?: readonly PolicySource[];
    readonly resource?: PolicySource | readonly PolicySource[] | null;
    readonly boundary?: readonly PolicySource[];
    readonly session?: readonly PolicySource[];
    /** By level, from the root of the organization to the account. */
    readonly scps?: readonly (readonly PolicySource[])[];
    readonly rcps?: readonly (readonly PolicySource[])[];
    readonly endpoint?: readonly PolicySource[];
  };
}

export type PolicySource = string | object;

export type ScenarioValue = string | number | boolean;

/** Decides a scenario, with reasons. A policy that cannot be read denies. */
export function evaluateScenario(scenario: Scenario): Decision {
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
  const [resource] = compileLayer('resource', listOf(policies.resource), resourceType) ?? [];
  const boundary = compileLayer('boundary', policies.boundary, 'permissions boundary');
  const session = compileLayer('session', policies.session, 'session policy');
  const endpoint = compileLayer('endpoint', policies.endpoint, 'VPC endpoint policy');
  return createPolicySet({
    identity: compileLayer('identity', policies.identity, 'identity-based policy') ?? [],
    scps: compileLevels('scps', policies.scps, 'service control policy'),
    rcps: compileLevels('rcps', policies.rcps, 'resource control policy'),
    ...(resource !== undefined && { resource }),
    ...(boundary !== undefined && { boundary }),
    ...(session !== undefined && { session }),
    ...(endpoint !== undefined && { endpoint }),
  });
}

function listOf(source: Scenario['policies']['resource']): readonly PolicySource[] {
  if (source === undefined || source === null) return [];
  return Array.isArray(source) ? (source as readonly PolicySource[]) : [source];
}

function compileLayer(
  name: string,
  sources: readonly PolicySource[] | undefined,
  policyType: PolicyType,
): readonly CompiledPolicy[] | undefined {
  if (sources === undefined || sources.length === 0) return undefined;
  return sources.map((source, index) =>
    compileOrDeny(source, { policyType, policyId: `${name}[${index}]` }),
  );
}

function compileLevels(
  name: string,
  levels: readonly (readonly PolicySource[])[] | undefined,
  policyType: PolicyType,
): readonly (readonly CompiledPolicy[])[] {
  return (levels ?? []).map(
    (sources, index) => compileLayer(`${name}[${index}]`, sources, policyType) ?? [],
  );
}

function readContext(context: NonNullable<Scenario['request']['context']>): ConditionContext {
  const entries = Object.entries(context).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.map(String) : String(value as ScenarioValue),
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
  const given = context['aws:PrincipalArn'];
  if (typeof given === 'string' && given.startsWith(prefix) && given.endsWith(`/${roleName}`)) {
    return given;
  }
  const isServiceLinked = roleName.startsWith('AWSServiceRoleFor');
  return isServiceLinked ? `${prefix}aws-service-role/${roleName}` : undefined;
}
