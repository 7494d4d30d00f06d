import { Choices } from '../test/model/choices';

/** Draws that are the same for the same seed on every machine: the generator known as mulberry32. */
export function seededChoices(seed: number): Choices {
  let state = seed >>> 0;
  const nextFraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return new Choices({
    nextInt: (least, most) => least + Math.floor(nextFraction() * (most - least + 1)),
  });
}
