import { parseOperator } from '../condition-operators';
import type { PolicyDocument, Statement } from '../document';
import type { Finding } from '../finding';
import { foldCase } from '../letter-case';
import type { Catalogue } from './catalogue';
import type { ConditionKeyType } from './service-definition';

/** What a policy says about services that are known, and cannot mean: actions and keys that they do not have. */
export function checkPolicyAgainstCatalogue(
  document: PolicyDocument,
  catalogue: Catalogue,
): readonly Finding[] {
  return document.Statement.flatMap((statement, index) => [
    ...findUnknownActions(statement, index, catalogue),
    ...findUnknownKeys(statement, index, catalogue),
  ]);
}

function findUnknownActions(
  statement: Statement,
  index: number,
  catalogue: Catalogue,
): readonly Finding[] {
  const element = statement.Action === undefined ? 'NotAction' : 'Action';
  return (statement[element] ?? []).flatMap((pattern, position): Finding[] => {
    const [service = ''] = pattern.split(':');
    if (!catalogue.hasService(service)) return [];
    if (catalogue.findActions(pattern).length > 0) return [];
    const message = `the service \`${service}\` has no action \`${pattern}\``;
    const path = ['Statement', index, element, position];
    return [{ code: 'UNKNOWN_ACTION', path, message, severity: 'warning' }];
  });
}

function findUnknownKeys(
  statement: Statement,
  index: number,
  catalogue: Catalogue,
): readonly Finding[] {
  return (statement.Condition ?? []).flatMap(({ operator, key }): Finding[] => {
    const [service = ''] = key.split(':');
    const path = ['Statement', index, 'Condition', operator, key];
    const known = catalogue.findConditionKey(key, key);
    if (known === undefined) {
      if (!catalogue.hasService(service)) return [];
      const message = `the service \`${service}\` sets no key \`${key}\``;
      return [{ code: 'UNKNOWN_CONDITION_KEY', path, message, severity: 'warning' }];
    }
    if (suits(operator, known.type)) return [];
    const message = `the key \`${key}\` is of type ${known.type}, which \`${operator}\` does not compare`;
    return [{ code: 'MISMATCHED_OPERATOR', path, message, severity: 'warning' }];
  });
}

/** Which families of operators compare a type; a set of values needs a set operator. */
const FAMILIES: Readonly<Record<ConditionKeyType, readonly string[]>> = {
  ARN: ['Arn', 'String'],
  ArrayOfARN: ['Arn', 'String'],
  ArrayOfString: ['String'],
  Binary: ['Binary'],
  Bool: ['Bool', 'String'],
  Date: ['Date'],
  IPAddress: ['IpAddress', 'NotIpAddress'],
  Numeric: ['Numeric'],
  String: ['String', 'Arn'],
};

function suits(operator: string, type: ConditionKeyType): boolean {
  const use = parseOperator(operator);
  if (use === undefined || use.operator.kind === 'presence') return true;
  const isSet = foldCase(type).startsWith('arrayof');
  const { name } = use.operator;
  const isFamily = FAMILIES[type].some((family) => name.startsWith(family));
  return isFamily && isSet === (use.quantifier !== undefined);
}
