import { matchesGlob } from './glob';

/** What an authorizer's policy says about one method. */
export type InvokeDecision = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** The policy of an authorizer's answer, parsed. */
export interface InvokePolicy {
  readonly statements: readonly InvokeStatement[];
}

interface InvokeStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly isNotAction: boolean;
  readonly isNotResource: boolean;
}

/** The gateway refuses longer ones. */
const MAXIMUM_RESOURCE_LENGTH = 512;
const INVOKE_ACTION = 'execute-api:invoke';
const STATEMENT_MEMBERS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource'];

/**
 * Reads the policyDocument of an authorizer's answer; undefined when it is no policy that the gateway can apply. Conditions
 * are not applied locally, so that a policy that has one is refused rather than half applied.
 */
export function parseInvokePolicy(document: unknown): InvokePolicy | undefined {
  if (!isRecord(document)) return undefined;
  const { Version: version, Statement: statement } = document;
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17')
    return undefined;
  const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  const statements = list.map(parseStatement).filter((item) => item !== undefined);
  return list.length > 0 && statements.length === list.length ? { statements } : undefined;
}

/** Deny anywhere wins; what no statement allows is denied. */
export function decideInvoke(policy: InvokePolicy, methodArn: string): InvokeDecision {
  const matching = policy.statements.filter((statement) => appliesTo(statement, methodArn));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'explicitDeny';
  return matching.length > 0 ? 'allowed' : 'implicitDeny';
}

function parseStatement(statement: unknown): InvokeStatement | undefined {
  if (!isRecord(statement)) return undefined;
  if (!Object.keys(statement).every((name) => STATEMENT_MEMBERS.includes(name))) return undefined;
  const effect = statement['Effect'];
  const actions = oneOf(statement, 'Action', 'NotAction');
  const resources = oneOf(statement, 'Resource', 'NotResource');
  if (effect !== 'Allow' && effect !== 'Deny') return undefined;
  if (actions === undefined || resources === undefined) return undefined;
  if (resources.some((resource) => resource.length > MAXIMUM_RESOURCE_LENGTH)) return undefined;
  return {
    effect,
    actions: actions.map((action) => action.toLowerCase()),
    resources,
    isNotAction: statement['NotAction'] !== undefined,
    isNotResource: statement['NotResource'] !== undefined,
  };
}

function oneOf(
  statement: Readonly<Record<string, unknown>>,
  name: string,
  notName: string,
): readonly string[] | undefined {
  const given = [statement[name], statement[notName]].filter((value) => value !== undefined);
  if (given.length !== 1) return undefined;
  const list: readonly unknown[] = Array.isArray(given[0]) ? given[0] : given;
  return list.length > 0 && list.every((item) => typeof item === 'string' && item !== '')
    ? (list as readonly string[])
    : undefined;
}

function appliesTo(statement: InvokeStatement, methodArn: string): boolean {
  const hasAction = statement.actions.some((action) => matchesGlob(action, INVOKE_ACTION));
  const hasResource = statement.resources.some((resource) => matchesGlob(resource, methodArn));
  return hasAction !== statement.isNotAction && hasResource !== statement.isNotResource;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
