import { readGraphqlTokens, type GraphqlToken } from './graphql-tokens';

/** What an operation of GraphQL selects at its top. */
export interface GraphqlOperation {
  /** The type whose fields they are. */
  readonly type: 'Query' | 'Mutation' | 'Subscription';
  /** In order, each as often as it is selected; never empty. */
  readonly fields: readonly GraphqlField[];
}

export interface GraphqlField {
  readonly name: string;
  /** The arguments that are one text or one whole number, directly or by a variable, as text. */
  readonly arguments: ReadonlyMap<string, string>;
}

const TYPES = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** Limits before work. AppSync's own lie above. */
const MAX_DOCUMENT_LENGTH = 100_000;
const MAX_FIELDS = 100;

interface Definition {
  readonly kind: keyof typeof TYPES | 'fragment';
  readonly name: string | undefined;
  readonly selections: readonly Selection[];
}

type Selection =
  | { readonly kind: 'field'; readonly field: GraphqlField }
  | { readonly kind: 'spread'; readonly fragment: string }
  | { readonly kind: 'inline'; readonly selections: readonly Selection[] };

/** Thrown inside this file alone. */
class NotReadable extends Error {}

/**
 * The fields that the operation selects at its top, through fragments, whatever `@skip` and `@include` say; undefined where the
 * document cannot be read, does not say which operation is meant, or selects too much.
 *
 * Source: https://spec.graphql.org/October2021/#sec-Language
 */
export function readGraphqlOperation(
  document: string,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): GraphqlOperation | undefined {
  const tokens = document.length > MAX_DOCUMENT_LENGTH ? undefined : readGraphqlTokens(document);
  if (tokens === undefined) {
    return undefined;
  }
  try {
    const definitions = new DocumentReader(tokens, variables).read();
    const operation = chooseOperation(definitions, operationName);
    const fields: GraphqlField[] = [];
    collectFields(operation.selections, fragmentsOf(definitions), new Set(), fields);
    return { type: TYPES[operation.kind], fields };
  } catch (error) {
    if (error instanceof NotReadable) {
      return undefined;
    }
    throw error;
  }
}

function chooseOperation(
  definitions: readonly Definition[],
  operationName: string | undefined,
): Definition & { readonly kind: keyof typeof TYPES } {
  const operations = definitions.filter(
    (definition): definition is Definition & { kind: keyof typeof TYPES } =>
      definition.kind !== 'fragment',
  );
  const chosen =
    operationName === undefined
      ? operations
      : operations.filter(({ name }) => name === operationName);
  const [operation, ...others] = chosen;
  if (operation === undefined || others.length > 0) {
    throw new NotReadable();
  }
  return operation;
}

function fragmentsOf(
  definitions: readonly Definition[],
): ReadonlyMap<string, readonly Selection[]> {
  const fragments = new Map<string, readonly Selection[]>();
  for (const { kind, name, selections } of definitions) {
    if (kind === 'fragment' && name !== undefined) {
      if (fragments.has(name)) {
        throw new NotReadable();
      }
      fragments.set(name, selections);
    }
  }
  return fragments;
}

/** `seen`: a fragment that was spread once has given all its fields. */
function collectFields(
  selections: readonly Selection[],
  fragments: ReadonlyMap<string, readonly Selection[]>,
  seen: Set<string>,
  fields: GraphqlField[],
): void {
  for (const selection of selections) {
    switch (selection.kind) {
      case 'field':
        fields.push(selection.field);
        break;
      case 'inline':
        collectFields(selection.selections, fragments, seen, fields);
        break;
      case 'spread': {
        const fragment = fragments.get(selection.fragment);
        if (fragment === undefined) {
          throw new NotReadable();
        }
        if (!seen.has(selection.fragment)) {
          seen.add(selection.fragment);
          collectFields(fragment, fragments, seen, fields);
        }
      }
    }
  }
  if (fields.length > MAX_FIELDS) {
    throw new NotReadable();
  }
}

/** Deeper than this nobody nests inline fragments at the top of an operation. */
const MAX_DEPTH = 20;

class DocumentReader {
  #position = 0;

  constructor(
    private readonly tokens: readonly GraphqlToken[],
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {}

  read(): readonly Definition[] {
    const definitions: Definition[] = [];
    while (this.#position < this.tokens.length) {
      definitions.push(this.#readDefinition());
    }
    return definitions;
  }

  #readDefinition(): Definition {
    if (this.#peek() === '{') {
      return { kind: 'query', name: undefined, selections: this.#readSelections(0) };
    }
    const keyword = this.#readName();
    if (keyword === 'fragment') {
      const name = this.#readName();
      if (name === 'on' || this.#readName() !== 'on') {
        throw new NotReadable();
      }
      this.#readName();
      this.#skipDirectives();
      return { kind: 'fragment', name, selections: this.#readSelections(0) };
    }
    if (keyword !== 'query' && keyword !== 'mutation' && keyword !== 'subscription') {
      throw new NotReadable();
    }
    const name = this.#isName() ? this.#readName() : undefined;
    if (this.#peek() === '(') {
      this.#skipBalanced();
    }
    this.#skipDirectives();
    return { kind: keyword, name, selections: this.#readSelections(0) };
  }

  #readSelections(depth: number): readonly Selection[] {
    this.#expect('{');
    const selections: Selection[] = [];
    while (this.#peek() !== '}') {
      selections.push(this.#peek() === '...' ? this.#readFragment(depth) : this.#readField());
    }
    this.#expect('}');
    if (selections.length === 0 || depth > MAX_DEPTH) {
      throw new NotReadable();
    }
    return selections;
  }

  #readFragment(depth: number): Selection {
    this.#expect('...');
    if (this.#isName() && this.#peek() !== 'on') {
      const fragment = this.#readName();
      this.#skipDirectives();
      return { kind: 'spread', fragment };
    }
    if (this.#isName()) {
      this.#readName();
      this.#readName();
    }
    this.#skipDirectives();
    return { kind: 'inline', selections: this.#readSelections(depth + 1) };
  }

  #readField(): Selection {
    let name = this.#readName();
    if (this.#peek() === ':') {
      this.#expect(':');
      name = this.#readName();
    }
    const given = this.#peek() === '(' ? this.#readArguments() : new Map<string, string>();
    this.#skipDirectives();
    if (this.#peek() === '{') {
      this.#skipBalanced();
    }
    return { kind: 'field', field: { name, arguments: given } };
  }

  #readArguments(): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    const names = new Set<string>();
    this.#expect('(');
    while (this.#peek() !== ')') {
      const name = this.#readName();
      if (names.has(name)) {
        throw new NotReadable();
      }
      names.add(name);
      this.#expect(':');
      const value = this.#readValue();
      if (value !== undefined) {
        values.set(name, value);
      }
    }
    this.#expect(')');
    return values;
  }

  /** undefined for what is not one text or one whole number. */
  #readValue(): string | undefined {
    const { kind, text } = this.#next();
    if (text === '$') {
      return this.#readVariable();
    }
    switch (kind) {
      case 'punctuator':
        if (text !== '[' && text !== '{') {
          throw new NotReadable();
        }
        this.#position -= 1;
        this.#skipBalanced();
        return undefined;
      case 'string':
        return readString(text);
      case 'number':
        return /^-?(?:0|[1-9][0-9]*)$/.test(text) ? text : undefined;
      case 'name':
        return text === 'null' || text === 'true' || text === 'false' ? undefined : text;
      case 'block-string':
        return undefined;
    }
  }

  #readVariable(): string | undefined {
    const name = this.#readName();
    const value = Object.hasOwn(this.variables, name) ? this.variables[name] : undefined;
    if (typeof value === 'number') {
      return Number.isSafeInteger(value) ? String(value) : undefined;
    }
    return typeof value === 'string' ? value : undefined;
  }

  #skipDirectives(): void {
    while (this.#peek() === '@') {
      this.#expect('@');
      this.#readName();
      if (this.#peek() === '(') {
        this.#skipBalanced();
      }
    }
  }

  /** From an opening bracket to the closing one that belongs to it. */
  #skipBalanced(): void {
    const open: string[] = [];
    do {
      const { kind, text } = this.#next();
      if (kind === 'punctuator' && Object.hasOwn(CLOSING, text)) {
        open.push(CLOSING[text as keyof typeof CLOSING]);
      } else if (kind === 'punctuator' && ')]}'.includes(text) && open.pop() !== text) {
        throw new NotReadable();
      }
    } while (open.length > 0);
  }

  #peek(): string | undefined {
    const token = this.tokens[this.#position];
    return token?.kind === 'punctuator' || token?.kind === 'name' ? token.text : undefined;
  }

  #isName(): boolean {
    return this.tokens[this.#position]?.kind === 'name';
  }

  #next(): GraphqlToken {
    const token = this.tokens[this.#position];
    if (token === undefined) {
      throw new NotReadable();
    }
    this.#position += 1;
    return token;
  }

  #readName(): string {
    const { kind, text } = this.#next();
    if (kind !== 'name') {
      throw new NotReadable();
    }
    return text;
  }

  #expect(punctuator: string): void {
    const { kind, text } = this.#next();
    if (kind !== 'punctuator' || text !== punctuator) {
      throw new NotReadable();
    }
  }
}

const CLOSING = { '(': ')', '[': ']', '{': '}' } as const;

/** A text in quotes has JSON's escapes; one that JSON does not read is none that a resource could be made of. */
function readString(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
