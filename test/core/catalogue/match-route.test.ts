import { matchRoute } from '../../../lambdas/core/catalogue/match-route';
import { parseRouteCatalogue } from '../../../lambdas/core/catalogue/route-catalogue';

const KEYS = [
  'GET /orders/{id}',
  'ANY /orders/{id}',
  'GET /orders/latest',
  'ANY /{proxy+}',
  'GET /orders/{id}/{rest+}',
  'GET /',
  '$default',
  'Query.getOrder',
];

const catalogue = parseRouteCatalogue({
  Service: 'orders',
  Routes: KEYS.map((RouteKey) => ({ RouteKey, Action: 'orders:Use', Resource: '*' })),
});

describe('the route of a path', () => {
  test.each([
    ['GET', '/orders/42', 'GET /orders/{id}', { id: '42' }],
    ['DELETE', '/orders/42', 'ANY /orders/{id}', { id: '42' }],
    ['GET', '/orders/latest', 'GET /orders/latest', {}],
    ['GET', '/orders/%6Catest', 'GET /orders/latest', {}],
    ['DELETE', '/orders/latest', 'ANY /orders/{id}', { id: 'latest' }],
    ['GET', '/orders/42/a/b', 'GET /orders/{id}/{rest+}', { id: '42', rest: 'a/b' }],
    ['POST', '/orders/42/a', 'ANY /{proxy+}', { proxy: 'orders/42/a' }],
    ['GET', '/Orders/42', 'ANY /{proxy+}', { proxy: 'Orders/42' }],
    ['GET', '/', 'GET /', {}],
    ['GET', '/orders/a%20b', 'GET /orders/{id}', { id: 'a b' }],
  ])('%s %s is %s', (method, path, routeKey, parameters) => {
    const matched = matchRoute(catalogue, method, path);
    expect(matched?.routeKey).toBe(routeKey);
    expect(Object.fromEntries(matched?.parameters ?? [])).toEqual(parameters);
  });

  test.each([
    '',
    'orders/42',
    '//',
    '/orders/',
    '/orders//a',
    '/orders/..',
    '/orders/%2e%2e',
    '/orders/4%2F2',
    '/orders/%2541',
    '/orders/*',
    '/orders/%zz',
  ])('%j leads nowhere', (path) => {
    expect(matchRoute(catalogue, 'GET', path)).toBeUndefined();
  });

  test('with a method that no route has leads nowhere', () => {
    expect(matchRoute(catalogue, 'POST', '/')).toBeUndefined();
    expect(matchRoute(catalogue, '$default', '/')).toBeUndefined();
  });
});
