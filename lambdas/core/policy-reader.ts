import type { PolicyKind, PolicyVersion } from './document';
import { FindingCollector } from './findings';
import type { JsonArray, JsonNode } from './json';

export type Path = readonly (string | number)[];

/** What AWS answers for a document whose structure it does not accept, whatever is wrong with it. */
export const SYNTAX_ERROR = 'Syntax errors in policy.';

/** What every part of the parser needs: the kind of policy, its version, where it is, and a place for findings. */
export class PolicyReader {
  readonly collector: FindingCollector;
  /** Where the parser is; every step in is taken back out. */
  readonly path: (string | number)[] = [];
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

  /** Reports a problem of the element that the path leads to. */
  report(code: string, node: JsonNode, message: string, awsMessage?: string): void {
    this.reportAt(this.path, node.start, { code, message, awsMessage });
  }

  reportSyntax(code: string, node: JsonNode, message: string): void {
    this.report(code, node, message, SYNTAX_ERROR);
  }

  reportAt(
    path: Path,
    offset: number,
    { code, message, awsMessage }: { code: string; message: string; awsMessage?: string },
  ): void {
    const finding = { code, path: [...path], message, severity: 'error' } as const;
    this.collector.report(awsMessage === undefined ? finding : { ...finding, awsMessage }, offset);
  }

  /** A string or a list of strings, as a list. */
  parseStrings(node: JsonNode): string[] | undefined {
    if (node.kind === 'string') return [node.value];
    if (node.kind === 'array') return this.parseItems(node);
    this.reportSyntax('INVALID_TYPE', node, 'a string or a list of strings was expected');
    return undefined;
  }

  private parseItems({ items }: JsonArray): string[] | undefined {
    const list: string[] = [];
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      if (item?.kind === 'string') list.push(item.value);
      else if (item !== undefined) {
        this.path.push(index);
        this.reportSyntax('INVALID_TYPE', item, 'a string was expected');
        this.path.pop();
        return undefined;
      }
    }
    return list;
  }
}
