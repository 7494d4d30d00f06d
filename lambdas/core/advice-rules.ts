import { parseOperator } from './condition-operators';
import { parseDate } from './dates';
import type { ConditionEntry, PolicyDocument, PolicyKind, Statement } from './document';
import type { Finding } from './finding';
import { compilePieces, cutPattern } from './glob';
import { compileIpRange } from './ip-address';
import { foldCase } from './letter-case';
import { parseNumber } from './numbers';
import { findEscalations, isGuarded } from './privilege-escalation';

/** Advice about one statement; the path begins in it. */
export type Advice = Pick<Finding, 'code' | 'path' | 'message' | 'severity'>;

type Rule = (statement: Statement, document: PolicyDocument, kind: PolicyKind) => readonly Advice[];

export function findStatementAdvice(
  statement: Statement,
  document: PolicyDocument,
  kind: PolicyKind,
): readonly Advice[] {
  return RULES.flatMap((rule) => rule(statement, document, kind));
}

const adviseNegations: Rule = ({ Effect, NotAction, NotResource, NotPrincipal }) => {
  const advice: Advice[] = [];
  const severity = 'security-warning';
  if (Effect === 'Allow' && NotAction !== undefined) {
    const message =
      'an Allow with NotAction gives every action that is not listed, also future ones';
    advice.push({ code: 'ALLOW_WITH_NOT_ACTION', path: ['NotAction'], message, severity });
  }
  if (Effect === 'Allow' && NotResource !== undefined) {
    const message = 'an Allow with NotResource gives the resources of all other services as well';
    advice.push({ code: 'ALLOW_WITH_NOT_RESOURCE', path: ['NotResource'], message, severity });
  }
  if (NotPrincipal !== undefined) {
    const message =
      Effect === 'Allow'
        ? 'an Allow with NotPrincipal gives access to everyone else, anonymous callers included'
        : 'a Deny with NotPrincipal always denies principals that have a permissions boundary';
    const code = `${Effect === 'Allow' ? 'ALLOW' : 'DENY'}_WITH_NOT_PRINCIPAL`;
    advice.push({ code, path: ['NotPrincipal'], message, severity });
  }
  return advice;
};

const adviseBreadth: Rule = ({ Effect, Action, Resource, Condition = [] }) => {
  if (Effect !== 'Allow' || Resource?.includes('*') !== true) return [];
  const severity = 'security-warning';
  if (Action?.includes('*') === true && Condition.length === 0) {
    const message = 'the statement allows every action on every resource';
    return [{ code: 'ALLOW_EVERYTHING', path: ['Action'], message, severity }];
  }
  const passes = Action?.some((pattern) => matchesAction(pattern, 'iam:passrole')) === true;
  if (!passes || isGuarded(Condition, ['iam:passedtoservice'])) return [];
  const message = 'iam:PassRole on every resource lets any role be passed to any service';
  return [{ code: 'PASS_ROLE_ON_EVERYTHING', path: ['Resource'], message, severity }];
};

const adviseEscalations: Rule = (statement, document, kind) => {
  if (kind !== 'identity' && kind !== 'managed') return [];
  const { Action, Resource, Condition = [] } = statement;
  // Said once: whoever may do everything need not escalate.
  const isEverything = Action?.includes('*') === true && Resource?.includes('*') === true;
  if (isEverything && Condition.length === 0) return [];
  const path = [Action === undefined ? 'NotAction' : 'Action'];
  return findEscalations(statement, document).map(({ code, message }) => ({
    code,
    path,
    message,
    severity: 'security-warning',
  }));
};

const advisePublicAccess: Rule = ({ Effect, Principal, Condition = [] }, _document, kind) => {
  const judged = kind === 'resource' || kind === 'trust';
  if (!judged || Effect !== 'Allow' || Condition.length > 0) return [];
  const severity = 'security-warning';
  if (Principal?.AWS?.includes('*') === true) {
    const message = 'everyone is allowed, anonymous callers included';
    return [{ code: 'PUBLIC_ACCESS', path: ['Principal'], message, severity }];
  }
  if (Principal?.Federated === undefined) return [];
  const message = 'every identity of the provider is allowed: ask for its audience and subject';
  return [{ code: 'UNCONDITIONAL_FEDERATION', path: ['Principal'], message, severity }];
};

const adviseSetOperators: Rule = ({ Effect, Condition = [] }) => {
  if (Effect !== 'Allow') return [];
  return Condition.flatMap(({ operator, key }): Advice[] => {
    if (parseOperator(operator)?.quantifier !== 'ForAllValues') return [];
    if (Condition.some((other) => requiresKey(other, key))) return [];
    const message = `ForAllValues holds when \`${key}\` is missing: add Null with "false"`;
    const path = ['Condition', operator, key];
    return [{ code: 'FOR_ALL_VALUES_ALONE', path, message, severity: 'security-warning' }];
  });
};

function requiresKey(entry: ConditionEntry, key: string): boolean {
  return (
    parseOperator(entry.operator)?.operator.kind === 'presence' &&
    foldCase(entry.key) === foldCase(key) &&
    entry.values.every((value) => foldCase(value) === 'false')
  );
}

/** Global keys with several values. */
const MULTIVALUED_KEYS: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
]);

const adviseMultivaluedKeys: Rule = ({ Condition = [] }) =>
  Condition.flatMap(({ operator, key }): Advice[] => {
    const use = parseOperator(operator);
    if (use?.operator.kind !== 'comparison' || use.quantifier !== undefined) return [];
    if (!MULTIVALUED_KEYS.has(foldCase(key))) return [];
    const message = `\`${key}\` has several values: use ForAllValues or ForAnyValue`;
    const path = ['Condition', operator, key];
    return [{ code: 'MISSING_SET_OPERATOR', path, message, severity: 'warning' }];
  });

/** For each family of operators: whether a value can be compared at all. */
const READABLE: readonly (readonly [family: RegExp, test: (value: string) => boolean])[] = [
  [/^Numeric/, (value) => parseNumber(value) !== undefined],
  [/^Date/, (value) => parseDate(value) !== undefined],
  [/IpAddress$/, (value) => compileIpRange(value) !== undefined],
  [/^(?:Bool|Null)$/, (value) => /^(?:true|false)$/i.test(value)],
  [/^Arn/, (value) => value === '*' || value.startsWith('arn:')],
];

const adviseValues: Rule = ({ Condition = [] }) =>
  Condition.flatMap(({ operator, key, values }): Advice[] => {
    const name = parseOperator(operator)?.operator.name ?? '';
    const path = ['Condition', operator, key];
    if (values.length === 0) {
      const message = `\`${key}\` is compared with no value`;
      return [{ code: 'EMPTY_CONDITION_VALUES', path, message, severity: 'warning' }];
    }
    const readable = READABLE.find(([family]) => family.test(name))?.[1] ?? (() => true);
    return values.flatMap((value): Advice[] => {
      if (!readable(value)) {
        const message = `\`${value}\` never matches under ${operator}`;
        return [{ code: 'UNREADABLE_VALUE', path, message, severity: 'warning' }];
      }
      if (!/^String(?:Not)?Equals/.test(name) || !/[*?]/.test(value.replace(/\$\{[*?]\}/g, ''))) {
        return [];
      }
      const message = `${operator} takes \`*\` and \`?\` literally; StringLike knows wildcards`;
      return [{ code: 'LITERAL_WILDCARD', path, message, severity: 'suggestion' }];
    });
  });

const adviseOldVariables: Rule = ({ Resource, NotResource, Condition = [] }, { Version }) => {
  if (Version === '2012-10-17') return [];
  const texts = [...(Resource ?? NotResource ?? []), ...Condition.flatMap(({ values }) => values)];
  if (!texts.some((text) => text.includes('${'))) return [];
  const message = 'policy variables are plain text before version 2012-10-17';
  return [{ code: 'VARIABLE_IN_OLD_VERSION', path: [], message, severity: 'warning' }];
};

const adviseRedundancy: Rule = ({ Action, NotAction }) => {
  const element = Action === undefined ? 'NotAction' : 'Action';
  const patterns = Action ?? NotAction ?? [];
  return patterns.flatMap((pattern, index): Advice[] => {
    const covering = patterns.find(
      (other, position) =>
        position !== index &&
        matchesAction(other, foldCase(pattern)) &&
        (position < index || foldCase(other) !== foldCase(pattern)),
    );
    if (covering === undefined) return [];
    const message = `\`${pattern}\` is already covered by \`${covering}\``;
    const path = [element, index];
    return [{ code: 'REDUNDANT_ACTION', path, message, severity: 'suggestion' }];
  });
};

function matchesAction(pattern: string, folded: string): boolean {
  return compilePieces(cutPattern(foldCase(pattern)))(folded, 0);
}

const RULES: readonly Rule[] = [
  adviseNegations,
  adviseBreadth,
  adviseEscalations,
  advisePublicAccess,
  adviseSetOperators,
  adviseMultivaluedKeys,
  adviseValues,
  adviseOldVariables,
  adviseRedundancy,
];
