import type { GuardedRequest } from '../../lambdas/authorizer/events/guarded-request';
import { readRestRequest } from '../../lambdas/authorizer/events/rest-request';
import { findGuardedResource } from '../../lambdas/authorizer/guarded-resource';
import {
  parseRouteCatalogue,
  type RouteCatalogue,
} from '../../lambdas/core/catalogue/route-catalogue';
import { restEvent, type Call } from './rest-events';

const catalogue = parseRouteCatalogue({
  Service: 'orders',
  Routes: [
    {
      Method: 'GET',
      Path: '/orders/{orderId}',
      Action: 'orders:GetOrder',
      Resource: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
    },
    { Method: 'ANY', Path: '/orders', Action: 'orders:ListOrders', Resource: '*' },
  ],
});

function find(call: Call) {
  return findIn(readRestRequest(restEvent(call, {})), catalogue);
}

function findIn(request: GuardedRequest, routes: RouteCatalogue | undefined) {
  const [route] = request.routes;
  if (route === undefined) throw new Error('a request asks for something');
  return findGuardedResource(request, route, routes);
}

const METHOD = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/';

describe('what a call asks for', () => {
  test('is the action and the resource of its route', () => {
    expect(find({})).toMatchObject({
      action: 'orders:GetOrder',
      resource: 'arn:aws:orders:eu-west-1:123456789012:order/42',
    });
    expect(find({ method: 'PUT', path: '/orders', resource: '/orders' })).toMatchObject({
      action: 'orders:ListOrders',
      resource: '*',
    });
  });

  test('is execute-api:Invoke on the method where the route is not mapped', () => {
    expect(find({ method: 'POST' })).toMatchObject({
      action: 'execute-api:Invoke',
      resource: `${METHOD}POST/orders/42`,
    });
    expect(find({ path: '/', resource: '/', pathParameters: null })).toMatchObject({
      action: 'execute-api:Invoke',
      resource: `${METHOD}GET/`,
    });
  });

  test('is execute-api:Invoke where no catalogue has been registered', () => {
    const request = readRestRequest(restEvent({}, {}));
    expect(findIn(request, undefined)).toMatchObject({
      action: 'execute-api:Invoke',
      resource: `${METHOD}GET/orders/42`,
    });
  });

  test('is one resource however the letters of an unmapped path were escaped', () => {
    const greedy = { resource: '/{proxy+}', pathParameters: { proxy: '%61dmin/%75sers' } };
    expect(find({ ...greedy, path: '/%61dmin/%75sers' }).resource).toBe(`${METHOD}GET/admin/users`);
  });

  test.each([
    ['already decoded', 'a b', '/orders/a%20b'],
    ['still encoded', 'a%20b', '/orders/a%20b'],
  ])('is the same whether the gateway gives a parameter %s', (_what, orderId, path) => {
    expect(find({ path, pathParameters: { orderId } }).resource).toBe(
      'arn:aws:orders:eu-west-1:123456789012:order/a b',
    );
  });

  test.each([
    ['is missing', '/orders/42', {}],
    ['is empty', '/orders/', { orderId: '' }],
    ['is a star', '/orders/*', { orderId: '*' }],
    ['is a question mark', '/orders/%3F', { orderId: '%3F' }],
    ['has an encoded slash that the gateway kept', '/orders/a%2Fb', { orderId: 'a%2Fb' }],
    ['has an encoded slash that the gateway decoded', '/orders/a%2fb', { orderId: 'a/b' }],
    ['has an encoded backslash', '/orders/a%5Cb', { orderId: 'a%5Cb' }],
    ['is encoded twice', '/orders/a%252Fb', { orderId: 'a%252Fb' }],
    ['was encoded twice before the gateway decoded it', '/orders/%2541', { orderId: '%41' }],
    ['is two dots', '/orders/%2e%2e', { orderId: '%2e%2e' }],
    ['has a line break', '/orders/a%0Ab', { orderId: 'a%0Ab' }],
    ['is no text', '/orders/%ff', { orderId: '%ff' }],
    ['is too long', '/orders/x', { orderId: 'x'.repeat(1700) }],
  ])('has no resource where a parameter %s', (_what, path, pathParameters) => {
    expect(find({ path, pathParameters })).toMatchObject({
      action: 'orders:GetOrder',
      resource: undefined,
      template: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
      refusal: 'because the path of the request cannot be part of a resource',
    });
    expect(find({ method: 'POST', path, pathParameters }).resource).toBeUndefined();
  });

  test('has no resource where a greedy parameter climbs', () => {
    const call = { path: '/x', resource: '/{proxy+}' };
    for (const proxy of ['a/../b', '..', 'a//b', 'a/%2e%2e']) {
      expect(find({ ...call, pathParameters: { proxy } }).resource).toBeUndefined();
    }
  });
});
