/** One place of a pattern: a character, or any of a kind of characters; repeated, it stands for none of them or for many. */
export interface PatternPlace {
  readonly kind: 'character' | 'any' | 'anyButSlash';
  /** Of a character. */
  readonly text: string;
  readonly repeats: boolean;
}

const ANY: PatternPlace = { kind: 'any', text: '', repeats: false };
const ANY_RUN: PatternPlace = { kind: 'any', text: '', repeats: true };
const ONE_OF_SEGMENT: PatternPlace = { kind: 'anyButSlash', text: '', repeats: false };
const SEGMENT_RUN: PatternPlace = { kind: 'anyButSlash', text: '', repeats: true };

/** Something, whatever it is; never nothing. */
export const SOMETHING: readonly PatternPlace[] = [ANY, ANY_RUN];

/** One segment of a path, whatever it is. */
export const SOME_SEGMENT: readonly PatternPlace[] = [ONE_OF_SEGMENT, SEGMENT_RUN];

export function placesOfText(text: string): readonly PatternPlace[] {
  return text
    .split('')
    .map((character) => ({ kind: 'character', text: character, repeats: false }));
}

/** Of a pattern in which `*` is any run of characters and `?` any one. */
export function placesOfPattern(pattern: string): readonly PatternPlace[] {
  return pattern.split('').flatMap((character) => {
    if (character === '*') return [ANY_RUN];
    return character === '?' ? [ANY] : placesOfText(character);
  });
}

/** Whether there is a text that both match, in time bounded by the product of their lengths. */
export function overlap(left: readonly PatternPlace[], right: readonly PatternPlace[]): boolean {
  // Where in `right` one can stand, having come to one place of `left`; plain texts leave one way, or none.
  let reached = skipRuns(right, new Set([0]));
  for (const place of left) {
    const next = new Set<number>(place.repeats ? reached : []);
    for (const index of place.repeats ? reachAll(place, right, reached) : reached) {
      step(place, right, index, next);
    }
    reached = skipRuns(right, next);
    if (reached.size === 0) return false;
  }
  return reached.has(right.length);
}

/** One character of `place`: where that leads to from `index`. */
function step(
  place: PatternPlace,
  right: readonly PatternPlace[],
  index: number,
  next: Set<number>,
): void {
  const other = right[index];
  if (other === undefined || !isCompatible(place, other)) return;
  next.add(other.repeats ? index : index + 1);
}

/** Where any number of characters of `place` lead to. */
function reachAll(
  place: PatternPlace,
  right: readonly PatternPlace[],
  from: ReadonlySet<number>,
): ReadonlySet<number> {
  const reached = new Set(from);
  // A set is walked in the order in which it grows, and to its new end.
  for (const index of reached) {
    const next = new Set<number>();
    step(place, right, index, next);
    for (const one of skipRuns(right, next)) reached.add(one);
  }
  return reached;
}

/** A run may be empty. */
function skipRuns(right: readonly PatternPlace[], from: ReadonlySet<number>): ReadonlySet<number> {
  const reached = new Set(from);
  for (const index of reached) {
    if (right[index]?.repeats === true) reached.add(index + 1);
  }
  return reached;
}

function isCompatible(left: PatternPlace, right: PatternPlace): boolean {
  if (left.kind === 'any' || right.kind === 'any') return true;
  if (left.kind === 'character' && right.kind === 'character') return left.text === right.text;
  return left.text !== '/' && right.text !== '/';
}
