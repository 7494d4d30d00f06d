import { matchesGlob } from '../../../local/gateway/glob';

test.each([
  ['*', '', true],
  ['a*c', 'abbbc', true],
  ['a*c', 'abbbd', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a**b', 'ab', true],
  ['abc', 'ABC', false],
  ['arn:*:GET/orders/*', 'arn:aws:x:GET/orders/1/2', true],
])('%s against %s is %s', (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});

test('a pattern of many stars is no slower than its length times the text', () => {
  const startedAt = performance.now();
  expect(matchesGlob(`${'*a'.repeat(500)}b`, 'a'.repeat(5000))).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
