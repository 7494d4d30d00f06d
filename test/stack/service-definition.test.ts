import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { requireServiceDefinition } from '../../lambdas/identity/service-definitions';
import { PortcullisAuthorizer, ServiceDefinition, ServicePolicy } from '../../lib';
import type { Route, ServiceDefinitionProps } from '../../lib';
import { createApp } from './synthesize';

type Definition = Omit<ServiceDefinitionProps, 'authorizer' | 'api'>;

const ORDERS = {
  service: 'orders',
  actions: [
    { name: 'GetOrder', accessLevel: 'Read', resourceTypes: ['order'] },
    { name: 'ListOrders', accessLevel: 'List' },
  ],
  resourceTypes: [
    { name: 'order', arn: 'arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}' },
  ],
  conditionKeys: [{ name: 'orders:Channel', type: 'String' }],
} as const satisfies Definition;

const GET_ORDER: Route = {
  method: 'GET',
  path: '/orders/{orderId}',
  action: 'orders:GetOrder',
  resource: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
  contextKeys: { 'orders:Channel': 'header.x-channel' },
};

function declare(change: Partial<Definition> = {}, routes?: readonly Route[]): Stack {
  const stack = new Stack(createApp(), 'Orders', {
    env: { account: '123456789012', region: 'eu-west-1' },
  });
  const authorizer = PortcullisAuthorizer.fromExports(stack, 'Portcullis');
  const restApi = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    defaultIntegration: new MockIntegration(),
  });
  restApi.root.addResource('orders').addResource('{orderId}').addMethod('GET');
  new ServiceDefinition(stack, 'Definition', {
    authorizer,
    ...ORDERS,
    ...change,
    ...(routes === undefined ? {} : { api: { restApi, routes } }),
  });
  return stack;
}

describe('a service definition', () => {
  test('is registered by the deployment, for the account of the stack', () => {
    Template.fromStack(declare()).hasResourceProperties('Custom::PortcullisServiceDefinition', {
      ServiceToken: { 'Fn::ImportValue': 'Portcullis-ServiceRegistrarArn' },
      AccountId: '123456789012',
      Service: 'orders',
      Actions: [
        { Name: 'GetOrder', AccessLevel: 'Read', ResourceTypes: ['order'], ConditionKeys: [] },
        { Name: 'ListOrders', AccessLevel: 'List', ResourceTypes: [], ConditionKeys: [] },
      ],
      ResourceTypes: [{ Name: 'order', Arn: ORDERS.resourceTypes[0].arn, ConditionKeys: [] }],
      ConditionKeys: [{ Name: 'orders:Channel', Type: 'String' }],
    });
  });

  test('is registered before the routes, and those before the API serves them', () => {
    const template = Template.fromStack(declare({}, [GET_ORDER]));
    const [definition = ''] = Object.keys(
      template.findResources('Custom::PortcullisServiceDefinition'),
    );
    const [routes = ''] = Object.keys(template.findResources('Custom::PortcullisRouteCatalogue'));
    template.hasResource('Custom::PortcullisRouteCatalogue', {
      DependsOn: Match.arrayWith([definition]),
    });
    template.hasResource('AWS::ApiGateway::Deployment', { DependsOn: Match.arrayWith([routes]) });
  });

  test('may be of another account’s resources', () => {
    Template.fromStack(declare({ accountId: '999999999999' })).hasResourceProperties(
      'Custom::PortcullisServiceDefinition',
      { AccountId: '999999999999' },
    );
    expect(() => declare({ accountId: '99' })).toThrow('accountId must be twelve digits');
  });

  test.each<[string, Partial<Route>, string]>([
    ['an action that it does not have', { action: 'orders:EatOrder' }, 'no action orders:EatOrder'],
    ['everything, for an action about one', { resource: '*' }, 'GetOrder is about order'],
    [
      'a resource of another type',
      { resource: 'arn:${Partition}:orders:${Region}:${Account}:parcel/{orderId}' },
      'and not about arn:${Partition}:orders:${Region}:${Account}:parcel/{orderId}',
    ],
    [
      'one, for an action about everything',
      { action: 'orders:ListOrders' },
      'ListOrders is about no resource type, so its resource is *',
    ],
    [
      'a condition key that it does not have',
      { contextKeys: { 'orders:Amount': 'query.amount' } },
      'no condition key orders:Amount',
    ],
  ])('refuses a route that asks for %s', (_what, change, sentence) => {
    expect(() => declare({}, [{ ...GET_ORDER, ...change }])).toThrow(sentence);
  });

  test('tells everything that is wrong at once', () => {
    expect(() =>
      declare({ actions: [], conditionKeys: [{ name: 'aws:username', type: 'String' }] }),
    ).toThrow(/actions must be 1 to 500, but were 0[^]*aws:username is not the service's to set/);
  });

  test('is refused where the deployment’s registrar is not known', () => {
    const stack = new Stack(createApp(), 'Orders');
    const functionArn = 'arn:aws:lambda:eu-west-1:111111111111:function:f';
    const authorizer = new PortcullisAuthorizer(stack, 'Portcullis', {
      functionArn,
      routeCatalogueRegistrarArn: functionArn,
      sameAccount: false,
    });
    expect(() => new ServiceDefinition(stack, 'Definition', { authorizer, ...ORDERS })).toThrow(
      'an administrator puts them',
    );
  });
});

describe('what synthesis lets through, the registrar takes', () => {
  const [getOrder, listOrders] = ORDERS.actions;
  const [order] = ORDERS.resourceTypes;

  test.each<Partial<Definition>>([
    {},
    { service: 'iam', resourceTypes: [], actions: [listOrders], conditionKeys: [] },
    { actions: [getOrder, { ...getOrder, name: 'getorder' }] },
    { actions: [{ ...getOrder, name: 'Get*' }] },
    { actions: [{ ...getOrder, name: 'orders:GetOrder' }] },
    { actions: [{ ...getOrder, resourceTypes: ['parcel'] }] },
    { resourceTypes: [order, order] },
    { resourceTypes: [{ ...order, arn: 'arn:aws:s3:::bucket/${Key}' }] },
    { resourceTypes: [{ ...order, arn: 'order/${OrderId}' }] },
    { resourceTypes: [{ ...order, arn: 'arn:aws:orders:::order/${OrderId}' }] },
    { conditionKeys: [{ name: 'Orders:Channel', type: 'String' }] },
    {
      conditionKeys: [
        { name: 'orders:A', type: 'String' },
        { name: 'orders:a', type: 'Bool' },
      ],
    },
    { conditionKeys: [{ name: 'aws:ResourceTag/${TagKey}', type: 'String' }] },
    { conditionKeys: [{ name: 'aws:PrincipalTag/team', type: 'String' }] },
    { conditionKeys: [{ name: 'channel', type: 'String' }] },
  ])('%j is judged alike', (change) => {
    const isAccepted = (attempt: () => unknown): boolean => {
      try {
        attempt();
        return true;
      } catch {
        return false;
      }
    };
    const given: Definition = { ...ORDERS, ...change };
    const registered = isAccepted(() =>
      requireServiceDefinition({
        Service: given.service,
        Actions: given.actions.map(({ name, accessLevel, resourceTypes }) => ({
          Name: name,
          AccessLevel: accessLevel,
          ResourceTypes: resourceTypes,
        })),
        ResourceTypes: given.resourceTypes?.map(({ name, arn }) => ({ Name: name, Arn: arn })),
        ConditionKeys: given.conditionKeys?.map(({ name, type }) => ({ Name: name, Type: type })),
      }),
    );
    expect(isAccepted(() => declare(change))).toBe(registered);
  });
});

describe('the policy of a service', () => {
  const statement = new PolicyStatement({
    effect: Effect.ALLOW,
    principals: [new AnyPrincipal()],
    actions: ['orders:GetOrder'],
    resources: ['*'],
    conditions: { NumericLessThan: { 'orders:Amount': 5 } },
  });

  function share(statements: readonly PolicyStatement[]): Stack {
    const stack = new Stack(createApp(), 'Orders', { env: { account: '123456789012' } });
    const authorizer = PortcullisAuthorizer.fromExports(stack, 'Portcullis');
    const document = new PolicyDocument({ statements: [...statements] });
    new ServicePolicy(stack, 'Policy', { authorizer, service: 'orders', document });
    return stack;
  }

  test('is registered as the text that it is', () => {
    Template.fromStack(share([statement])).hasResourceProperties(
      'Custom::PortcullisServicePolicy',
      {
        AccountId: '123456789012',
        Service: 'orders',
        PolicyDocument: JSON.stringify({
          Statement: [
            {
              Action: 'orders:GetOrder',
              Condition: { NumericLessThan: { 'orders:Amount': 5 } },
              Effect: 'Allow',
              Principal: { AWS: '*' },
              Resource: '*',
            },
          ],
          Version: '2012-10-17',
        }),
      },
    );
  });

  test('is refused without a statement, and where a statement names nobody', () => {
    expect(() => Template.fromStack(share([]))).toThrow('has no statement');
    const nobody = new PolicyStatement({ actions: ['orders:GetOrder'], resources: ['*'] });
    expect(() => Template.fromStack(share([nobody]))).toThrow('principal');
  });
});
