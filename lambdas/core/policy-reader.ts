import type { PolicyKind, PolicyVersion } from './document';
import { FindingCollector } from './findings';
import type { JsonArray, JsonNode } from './json';

export type Path = readonly (string | number)[];

/** What AWS answers for a document whose structure it does not accept, whatever is wrong with it. */
export const SYNTAX_ERROR = 'Syntax errors in policy.';

/** What every part of the parser needs: the kind of policy, its version, and a place for findings. */
export class PolicyReader {
  readonly collector: FindingCollector;
  protected version: PolicyVersion | undefined;

  constructor(
    readonly kind: PolicyKind,
    text: string | undefined,
  ) {
    this.collector = new FindingCollector(text);
  }

  /** Whether `${…}` is a variable in this policy. */
  get variables(): boolean {
    return this.version === '2012-10-17';
  }

  report(
    code: string,
    path: Path,
    node: JsonNode,
    message: string,
    awsMessage?: string,
  ): undefined {
    const finding = { code, path, message, severity: 'error' } as const;
    this.collector.report(
      awsMessage === undefined ? finding : { ...finding, awsMessage },
      node.start,
    );
  }

  reportSyntax(code: string, path: Path, node: JsonNode, message: string): undefined {
    this.report(code, path, node, message, SYNTAX_ERROR);
  }

  /** A string or a list of strings, as a list. */
  parseStrings(node: JsonNode, path: Path): string[] | undefined {
    if (node.kind === 'string') return [node.value];
    if (node.kind !== 'array') {
      const message = 'a string or a list of strings was expected';
      return this.reportSyntax('INVALID_TYPE', path, node, message);
    }
    return this.parseItems(node, path);
  }

  private parseItems(node: JsonArray, path: Path): string[] | undefined {
    const list: string[] = [];
    for (const [index, item] of node.items.entries()) {
      if (item.kind !== 'string') {
        return this.reportSyntax('INVALID_TYPE', [...path, index], item, 'a string was expected');
      }
      list.push(item.value);
    }
    return list;
  }
}
