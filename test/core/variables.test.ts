import {
  compilePattern,
  parseTemplate,
  renderTemplate,
  resolveTemplate,
  staticText,
} from '../../lambdas/core/variables';

const text = (value: string) => ({ kind: 'text', text: value });
const literal = (value: string) => ({ kind: 'literal', text: value });
const variable = (key: string, source: string, fallback?: string) => ({
  kind: 'variable',
  key,
  folded: key.toLowerCase(),
  fallback,
  source,
});

test.each<[string, object[]]>([
  ['', []],
  ['plain', [text('plain')]],
  ['$', [text('$')]],
  ['{a}', [text('{a}')]],
  ['${a:B}', [variable('a:B', '${a:B}')]],
  ['x${a}y', [text('x'), variable('a', '${a}'), text('y')]],
  ['${a}${b}', [variable('a', '${a}'), variable('b', '${b}')]],
  ['${ a }', [variable('a', '${ a }')]],
  ["${a, 'b'}", [variable('a', "${a, 'b'}", 'b')]],
  ["${a,'b'}c", [variable('a', "${a,'b'}", 'b'), text('c')]],
  ["${a, ''}", [variable('a', "${a, ''}", '')]],
  ["${a, 'x } y'}z", [variable('a', "${a, 'x } y'}", 'x } y'), text('z')]],
  ["'${a}'", [text("'"), variable('a', '${a}'), text("'")]],
  ["${a}'${b, 'c'}", [variable('a', '${a}'), text("'"), variable('b', "${b, 'c'}", 'c')]],
  ['${*}${?}${$}', [literal('*'), literal('?'), literal('$')]],
])('%j is taken apart', (source, parts) => {
  expect(parseTemplate(source)).toEqual(parts);
});

test.each([
  '${',
  '${a',
  'x${a',
  '${a}${b',
  '${}',
  '${ }',
  "${,'b'}",
  '${a, b}',
  '${a,}',
  "${a, 'b}",
  "${a, 'b'",
  "${a, b'}",
  "${a, b'c'}",
  "${a, 'b'c}",
  "${a, 'b'c'}",
])('%j is no template', (source) => {
  expect(parseTemplate(source)).toBeUndefined();
});

test('a template is put together again with the values of a request', () => {
  const template = parseTemplate("x${a}${b, 'B'}${*}") ?? [];
  expect(resolveTemplate(template, { a: '1' })).toBe('x1B*');
  expect(resolveTemplate(template, { A: '', b: '2' })).toBe('x2*');
  expect(resolveTemplate(template, { b: '2' })).toBeUndefined();
  expect(resolveTemplate(template, { a: ['1'] })).toBeUndefined();
  expect(resolveTemplate(template, { a: '1', b: ['2'] })).toBeUndefined();
});

test('for people, a variable without a value stays as it is written', () => {
  expect(renderTemplate("x${a}${b, 'B'}${*}", {})).toBe('x${a}B*');
  expect(renderTemplate('x${a', { a: '1' })).toBe('x${a');
  expect(renderTemplate('x$a', { a: '1' })).toBe('x$a');
});

test('a template without variables is one text', () => {
  expect(staticText(parseTemplate('a${*}b') ?? [])).toBe('a*b');
  expect(staticText(parseTemplate('a${b}') ?? [])).toBeUndefined();
});

test.each<[string, Record<string, string>, string[], string[]]>([
  ['a?${v}*z', { v: '*' }, ['ab*z', 'ab*yz'], ['ab+z', 'a*z', 'ab*']],
  ['${v}?${w}', { v: 'a', w: 'b' }, ['axb', 'a?b'], ['ab', 'axxb', 'axc']],
  ['?${v}?', { v: '?' }, ['a?b'], ['axb', '??', 'a?']],
  ['${v}*${v}', { v: 'ab' }, ['abab', 'abcab'], ['ab', 'aba', 'xabab']],
  ['*${v}*', { v: '' }, ['', 'abc'], []],
  ['${?}?${*}*', {}, ['?x*', '?x*abc'], ['yx*', '?x', '?*']],
  ["${v, '*'}", {}, ['*'], ['', 'a']],
  ['${v}', {}, [], ['', '${v}', 'undefined']],
])('the pattern %j with %j matches just what it says', (source, context, fitting, others) => {
  const test = compilePattern(parseTemplate(source) ?? []);
  expect(fitting.filter((value) => !test(value, 0, context))).toEqual([]);
  expect(others.filter((value) => test(value, 0, context))).toEqual([]);
  expect(fitting.filter((value) => !test(`arn:${value}`, 4, context))).toEqual([]);
});
