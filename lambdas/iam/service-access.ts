import { foldCase } from '../core/letter-case';
import type { Statement } from '../core/document';
import { parsePolicy } from '../core/parse';

/*
 * Which services a policy lets its holder ask for anything of. As AWS's reports do, this looks at permissions policies alone, takes every
 * condition as one that can be met, and counts a Deny only where it takes a whole service away.
 */

/** Services that policies reach by a wildcard, although they do not name them. */
export const KNOWN_SERVICES: Readonly<Record<string, string>> = {
  'execute-api': 'Amazon API Gateway',
  iam: 'AWS Identity and Access Management',
  organizations: 'AWS Organizations',
  sts: 'AWS Security Token Service',
};

/** What reports call a service; a team's own by its prefix. */
export function nameOfService(service: string): string {
  return KNOWN_SERVICES[service] ?? service;
}

/** Whether one policy alone lets its holder ask for something of a service. A policy that cannot be read grants nothing. */
export function grantsService(document: string, service: string): boolean {
  return grants(statementsOf([document]), service);
}

/** The services that policies together let their holder ask for something of; `others` are those that a wildcard may reach besides. */
export function servicesGranted(
  documents: readonly string[],
  others: readonly string[],
): readonly string[] {
  const statements = statementsOf(documents);
  const named = statements.flatMap(({ Action = [] }) => Action.flatMap(serviceIn));
  const candidates = new Set([...Object.keys(KNOWN_SERVICES), ...others, ...named]);
  return [...candidates].filter((service) => grants(statements, service)).sort();
}

function statementsOf(documents: readonly string[]): readonly Statement[] {
  return documents.flatMap(
    (document) => parsePolicy(document, 'identity').document?.Statement ?? [],
  );
}

/** `orders` of `orders:Get*`; nothing of a pattern whose service is one. */
function serviceIn(action: string): readonly string[] {
  const service = foldCase(action.slice(0, Math.max(action.indexOf(':'), 0)));
  return service === '' || /[*?]/.test(service) ? [] : [service];
}

function grants(statements: readonly Statement[], service: string): boolean {
  const isDenied = statements.some(
    (statement) => statement.Effect === 'Deny' && takesAway(statement, service),
  );
  return (
    !isDenied &&
    statements.some((statement) => statement.Effect === 'Allow' && mayReach(statement, service))
  );
}

function mayReach({ Action, NotAction }: Statement, service: string): boolean {
  if (Action !== undefined) return Action.some((pattern) => reaches(pattern, service));
  return !(NotAction ?? []).some((pattern) => isWhole(pattern, service));
}

function takesAway(statement: Statement, service: string): boolean {
  const { Action, NotAction, Resource, Condition } = statement;
  const isUnconditional = (Condition ?? []).length === 0 && Resource?.includes('*') === true;
  if (!isUnconditional) return false;
  if (Action !== undefined) return Action.some((pattern) => isWhole(pattern, service));
  return !(NotAction ?? []).some((pattern) => reaches(pattern, service));
}

function isWhole(pattern: string, service: string): boolean {
  return pattern === '*' || foldCase(pattern) === `${service}:*`;
}

/** A wildcard in the name of a service is none in AWS's reports, except for `*` alone. */
function reaches(pattern: string, service: string): boolean {
  return pattern === '*' || serviceIn(pattern)[0] === service;
}
