import { CatalogueRefused } from '../../../lambdas/core/catalogue/resource-template';
import { findRoute, parseRouteCatalogue } from '../../../lambdas/core/catalogue/route-catalogue';

const route = {
  Method: 'GET',
  Path: '/orders/{orderId}',
  Action: 'orders:GetOrder',
  Resource: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
};
const catalogue = { Service: 'orders', Routes: [route] };

describe('a route catalogue', () => {
  test('finds a route by its method and path as the gateway writes them', () => {
    const parsed = parseRouteCatalogue(catalogue);
    expect(findRoute(parsed, 'GET', '/orders/{orderId}')?.action).toBe('orders:GetOrder');
    expect(findRoute(parsed, 'POST', '/orders/{orderId}')).toBeUndefined();
    expect(findRoute(parsed, 'GET', '/orders/42')).toBeUndefined();
    expect(findRoute(parsed, 'GET', '/orders/{OrderId}')).toBeUndefined();
  });

  test('prefers a method of its own to ANY', () => {
    const any = { ...route, Method: 'ANY', Action: 'orders:UseOrder' };
    const parsed = parseRouteCatalogue({ Service: 'orders', Routes: [any, route] });
    expect(findRoute(parsed, 'GET', '/orders/{orderId}')?.action).toBe('orders:GetOrder');
    expect(findRoute(parsed, 'DELETE', '/orders/{orderId}')?.action).toBe('orders:UseOrder');
  });

  test('may have no routes', () => {
    expect(parseRouteCatalogue({ Service: 'orders', Routes: [] }).routes.size).toBe(0);
  });

  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['a text', 'orders'],
    ['no Service', { Routes: [] }],
    ['no Routes', { Service: 'orders' }],
    ['an unknown member', { ...catalogue, Rotues: [] }],
    ['a Service in capitals', { ...catalogue, Service: 'Orders' }],
    ['a Service with a star', { ...catalogue, Service: '*' }],
    ['the Service iam', { Service: 'iam', Routes: [] }],
    ['the Service sts', { Service: 'sts', Routes: [] }],
    ['the Service execute-api', { Service: 'execute-api', Routes: [] }],
    ['Routes that are no list', { Service: 'orders', Routes: route }],
    ['too many routes', { Service: 'orders', Routes: Array(1001).fill(route) }],
    ['a route twice', { Service: 'orders', Routes: [route, route] }],
    ...(
      [
        ['a route that is null', null],
        ['a route without Action', { ...route, Action: undefined }],
        ['an unknown member of a route', { ...route, Effect: 'Allow' }],
        ['a method in small letters', { ...route, Method: 'get' }],
        ['a method that is a star', { ...route, Method: '*' }],
        ['an action of another service', { ...route, Action: 'iam:GetUser' }],
        ['an action with a wildcard', { ...route, Action: 'orders:*' }],
        ['an action without a name', { ...route, Action: 'orders:' }],
        ['an action with two colons', { ...route, Action: 'orders:Get:Order' }],
        ['a path that is none', { ...route, Path: 'orders' }],
        ['a resource that is no ARN', { ...route, Resource: 'order/{orderId}' }],
      ] as const
    ).map(([what, bad]) => [what, { Service: 'orders', Routes: [bad] }] as const),
  ])('is refused with %s', (_what, input) => {
    expect(() => parseRouteCatalogue(input)).toThrow(CatalogueRefused);
  });

  test('says which route is wrong', () => {
    const bad = { Service: 'orders', Routes: [route, { ...route, Method: 'FETCH' }] };
    expect(() => parseRouteCatalogue(bad)).toThrow('route 2');
  });
});
