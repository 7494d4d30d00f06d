/**
 * A strict JSON reader (RFC 8259) that keeps where everything stands in the text.
 *
 * `JSON.parse` keeps the last of two equal members, so that a reader further down the line may see another policy than
 * this one; here a duplicate member is a problem. Depth and size are checked before anything is read.
 */

export interface JsonObject {
  readonly kind: 'object';
  readonly members: readonly JsonMember[];
  /** Offsets into the text: of the first character, and behind the last one; -1 where there is no text. */
  readonly start: number;
  readonly end: number;
}

export interface JsonMember {
  readonly name: string;
  readonly nameStart: number;
  readonly value: JsonNode;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly items: readonly JsonNode[];
  readonly start: number;
  readonly end: number;
}

export interface JsonString {
  readonly kind: 'string';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Numbers keep their text: what a policy says is compared as it was written. */
export interface JsonNumber {
  readonly kind: 'number';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface JsonLiteral {
  readonly kind: 'boolean' | 'null';
  readonly value: 'true' | 'false' | 'null';
  readonly start: number;
  readonly end: number;
}

export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonLiteral;

export type JsonProblemCode = 'INVALID_JSON' | 'DUPLICATE_MEMBER' | 'TOO_DEEP' | 'TOO_LARGE';

export interface JsonProblem {
  readonly code: JsonProblemCode;
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly offset: number;
}

export interface JsonReading {
  /** Undefined where the text is not JSON or goes beyond a limit; a duplicate member leaves it readable. */
  readonly node: JsonNode | undefined;
  readonly problems: readonly JsonProblem[];
}

export interface JsonLimits {
  /** UTF-16 code units. */
  readonly maximumLength: number;
  readonly maximumDepth: number;
}

/** Reads one JSON value; never throws. */
export function readJson(text: string, limits: JsonLimits): JsonReading {
  if (text.length > limits.maximumLength) {
    const message = `the text has ${text.length} characters, more than ${limits.maximumLength}`;
    return { node: undefined, problems: [{ code: 'TOO_LARGE', message, path: [], offset: 0 }] };
  }
  const reader = new JsonReader(text, limits.maximumDepth);
  try {
    return { node: reader.readDocument(), problems: reader.duplicates };
  } catch (error) {
    if (!(error instanceof JsonStop)) throw error;
    return { node: undefined, problems: [error.problem] };
  }
}

/** Leaves the reader at the first problem it cannot read beyond. */
class JsonStop extends Error {
  constructor(readonly problem: JsonProblem) {
    super(problem.message);
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const LITERALS = ['true', 'false', 'null'] as const;

/** Below this many members a scan is faster than a set. */
const SCANNED_MEMBERS = 8;

class JsonReader {
  readonly duplicates: JsonProblem[] = [];
  private offset = 0;
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly maximumDepth: number,
  ) {}

  readDocument(): JsonNode {
    this.skipWhiteSpace();
    const node = this.readValue();
    this.skipWhiteSpace();
    if (this.offset < this.text.length) this.stop('nothing may follow the JSON value');
    return node;
  }

  private readValue(): JsonNode {
    const code = this.text.charCodeAt(this.offset);
    switch (code) {
      case QUOTE: {
        const start = this.offset;
        const value = this.readText();
        return { kind: 'string', value, start, end: this.offset };
      }
      case OPEN_BRACE:
        return this.readObject();
      case OPEN_BRACKET:
        return this.readArray();
      default:
        return code === MINUS || isDigit(code) ? this.readNumber() : this.readLiteral();
    }
  }

  private readObject(): JsonObject {
    const start = this.open();
    const members: JsonMember[] = [];
    let names: Set<string> | undefined;
    if (this.text.charCodeAt(this.offset) === CLOSE_BRACE) this.offset += 1;
    else {
      do {
        this.skipWhiteSpace();
        const nameStart = this.offset;
        if (this.text.charCodeAt(nameStart) !== QUOTE) this.stop('a member name was expected');
        const name = this.readText();
        this.skipWhiteSpace();
        if (this.text.charCodeAt(this.offset) !== COLON) this.stop('a colon was expected');
        this.offset += 1;
        this.skipWhiteSpace();
        this.path.push(name);
        if (members.length >= SCANNED_MEMBERS) {
          names ??= new Set(members.map((member) => member.name));
        }
        if (names?.has(name) ?? members.some((member) => member.name === name)) {
          this.reportDuplicate(name, nameStart);
        }
        names?.add(name);
        members.push({ name, nameStart, value: this.readValue() });
        this.path.pop();
      } while (this.continues(CLOSE_BRACE));
    }
    return { kind: 'object', members, start, end: this.offset };
  }

  private readArray(): JsonArray {
    const start = this.open();
    const items: JsonNode[] = [];
    if (this.text.charCodeAt(this.offset) === CLOSE_BRACKET) this.offset += 1;
    else {
      do {
        this.skipWhiteSpace();
        this.path.push(items.length);
        items.push(this.readValue());
        this.path.pop();
      } while (this.continues(CLOSE_BRACKET));
    }
    return { kind: 'array', items, start, end: this.offset };
  }

  /** Invariant: the path is as long as the value is deep, so that recursion never goes beyond `maximumDepth`. */
  private open(): number {
    if (this.path.length >= this.maximumDepth) {
      this.stop(`nested deeper than ${this.maximumDepth} levels`, 'TOO_DEEP');
    }
    const start = this.offset;
    this.offset += 1;
    this.skipWhiteSpace();
    return start;
  }

  /** Behind a member or an item: true where a comma promises another one. */
  private continues(close: number): boolean {
    this.skipWhiteSpace();
    const code = this.text.charCodeAt(this.offset);
    if (code !== COMMA && code !== close) {
      this.stop(`a comma or \`${String.fromCharCode(close)}\` was expected`);
    }
    this.offset += 1;
    return code === COMMA;
  }

  private readText(): string {
    const text = this.text;
    const start = this.offset + 1;
    let index = start;
    for (;;) {
      const code = text.charCodeAt(index);
      if (code === QUOTE) {
        this.offset = index + 1;
        return text.slice(start, index);
      }
      if (code === BACKSLASH) return this.readEscapedText(start, index);
      this.refuseInText(code, index);
      index += 1;
    }
  }

  private readEscapedText(start: number, firstEscape: number): string {
    const text = this.text;
    let value = text.slice(start, firstEscape);
    let index = firstEscape;
    for (;;) {
      const code = text.charCodeAt(index);
      if (code === QUOTE) {
        this.offset = index + 1;
        return value;
      }
      if (code === BACKSLASH) {
        const escape = text.charAt(index + 1);
        const plain = ESCAPES.get(escape);
        if (plain !== undefined) {
          value += plain;
          index += 2;
        } else {
          value += this.readUnicodeEscape(escape, index);
          index += 6;
        }
      } else {
        this.refuseInText(code, index);
        value += text.charAt(index);
        index += 1;
      }
    }
  }

  private readUnicodeEscape(escape: string, index: number): string {
    const digits = this.text.slice(index + 2, index + 6);
    if (escape !== 'u' || digits.length < 4 || !isHexadecimal(digits)) {
      this.offset = index;
      this.stop('a string holds an escape that JSON does not have');
    }
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private refuseInText(code: number, index: number): void {
    if (code >= 0x20) return;
    this.offset = index;
    if (Number.isNaN(code)) this.stop('a string is not closed');
    if (code < 0x20) this.stop('a string holds a control character');
  }

  private readNumber(): JsonNumber {
    const text = this.text;
    const start = this.offset;
    let index = text.charCodeAt(start) === MINUS ? start + 1 : start;
    index = text.charCodeAt(index) === ZERO ? index + 1 : this.skipDigits(index);
    if (text.charCodeAt(index) === DOT) index = this.skipDigits(index + 1);
    if ((text.charCodeAt(index) | 0x20) === 0x65) {
      const sign = text.charAt(index + 1);
      index = this.skipDigits(sign === '+' || sign === '-' ? index + 2 : index + 1);
    }
    this.offset = index;
    return { kind: 'number', value: text.slice(start, index), start, end: index };
  }

  private skipDigits(start: number): number {
    let index = start;
    while (isDigit(this.text.charCodeAt(index))) index += 1;
    if (index === start) {
      this.offset = start;
      this.stop('a digit was expected');
    }
    return index;
  }

  private readLiteral(): JsonLiteral {
    const start = this.offset;
    for (const value of LITERALS) {
      if (this.text.startsWith(value, start)) {
        const end = start + value.length;
        this.offset = end;
        return { kind: value === 'null' ? 'null' : 'boolean', value, start, end };
      }
    }
    return this.stop(start < this.text.length ? 'a value was expected' : 'the text ends too early');
  }

  private skipWhiteSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.offset);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.offset += 1;
    }
  }

  private reportDuplicate(name: string, offset: number): void {
    const message = `the member \`${name}\` stands twice in one object`;
    this.duplicates.push({ code: 'DUPLICATE_MEMBER', message, path: [...this.path], offset });
  }

  private stop(message: string, code: JsonProblemCode = 'INVALID_JSON'): never {
    throw new JsonStop({ code, message, path: [...this.path], offset: this.offset });
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexadecimal(digits: string): boolean {
  for (let index = 0; index < digits.length; index += 1) {
    const code = digits.charCodeAt(index) | 0x20;
    if (!isDigit(digits.charCodeAt(index)) && (code < 0x61 || code > 0x66)) return false;
  }
  return true;
}
