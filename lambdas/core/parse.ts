import { parseCondition } from './parse-condition';
import { parsePrincipal } from './parse-principal';
import { KIND_RULES } from './document';
import type { PolicyDocument, PolicyKind, Statement } from './document';
import type { Finding } from './finding';
import { readJson } from './json';
import type { JsonMember, JsonNode, JsonObject } from './json';
import { readValue } from './json-value';
import { PolicyReader, SYNTAX_ERROR } from './policy-reader';
import type { Path } from './policy-reader';
import { findActionProblem } from './action-pattern';
import { findResourceProblem } from './resource-pattern';

/**
 * A policy's text, or the plain value it would be as JSON, taken apart by one set of strict rules: no duplicate members, no unknown
 * elements, no wrong case, nothing of a wrong type. Whatever is not understood is an error, and a policy with errors is never evaluated.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface ParsedPolicy {
  /** Undefined where there are errors. */
  readonly document: PolicyDocument | undefined;
  /** What could be made out in spite of errors, for further advice; never to be evaluated. */
  readonly draft: PolicyDocument | undefined;
  readonly root: JsonNode | undefined;
  readonly findings: readonly Finding[];
  /** The text that positions refer to; undefined where a value was given. */
  readonly text: string | undefined;
  /** Whether any readable statement denies, also where other statements have errors. */
  readonly denies: boolean;
}

/** AWS's API takes no longer document; no document that AWS accepts is nested deeper than this. */
export const POLICY_LIMITS = { maximumLength: 131_072, maximumDepth: 16 } as const;

export function parsePolicy(source: string | object, kind: PolicyKind): ParsedPolicy {
  const text = typeof source === 'string' ? source : undefined;
  const reading =
    typeof source === 'string' ? readJson(source, POLICY_LIMITS) : readValue(source, POLICY_LIMITS);
  const parser = new PolicyParser(kind, text);
  for (const { code, path, message, offset } of reading.problems) {
    const awsMessage =
      kind === 'trust' && code === 'INVALID_JSON'
        ? 'This policy contains invalid Json'
        : SYNTAX_ERROR;
    parser.collector.report({ code, path, message, awsMessage, severity: 'error' }, offset);
  }
  const document = reading.node === undefined ? undefined : parser.parseDocument(reading.node);
  const { findings } = parser.collector;
  return {
    document: findings.length === 0 ? document : undefined,
    draft: document,
    root: reading.node,
    findings,
    text,
    denies: parser.denies,
  };
}

const TOP_ELEMENTS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

const STATEMENT_ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

type Elements = ReadonlyMap<string, JsonMember>;

class PolicyParser extends PolicyReader {
  denies = false;

  parseDocument(node: JsonNode): PolicyDocument | undefined {
    if (node.kind !== 'object') {
      return this.reportSyntax('INVALID_TYPE', [], node, 'a policy is an object');
    }
    const elements = this.readElements(node, TOP_ELEMENTS, []);
    const version = this.parseText(elements.get('Version'), ['Version']);
    if (version !== undefined) {
      if (version === '2008-10-17' || version === '2012-10-17') this.version = version;
      else {
        const message = `\`${version}\` is no version of the policy language`;
        this.reportSyntax('INVALID_VERSION', ['Version'], node, message);
      }
    }
    const id = this.parseText(elements.get('Id'), ['Id']);
    const statements = this.parseStatements(node, elements.get('Statement')?.value);
    return {
      ...(this.version !== undefined && { Version: this.version }),
      ...(id !== undefined && { Id: id }),
      Statement: statements,
    };
  }

  private parseStatements(policy: JsonObject, node: JsonNode | undefined): readonly Statement[] {
    if (node === undefined) {
      this.reportSyntax('MISSING_ELEMENT', ['Statement'], policy, 'a policy needs a Statement');
      return [];
    }
    if (node.kind !== 'array') return [this.parseStatement(node, ['Statement'])];
    if (node.items.length === 0) {
      this.reportSyntax('EMPTY_ELEMENT', ['Statement'], node, 'a policy needs a Statement');
    }
    return node.items.map((item, index) => this.parseStatement(item, ['Statement', index]));
  }

  private parseStatement(node: JsonNode, path: Path): Statement {
    if (node.kind !== 'object') {
      this.reportSyntax('INVALID_TYPE', path, node, 'a statement is an object');
      return { Effect: 'Deny', start: node.start, end: node.end };
    }
    const elements = this.readElements(node, STATEMENT_ELEMENTS, path);
    const sid = this.parseText(elements.get('Sid'), [...path, 'Sid']);
    const effect = this.parseEffect(node, elements, path);
    this.refuseBoth(elements, path, 'Action', 'NotAction');
    this.refuseBoth(elements, path, 'Resource', 'NotResource');
    this.refuseBoth(elements, path, 'Principal', 'NotPrincipal');
    const lists = this.parseLists(elements, path);
    this.requireElements(node, elements, path);
    const principals = this.parsePrincipals(elements, path);
    const conditionNode = elements.get('Condition')?.value;
    const condition =
      conditionNode === undefined
        ? undefined
        : parseCondition(this, conditionNode, [...path, 'Condition']);
    return {
      ...(sid !== undefined && { Sid: sid }),
      // What has no Effect has an error, and a document with errors is never evaluated.
      Effect: effect ?? 'Deny',
      ...principals,
      ...lists,
      ...(condition !== undefined && { Condition: condition }),
      start: node.start,
      end: node.end,
    };
  }

  private parseLists(elements: Elements, path: Path): Partial<Record<ListElement, string[]>> {
    const lists: Partial<Record<ListElement, string[]>> = {};
    for (const name of LIST_ELEMENTS) {
      const node = elements.get(name)?.value;
      if (node === undefined) continue;
      const list = this.parseStrings(node, [...path, name]);
      if (list === undefined) continue;
      const isAction = name === 'Action' || name === 'NotAction';
      this.checkPatterns(node, list, [...path, name], isAction);
      lists[name] = list;
    }
    return lists;
  }

  private checkPatterns(node: JsonNode, list: readonly string[], path: Path, isAction: boolean) {
    if (list.length === 0) {
      const [code, message] = isAction
        ? ['MISSING_ACTION', 'Policy statement must contain actions.']
        : ['MISSING_RESOURCE', 'Policy statement must contain resources.'];
      this.report(code, path, node, message);
    }
    for (const [index, text] of list.entries()) {
      const item = node.kind === 'array' ? node.items[index] : node;
      const itemPath = node.kind === 'array' ? [...path, index] : path;
      const problem = isAction
        ? findActionProblem(text)
        : findResourceProblem(text, this.variables);
      if (problem !== undefined) this.report(problem.code, itemPath, item ?? node, problem.message);
    }
  }

  private parseEffect(node: JsonObject, elements: Elements, path: Path) {
    const member = elements.get('Effect');
    if (member === undefined) {
      const message = 'a statement needs an Effect';
      return this.reportSyntax('MISSING_ELEMENT', [...path, 'Effect'], node, message);
    }
    const effect = this.parseText(member, [...path, 'Effect']);
    if (effect === undefined) return undefined;
    if (effect === 'Deny') this.denies = true;
    if (effect === 'Allow' || effect === 'Deny') return effect;
    const message = `the Effect is Allow or Deny, in this case of letters, not \`${effect}\``;
    const legacy = effect.toLowerCase() === 'allow' || effect.toLowerCase() === 'deny';
    this.report(
      legacy ? 'INVALID_EFFECT_CASE' : 'INVALID_EFFECT',
      [...path, 'Effect'],
      member.value,
      message,
      legacy ? 'The policy failed legacy parsing' : SYNTAX_ERROR,
    );
    return undefined;
  }

  private requireElements(node: JsonObject, elements: Elements, path: Path): void {
    if (!elements.has('Action') && !elements.has('NotAction')) {
      this.report('MISSING_ACTION', path, node, 'Policy statement must contain actions.');
    }
    const { resource, principal } = KIND_RULES[this.kind];
    const hasResource = elements.has('Resource') || elements.has('NotResource');
    if (resource === 'required' && !hasResource) {
      this.report('MISSING_RESOURCE', path, node, 'Policy statement must contain resources.');
    }
    const hasPrincipal = elements.has('Principal') || elements.has('NotPrincipal');
    if (principal === 'required' && !hasPrincipal) {
      this.report('MISSING_PRINCIPAL', path, node, 'Missing required field Principal');
    }
  }

  private parsePrincipals(elements: Elements, path: Path): Pick<Statement, PrincipalName> {
    const rules = KIND_RULES[this.kind];
    const principals: { -readonly [Name in PrincipalName]?: Statement[Name] } = {};
    for (const name of ['Principal', 'NotPrincipal'] as const) {
      const member = elements.get(name);
      if (member === undefined) continue;
      if (rules.principal === 'prohibited') {
        const message = 'Policy document should not specify a principal.';
        this.report('PROHIBITED_PRINCIPAL', [...path, name], member.value, message);
      } else if (name === 'NotPrincipal' && !rules.notPrincipal) {
        const message = 'Has prohibited field NotPrincipal';
        this.report('PROHIBITED_PRINCIPAL', [...path, name], member.value, message);
      } else {
        const principal = parsePrincipal(this, member.value, [...path, name]);
        if (principal !== undefined) principals[name] = principal;
      }
    }
    return principals;
  }

  private refuseBoth(elements: Elements, path: Path, first: string, second: string): void {
    const member = elements.get(second);
    if (member === undefined || !elements.has(first)) return;
    const message = `a statement has ${first} or ${second}, not both`;
    this.reportSyntax('CONFLICTING_ELEMENTS', [...path, second], member.value, message);
  }

  private readElements(node: JsonObject, known: ReadonlySet<string>, path: Path): Elements {
    const elements = new Map<string, JsonMember>();
    for (const member of node.members) {
      if (known.has(member.name)) elements.set(member.name, member);
      else {
        const finding = {
          code: 'UNKNOWN_ELEMENT',
          path: [...path, member.name],
          message: `\`${member.name}\` is no element of the policy language here`,
          awsMessage: SYNTAX_ERROR,
          severity: 'error',
        } as const;
        this.collector.report(finding, member.nameStart);
      }
    }
    return elements;
  }

  /** The text of an element that must be a string, where it is there. */
  private parseText(member: JsonMember | undefined, path: Path): string | undefined {
    if (member === undefined) return undefined;
    const { value } = member;
    if (value.kind === 'string') return value.value;
    return this.reportSyntax('INVALID_TYPE', path, value, `${member.name} is a string`);
  }
}

type PrincipalName = 'Principal' | 'NotPrincipal';

const LIST_ELEMENTS = ['Action', 'NotAction', 'Resource', 'NotResource'] as const;

type ListElement = (typeof LIST_ELEMENTS)[number];
