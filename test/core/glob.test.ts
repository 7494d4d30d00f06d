import fc from 'fast-check';
import { ANY_TAIL, compilePieces, cutPattern, matchPieces } from '../../lambdas/core/glob';

/** By definition: the slow way, one character after the other. */
function matches(pattern: string, value: string): boolean {
  const [first] = pattern;
  if (first === undefined) return value === '';
  const rest = pattern.slice(1);
  if (first === '*')
    return matches(rest, value) || (value !== '' && matches(pattern, value.slice(1)));
  return value !== '' && (first === '?' || first === value[0]) && matches(rest, value.slice(1));
}

test('a compiled pattern matches what it matches by definition', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, value, fc.constantFrom('', 'ab'), (glob, text, before) => {
      const expected = matches(glob, text);
      expect(compilePieces(cutPattern(glob))(before + text, before.length)).toBe(expected);
      expect(matchPieces(cutPattern(glob), before + text, before.length)).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['*', '', true],
  ['*', 'a:b/c', true],
  ['a*', 'a', true],
  ['*c', 'abc', true],
  ['a*c', 'abcc', true],
  ['a*b*c', 'axbxc', true],
  ['ab*bc', 'abc', false],
  ['a*bc*c', 'abc', false],
  ['*a?c*', 'xxabcxx', true],
  ['*a?c*', 'xxabxx', false],
  ['?', 'a', true],
  ['?', '', false],
  ['a.c', 'abc', false],
  ['[a]', 'a', false],
  ['a+', 'aa', false],
  ['😀?b', '😀ab', true],
  ['😀?b', '😀aa', false],
  ['*😀?b*', 'x😀abx', true],
])('the pattern %s and the value %s', (pattern, value, expected) => {
  expect(compilePieces(cutPattern(pattern))(value, 0)).toBe(expected);
});

test('a lone star needs no look at the value', () => {
  expect(compilePieces(cutPattern('*'))).toBe(ANY_TAIL);
  expect(ANY_TAIL('anything', 0)).toBe(true);
});

test('no pieces match nothing', () => {
  expect(matchPieces([], '', 0)).toBe(false);
});

test.each([
  ['stars and letters', 'a*'.repeat(500).padEnd(2047, 'a') + 'b', 'a'.repeat(2048)],
  ['stars and question marks', '*?a'.repeat(500).padEnd(2047, '?') + 'b', 'a'.repeat(2048)],
  ['one long piece', `*${'a'.repeat(1023)}b`, 'a'.repeat(2048)],
  ['one long piece with a hole', `*?${'a'.repeat(1022)}b*`, 'a'.repeat(2048)],
])('%s against 2,048 characters take less than 5 ms', (_name, pattern, value) => {
  const compiled = compilePieces(cutPattern(pattern));
  // The best of a few: another process may have the processor.
  const milliseconds = Array.from({ length: 5 }, () => {
    const started = performance.now();
    expect(compiled(value, 0)).toBe(false);
    return performance.now() - started;
  });
  expect(Math.min(...milliseconds)).toBeLessThan(5);
});
