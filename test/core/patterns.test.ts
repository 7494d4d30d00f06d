import fc from 'fast-check';
import { compileActions } from '../../lambdas/core/action-pattern';
import { compileArnPattern, parseArn, splitArnPattern } from '../../lambdas/core/arn';
import { parseOperator } from '../../lambdas/core/condition-operators';
import { CompiledCondition } from '../../lambdas/core/conditions';
import {
  compilePattern,
  parseTemplate,
  renderTemplate,
  resolveTemplate,
  staticText,
} from '../../lambdas/core/variables';

describe('ARNs', () => {
  test('an ARN has six parts, the last with all its colons', () => {
    expect(parseArn('arn:aws:sns:eu-west-1:111111111111:a:b')).toEqual({
      partition: 'aws',
      service: 'sns',
      region: 'eu-west-1',
      accountId: '111111111111',
      resource: 'a:b',
    });
    expect(parseArn('arn:aws:s3:::')).toEqual({
      partition: 'aws',
      service: 's3',
      region: '',
      accountId: '',
      resource: '',
    });
  });

  test.each(['', 'arn', 'arn:aws:s3::x', 'urn:aws:s3:::x', 'Arn:aws:s3:::x'])(
    '%j is none',
    (text) => {
      expect(parseArn(text)).toBeUndefined();
    },
  );

  test.each([
    ['arn:aws:s3:::x', false, ['arn', 'aws', 's3', '', '', 'x']],
    ['arn:aws:s3:::x:y', false, ['arn', 'aws', 's3', '', '', 'x:y']],
    ['arn:aws:s3', false, ['arn', 'aws', 's3', '*', '*', '*']],
    ['arn:aws:s3:r:a', false, ['arn', 'aws', 's3', 'r', 'a', '*']],
    ['arn:aws:s3::a', false, undefined],
    ['arn:aws', false, undefined],
    ['x', false, undefined],
    ['arn:aws:sqs:r:${a:b}:${c:d}', true, ['arn', 'aws', 'sqs', 'r', '${a:b}', '${c:d}']],
    ['arn:aws:sqs:r:${a:b}:q', false, ['arn', 'aws', 'sqs', 'r', '${a', 'b}:q']],
    ['arn:aws:sqs:r:a:${b', true, ['arn', 'aws', 'sqs', 'r', 'a', '${b']],
    ['arn:aws:sqs:${r:a:b', true, ['arn', 'aws', 'sqs', '${r:a:b', '*', '*']],
  ])('the pattern %s is split (tokens: %s)', (pattern, tokens, parts) => {
    expect(splitArnPattern(pattern, tokens)).toEqual(parts);
  });

  const context = { 'aws:username': 'ana', 'aws:PrincipalAccount': '1' };

  test.each([
    ['arn:aws:s3:::x', 'arn:aws:s3:::x', true],
    ['arn:aws:s3:::x', 'arn:aws:s3:::xy', false],
    ['arn:aws:s3:::x*', 'arn:aws:s3:::x/y:z', true],
    ['arn:aws:s3:*:*:x', 'arn:aws:s3:a:b:x', true],
    ['arn:aws:s3:*:*:x', 'arn:aws:s3:a:x', false],
    ['arn:aws:s3:*:*:x', 'arn:aws:s3:a:b:c:x', false],
    ['arn:aws:s3:*::x', 'arn:aws:s3:a::x', true],
    ['arn:aws:s3:*::x', 'arn:aws:s3:a', false],
    ['arn:aws:*:*:*:x', 'arn:aws:q:a:b:x', true],
    ['arn:aws:*:*:*:x', 'arn:aws:q:a', false],
    ['arn:*:*:*:*:*', 'arn:::::', true],
    ['arn:*:*:*:*:*', '*', false],
    ['arn:aws:s?:::x', 'arn:aws:s3:::x', true],
    ['arn:aws:s?:::x', 'arn:aws:s33:::x', false],
    ['arn:aws:s*:::x', 'arn:aws:s3:::x', true],
    ['arn:aws:s*:::x', 'arn:aws:s3:a::x', false],
    ['arn:aws:s*:::x', 'urn:aws:s3:::x', false],
    ['arn:aws:s*:::x', 'arn:aws:s3', false],
    ['arn:aws:s3:::?x', 'arn:aws:s3:::ax', true],
    ['arn:aws:s3:::?x', 'arn:aws:s4:::ax', false],
    ['arn:aws:s3:::${aws:username}', 'arn:aws:s3:::ana', true],
    ['arn:aws:s3:::${aws:username}', 'arn:aws:s3:::bo', false],
    ['arn:aws:s3:*::${aws:username}/*', 'arn:aws:s3:r::ana/x', true],
    ['arn:aws:sqs:r:${aws:PrincipalAccount}:q', 'arn:aws:sqs:r:1:q', 'anywhere'],
    ['arn:aws:sqs:*:${aws:PrincipalAccount}:q', 'arn:aws:sqs:r:1:q', 'anywhere'],
  ])('the pattern %s and the value %s', (pattern, value, expected) => {
    const inResource = compileArnPattern(pattern, 'resource');
    expect(inResource?.(value, context)).toBe(expected === true);
    expect(compileArnPattern(pattern, 'anywhere')?.(value, context)).toBe(expected !== false);
    const isPlain = !pattern.includes('${');
    expect(compileArnPattern(pattern, 'none')?.(value, context)).toBe(isPlain && expected === true);
  });

  test.each([
    ['x', 'none'],
    ['urn:aws:s3:::x', 'none'],
    ['arn:aws:s3:::${x', 'resource'],
    ['arn:aws:${}:::x', 'anywhere'],
  ] as const)('%s is no pattern', (pattern, place) => {
    expect(compileArnPattern(pattern, place)).toBeUndefined();
  });

  test('a pattern matches what its parts match, each alone', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 3 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 });
    const five = (unit: fc.Arbitrary<string>) => fc.array(unit, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(five(part), five(text), (patterns, values) => {
        const expected = patterns.every((pattern, index) =>
          compilePattern([{ kind: 'text', text: pattern }])(values[index] ?? '', 0, {}),
        );
        const test = compileArnPattern(`arn:${patterns.join(':')}`, 'none');
        expect(test?.(`arn:${values.join(':')}`, {})).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('actions', () => {
  test.each([
    [['S3:getobject'], 's3:getobject', true],
    [['s3:Get*', 'sqs:*'], 'sqs:sendmessage', true],
    [['s3:Get?bject'], 's3:getobject', true],
    [['s3:Get?bject'], 's3:getbject', false],
    [['*'], 'anything', true],
    [[], 's3:getobject', false],
  ])('%j and %s', (patterns, action, expected) => {
    expect(compileActions(patterns)(action)).toBe(expected);
  });
});

describe('templates', () => {
  test('a template is text, literals and variables', () => {
    expect(parseTemplate("a${*}${aws:x, 'd}'}b")).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'literal', text: '*' },
      { kind: 'variable', key: 'aws:x', folded: 'aws:x', fallback: 'd}', source: "${aws:x, 'd}'}" },
      { kind: 'text', text: 'b' },
    ]);
    expect(parseTemplate('')).toEqual([]);
    expect(parseTemplate("${ Aws:X ,'' } isn't")).toEqual([
      { kind: 'variable', key: 'Aws:X', folded: 'aws:x', fallback: '', source: "${ Aws:X ,'' }" },
      { kind: 'text', text: " isn't" },
    ]);
    expect(parseTemplate('${a} ${b}')).toHaveLength(3);
  });

  test.each([
    '${',
    '${x',
    '${}',
    '${ }',
    '${x,}',
    '${x, y}',
    "${x,'y}",
    "${x,'y'",
    "${x,'}",
    "${,'y'}",
    "${x,'a'b'}",
    "${x,'a' 'b'}",
  ])('%s is none', (text) => {
    expect(parseTemplate(text)).toBeUndefined();
  });

  const context = { 'a:b': '*', 'a:list': ['x'] };

  test('variables have values, defaults, or none', () => {
    const resolve = (text: string) => resolveTemplate(parseTemplate(text) ?? [], context);
    expect(resolve('<${A:B}>')).toBe('<*>');
    expect(resolve("${a:c,'d'}${$}")).toBe('d$');
    expect(resolve('${a:c}')).toBeUndefined();
    expect(resolve("${a:list,'d'}")).toBeUndefined();
  });

  test('for people, a variable without a value stays as it is written', () => {
    expect(renderTemplate('${a:b}${*}${a:c}', context)).toBe('**${a:c}');
    expect(renderTemplate('plain', context)).toBe('plain');
    expect(renderTemplate('${broken', context)).toBe('${broken');
  });

  test('only a template without variables is fixed', () => {
    expect(staticText(parseTemplate('a${*}') ?? [])).toBe('a*');
    expect(staticText(parseTemplate('a${b}') ?? [])).toBeUndefined();
  });

  test('whatever a value is, a pattern that is the variable alone matches it and nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '*', '?', '$', '{', '}', ':') });
    fc.assert(
      fc.property(text, text, (left, right) => {
        const test = compilePattern(parseTemplate('${k}') ?? []);
        expect(test(right, 0, { k: left })).toBe(left === right);
        const framed = compilePattern(parseTemplate('?${k}*') ?? []);
        expect(framed(`x${left}y`, 0, { k: left })).toBe(true);
      }),
    );
  });
});

describe('conditions', () => {
  test.each([
    ['StringEquals', 'StringEquals', undefined, false],
    ['stringequalsIFEXISTS', 'StringEquals', undefined, true],
    ['forallvalues:ArnLike', 'ArnLike', 'ForAllValues', false],
    ['ForAnyValue:NotIpAddressIfExists', 'NotIpAddress', 'ForAnyValue', true],
    ['Null', 'Null', undefined, false],
  ])('%s is an operator', (name, operator, quantifier, ifExists) => {
    expect(parseOperator(name)).toMatchObject({ operator: { name: operator }, ifExists });
    expect(parseOperator(name)?.quantifier).toBe(quantifier);
  });

  test.each([
    '',
    'IfExists',
    'ForAnyValue:',
    'ForAnyValue::Bool',
    'ForSomeValues:Bool',
    'BoolIfExistsIfExists',
    'NullIfExists',
    'ForAllValues:Null',
    'StringEqual',
    'constructor',
  ])('%j is none', (name) => {
    expect(parseOperator(name)).toBeUndefined();
    expect(() => new CompiledCondition({ operator: name, key: 'a', values: [] }, true)).toThrow(
      TypeError,
    );
  });

  function holds(
    operator: string,
    values: string[],
    actual: string | string[] | undefined,
    variables = true,
  ) {
    const condition = new CompiledCondition({ operator, key: 'k', values }, variables);
    return condition.test(actual === undefined ? { v: 'x' } : { k: actual, v: 'x' });
  }

  test.each<[string, string[], string | string[] | undefined, boolean]>([
    ['StringEquals', [], 'a', false],
    ['StringNotEquals', [], 'a', true],
    ['StringEquals', ['a', 'b', 'c'], 'c', true],
    ['StringEquals', ['a', '${v}'], 'x', true],
    ['StringEquals', ['${v}', '${w}'], 'y', false],
    ['StringEquals', ['${broken'], '${broken', false],
    ['StringEquals', ['${*}'], '*', true],
    ['StringEqualsIgnoreCase', ['A', '${v}'], 'X', true],
    ['StringEqualsIgnoreCase', ['${w}'], '', false],
    ['StringEqualsIgnoreCase', ['${broken'], '${broken', false],
    ['StringEqualsIgnoreCase', ['${*}A'], '*a', true],
    ['StringLike', ['a*', 'b*', 'c*'], 'cd', true],
    ['StringLike', ['a*', 'b*'], 'bd', true],
    ['StringLike', ['a*', 'b*'], 'cd', false],
    ['StringLike', ['${broken'], '${broken', false],
    ['ArnLike', ['*'], 'arn:aws:s3:::x', true],
    ['ArnLike', ['*'], 'x', false],
    ['ArnLike', ['x'], 'x', false],
    ['ArnNotLike', ['arn:aws:s3:::x'], 'x', true],
    ['NumericLessThan', [], '1', false],
    ['NumericLessThan', ['x', '1', '3'], '2', true],
    ['NumericLessThanEquals', ['1', '3'], '3', true],
    ['NumericGreaterThan', ['x', '1', '3'], '2', true],
    ['NumericGreaterThan', ['1'], 'x', false],
    ['NumericEquals', ['x', '2'], '2.0', true],
    ['NumericEquals', ['x'], 'x', false],
    ['NumericNotEquals', ['1'], 'x', true],
    ['Bool', ['x'], 'x', false],
    ['Bool', ['TRUE', 'false'], 'False', true],
    ['BinaryEquals', ['aGVsbG8='], 'aGVsbG8=', true],
    ['BinaryEquals', ['aGVsbG8='], 'hello', true],
    ['BinaryEquals', ['!'], '!', false],
    ['BinaryEquals', ['!'], 'x', false],
    ['IpAddress', [], '1.2.3.4', false],
    ['IpAddress', ['x'], '1.2.3.4', false],
    ['IpAddress', ['x', '1.2.3.4', '1.2.3.5'], '1.2.3.5', true],
    ['IpAddress', ['1.2.3.4', '1.2.3.5'], '1.2.3.6', false],
    ['IpAddress', ['1.2.3.4'], 'x', false],
    ['NotIpAddress', ['1.2.3.4'], 'x', true],
    ['Null', ['x'], 'a', false],
    ['Null', ['TRUE'], undefined, true],
    ['Null', ['true', 'false'], 'a', true],
    ['Null', ['false'], '', true],
    ['Null', ['false'], ['a'], true],
    ['StringEquals', ['a'], ['a'], true],
    ['StringEquals', ['a'], ['b'], false],
    ['StringEquals', ['a'], [], false],
    ['StringNotEquals', ['a'], [], true],
    ['StringNotEquals', ['a'], ['b'], true],
    ['StringNotEquals', ['a'], ['b', 'c'], false],
    ['StringEqualsIfExists', ['a'], [], true],
    ['StringEqualsIfExists', ['a'], ['a', 'a'], false],
    ['ForAnyValue:StringEqualsIfExists', ['a'], [], true],
    ['ForAnyValue:StringNotEquals', ['a'], 'b', true],
    ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
    ['ForAllValues:StringEquals', [], ['b'], false],
  ])('%s %j and %j', (operator, values, actual, expected) => {
    expect(holds(operator, values, actual)).toBe(expected);
  });

  test('variables are plain text where they are not known', () => {
    for (const operator of ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']) {
      expect(holds(operator, ['${v}'], '${v}', false)).toBe(true);
      expect(holds(operator, ['${v}'], 'x', false)).toBe(false);
    }
    expect(holds('ArnLike', ['arn:aws:s3:::${v}'], 'arn:aws:s3:::${v}', false)).toBe(true);
  });

  test('a condition explains itself with both values', () => {
    const condition = new CompiledCondition(
      { operator: 'StringLike', key: 'Orders:Owner', values: ['${v}/*', '${w}', 'z'] },
      true,
    );
    expect(condition.explain({ v: 'x', 'orders:owner': 'y' })).toEqual({
      operator: 'StringLike',
      key: 'Orders:Owner',
      expected: ['x/*', '${w}', 'z'],
      actual: ['y'],
      matched: false,
    });
    expect(condition.explain({ 'orders:owner': ['z'] })).toMatchObject({
      actual: ['z'],
      matched: true,
    });
    expect(condition.explain({}).actual).toBeUndefined();
    const numeric = new CompiledCondition(
      { operator: 'NumericEquals', key: 'k', values: ['${v}'] },
      true,
    );
    expect(numeric.explain({ v: 'x' }).expected).toEqual(['${v}']);
    const old = new CompiledCondition(
      { operator: 'StringLike', key: 'k', values: ['${v}'] },
      false,
    );
    expect(old.explain({ v: 'x' }).expected).toEqual(['${v}']);
  });
});
