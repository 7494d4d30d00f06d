import { CatalogueRefused } from '../../../lambdas/core/catalogue/resource-template';
import { findRoute, parseRouteCatalogue } from '../../../lambdas/core/catalogue/route-catalogue';
import { methodRouteKeys } from '../../../lambdas/core/catalogue/route-key';

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
    expect(findRoute(parsed, methodRouteKeys('GET', '/orders/{orderId}'))?.action).toBe(
      'orders:GetOrder',
    );
    expect(findRoute(parsed, methodRouteKeys('POST', '/orders/{orderId}'))).toBeUndefined();
    expect(findRoute(parsed, methodRouteKeys('GET', '/orders/42'))).toBeUndefined();
    expect(findRoute(parsed, methodRouteKeys('GET', '/orders/{OrderId}'))).toBeUndefined();
  });

  test('prefers a method of its own to ANY', () => {
    const any = { ...route, Method: 'ANY', Action: 'orders:UseOrder' };
    const parsed = parseRouteCatalogue({ Service: 'orders', Routes: [any, route] });
    expect(findRoute(parsed, methodRouteKeys('GET', '/orders/{orderId}'))?.action).toBe(
      'orders:GetOrder',
    );
    expect(findRoute(parsed, methodRouteKeys('DELETE', '/orders/{orderId}'))?.action).toBe(
      'orders:UseOrder',
    );
  });

  test.each([
    ['ANY /files/{path+}', 'arn:aws:orders:::file/{path}', ['path']],
    ['$default', 'arn:aws:orders:::everything', []],
    ['$connect', '*', []],
    ['Query.getOrder', 'arn:${Partition}:orders:::order/{id}', ['id']],
    ['Mutation.cancelOrder', '*', []],
  ])('may name a route by its key: %s', (RouteKey, Resource, parameters) => {
    const parsed = parseRouteCatalogue({
      Service: 'orders',
      Routes: [{ RouteKey, Action: 'orders:UseOrder', Resource }],
    });
    const found = findRoute(parsed, ['GET /', RouteKey]);
    expect(found?.action).toBe('orders:UseOrder');
    expect([...(found?.parameters.keys() ?? [])]).toEqual(parameters);
  });

  test('takes a key and a method with its path for one route', () => {
    const { Method, Path, ...others } = route;
    const keyed = { ...others, RouteKey: `${Method} ${Path}` };
    expect(parseRouteCatalogue({ Service: 'orders', Routes: [keyed] })).toEqual(
      parseRouteCatalogue(catalogue),
    );
    expect(() => parseRouteCatalogue({ Service: 'orders', Routes: [keyed, route] })).toThrow(
      'GET /orders/{orderId} is there twice',
    );
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
        ['a method with a path in it', { ...route, Method: 'GET /x' }],
        ['both a key and a method', { ...route, RouteKey: 'GET /orders/{orderId}' }],
        ...[
          '',
          ' /',
          'get /orders',
          'GET',
          '$disconnect',
          'Query.',
          '.getOrder',
          'Query.get Order',
        ].map(
          (RouteKey) =>
            [
              `the key ${JSON.stringify(RouteKey)}`,
              { RouteKey, Action: 'orders:X', Resource: '*' },
            ] as const,
        ),
        [
          'a resource of an argument that cannot be one',
          { RouteKey: 'Query.a', Action: 'orders:X', Resource: 'arn:aws:orders:::{i d}' },
        ],
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
