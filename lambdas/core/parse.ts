import type { PolicyDocument, PolicyKind, Statement } from './document';
import type { Finding } from './finding';
import { readJson } from './json';
import type { JsonNode, JsonObject } from './json';
import { readValue } from './json-value';
import { PolicyReader, SYNTAX_ERROR } from './policy-reader';
import { parseStatement } from './parse-statement';

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
  /** Whether a Deny could be made out, also where other statements have errors. */
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
    const invalidTrust = kind === 'trust' && code === 'INVALID_JSON';
    const awsMessage = invalidTrust ? 'This policy contains invalid Json' : SYNTAX_ERROR;
    parser.reportAt(path, offset, { code, message, awsMessage });
  }
  const document = reading.node === undefined ? undefined : parser.parseDocument(reading.node);
  const { findings } = parser.collector;
  return {
    document: findings.length === 0 ? document : undefined,
    draft: document,
    root: reading.node,
    findings,
    text,
    denies: document?.Statement.some(({ Effect }) => Effect === 'Deny') === true,
  };
}

class PolicyParser extends PolicyReader {
  parseDocument(node: JsonNode): PolicyDocument | undefined {
    if (node.kind !== 'object') {
      this.reportSyntax('INVALID_TYPE', node, 'a policy is an object');
      return undefined;
    }
    let id: string | undefined;
    let statement: JsonNode | undefined;
    for (const { name, nameStart, value } of node.members) {
      this.path.push(name);
      if (name === 'Version') this.parseVersion(value);
      else if (name === 'Id') id = this.parseText(value);
      else if (name === 'Statement') statement = value;
      else {
        const message = `\`${name}\` is no element of a policy`;
        const code = 'UNKNOWN_ELEMENT';
        this.reportAt(this.path, nameStart, { code, message, awsMessage: SYNTAX_ERROR });
      }
      this.path.pop();
    }
    // Behind the loop: the version says what the statements mean, wherever it stands.
    return { Version: this.version, Id: id, Statement: this.parseStatements(node, statement) };
  }

  private parseVersion(node: JsonNode): void {
    const version = this.parseText(node);
    if (version === undefined) return;
    if (version === '2008-10-17' || version === '2012-10-17') this.version = version;
    else {
      const message = `\`${version}\` is no version of the policy language`;
      this.reportSyntax('INVALID_VERSION', node, message);
    }
  }

  private parseStatements(policy: JsonObject, node: JsonNode | undefined): readonly Statement[] {
    this.path.push('Statement');
    const statements: Statement[] = [];
    if (node === undefined) {
      this.reportSyntax('MISSING_ELEMENT', policy, 'a policy needs a Statement');
    } else if (node.kind !== 'array') statements.push(parseStatement(this, node));
    else {
      if (node.items.length === 0) {
        this.reportSyntax('EMPTY_ELEMENT', node, 'a policy needs a Statement');
      }
      for (const item of node.items) {
        this.path.push(statements.length);
        statements.push(parseStatement(this, item));
        this.path.pop();
      }
    }
    this.path.pop();
    return statements;
  }

  private parseText(node: JsonNode): string | undefined {
    if (node.kind === 'string') return node.value;
    this.reportSyntax('INVALID_TYPE', node, 'a string was expected');
    return undefined;
  }
}
