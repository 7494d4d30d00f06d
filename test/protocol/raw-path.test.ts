import fc from 'fast-check';
import { encodePath, parseRawQuery } from '../../lambdas/protocol/raw-path';

describe('a decoded path', () => {
  test.each([
    ['/orders/42', '/orders/42'],
    ['/a b', '/a%20b'],
    ['/a:b@c,d;e=f&g+h$', '/a:b@c,d;e=f&g+h$'],
    ['/a%41', '/a%2541'],
    ['/é', '/%C3%A9'],
    ['/a?b#c', '/a%3Fb%23c'],
    ['/\ud800', '/%EF%BF%BD'],
  ])('%s is sent as %s', (decoded, sent) => {
    expect(encodePath(decoded)).toBe(sent);
  });

  test('is what its sent form decodes to, and no two have one form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        expect(decodeURIComponent(encodePath(path))).toBe(path);
      }),
    );
  });
});

describe('a query as it was sent', () => {
  test('becomes decoded pairs in their order, where a plus is a space', () => {
    expect(parseRawQuery('b=1&a=x+y%2B&&b=%26&c&=d')).toEqual([
      ['b', '1'],
      ['a', 'x y+'],
      ['b', '&'],
      ['c', ''],
      ['', 'd'],
    ]);
    expect(parseRawQuery('')).toEqual([]);
  });

  test.each(['a=%', 'a=%zz', '%ff=1'])('is none where it does not decode: %s', (text) => {
    expect(parseRawQuery(text)).toBeUndefined();
  });
});
