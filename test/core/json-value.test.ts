import { readJson } from '../../lambdas/core/json';
import { readValue } from '../../lambdas/core/json-value';

const LIMITS = { maximumLength: 20, maximumDepth: 3 };

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, member: unknown) =>
      ['start', 'end', 'nameStart'].includes(name) ? 0 : member,
    ),
  );
}

test('a value becomes the nodes that its text becomes', () => {
  const value = { a: ['x', 1.5, true, false, null], b: {} };
  const read = readValue(value, LIMITS);
  expect(read.problems).toEqual([]);
  expect(withoutPlaces(read)).toEqual(
    withoutPlaces(readJson(JSON.stringify(value), { ...LIMITS, maximumLength: 99 })),
  );
  expect(read.node?.start).toBe(-1);
  expect(read.node?.end).toBe(-1);
});

test('members that are undefined are left out', () => {
  expect(readValue({ a: undefined }, LIMITS).node).toMatchObject({ members: [] });
});

test('an object without a prototype is a plain object', () => {
  expect(readValue(Object.assign(Object.create(null), { a: 'b' }), LIMITS).node).toMatchObject({
    members: [{ name: 'a', nameStart: -1, value: { kind: 'string', value: 'b' } }],
  });
});

test.each([
  ['a function', { a: [(): void => undefined] }],
  ['a bigint', { a: [1n] }],
  ['a symbol', { a: [Symbol('s')] }],
  ['undefined in a list', { a: [undefined] }],
  ['infinity', { a: [Number.POSITIVE_INFINITY] }],
])('%s is no value of JSON', (_name, value) => {
  expect(readValue(value, LIMITS)).toEqual({
    node: undefined,
    problems: [
      {
        code: 'INVALID_JSON',
        message: 'the value is not one that JSON can hold',
        path: ['a', 0],
        offset: -1,
      },
    ],
  });
});

test.each([
  ['a date', new Date(0)],
  ['a map', new Map()],
])('%s is no plain object', (_name, value) => {
  expect(readValue({ a: value }, LIMITS).problems).toEqual([
    { code: 'INVALID_JSON', message: 'the value is not a plain object', path: ['a'], offset: -1 },
  ]);
});

test('a value may be as deep as the limit, and no deeper', () => {
  expect(readValue([[[1]]], LIMITS).problems).toEqual([]);
  expect(readValue([[{ a: [] }]], LIMITS).problems).toEqual([
    { code: 'TOO_DEEP', message: 'nested deeper than 3 levels', path: [0, 0, 'a'], offset: -1 },
  ]);
});

test('a value that holds itself is too deep', () => {
  const value: { self?: unknown } = {};
  value.self = value;
  expect(readValue(value, LIMITS).problems).toMatchObject([{ code: 'TOO_DEEP' }]);
});

test('a value may have as many nodes as the limit, and no more', () => {
  expect(
    readValue(
      Array.from({ length: 19 }, () => 1),
      LIMITS,
    ).problems,
  ).toEqual([]);
  expect(
    readValue(
      Array.from({ length: 20 }, () => 1),
      LIMITS,
    ).problems,
  ).toMatchObject([{ code: 'TOO_LARGE', message: 'the value holds too many members', path: [19] }]);
});
