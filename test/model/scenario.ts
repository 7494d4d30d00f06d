import type { DecisionType } from '../../lambdas/core/decision';
import type { Principal, RequestContext } from '../../lambdas/core/request-context';

/** One value of a condition key in a policy: JSON numbers and booleans are taken as their text. */
export type ConditionValue = string | number | boolean;

/** The Condition element: operator, key, values. */
export type ConditionElement = Readonly<
  Record<string, Readonly<Record<string, ConditionValue | readonly ConditionValue[]>>>
>;

/** The Principal or NotPrincipal element. */
export type PrincipalElement = '*' | Readonly<Record<string, string | readonly string[]>>;

export interface StatementJson {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: ConditionElement;
}

export interface PolicyJson {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: StatementJson | readonly StatementJson[];
}

/** Every layer of one decision. An empty list, or null, means that the layer does not apply. */
export interface PolicyLayers {
  readonly identity: readonly PolicyJson[];
  readonly resource: PolicyJson | null;
  readonly boundary: readonly PolicyJson[];
  readonly scps: readonly (readonly PolicyJson[])[];
  readonly rcps: readonly (readonly PolicyJson[])[];
  readonly session: readonly PolicyJson[];
  readonly endpoint: readonly PolicyJson[];
}

/** One question with everything that its answer depends on. */
export interface Scenario {
  readonly request: RequestContext;
  readonly policies: PolicyLayers;
}

/** The words of scenario files, and the decisions' own; `Denied` is right for either denial. */
export type ExpectedDecision =
  DecisionType | 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied' | 'Denied';

/** A scenario as it stands in a scenario file: the principal may be the text that policies name it by. */
export interface ScenarioRecord {
  readonly id: string;
  readonly description?: string;
  readonly request: Omit<RequestContext, 'principal' | 'context'> & {
    readonly principal: string | Principal;
    readonly context?: RequestContext['context'];
  };
  readonly policies: Partial<PolicyLayers>;
  readonly expected: ExpectedDecision;
}

export const EXPECTED_WORD: Readonly<Record<DecisionType, ExpectedDecision>> = {
  allowed: 'Allowed',
  explicitDeny: 'ExplicitlyDenied',
  implicitDeny: 'ImplicitlyDenied',
};

/** True when the decision is what a scenario file expects. */
export function meetsExpectation(decision: DecisionType, expected: ExpectedDecision): boolean {
  if (expected === 'Denied') return decision !== 'allowed';
  return expected === decision || expected === EXPECTED_WORD[decision];
}

/**
 * The principal that a text of a scenario file stands for.
 *
 * @throws Error when no principal is written like that
 */
export function readPrincipal(text: string, context: RequestContext['context'] = {}): Principal {
  if (text === 'anonymous' || text === '*') return { type: 'Anonymous' };
  const [, , service = '', , accountId = '', ...rest] = text.split(':');
  const [kind = '', name = ''] = rest.join(':').split('/');
  switch (`${service}:${kind}`) {
    case 'iam:root':
      return { type: 'Root', arn: text, accountId };
    case 'iam:user':
      return { type: 'User', arn: text, accountId };
    case 'iam:role':
      return { type: 'Role', arn: text, accountId };
    case 'sts:assumed-role':
      return readSession(text, accountId, name, valueOf(context, 'aws:PrincipalArn'));
    case 'sts:federated-user':
      // In a scenario file nothing else says which user asked for the session: the one of the same name.
      return {
        type: 'FederatedUser',
        arn: text,
        accountId,
        userArn: `arn:aws:iam::${accountId}:user/${name}`,
      };
    case 'iam:saml-provider':
      return { type: 'SAMLUser', provider: text };
    case 'iam:oidc-provider':
      return { type: 'WebIdentityUser', provider: text };
  }
  if (PROVIDERS.includes(text)) return { type: 'WebIdentityUser', provider: text };
  if (!text.includes(':') && text.includes('.')) return { type: 'Service', service: text };
  throw new Error(`no principal is written ${text}`);
}

/** Identity providers that policies name by their host. */
const PROVIDERS: readonly string[] = [
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
];

/**
 * The path of a session's role does not show in its ARN: `aws:PrincipalArn` says it where it is given, and service-linked
 * roles have names that nobody else's role may have.
 */
function readSession(
  arn: string,
  accountId: string,
  role: string,
  principalArn: string | readonly string[] | undefined,
): Principal {
  const roles = `arn:aws:iam::${accountId}:role/`;
  const says =
    typeof principalArn === 'string' &&
    principalArn.startsWith(roles) &&
    principalArn.endsWith(`/${role}`);
  const linked = role.startsWith('AWSServiceRoleFor')
    ? `${roles}aws-service-role/x/${role}`
    : undefined;
  const roleArn = says ? principalArn : linked;
  return { type: 'AssumedRole', arn, accountId, ...(roleArn === undefined ? {} : { roleArn }) };
}

/** Keys are the same in every case of letters. */
function valueOf(
  context: RequestContext['context'],
  key: string,
): string | readonly string[] | undefined {
  const found = Object.keys(context).find((name) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : context[found];
}

/** A scenario file's record with every default filled in. */
export function readScenario(record: ScenarioRecord): Scenario {
  const { principal, context = {} } = record.request;
  return {
    request: {
      ...record.request,
      context,
      principal: typeof principal === 'string' ? readPrincipal(principal, context) : principal,
    },
    policies: {
      identity: listOf(record.policies.identity),
      resource: record.policies.resource ?? null,
      boundary: listOf(record.policies.boundary),
      scps: record.policies.scps ?? [],
      rcps: record.policies.rcps ?? [],
      session: listOf(record.policies.session),
      endpoint: listOf(record.policies.endpoint),
    },
  };
}

/** The scenario as one line of a scenario file. */
export function writeScenario(id: string, scenario: Scenario, expected: DecisionType): string {
  const record: ScenarioRecord = {
    id,
    request: { ...scenario.request, principal: writePrincipal(scenario.request) },
    policies: scenario.policies,
    expected: EXPECTED_WORD[expected],
  };
  return JSON.stringify(record);
}

/** The principal's text where the text says all of it, else the principal itself. */
function writePrincipal({ principal, context }: RequestContext): string | Principal {
  if (principal.type === 'Anonymous') return 'anonymous';
  if (principal.type === 'Service') return principal.service;
  if (!('arn' in principal)) return principal;
  const read = readPrincipal(principal.arn, context);
  const same =
    JSON.stringify(Object.entries(read).sort()) ===
    JSON.stringify(Object.entries(principal).sort());
  return same ? principal.arn : principal;
}

/** An element that may hold one value or a list of them, as a list. */
export function listOf<Value>(element: Value | readonly Value[] | undefined): readonly Value[] {
  if (element === undefined) return [];
  return Array.isArray(element) ? (element as readonly Value[]) : [element as Value];
}
