import { findActionProblem } from './action-pattern';
import { KIND_RULES } from './document';
import type { Statement } from './document';
import { foldCase } from './letter-case';
import type { JsonNode, JsonObject } from './json';
import { parseCondition } from './parse-condition';
import { parsePrincipal } from './parse-principal';
import { SYNTAX_ERROR } from './policy-reader';
import type { PolicyReader } from './policy-reader';
import { findResourceProblem } from './resource-pattern';

type Draft = { -readonly [Element in keyof Statement]: Statement[Element] };

/** Reads one statement. Where it has errors, so has the policy, and what is returned is never evaluated. */
export function parseStatement(reader: PolicyReader, node: JsonNode): Statement {
  const statement: Draft = {
    Sid: undefined,
    Effect: 'Allow',
    Principal: undefined,
    NotPrincipal: undefined,
    Action: undefined,
    NotAction: undefined,
    Resource: undefined,
    NotResource: undefined,
    Condition: undefined,
    start: node.start,
    end: node.end,
  };
  if (node.kind !== 'object') {
    reader.reportSyntax('INVALID_TYPE', node, 'a statement is an object');
    return statement;
  }
  for (const { name, nameStart, value } of node.members) {
    reader.path.push(name);
    if (!parseElement(reader, statement, name, value)) {
      const message = `\`${name}\` is no element of a statement`;
      const code = 'UNKNOWN_ELEMENT';
      reader.reportAt(reader.path, nameStart, { code, message, awsMessage: SYNTAX_ERROR });
    }
    reader.path.pop();
  }
  checkElements(reader, node);
  return statement;
}

/** Whether there is such an element. */
function parseElement(
  reader: PolicyReader,
  statement: Draft,
  name: string,
  node: JsonNode,
): boolean {
  switch (name) {
    case 'Sid':
      if (node.kind === 'string') statement.Sid = node.value;
      else reader.reportSyntax('INVALID_TYPE', node, 'a string was expected');
      return true;
    case 'Effect':
      parseEffect(reader, statement, node);
      return true;
    case 'Action':
    case 'NotAction':
    case 'Resource':
    case 'NotResource':
      statement[name] = parsePatterns(reader, node, name.endsWith('Action'));
      return true;
    case 'Principal':
    case 'NotPrincipal':
      parsePrincipalElement(reader, statement, name, node);
      return true;
    case 'Condition':
      statement.Condition = parseCondition(reader, node);
      return true;
    default:
      return false;
  }
}

function parseEffect(reader: PolicyReader, statement: Draft, node: JsonNode): void {
  if (node.kind !== 'string') {
    reader.reportSyntax('INVALID_TYPE', node, 'a string was expected');
    return;
  }
  const { value } = node;
  if (value === 'Allow' || value === 'Deny') {
    statement.Effect = value;
    return;
  }
  const message = `the Effect is Allow or Deny, in this case of letters, not \`${value}\``;
  const folded = foldCase(value);
  if (folded === 'allow' || folded === 'deny') {
    reader.report('INVALID_EFFECT_CASE', node, message, 'The policy failed legacy parsing');
  } else reader.reportSyntax('INVALID_EFFECT', node, message);
}

function parsePatterns(
  reader: PolicyReader,
  node: JsonNode,
  areActions: boolean,
): readonly string[] | undefined {
  const list = reader.parseStrings(node);
  if (list === undefined) return undefined;
  if (list.length === 0) {
    if (areActions) reader.report('MISSING_ACTION', node, NO_ACTION);
    else reader.report('MISSING_RESOURCE', node, NO_RESOURCE);
  }
  for (let index = 0; index < list.length; index += 1) {
    const text = list[index] ?? '';
    const problem = areActions
      ? findActionProblem(text)
      : findResourceProblem(text, reader.variables);
    if (problem === undefined) continue;
    const item = node.kind === 'array' ? node.items[index] : undefined;
    if (item !== undefined) reader.path.push(index);
    reader.report(problem.code, item ?? node, problem.message);
    if (item !== undefined) reader.path.pop();
  }
  return list;
}

const NO_ACTION = 'Policy statement must contain actions.';
const NO_RESOURCE = 'Policy statement must contain resources.';

function parsePrincipalElement(
  reader: PolicyReader,
  statement: Draft,
  name: 'Principal' | 'NotPrincipal',
  node: JsonNode,
): void {
  const rules = KIND_RULES[reader.kind];
  if (rules.principal === 'prohibited') {
    const message = 'Policy document should not specify a principal.';
    reader.report('PROHIBITED_PRINCIPAL', node, message);
  } else if (name === 'NotPrincipal' && !rules.notPrincipal) {
    reader.report('PROHIBITED_PRINCIPAL', node, 'Has prohibited field NotPrincipal');
  } else statement[name] = parsePrincipal(reader, node);
}

const EXCLUSIVE = [
  ['Action', 'NotAction'],
  ['Resource', 'NotResource'],
  ['Principal', 'NotPrincipal'],
] as const;

/** What a statement must have, and what it must not have together. */
function checkElements(reader: PolicyReader, node: JsonObject): void {
  const has = (wanted: string) => node.members.some(({ name }) => name === wanted);
  if (!has('Effect')) {
    reader.reportSyntax('MISSING_ELEMENT', node, 'a statement needs an Effect');
  }
  for (const [positive, negative] of EXCLUSIVE) {
    if (!has(positive) || !has(negative)) continue;
    const message = `a statement has ${positive} or ${negative}, not both`;
    reader.reportSyntax('CONFLICTING_ELEMENTS', node, message);
  }
  const rules = KIND_RULES[reader.kind];
  if (!has('Action') && !has('NotAction')) reader.report('MISSING_ACTION', node, NO_ACTION);
  if (rules.resource === 'required' && !has('Resource') && !has('NotResource')) {
    reader.report('MISSING_RESOURCE', node, NO_RESOURCE);
  }
  if (rules.principal === 'required' && !has('Principal') && !has('NotPrincipal')) {
    reader.report('MISSING_PRINCIPAL', node, 'Missing required field Principal');
  }
}
