import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Template } from 'aws-cdk-lib/assertions';
import { parseRouteCatalogue } from '../../lambdas/core/catalogue/route-catalogue';
import { PortcullisAuthorizer, RouteCatalogue } from '../../lib';
import type { Route, RouteCatalogueProps } from '../../lib';
import { createApp } from './synthesize';

const GET_ORDER: Route = {
  method: 'GET',
  path: '/orders/{orderId}',
  action: 'orders:GetOrder',
  resource: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
};

function declare(props: Partial<RouteCatalogueProps> = {}): Stack {
  const stack = new Stack(createApp(), 'Orders');
  const restApi = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    defaultIntegration: new MockIntegration(),
  });
  const order = restApi.root.addResource('orders').addResource('{orderId}');
  order.addMethod('GET');
  order.addMethod('DELETE');
  restApi.root.addResource('files').addResource('{path+}').addMethod('ANY');
  new RouteCatalogue(stack, 'RouteCatalogue', {
    authorizer: PortcullisAuthorizer.fromExports(stack, 'Portcullis'),
    restApi,
    service: 'orders',
    routes: [GET_ORDER],
    ...props,
  });
  return stack;
}

const declareRoute = (change: Partial<Route>) => () =>
  declare({ routes: [{ ...GET_ORDER, ...change }] });

const synthesize = (stack: Stack) => () => Template.fromStack(stack);

describe('a route catalogue', () => {
  test('is registered by the deployment, for every stage of the API', () => {
    Template.fromStack(declare()).hasResourceProperties('Custom::PortcullisRouteCatalogue', {
      ServiceToken: { 'Fn::ImportValue': 'Portcullis-RouteCatalogueRegistrarArn' },
      ApiId: { Ref: 'ApiF70053CD' },
      Stage: '*',
      Service: 'orders',
      Routes: [
        {
          Method: 'GET',
          Path: '/orders/{orderId}',
          Action: 'orders:GetOrder',
          Resource: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
        },
      ],
    });
  });

  test('says where a call says the values of condition keys', () => {
    const contextKeys = {
      'orders:Id': 'path.orderId',
      'orders:Channel': 'header.x-channel',
      'orders:Team': 'claim.https://example.com/team',
    };
    Template.fromStack(declareRoute({ contextKeys })()).hasResourceProperties(
      'Custom::PortcullisRouteCatalogue',
      { Routes: [{ ContextKeys: contextKeys }] },
    );
  });

  test('may be for one stage', () => {
    Template.fromStack(declare({ stageName: 'beta' })).hasResourceProperties(
      'Custom::PortcullisRouteCatalogue',
      { Stage: 'beta' },
    );
  });

  test('is known before the first route is served', () => {
    const template = Template.fromStack(declare());
    const [catalogue] = Object.keys(template.findResources('Custom::PortcullisRouteCatalogue'));
    const [deployment] = Object.values(template.findResources('AWS::ApiGateway::Deployment')) as {
      DependsOn: string[];
    }[];
    expect(deployment?.DependsOn).toContain(catalogue);
  });

  test.each<Partial<Route>>([
    { resource: '*' },
    { resource: 'arn:aws:orders:eu-west-1:123456789012:order/{orderId}' },
    { resource: 'arn:aws:orders:::order/{orderId}' },
    { resource: 'arn:${Partition}:orders:::a:b:{orderId}' },
    { method: 'DELETE' },
    { method: 'ANY' },
    { path: '/files/{path+}', resource: 'arn:aws:orders:::file/{path}' },
    { path: '/files/{path+}', method: 'PUT', resource: '*' },
  ])('accepts %j', (change) => {
    expect(synthesize(declareRoute(change)())).not.toThrow();
  });
});

describe('synthesis refuses', () => {
  test('a path that the API does not have, and says which it has', () => {
    expect(synthesize(declareRoute({ path: '/orders/{id}', resource: '*' })())).toThrow(
      'route GET /orders/{id} is not in the API, which has GET /orders/{orderId}, DELETE /orders/{orderId}, ANY /files/{path+}',
    );
  });

  test('a method that the path does not have', () => {
    expect(synthesize(declareRoute({ method: 'PUT' })())).toThrow(
      'route PUT /orders/{orderId} is not in the API',
    );
  });

  test('a method that does not exist', () => {
    expect(declareRoute({ method: 'get' })).toThrow(
      'route get /orders/{orderId}: method must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, ANY',
    );
  });

  test('a path without a slash', () => {
    expect(declareRoute({ path: 'orders' })).toThrow('path must begin with /');
  });

  test.each(['shop:GetOrder', 'GetOrder', 'orders:', 'orders:*', 'orders:Get*', 'Orders:GetOrder'])(
    'the action %s',
    (action) => {
      expect(declareRoute({ action })).toThrow(
        `action must be orders: and a name of letters and digits, but was ${JSON.stringify(action)}`,
      );
    },
  );

  test.each(['order/{orderId}', 'arn:aws:orders', 'arn::orders:::order', 'arn:aws:orders:::', ''])(
    'the resource %j, which is no ARN',
    (resource) => {
      expect(declareRoute({ resource })).toThrow('resource must be * or an ARN');
    },
  );

  test('a resource of another service', () => {
    expect(declareRoute({ resource: 'arn:aws:s3:::bucket/{orderId}' })).toThrow(
      'resource must belong to the service orders, but names "s3"',
    );
  });

  test('a resource of half an account', () => {
    expect(declareRoute({ resource: 'arn:aws:orders::1234:order/{orderId}' })).toThrow(
      'the account in resource must be ${Account}, twelve digits or nothing, but was "1234"',
    );
  });

  test('a resource that could be many', () => {
    expect(declareRoute({ resource: 'arn:aws:orders:::order/*' })).toThrow(
      'resource must not hold * or ?',
    );
  });

  test('a placeholder that the path does not fill', () => {
    expect(declareRoute({ resource: 'arn:aws:orders:::order/{id}' })).toThrow(
      "resource names {id}, but the path's parameters are orderId",
    );
  });

  test('a placeholder twice, or two that touch', () => {
    expect(declareRoute({ resource: 'arn:aws:orders:::order/{orderId}/{orderId}' })).toThrow(
      'resource names {orderId} twice',
    );
    expect(
      declareRoute({
        path: '/orders/{orderId}/{line}',
        resource: 'arn:aws:orders:::{orderId}{line}',
      }),
    ).toThrow('resource has two path parameters without / or : between them');
  });

  test('more after a parameter that takes the rest of the path', () => {
    expect(
      declareRoute({ path: '/files/{path+}', resource: 'arn:aws:orders:::file/{path}/x' }),
    ).toThrow('resource goes on after {path}, which takes the rest of the path');
  });

  test('a variable that is not known', () => {
    expect(declareRoute({ resource: 'arn:aws:orders:::order/${aws:username}' })).toThrow(
      'resource names ${aws:username}, but variables are Partition, Region, Account',
    );
  });

  test.each(['order/{orderId', 'order/orderId}', 'order/$orderId', 'order/{{orderId}}'])(
    'an unpaired brace or dollar in %s',
    (place) => {
      expect(declareRoute({ resource: `arn:aws:orders:::${place}` })).toThrow(
        'resource has an unpaired brace or a character that no ARN needs',
      );
    },
  );

  test.each(['aws', 'iam', 'sts', 'saml', 'organizations', 'portcullis', 'execute-api'])(
    'the service %s, which Portcullis defines',
    (service) => {
      expect(() => declare({ service })).toThrow(`service must not be ${service}`);
    },
  );

  test.each(['Orders', 'orders:x', '', '1orders', 'a'.repeat(65)])('the service %j', (service) => {
    expect(() => declare({ service })).toThrow(/service must begin with a lower-case letter/);
  });

  test('no routes at all', () => {
    expect(() => declare({ routes: [] })).toThrow('routes must be 1 to 1000, but were 0');
  });

  test('the same route twice', () => {
    expect(() => declare({ routes: [GET_ORDER, GET_ORDER] })).toThrow(
      'route GET /orders/{orderId} is declared more than once',
    );
  });

  test('a stage name that no stage can have', () => {
    expect(() => declare({ stageName: 'a b' })).toThrow(/stageName must be 1 to 128 letters/);
  });

  test('everything that is wrong in one answer', () => {
    expect(() =>
      declare({
        routes: [
          { ...GET_ORDER, action: 'x' },
          { ...GET_ORDER, method: 'FETCH' },
        ],
      }),
    ).toThrow(/action must be[^]*method must be/);
  });
});

describe('what synthesis lets through, the registrar takes', () => {
  const contexts: readonly Record<string, string>[] = [
    {},
    { 'orders:Id': 'path.orderId' },
    { 'orders:Id': 'path.other' },
    { 'orders:Id': 'query.id', 'orders:id': 'query.id' },
    { 'orders:a/b.c-d': 'header.X-Channel' },
    { 'orders:Key': 'header.Authorization' },
    { 'orders:Key': 'header.cookie' },
    { 'orders:Key': 'header.a b' },
    { 'orders:Key': 'claim.https://example.com/a' },
    { 'orders:Key': 'claim.a b' },
    { 'orders:Key': 'claim.' },
    { 'orders:Key': 'body.a' },
    { 'orders:': 'query.a' },
    { 'orders:é': 'query.a' },
    { 'aws:PrincipalTag/team': 'claim.team' },
    { 'sts:ExternalId': 'query.a' },
    { 'iam:PassedToService': 'header.x' },
    { 'Orders:Key': 'query.a' },
    { Key: 'query.a' },
    Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`orders:K${index}`, 'query.a'])),
  ];

  test.each(contexts)('the condition keys %j are judged alike', (contextKeys) => {
    const { method, path, action, resource } = GET_ORDER;
    const registered = isAccepted(() =>
      parseRouteCatalogue({
        Service: 'orders',
        Routes: [
          {
            Method: method,
            Path: path,
            Action: action,
            Resource: resource,
            ContextKeys: contextKeys,
          },
        ],
      }),
    );
    expect(isAccepted(declareRoute({ contextKeys }))).toBe(registered);
  });

  const resources = [
    '*',
    'arn:aws:orders:::order',
    'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
    'arn:aws:orders:eu-west-1:123456789012:order:{orderId}',
    'arn:aws:orders:::{orderId}-x',
    'arn:aws:orders:::order/{orderId}/{orderId}',
    'arn:aws:orders:::order/${Account}/{orderId}',
    'arn:aws:orders:::order/{nothing}',
    'arn:aws:orders:::order/*',
    'arn:aws:orders:::order/a b',
    'arn:aws:orders:::order/"{orderId}"',
    'arn:aws:orders:::order/é',
    'arn:aws:orders:{orderId}::order',
    'arn:{orderId}:orders:::order',
    'arn:aws:orders::{orderId}:order',
    'arn:AWS:orders:::order',
    'arn:aws:orders:EU:: order',
    `arn:aws:orders:::${'a'.repeat(1600)}`,
    'arn:aws:orders:::',
    'arn:aws:orders:::order/{orderId',
    'arn:aws:orders:::order/orderId}',
    'arn:aws:orders:::order/${orderId}',
    'arn:aws:orders:::order/{}',
  ];

  const isAccepted = (attempt: () => unknown): boolean => {
    try {
      attempt();
      return true;
    } catch {
      return false;
    }
  };

  test.each(resources)('the resource %s is judged alike', (resource) => {
    const { method, path, action } = GET_ORDER;
    const registered = isAccepted(() =>
      parseRouteCatalogue({
        Service: 'orders',
        Routes: [{ Method: method, Path: path, Action: action, Resource: resource }],
      }),
    );
    expect(isAccepted(declareRoute({ resource }))).toBe(registered);
  });
});
