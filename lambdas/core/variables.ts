import { findContextValue } from './context-values';
import { compilePieces, cutPattern, matchPieces } from './glob';
import type { Piece } from './glob';
import { foldCase } from './letter-case';
import type { ConditionContext } from './request-context';

/**
 * Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'company-wide'}`, and the escapes `${*}`, `${?}`, `${$}`.
 *
 * A template is taken apart when the policy is compiled, and values are put in behind that: whatever a value holds is
 * literal, so that a user named `*` is no wildcard, and a value is never looked at for variables again.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export type TemplatePart =
  /** Text as written: wildcards in it are wildcards, where the place knows wildcards. */
  | { readonly kind: 'text'; readonly text: string }
  /** Text that stands for itself. */
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'variable';
      readonly key: string;
      readonly folded: string;
      readonly fallback: string | undefined;
      readonly source: string;
    };

export type Template = readonly TemplatePart[];

/** Whether a value matches; the context is where variables find their values. */
export type PatternTest = (value: string, from: number, context: ConditionContext) => boolean;

/** Undefined where a `${` is never closed, or a default is not quoted. */
export function parseTemplate(text: string): Template | undefined {
  const parts: TemplatePart[] = [];
  let index = 0;
  for (;;) {
    const start = text.indexOf('${', index);
    if (start !== index) {
      const plain = text.slice(index, start < 0 ? text.length : start);
      if (plain !== '') parts.push({ kind: 'text', text: plain });
    }
    if (start < 0) return parts;
    const end = findVariableEnd(text, start);
    const part = end < 0 ? undefined : parseVariable(text.slice(start, end));
    if (part === undefined) return undefined;
    parts.push(part);
    index = end;
  }
}

/** Behind the `}` that closes the variable at `start`, or -1: a quoted default may hold a `}`. */
function findVariableEnd(text: string, start: number): number {
  const close = text.indexOf('}', start);
  const quote = text.indexOf("'", start);
  if (quote < 0 || close < quote) return close + 1 || -1;
  const endOfQuote = text.indexOf("'", quote + 1);
  return endOfQuote < 0 ? -1 : text.indexOf('}', endOfQuote) + 1 || -1;
}

function parseVariable(source: string): TemplatePart | undefined {
  const content = source.slice(2, -1);
  if (content === '*' || content === '?' || content === '$') {
    return { kind: 'literal', text: content };
  }
  const comma = content.indexOf(',');
  const key = (comma < 0 ? content : content.slice(0, comma)).trim();
  if (key === '') return undefined;
  let fallback: string | undefined;
  if (comma >= 0) {
    const quoted = content.slice(comma + 1).trim();
    const text = quoted.slice(1, -1);
    if (quoted.length < 2 || quoted !== `'${text}'` || text.includes("'")) return undefined;
    fallback = text;
  }
  return { kind: 'variable', key, folded: foldCase(key), fallback, source };
}

/** The keys of the variables in a text; of one that is no template, none. */
export function variablesOf(text: string): readonly string[] {
  if (!text.includes('${')) return [];
  const template = parseTemplate(text) ?? [];
  return template.flatMap((part) => (part.kind === 'variable' ? [part.key] : []));
}

/** The value that stands in for a variable; a multivalued key has none, and no default either. */
export function resolveVariable(
  part: Extract<TemplatePart, { kind: 'variable' }>,
  context: ConditionContext,
): string | undefined {
  const value = findContextValue(context, part.key, part.folded);
  if (value === undefined) return part.fallback;
  return typeof value === 'string' ? value : undefined;
}

/** The text with its variables replaced, or undefined where one has no value. */
export function resolveTemplate(template: Template, context: ConditionContext): string | undefined {
  let text = '';
  for (const part of template) {
    const value = part.kind === 'variable' ? resolveVariable(part, context) : part.text;
    if (value === undefined) return undefined;
    text += value;
  }
  return text;
}

/** For people: as {@link resolveTemplate}, with a variable that has no value left as it is written. */
export function renderTemplate(text: string, context: ConditionContext): string {
  const template = text.includes('${') ? parseTemplate(text) : undefined;
  if (template === undefined) return text;
  return template
    .map((part) =>
      part.kind === 'variable' ? (resolveVariable(part, context) ?? part.source) : part.text,
    )
    .join('');
}

/** The text, where nothing in it depends on a request. */
export function staticText(template: Template): string | undefined {
  let text = '';
  for (const part of template) {
    if (part.kind === 'variable') return undefined;
    text += part.text;
  }
  return text;
}

/** Compiles a pattern with wildcards; a variable without a value makes it match nothing. */
export function compilePattern(template: Template): PatternTest {
  const fixed = fixedPieces(template);
  if (fixed !== undefined) return compilePieces(fixed);
  return (value, from, context) => {
    const pieces = resolvePieces(template, context);
    return pieces !== undefined && matchPieces(pieces, value, from);
  };
}

/** The pieces of a pattern that has no variables. */
export function fixedPieces(template: Template): Piece[] | undefined {
  if (template.some((part) => part.kind === 'variable')) return undefined;
  return resolvePieces(template, {});
}

function resolvePieces(template: Template, context: ConditionContext): Piece[] | undefined {
  let current: Piece = { text: '' };
  const pieces: Piece[] = [];
  for (const part of template) {
    if (part.kind === 'text') {
      const cut = cutPattern(part.text);
      for (let index = 0; index < cut.length - 1; index += 1) {
        pieces.push(join(current, cut[index]));
        current = { text: '' };
      }
      current = join(current, cut[cut.length - 1]);
    } else {
      const text = part.kind === 'literal' ? part.text : resolveVariable(part, context);
      if (text === undefined) return undefined;
      current = join(current, { text });
    }
  }
  pieces.push(current);
  return pieces;
}

function join(left: Piece, right: Piece | undefined): Piece {
  if (right === undefined || right.text === '') return left;
  if (left.text === '') return right;
  const text = left.text + right.text;
  if (left.holes === undefined && right.holes === undefined) return { text };
  return { text, holes: [...holesOf(left), ...holesOf(right)] };
}

function holesOf(piece: Piece): readonly boolean[] {
  return piece.holes ?? Array.from({ length: piece.text.length }, () => false);
}
