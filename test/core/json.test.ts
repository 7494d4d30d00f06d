import fc from 'fast-check';
import { readJson } from '../../lambdas/core/json';
import type { JsonNode } from '../../lambdas/core/json';

const LIMITS = { maximumLength: 1000, maximumDepth: 4 };

function valueOf(node: JsonNode | undefined): unknown {
  if (node === undefined) return undefined;
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(({ name, value }) => [name, valueOf(value)]));
    case 'array':
      return node.items.map(valueOf);
    case 'string':
      return node.value;
    case 'number':
    case 'boolean':
    case 'null':
      return JSON.parse(node.value);
  }
}

test('reads what JSON.parse reads, as it reads it', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(undefined, 1, '\t'),
      (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        const { node, problems } = readJson(text, { maximumLength: 1e6, maximumDepth: 10 });
        expect(problems).toEqual([]);
        expect(valueOf(node)).toEqual(JSON.parse(text));
      },
    ),
  );
});

test('refuses what JSON.parse refuses, and never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'{}[]",:0-.eE\\u1at \n'.split('')) }),
      (text) => {
        const { node } = readJson(text, LIMITS);
        let parsed = true;
        try {
          JSON.parse(text);
        } catch {
          parsed = false;
        }
        expect(node !== undefined).toBe(parsed);
      },
    ),
    { numRuns: 2000 },
  );
});

test.each([
  ['', 'the text ends too early', 0],
  ['  ', 'the text ends too early', 2],
  ['nul', 'a value was expected', 0],
  ['{} x', 'nothing may follow the JSON value', 3],
  ['{a:1}', 'a member name was expected', 1],
  ['{"a" 1}', 'a colon was expected', 5],
  ['{"a":1 "b":2}', 'a comma or `}` was expected', 7],
  ['[1 2]', 'a comma or `]` was expected', 3],
  ['[1,]', 'a value was expected', 3],
  ['"a', 'a string is not closed', 2],
  ['"\\n', 'a string is not closed', 3],
  ['"a\nb"', 'a string holds a control character', 2],
  ['"\\x"', 'a string holds an escape that JSON does not have', 1],
  ['"\\u00g0"', 'a string holds an escape that JSON does not have', 1],
  ['"\\u00"', 'a string holds an escape that JSON does not have', 1],
  ['"\\U0041"', 'a string holds an escape that JSON does not have', 1],
  ['-', 'a digit was expected', 1],
  ['1.', 'a digit was expected', 2],
  ['1e', 'a digit was expected', 2],
  ['1e+', 'a digit was expected', 3],
  ['01', 'nothing may follow the JSON value', 1],
])('says what is wrong with %j, and where', (text, message, offset) => {
  const { node, problems } = readJson(text, LIMITS);
  expect(node).toBeUndefined();
  expect(problems).toEqual([{ code: 'INVALID_JSON', message, path: problems[0]?.path, offset }]);
});

test.each([
  ['-0.5e-3', '-0.5e-3'],
  ['10', '10'],
  ['1E+2', '1E+2'],
])('keeps the text of the number %s', (text, value) => {
  expect(readJson(text, LIMITS).node).toEqual({
    kind: 'number',
    value,
    start: 0,
    end: text.length,
  });
});

test('decodes every escape', () => {
  const { node } = readJson('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00z"', LIMITS);
  expect(node).toMatchObject({ kind: 'string', value: '"\\/\b\f\n\r\té😀z' });
});

test('keeps where values and names stand', () => {
  const { node } = readJson(' {"a": [true, null]} ', LIMITS);
  expect(node).toEqual({
    kind: 'object',
    start: 1,
    end: 20,
    members: [
      {
        name: 'a',
        nameStart: 2,
        value: {
          kind: 'array',
          start: 7,
          end: 19,
          items: [
            { kind: 'boolean', value: 'true', start: 8, end: 12 },
            { kind: 'null', value: 'null', start: 14, end: 18 },
          ],
        },
      },
    ],
  });
});

test('reports each duplicate member with its path, also among many members', () => {
  const names = Array.from({ length: 12 }, (_item, index) => `"m${index}":0`).join();
  const { node, problems } = readJson(
    `{"a":{"x":1,"x":2},"b":[{${names},"m3":1,"m11":2}]}`,
    LIMITS,
  );
  expect(node).toBeDefined();
  expect(problems).toMatchObject([
    { code: 'DUPLICATE_MEMBER', path: ['a', 'x'], offset: 12 },
    { code: 'DUPLICATE_MEMBER', path: ['b', 0, 'm3'] },
    { code: 'DUPLICATE_MEMBER', path: ['b', 0, 'm11'] },
  ]);
  expect(problems[0]?.message).toBe('the member `x` stands twice in one object');
});

test('names that differ in case are not duplicates, and `__proto__` is a name like any other', () => {
  const { node, problems } = readJson('{"a":1,"A":2,"__proto__":3}', LIMITS);
  expect(problems).toEqual([]);
  expect(node?.kind === 'object' && node.members.map(({ name }) => name)).toEqual([
    'a',
    'A',
    '__proto__',
  ]);
});

test('says where in the value a problem stands', () => {
  expect(readJson('{"a":[0,{"b":?}]}', LIMITS).problems).toMatchObject([
    { path: ['a', 1, 'b'], offset: 13 },
  ]);
});

test('takes the greatest depth, and none deeper', () => {
  expect(readJson('[[[[]]]]', LIMITS).problems).toEqual([]);
  const { node, problems } = readJson('[[[{"a":[]}]]]', LIMITS);
  expect(node).toBeUndefined();
  expect(problems).toEqual([
    {
      code: 'TOO_DEEP',
      message: 'nested deeper than 4 levels',
      path: [0, 0, 0, 'a'],
      offset: 8,
    },
  ]);
});

test('takes the greatest length, and none longer', () => {
  expect(readJson(`"${'a'.repeat(998)}"`, LIMITS).problems).toEqual([]);
  expect(readJson(`"${'a'.repeat(999)}"`, LIMITS)).toEqual({
    node: undefined,
    problems: [
      {
        code: 'TOO_LARGE',
        message: 'the text has 1001 characters, more than 1000',
        path: [],
        offset: 0,
      },
    ],
  });
});

test('a text nested a million deep is refused at once', () => {
  const text = '['.repeat(1_000_000);
  const started = performance.now();
  const { problems } = readJson(text, { maximumLength: 1e7, maximumDepth: 16 });
  expect(performance.now() - started).toBeLessThan(100);
  expect(problems).toMatchObject([{ code: 'TOO_DEEP' }]);
});
