import { CatalogueRefused } from '../../../lambdas/core/catalogue/resource-template';
import { areValuesOf, parseRouteContext } from '../../../lambdas/core/catalogue/route-context';
import type { ConditionKeyType } from '../../../lambdas/core/catalogue/service-definition';

const PARAMETERS = new Map([['orderId', {}]]);
const parse = (input: unknown) => parseRouteContext(input, 'orders', PARAMETERS);

describe('the condition keys of a route', () => {
  test('come from the path, the query, headers in any case, and claims of any name', () => {
    expect([
      ...parse({
        'orders:Id': 'path.orderId',
        'orders:Channel': 'query.channel',
        'orders:Device/Kind': 'header.X-Device',
        'orders:Team': 'claim.https://example.com/team',
        'orders:Path': 'claim.path.orderId',
      }),
    ]).toEqual([
      ['orders:Id', { from: 'path', name: 'orderId' }],
      ['orders:Channel', { from: 'query', name: 'channel' }],
      ['orders:Device/Kind', { from: 'header', name: 'x-device' }],
      ['orders:Team', { from: 'claim', name: 'https://example.com/team' }],
      ['orders:Path', { from: 'claim', name: 'path.orderId' }],
    ]);
    expect([...parse({})]).toEqual([]);
  });

  test.each([
    'aws:SourceIp',
    'aws:PrincipalTag/team',
    'AWS:SourceIp',
    'sts:ExternalId',
    'iam:PassedToService',
    'execute-api:Key',
    'parcels:Id',
    'Orders:Id',
    'orders:',
    'orders:a b',
    'orders:a:b',
    'orders',
    'Id',
    `orders:${'a'.repeat(129)}`,
  ])('are never the key %s', (key) => {
    for (const source of ['path.orderId', 'query.a', 'header.x-a', 'claim.a']) {
      expect(() => parse({ [key]: source })).toThrow(CatalogueRefused);
    }
  });

  test.each([
    'path.other',
    'path.',
    'path',
    'query.',
    'query.a b',
    'header.Authorization',
    'header.cookie',
    'header.proxy-authorization',
    'header.a:b',
    'claim.',
    'claim.a b',
    'claim.\n',
    `claim.${'a'.repeat(129)}`,
    'body.a',
    'xpath.orderId',
    '',
    7,
    null,
    ['query.a'],
  ])('never come from %j', (source) => {
    expect(() => parse({ 'orders:Key': source })).toThrow('ContextKeys has orders:Key');
  });

  test('are twenty at most, each once in whatever case', () => {
    const keys = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`orders:K${index}`, 'query.a']),
      );
    expect(parse(keys(20)).size).toBe(20);
    expect(() => parse(keys(21))).toThrow('at most 20 keys');
    expect(() => parse({ 'orders:Key': 'query.a', 'orders:key': 'query.b' })).toThrow('each once');
    for (const input of ['orders:Key', '', undefined, null, [], 7]) {
      expect(() => parse(input)).toThrow('ContextKeys is an object');
    }
  });
});

describe('values of a type', () => {
  test.each<[ConditionKeyType, readonly string[], readonly string[]]>([
    ['ARN', ['arn:aws:iam::123456789012:user/a'], ['a', '']],
    ['Binary', ['YQ==', ''], ['YQ', 'a b=', '====a']],
    ['Bool', ['true', 'false'], ['True', '1', '']],
    ['Date', ['2026-01-31', '2026-01-31T12:00:00Z'], ['yesterday', '']],
    ['IPAddress', ['192.0.2.1', '2001:db8::1'], ['192.0.2', 'localhost']],
    ['Numeric', ['7', '-7.5'], ['many', '', '7 8']],
    ['String', ['', 'a'], []],
  ])('%s are those that an operator of it can read, one and not several', (type, good, bad) => {
    for (const text of good) expect(areValuesOf(type, [text])).toBe(true);
    for (const text of bad) expect(areValuesOf(type, [text])).toBe(false);
    expect(areValuesOf(type, [])).toBe(false);
    expect(areValuesOf(type, [good[0] ?? '', good[0] ?? ''])).toBe(false);
  });

  test('of an array are any number, each of its type', () => {
    expect(areValuesOf('ArrayOfString', ['a', 'b'])).toBe(true);
    expect(areValuesOf('ArrayOfString', [])).toBe(true);
    const arn = 'arn:aws:iam::123456789012:user/a';
    expect(areValuesOf('ArrayOfARN', [arn, arn])).toBe(true);
    expect(areValuesOf('ArrayOfARN', [arn, 'a'])).toBe(false);
  });
});
