import { parseOperator } from './condition-operators';
import type { ConditionEntry } from './document';
import type { JsonNode, JsonObject } from './json';
import { foldCase } from './letter-case';
import type { Path, PolicyReader } from './policy-reader';
import { parseTemplate } from './variables';

/** Reads a Condition block; one entry for each operator and key. */
export function parseCondition(
  parser: PolicyReader,
  node: JsonNode,
  path: Path,
): readonly ConditionEntry[] | undefined {
  if (node.kind !== 'object') {
    return parser.reportSyntax('INVALID_TYPE', path, node, 'a Condition is an object');
  }
  const entries: ConditionEntry[] = [];
  const operators = new Set<string>();
  for (const { name, value } of node.members) {
    const operatorPath = [...path, name];
    if (value.kind !== 'object') {
      parser.reportSyntax('INVALID_TYPE', operatorPath, value, 'an operator has keys');
      continue;
    }
    if (operators.has(foldCase(name))) {
      const message = `the operator \`${name}\` stands twice in one Condition`;
      parser.reportSyntax('DUPLICATE_CONDITION_OPERATOR', operatorPath, value, message);
    }
    operators.add(foldCase(name));
    if (parseOperator(name) === undefined && value.members.length > 0) {
      const message = `\`${name}\` is no condition operator`;
      parser.reportSyntax('UNKNOWN_OPERATOR', operatorPath, value, message);
    }
    parseKeys(parser, { operator: name, node: value, path: operatorPath }, entries);
  }
  return entries;
}

function parseKeys(
  parser: PolicyReader,
  { operator, node, path }: { operator: string; node: JsonObject; path: Path },
  entries: ConditionEntry[],
): void {
  const keys = new Set<string>();
  for (const { name, value } of node.members) {
    const keyPath = [...path, name];
    const folded = foldCase(name);
    if (keys.has(folded)) {
      const message = `the key \`${name}\` stands twice under one operator`;
      parser.reportSyntax('DUPLICATE_CONDITION_KEY', keyPath, value, message);
    }
    keys.add(folded);
    const values = parseValues(parser, value, keyPath);
    if (values === undefined) continue;
    if (parser.variables && parseOperator(operator)?.operator.variables === true) {
      refuseBrokenVariables(parser, values, value, keyPath);
    }
    entries.push({ operator, key: name, values });
  }
}

/** Numbers and Booleans are taken as the texts that they are written as. */
function parseValues(parser: PolicyReader, node: JsonNode, path: Path): string[] | undefined {
  const items = node.kind === 'array' ? node.items : [node];
  const values: string[] = [];
  for (const item of items) {
    if (item.kind !== 'string' && item.kind !== 'number' && item.kind !== 'boolean') {
      const message = 'a condition value is a string, a number or a Boolean, or a list of them';
      return parser.reportSyntax('INVALID_TYPE', path, item, message);
    }
    values.push(item.value);
  }
  return values;
}

function refuseBrokenVariables(
  parser: PolicyReader,
  values: readonly string[],
  node: JsonNode,
  path: Path,
): void {
  for (const value of values) {
    if (value.includes('${') && parseTemplate(value) === undefined) {
      const message = `\`${value}\` has an invalid policy variable`;
      parser.report('INVALID_VARIABLE', path, node, message, 'The policy failed legacy parsing');
    }
  }
}
