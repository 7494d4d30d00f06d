import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { YAMLMap } from 'yaml';

/** Where something stands in a file: line and column from 1, and the names that lead to it. */
export interface DocumentPlace {
  readonly line: number;
  readonly column: number;
  /** `paths./orders.get`; empty for the document as a whole. */
  readonly path: string;
}

/** Something that is wrong in a file. */
export interface DocumentProblem extends DocumentPlace {
  readonly message: string;
}

/** An object of the document, with where it stands. */
export interface DocumentObject {
  readonly place: DocumentPlace;
  readonly members: ReadonlyMap<string, DocumentValue>;
}

/** A member's value: a text, an object, or whatever else. */
export interface DocumentValue {
  readonly place: DocumentPlace;
  readonly text: string | undefined;
  /** Read when it is asked for; undefined where the value is no object. */
  readonly object: () => DocumentObject | undefined;
}

const MAX_LENGTH = 8 * 1024 * 1024;

/**
 * The object that a YAML or JSON text is. Both are read as YAML 1.2, of which JSON is a part; names that stand twice, and aliases, are
 * problems.
 */
export function readDocument(text: string): {
  readonly root: DocumentObject | undefined;
  readonly problems: readonly DocumentProblem[];
} {
  if (text.length > MAX_LENGTH) {
    const message = `the file has more than ${MAX_LENGTH} characters`;
    return { root: undefined, problems: [{ line: 1, column: 1, path: '', message }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false });
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }) => {
    const { line, col: column } = lines.linePos(pos[0]);
    // The rest of yaml's message draws the line.
    return { line, column, path: '', message: message.split(' at line ')[0] ?? message };
  });
  if (problems.length > 0) return { root: undefined, problems };
  const root = readValue(document.contents, '', lines).object();
  const message = 'the file is not an object';
  return root === undefined
    ? { root, problems: [{ line: 1, column: 1, path: '', message }] }
    : { root, problems: [] };
}

function readValue(node: unknown, path: string, lines: LineCounter): DocumentValue {
  const range = isMap(node) || isScalar(node) || isSeq(node) ? node.range : undefined;
  const { line, col: column } = lines.linePos(range?.[0] ?? 0);
  const place: DocumentPlace = { line, column, path };
  return {
    place,
    text: isScalar(node) && typeof node.value === 'string' ? node.value : undefined,
    object: () => (isMap(node) ? { place, members: readMembers(node, path, lines) } : undefined),
  };
}

function readMembers(
  map: YAMLMap,
  path: string,
  lines: LineCounter,
): ReadonlyMap<string, DocumentValue> {
  const members = new Map<string, DocumentValue>();
  for (const { key, value } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const read = readValue(value, path === '' ? name : `${path}.${name}`, lines);
    // The name is where a person looks.
    const { line, col: column } = lines.linePos(key.range?.[0] ?? 0);
    members.set(name, { ...read, place: { ...read.place, line, column } });
  }
  return members;
}
