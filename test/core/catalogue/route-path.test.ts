import fc from 'fast-check';
import { CatalogueRefused } from '../../../lambdas/core/catalogue/resource-template';
import { parseRoutePath, readPathParameter } from '../../../lambdas/core/catalogue/route-path';

describe('a route path', () => {
  test('is read into literal segments and parameters', () => {
    const path = parseRoutePath('/orders/{orderId}/files/{proxy+}');
    expect(path.segments).toEqual([
      'orders',
      { name: 'orderId', isGreedy: false },
      'files',
      { name: 'proxy', isGreedy: true },
    ]);
    expect([...path.parameters.keys()]).toEqual(['orderId', 'proxy']);
  });

  test('may be the root', () => {
    expect(parseRoutePath('/').segments).toEqual([]);
  });

  test.each([
    '',
    'orders',
    '/orders/',
    '//',
    '/a/../b',
    '/a/./b',
    '/{a}/{a}',
    '/{p+}/x',
    '/{a',
    '/a}',
    '/a b',
    '/*',
    `/${'a'.repeat(2000)}`,
  ])('refuses %s', (text) => {
    expect(() => parseRoutePath(text)).toThrow(CatalogueRefused);
  });
});

describe('a path parameter', () => {
  test.each([
    ['42', '42'],
    ['a%20b', 'a b'],
    ['%40alice', '@alice'],
    ['a+b', 'a+b'],
    ['urn:isbn:7', 'urn:isbn:7'],
    ['urn%3Aisbn', 'urn:isbn'],
    ['caf%C3%A9', 'café'],
    ['...', '...'],
    ['${aws:username}', '${aws:username}'],
  ])('%s is decoded exactly once, to %s', (encoded, value) => {
    expect(readPathParameter(encoded, false)).toBe(value);
  });

  test.each([
    ['nothing', ''],
    ['a star', '*'],
    ['an encoded star', '%2A'],
    ['a question mark', '%3F'],
    ['a slash', 'a/b'],
    ['an encoded slash', 'a%2Fb'],
    ['a backslash', 'a%5Cb'],
    ['a quote', '%22'],
    ['a doubly encoded slash', 'a%252Fb'],
    ['a percent sign', '100%25'],
    ['a broken escape', '%zz'],
    ['half an escape', '%'],
    ['bytes that are no text', '%ff'],
    ['a NUL', '%00'],
    ['a new line', '%0A'],
    ['a C1 control character', '%C2%85'],
    ['a dot', '.'],
    ['two dots', '..'],
    ['encoded dots', '%2e%2E'],
    ['half a character', '\ud800'],
  ])('%s is refused', (_what, encoded) => {
    expect(readPathParameter(encoded, false)).toBeUndefined();
  });

  test('that is greedy has slashes, and neither empty nor dot parts', () => {
    expect(readPathParameter('a/b%20c/d', true)).toBe('a/b c/d');
    for (const encoded of ['a//b', '/a', 'a/', 'a/../b', 'a/%2e%2e/b', 'a/./b', 'a/*']) {
      expect(readPathParameter(encoded, true)).toBeUndefined();
    }
  });

  test('never lets a wildcard or a separator through, whatever was sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, isGreedy) => {
        for (const encoded of [text, encodeURIComponent(text.replace(/\p{Cs}/gu, ''))]) {
          const value = readPathParameter(encoded, isGreedy);
          if (value === undefined) continue;
          expect(value).not.toMatch(/[*?"\\%\p{Cc}\p{Cs}]/u);
          expect(value).not.toBe('');
          if (!isGreedy) expect(value).not.toContain('/');
        }
      }),
    );
  });
});
