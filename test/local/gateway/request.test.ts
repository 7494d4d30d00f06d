import { decodeQuery, headerOf } from '../../../local/gateway/request';

test.each<[string, Record<string, string[]>]>([
  ['', {}],
  ['a=1&a=2&b=3', { a: ['1', '2'], b: ['3'] }],
  [
    'email=test%2Balias@gmail.com&plus=test+alias',
    { email: ['test+alias@gmail.com'], plus: ['test alias'] },
  ],
  ['flag&empty=', { flag: [''], empty: [''] }],
  ['a=1;b=2', { a: ['1'], b: ['2'] }],
  ['n%61me=v%c3%a4lue', { name: ['välue'] }],
  ['a=b=c', { a: ['b=c'] }],
  ['broken=100%&more=%zz', { broken: ['100%'], more: ['%zz'] }],
  ['bad=%ff', { bad: ['\ufffd'] }],
  ['__proto__=x', { ['__proto__']: ['x'] }],
])('the query %s is decoded', (query, expected) => {
  expect([...decodeQuery(query)]).toEqual(Object.entries(expected));
});

test('a header is found in any case, and the last of several counts', () => {
  const headers = [
    ['X-One', '1'],
    ['x-ONE', '2'],
  ] as const;
  expect(headerOf({ headers }, 'x-one')).toBe('2');
  expect(headerOf({ headers }, 'x-two')).toBeUndefined();
});
