/**
 * Wildcards, matched in time bounded by pattern × value whatever the pattern is: `*` is any run of characters, `?` exactly one,
 * everything else is itself. No regular expression is ever made from a pattern.
 *
 * A pattern is cut at its stars into pieces. The first piece stands at the beginning, the last one at the end, and each
 * piece between them at the first place where it fits, behind the one before: the leftmost fit never loses a match.
 */

/** What stands between two stars. */
export interface Piece {
  readonly text: string;
  /** Where set, the character of `text` at the same index is `?`. */
  readonly holes?: readonly boolean[];
}

/** Whether the value, from an offset to its end, matches. */
export type TailTest = (value: string, from: number) => boolean;

export const ANY_TAIL: TailTest = () => true;

/** Cuts a pattern without variables. */
export function cutPattern(pattern: string): Piece[] {
  return pattern.split('*').map((text) => {
    if (!text.includes('?')) return { text };
    // By code unit, as texts are compared: a character beyond U+FFFF is two.
    return { text, holes: text.split('').map((unit) => unit === '?') };
  });
}

/** Compiles what {@link matchPieces} does, with the common shapes made faster. */
export function compilePieces(pieces: readonly Piece[]): TailTest {
  const [first, second] = pieces;
  if (first !== undefined && first.holes === undefined) {
    const { text } = first;
    if (second === undefined) {
      return (value, from) => value.length - from === text.length && value.startsWith(text, from);
    }
    if (pieces.length === 2 && second.text === '') {
      return text === '' ? ANY_TAIL : (value, from) => value.startsWith(text, from);
    }
  }
  return (value, from) => matchPieces(pieces, value, from);
}

export function matchPieces(pieces: readonly Piece[], value: string, from: number): boolean {
  const first = pieces[0];
  const last = pieces[pieces.length - 1];
  if (first === undefined || last === undefined) return false;
  const end = value.length - last.text.length;
  if (pieces.length === 1) return end === from && fits(first, value, from);
  let index = from + first.text.length;
  if (index > end || !fits(first, value, from) || !fits(last, value, end)) return false;
  for (let position = 1; position < pieces.length - 1; position += 1) {
    const piece = pieces[position];
    if (piece === undefined) return false;
    const found = find(piece, value, index, end);
    if (found < 0) return false;
    index = found + piece.text.length;
  }
  return true;
}

function fits(piece: Piece, value: string, at: number): boolean {
  const { text, holes } = piece;
  if (holes === undefined) return value.startsWith(text, at);
  for (let index = 0; index < text.length; index += 1) {
    if (holes[index] !== true && value.charCodeAt(at + index) !== text.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

/** The first place from `from` where the piece fits before `end`, or -1. */
function find(piece: Piece, value: string, from: number, end: number): number {
  const { text, holes } = piece;
  const lastStart = end - text.length;
  if (holes === undefined) {
    const found = value.indexOf(text, from);
    return found <= lastStart ? found : -1;
  }
  // Holes match anything: only where the longest text between them stands can the piece fit.
  const { offset, run } = longestRun(piece);
  for (let at = from; at <= lastStart; at += 1) {
    const found = value.indexOf(run, at + offset);
    if (found < 0) return -1;
    at = found - offset;
    if (at <= lastStart && fits(piece, value, at)) return at;
  }
  return -1;
}

function longestRun({ text, holes = [] }: Piece): { offset: number; run: string } {
  let offset = 0;
  let longest = { offset: 0, run: '' };
  for (let index = 0; index <= text.length; index += 1) {
    if (index < text.length && holes[index] !== true) continue;
    if (index - offset > longest.run.length) longest = { offset, run: text.slice(offset, index) };
    offset = index + 1;
  }
  return longest;
}
