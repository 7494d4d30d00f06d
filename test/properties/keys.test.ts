import * as fc from 'fast-check';

import { decodeParts, encodeParts } from '../../lambdas/store/keys';

/** Texts in which the separator, the escape and what looks escaped are common. */
const part = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc
    .array(fc.constantFrom('#', '%', '%23', '%25', '%2', '2', '3', 'a', ''), { maxLength: 6 })
    .map((pieces) => pieces.join('')),
);
const parts = fc.array(part, { minLength: 1, maxLength: 4 });
const RUNS = { numRuns: 5000 };

test('what is encoded is decoded to the same parts', () => {
  fc.assert(
    fc.property(parts, (list) => {
      expect(decodeParts(encodeParts(...list))).toEqual(list);
    }),
    RUNS,
  );
});

test('two different lists of parts never have one key', () => {
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const same = JSON.stringify(left) === JSON.stringify(right);
      expect(encodeParts(...left) === encodeParts(...right)).toBe(same);
    }),
    RUNS,
  );
});

test('a key followed by the separator begins exactly the keys of the lists that begin with its parts', () => {
  fc.assert(
    fc.property(parts, parts, (start, list) => {
      for (const longer of [list, [...start, ...list]]) {
        const begins = start.every((one, index) => longer[index] === one);
        const isLonger = longer.length > start.length;
        expect(encodeParts(...longer).startsWith(`${encodeParts(...start)}#`)).toBe(
          begins && isLonger,
        );
      }
    }),
    RUNS,
  );
});
