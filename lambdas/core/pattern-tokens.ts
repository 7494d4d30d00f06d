/*
 * Patterns compared with patterns: which one covers the other, and whether anything can match both. In time bounded by one pattern ×
 * the other, whatever they are.
 */

/** Any run of characters, or exactly one; every other token is a character that stands for itself. */
export const ANY_RUN = '*run';
export const ANY_ONE = '?one';

/** Code units, as texts are compared, and wildcards. */
export type PatternTokens = readonly string[];

/** The tokens of a text in which `*` and `?` are wildcards. */
export function wildcardTokens(text: string): PatternTokens {
  return text
    .split('')
    .map((unit) => (unit === '*' ? ANY_RUN : unit === '?' ? ANY_ONE : unit))
    .filter((token, index, all) => token !== ANY_RUN || all[index - 1] !== ANY_RUN);
}

/** The tokens of a text that stands for itself. */
export const literalTokens = (text: string): PatternTokens => text.split('');

const isWild = (token: string | undefined): boolean => token === ANY_RUN || token === ANY_ONE;

/** Whether all that `narrow` matches is matched by `wide`. May be false where it is so; is never true where it is not. */
export function covers(wide: PatternTokens, narrow: PatternTokens): boolean {
  let left = 0;
  let right = 0;
  let star = -1;
  let starRight = 0;
  while (right < narrow.length) {
    if (wide[left] === ANY_RUN) {
      star = left;
      starRight = right;
      left += 1;
    } else if (left < wide.length && coversOne(wide[left], narrow[right])) {
      left += 1;
      right += 1;
    } else if (star >= 0) {
      starRight += 1;
      right = starRight;
      left = star + 1;
    } else {
      return false;
    }
  }
  while (wide[left] === ANY_RUN) left += 1;
  return left === wide.length;
}

function coversOne(wide: string | undefined, narrow: string | undefined): boolean {
  return wide === ANY_ONE ? narrow !== ANY_RUN : wide === narrow;
}

/** Whether nothing matches both. May be false where it is so; is never true where it is not. */
export function areDisjoint(left: PatternTokens, right: PatternTokens): boolean {
  if (!left.some(isWild)) return !covers(right, left);
  if (!right.some(isWild)) return !covers(left, right);
  return areEndsDisjoint(left, right) || areEndsDisjoint(left.toReversed(), right.toReversed());
}

/** By what stands before the first run in either. */
function areEndsDisjoint(left: PatternTokens, right: PatternTokens): boolean {
  for (let index = 0; ; index += 1) {
    const [one, other] = [left[index], right[index]];
    if (one === ANY_RUN || other === ANY_RUN) return false;
    if (one === undefined || other === undefined) return one !== other;
    if (one !== other && one !== ANY_ONE && other !== ANY_ONE) return true;
  }
}

/** What matches both, as one pattern; undefined where no one pattern is known to say it. */
export function intersectTokens(
  left: PatternTokens,
  right: PatternTokens,
): PatternTokens | 'nothing' | undefined {
  if (covers(left, right)) return right;
  if (covers(right, left)) return left;
  return areDisjoint(left, right) ? 'nothing' : undefined;
}

/** The text of a pattern, with `${*}`, `${?}` and `${$}` for characters that stand for themselves. */
export function writeTokens(tokens: PatternTokens): string {
  return tokens
    .map((token, index) => {
      if (token === ANY_RUN) return '*';
      if (token === ANY_ONE) return '?';
      if (token === '$') return tokens[index + 1] === '{' ? '${$}' : '$';
      return token === '*' || token === '?' ? `\${${token}}` : token;
    })
    .join('');
}
