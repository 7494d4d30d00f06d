import { Router } from '../../../local/gateway/routing';
import { createMethod } from './fixture';

function match(routes: readonly string[], httpMethod: string, path: string): unknown {
  const methods = routes.map((route) => {
    const [name = '', resourcePath = ''] = route.split(' ');
    return createMethod(name, resourcePath);
  });
  const found = new Router(methods).match(httpMethod, path);
  return found === undefined
    ? undefined
    : [`${found.method.httpMethod} ${found.method.resourcePath}`, found.pathParameters];
}

const ROUTES = [
  'GET /',
  'GET /orders',
  'GET /orders/{orderId}',
  'GET /orders/new',
  'ANY /{proxy+}',
  'POST /orders/{orderId}/cancel',
];

test.each([
  ['GET', '/', 'GET /', {}],
  ['GET', '/orders', 'GET /orders', {}],
  ['GET', '/orders/', 'GET /orders', {}],
  ['GET', '/orders/new', 'GET /orders/new', {}],
  ['GET', '/orders/42', 'GET /orders/{orderId}', { orderId: '42' }],
  ['GET', '/orders/a%2Fb', 'GET /orders/{orderId}', { orderId: 'a%2Fb' }],
  ['POST', '/orders/42/cancel', 'POST /orders/{orderId}/cancel', { orderId: '42' }],
  ['GET', '/other/path', 'ANY /{proxy+}', { proxy: 'other/path' }],
  ['GET', '/other/path/', 'ANY /{proxy+}', { proxy: 'other/path' }],
])('%s %s is served by %s', (method, path, route, parameters) => {
  expect(match(ROUTES, method, path)).toEqual([route, parameters]);
});

test('a branch in which nothing serves the HTTP method is left for the next one', () => {
  expect(match(ROUTES, 'POST', '/orders/42')).toEqual(['ANY /{proxy+}', { proxy: 'orders/42' }]);
  expect(match(['GET /a/{x}/b', 'GET /a/{proxy+}'], 'GET', '/a/1/c')).toEqual([
    'GET /a/{proxy+}',
    { proxy: '1/c' },
  ]);
});

test('a greedy parameter takes one segment at least', () => {
  expect(match(['GET /iam/{proxy+}'], 'GET', '/iam')).toBeUndefined();
});

test('an unknown method, an unknown path and a path in another case are served by nothing', () => {
  expect(match(['GET /orders'], 'DELETE', '/orders')).toBeUndefined();
  expect(match(['GET /orders'], 'GET', '/nothing')).toBeUndefined();
  expect(match(['GET /orders'], 'GET', '/Orders')).toBeUndefined();
  expect(match(['ANY /orders'], 'PROPFIND', '/orders')).toBeUndefined();
});

test('an empty segment is no value of a parameter', () => {
  expect(match(['GET /orders/{orderId}/items'], 'GET', '/orders//items')).toBeUndefined();
});

test('an exact method goes before ANY', () => {
  expect(match(['ANY /orders', 'GET /orders'], 'GET', '/orders')).toEqual(['GET /orders', {}]);
});
