import { parseOperator } from './condition-operators';
import type { ConditionEntry } from './document';
import type { JsonNode, JsonObject } from './json';
import { foldCase } from './letter-case';
import { SYNTAX_ERROR, type PolicyReader } from './policy-reader';
import { parseTemplate } from './variables';

/** Reads a Condition block; one entry for each operator and key. */
export function parseCondition(
  reader: PolicyReader,
  node: JsonNode,
): readonly ConditionEntry[] | undefined {
  if (node.kind !== 'object') {
    reader.reportSyntax('INVALID_TYPE', node, 'a Condition is an object');
    return undefined;
  }
  const entries: ConditionEntry[] = [];
  const operators: string[] = [];
  for (const { name, value } of node.members) {
    reader.path.push(name);
    if (value.kind !== 'object') {
      reader.reportSyntax('INVALID_TYPE', value, 'an operator has keys');
    } else {
      const folded = foldCase(name);
      if (operators.includes(folded)) {
        const message = `the operator \`${name}\` stands twice in one Condition`;
        reader.reportSyntax('DUPLICATE_CONDITION_OPERATOR', value, message);
      }
      operators.push(folded);
      parseKeys(reader, name, value, entries);
    }
    reader.path.pop();
  }
  return entries;
}

/** An operator that AWS does not have says nothing as long as it has no keys. */
function parseKeys(
  reader: PolicyReader,
  operator: string,
  node: JsonObject,
  entries: ConditionEntry[],
): void {
  const use = parseOperator(operator);
  if (use === undefined && node.members.length > 0) {
    const message = `\`${operator}\` is no condition operator`;
    const awsMessage =
      reader.kind === 'trust' ? `Invalid Condition type : ${operator}` : SYNTAX_ERROR;
    reader.report('UNKNOWN_OPERATOR', node, message, awsMessage);
  }
  const replaces = reader.variables && use?.operator.variables === true;
  const keys: string[] = [];
  for (const { name, value } of node.members) {
    reader.path.push(name);
    const folded = foldCase(name);
    if (keys.includes(folded)) {
      const message = `the key \`${name}\` stands twice under one operator`;
      reader.reportSyntax('DUPLICATE_CONDITION_KEY', value, message);
    }
    keys.push(folded);
    const values = parseValues(reader, value);
    if (values !== undefined) {
      if (replaces) refuseBrokenVariables(reader, values, value);
      entries.push({ operator, key: name, values });
    }
    reader.path.pop();
  }
}

/** Numbers and Booleans are taken as the texts that they are written as. */
function parseValues(reader: PolicyReader, node: JsonNode): string[] | undefined {
  const items = node.kind === 'array' ? node.items : [node];
  const values: string[] = [];
  for (const item of items) {
    if (item.kind !== 'string' && item.kind !== 'number' && item.kind !== 'boolean') {
      const message = 'a condition value is a string, a number or a Boolean, or a list of them';
      reader.reportSyntax('INVALID_TYPE', item, message);
      return undefined;
    }
    values.push(item.value);
  }
  return values;
}

function refuseBrokenVariables(
  reader: PolicyReader,
  values: readonly string[],
  node: JsonNode,
): void {
  for (const value of values) {
    if (value.includes('${') && parseTemplate(value) === undefined) {
      const message = `\`${value}\` has an invalid policy variable`;
      reader.report('INVALID_VARIABLE', node, message, 'The policy failed legacy parsing');
    }
  }
}
