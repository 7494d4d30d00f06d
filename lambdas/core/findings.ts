import type { TextPosition } from './decision';
import type { Finding } from './finding';

/** Collects findings of one text, with its offsets turned into lines and columns. */
export class FindingCollector {
  readonly findings: Finding[] = [];

  constructor(private readonly text: string | undefined) {}

  report(finding: Omit<Finding, 'position'>, offset: number): void {
    const position =
      this.text === undefined || offset < 0 ? undefined : positionAt(this.text, offset);
    this.findings.push(position === undefined ? finding : { ...finding, position });
  }
}

/** 1-based line and column of an offset. */
export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const lineEnd = text.indexOf('\n', lineStart);
    if (lineEnd < 0 || lineEnd >= offset) return { line, column: offset - lineStart + 1 };
    line += 1;
    lineStart = lineEnd + 1;
  }
}
