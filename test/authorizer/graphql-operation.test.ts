import fc from 'fast-check';
import { readGraphqlOperation } from '../../lambdas/authorizer/events/graphql-operation';

const fieldsOf = (document: string, variables = {}, operationName?: string) =>
  readGraphqlOperation(document, operationName, variables)?.fields.map(
    ({ name, arguments: given }) => [name, Object.fromEntries(given)] as const,
  );

describe('an operation of GraphQL', () => {
  test.each([
    ['{ a }', 'Query', ['a']],
    ['query { a, b }', 'Query', ['a', 'b']],
    ['mutation M($x: [Int!] = [1] @d) @e(f: {g: ")"}) { a(x: $x) { b { c } } }', 'Mutation', ['a']],
    ['subscription S { onChange }', 'Subscription', ['onChange']],
    ['{ x: a ... { b } ...F } fragment F on Query { c ...F }', 'Query', ['a', 'b', 'c']],
    ['\uFEFF# comment }\n{ a(t: """ block " } \\""" """) }', 'Query', ['a']],
    ['{ on fragment query }', 'Query', ['on', 'fragment', 'query']],
  ])('%s selects at its top', (document, type, names) => {
    const operation = readGraphqlOperation(document, undefined, {});
    expect(operation?.type).toBe(type);
    expect(operation?.fields.map(({ name }) => name)).toEqual(names);
  });

  test('has arguments that are one text or one whole number, also by a variable', () => {
    const variables = { v: 'x', n: 7, f: 1.5, l: ['x'], z: null };
    expect(
      fieldsOf(
        '{ a(s: "t\\u0041", i: -3, e: RED, v: $v, n: $n, f: $f, l: $l, z: $z, m: $missing, p: $__proto__, o: {k: "v"}, d: 1.0, b: true, u: null) }',
        variables,
      ),
    ).toEqual([['a', { s: 'tA', i: '-3', e: 'RED', v: 'x', n: '7' }]]);
  });

  test('is the one that is named', () => {
    const document = 'query A { a } mutation B { b }';
    expect(fieldsOf(document, {}, 'B')).toEqual([['b', {}]]);
    expect(fieldsOf(document)).toBeUndefined();
    expect(fieldsOf(document, {}, 'C')).toBeUndefined();
    expect(fieldsOf('query A { a } query A { b }', {}, 'A')).toBeUndefined();
  });

  test.each([
    '',
    '{',
    '{ }',
    '{ a } }',
    '{ a(x: 1, x: 2) }',
    '{ a(x) }',
    '{ a(x: 1] }',
    '{ a { b ) }',
    '{ ...Missing }',
    '{ ...F } fragment F on Q { a } fragment F on Q { b }',
    '{ "a" }',
    '{ a "unclosed }',
    '{ a """unclosed }',
    '{ a ; b }',
    'type Query { a: Int }',
    'fragment on on Query { a } { a }',
    `{ ${'a '.repeat(101)} }`,
    `{ a # ${'x'.repeat(100_000)} }`,
    `${'{ ... '.repeat(30)} { a } ${'}'.repeat(30)}`,
  ])('that cannot be read is none: %s', (document) => {
    expect(fieldsOf(document)).toBeUndefined();
  });

  test('never throws, and never selects nothing', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '...',
      ':',
      '$',
      '@',
      '"',
      '"""',
      'on',
      'a',
      'query',
      '#',
      '\n',
      '1',
      '[',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const operation = readGraphqlOperation(pieces.join(' '), undefined, {});
        expect(operation?.fields).not.toEqual([]);
      }),
    );
  });
});
