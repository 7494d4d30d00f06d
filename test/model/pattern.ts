import type { ConditionContext } from '../../lambdas/core/request-context';

/** One place of a pattern before variables have their values. */
export type Piece =
  | { readonly character: string }
  | { readonly wildcard: '*' | '?' }
  | { readonly variable: string; readonly fallback: string | undefined };

/** One place of a pattern that can be matched. */
export type Token = Exclude<Piece, { variable: string }>;

/**
 * Policy variables exist in version 2012-10-17 alone; before it, and without a version, `${…}` is plain text.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
export const hasVariables = (version: string | undefined): boolean => version === '2012-10-17';

/**
 * The pieces of a text, one for each character, wildcard and variable. A variable is one piece, whatever it holds,
 * and `${*}`, `${?}` and `${$}` are the characters themselves.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function readPieces(text: string, variables: boolean): readonly Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  while (rest !== '') {
    const variable = variables ? /^\$\{([^}']*(?:'[^']*'[^}']*)*)\}/.exec(rest) : null;
    const first = rest.charAt(0);
    if (variable !== null) pieces.push(readVariable(variable[1] ?? ''));
    else pieces.push(first === '*' || first === '?' ? { wildcard: first } : { character: first });
    rest = rest.slice(variable === null ? 1 : variable[0].length);
  }
  return pieces;
}

function readVariable(inside: string): Piece {
  if (inside === '*' || inside === '?' || inside === '$') return { character: inside };
  const [, name = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? [];
  return { variable: name, fallback };
}

/**
 * The value of a condition key, whatever the letter case of its name; an empty set of values is a missing key.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
 */
export function lookUp(
  context: ConditionContext,
  name: string,
): string | readonly string[] | undefined {
  const entry = Object.entries(context).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return entry === undefined || (entry[1].length === 0 && typeof entry[1] !== 'string')
    ? undefined
    : entry[1];
}

/**
 * Variables replaced by their values, each character of a value standing for itself. Undefined when a variable has no
 * value: its key is missing, or has several values, and there is no default.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
 */
export function substitute(
  pieces: readonly Piece[],
  context: ConditionContext,
): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (const piece of pieces) {
    if ('variable' in piece) {
      const found = lookUp(context, piece.variable);
      const value = found ?? piece.fallback;
      if (typeof value !== 'string') return undefined;
      tokens.push(...charactersOf(value));
    } else {
      tokens.push(piece);
    }
  }
  return tokens;
}

/** A text of which every character stands for itself. */
export function charactersOf(text: string): readonly { readonly character: string }[] {
  return Array.from(text, (character) => ({ character }));
}

/**
 * True when the whole text fits the pattern: `*` any run of characters, none too; `?` exactly one character.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
 */
export function fits(tokens: readonly Token[], text: string): boolean {
  const known = new Map<number, boolean>();
  const fitsFrom = (token: number, place: number): boolean => {
    const key = token * (text.length + 1) + place;
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = fitsHere(token, place);
    known.set(key, answer);
    return answer;
  };
  const fitsHere = (token: number, place: number): boolean => {
    const first = tokens[token];
    if (first === undefined) return place === text.length;
    if ('wildcard' in first && first.wildcard === '*') {
      return fitsFrom(token + 1, place) || (place < text.length && fitsFrom(token, place + 1));
    }
    if (place === text.length) return false;
    if ('wildcard' in first) return fitsFrom(token + 1, place + 1);
    return first.character === text.charAt(place) && fitsFrom(token + 1, place + 1);
  };
  return fitsFrom(0, 0);
}

/** The plain text of tokens: what an operator without wildcards compares. */
export function textOf(tokens: readonly Token[]): string {
  return tokens.map((token) => ('wildcard' in token ? token.wildcard : token.character)).join('');
}

/**
 * The six parts of an ARN, the last one with every colon that follows; undefined for what is no ARN.
 * Works on pieces, so that a colon inside `${…}` separates nothing.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function splitArn(pieces: readonly Piece[]): readonly (readonly Piece[])[] | undefined {
  const parts = splitParts(pieces);
  return parts.length === 6 && isArn(parts) ? parts : undefined;
}

/** The same for a pattern, which may end early: what it does not say may be anything. */
export function splitArnPattern(
  pieces: readonly Piece[],
): readonly (readonly Piece[])[] | undefined {
  const parts = splitParts(pieces);
  const isShort = parts.length >= 3 && parts.length < 6 && parts.every((part) => part.length > 0);
  if (!isArn(parts) || (parts.length < 6 && !isShort)) return undefined;
  const anything = Array.from({ length: 6 - parts.length }, () => [{ wildcard: '*' } as const]);
  return [...parts, ...anything];
}

function splitParts(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const parts: Piece[][] = [[]];
  for (const piece of pieces) {
    if (parts.length < 6 && 'character' in piece && piece.character === ':') parts.push([]);
    else parts.at(-1)?.push(piece);
  }
  return parts;
}

const isArn = ([first = []]: readonly (readonly Piece[])[]): boolean =>
  first.map((piece) => ('character' in piece ? piece.character : '')).join('') === 'arn';
