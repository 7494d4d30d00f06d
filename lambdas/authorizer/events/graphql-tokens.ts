/** One lexical token of GraphQL. */
export interface GraphqlToken {
  readonly kind: 'punctuator' | 'name' | 'number' | 'string' | 'block-string';
  /** As written. */
  readonly text: string;
}

const IGNORED = /(?:[\s,\uFEFF]+|#[^\n\r]*)*/y;
const TOKEN =
  /(?<punctuator>\.\.\.|[!$&():=@[\]{|}])|(?<name>[_A-Za-z][_0-9A-Za-z]*)|(?<number>-?[0-9][0-9A-Za-z.+-]*)|(?<string>"(?:[^"\\\n\r]|\\[^\n\r])*")/y;
const BLOCK = '"""';

/**
 * The tokens of a GraphQL document; undefined where it is none.
 *
 * Source: https://spec.graphql.org/October2021/#sec-Language.Source-Text
 */
export function readGraphqlTokens(document: string): readonly GraphqlToken[] | undefined {
  const tokens: GraphqlToken[] = [];
  let position = 0;
  for (;;) {
    IGNORED.lastIndex = position;
    IGNORED.exec(document);
    position = Math.max(position, IGNORED.lastIndex);
    if (position >= document.length) {
      return tokens;
    }
    const token = readToken(document, position);
    if (token === undefined) {
      return undefined;
    }
    tokens.push(token);
    position += token.text.length;
  }
}

function readToken(document: string, position: number): GraphqlToken | undefined {
  if (document.startsWith(BLOCK, position)) {
    const end = endOfBlock(document, position + BLOCK.length);
    return end === undefined
      ? undefined
      : { kind: 'block-string', text: document.slice(position, end) };
  }
  TOKEN.lastIndex = position;
  const groups = TOKEN.exec(document)?.groups ?? {};
  for (const kind of ['punctuator', 'name', 'number', 'string'] as const) {
    const text = groups[kind];
    if (text !== undefined) {
      return { kind, text };
    }
  }
  return undefined;
}

function endOfBlock(document: string, start: number): number | undefined {
  for (let position = start; ;) {
    const end = document.indexOf(BLOCK, position);
    if (end < 0) {
      return undefined;
    }
    if (document[end - 1] !== '\\') {
      return end + BLOCK.length;
    }
    position = end + BLOCK.length;
  }
}
