import { Stack } from 'aws-cdk-lib';
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  WebSocketApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  HttpUrlIntegration,
  WebSocketMockIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Definition, GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PortcullisAuthorizer, RouteCatalogue } from '../../lib';
import type { HttpApiAuthorizerOptions, Route } from '../../lib';
import { createApp } from './synthesize';

/** Bound to one API, so that each has its own. */
const createBackend = () => new HttpUrlIntegration('Backend', 'https://backend.example.com');

function createStack(): { stack: Stack; portcullis: PortcullisAuthorizer } {
  const stack = new Stack(createApp(), 'Orders');
  return { stack, portcullis: PortcullisAuthorizer.fromExports(stack, 'Portcullis') };
}

function guardHttpApi(options?: HttpApiAuthorizerOptions) {
  const { stack, portcullis } = createStack();
  const httpApi = new HttpApi(stack, 'Api', {
    defaultAuthorizer: portcullis.forHttpApi(options),
    defaultIntegration: createBackend(),
  });
  httpApi.addRoutes({ path: '/orders', methods: [HttpMethod.GET], integration: createBackend() });
  httpApi.addRoutes({
    path: '/orders/{id}',
    methods: [HttpMethod.ANY],
    integration: createBackend(),
  });
  return { stack, portcullis, httpApi };
}

function guardWebSocketApi() {
  const { stack, portcullis } = createStack();
  const webSocketApi = new WebSocketApi(stack, 'Chat', {
    connectRouteOptions: {
      authorizer: portcullis.forWebSocketApi(),
      integration: new WebSocketMockIntegration('Connect'),
    },
  });
  return { stack, portcullis, webSocketApi };
}

describe('an HTTP API', () => {
  test('asks one authorizer before each route, also before $default', () => {
    const template = Template.fromStack(guardHttpApi().stack);
    const [id] = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'));
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 1);
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 3);
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: id },
    });
  });

  test('keeps no result, names no identity source, and takes simple answers', () => {
    Template.fromStack(guardHttpApi().stack).hasResourceProperties(
      'AWS::ApiGatewayV2::Authorizer',
      {
        AuthorizerType: 'REQUEST',
        AuthorizerResultTtlInSeconds: 0,
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        IdentitySource: Match.absent(),
      },
    );
  });

  test('may be answered with a policy, and may answer a missing header itself', () => {
    const { stack } = guardHttpApi({
      responseType: HttpLambdaResponseType.IAM,
      requireAuthorizationHeader: true,
    });
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerPayloadFormatVersion: '1.0',
      EnableSimpleResponses: Match.absent(),
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerResultTtlInSeconds: 0,
    });
  });

  test('permits its own authorizer, and no other, to call the function', () => {
    const template = Template.fromStack(guardHttpApi().stack);
    const [id] = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'));
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::ImportValue': 'Portcullis-AuthorizerFunctionArn' },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: id }])] },
    });
  });

  test('may share an authorizer with another HTTP API', () => {
    const { stack, portcullis } = createStack();
    const authorizer = portcullis.forHttpApi();
    for (const id of ['One', 'Other']) {
      new HttpApi(stack, id, {
        defaultAuthorizer: authorizer,
        defaultIntegration: createBackend(),
      });
    }
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 2);
    template.resourceCountIs('AWS::Lambda::Permission', 2);
  });
});

describe('a WebSocket API', () => {
  test('asks the authorizer when a connection is opened, wherever the credentials are', () => {
    const template = Template.fromStack(guardWebSocketApi().stack);
    const [id] = Object.keys(template.findResources('AWS::ApiGatewayV2::Authorizer'));
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      IdentitySource: Match.absent(),
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$connect',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: id },
    });
    template.resourceCountIs('AWS::Lambda::Permission', 1);
  });
});

describe('a GraphQL API', () => {
  const guardGraphqlApi = () => {
    const { stack, portcullis } = createStack();
    const graphqlApi = new GraphqlApi(stack, 'Graph', {
      name: 'orders',
      definition: Definition.fromFile(`${__dirname}/orders.graphql`),
      authorizationConfig: { defaultAuthorization: portcullis.forAppSync() },
    });
    return { stack, portcullis, graphqlApi };
  };

  test('asks the function and keeps no result', () => {
    const template = Template.fromStack(guardGraphqlApi().stack);
    template.hasResourceProperties('AWS::AppSync::GraphQLApi', {
      AuthenticationType: 'AWS_LAMBDA',
      LambdaAuthorizerConfig: {
        AuthorizerUri: { 'Fn::ImportValue': 'Portcullis-AuthorizerFunctionArn' },
        AuthorizerResultTtlInSeconds: 0,
      },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'appsync.amazonaws.com',
    });
  });

  test('has fields for routes', () => {
    const { stack, portcullis, graphqlApi } = guardGraphqlApi();
    const resource = 'arn:${Partition}:orders:${Region}:${Account}:order/{id}';
    new RouteCatalogue(stack, 'RouteCatalogue', {
      authorizer: portcullis,
      graphqlApi,
      service: 'orders',
      routes: [{ routeKey: 'Query.getOrder', action: 'orders:GetOrder', resource }],
    });
    Template.fromStack(stack).hasResourceProperties('Custom::PortcullisRouteCatalogue', {
      ApiId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Graph'), 'ApiId'] },
      Routes: [{ RouteKey: 'Query.getOrder', Action: 'orders:GetOrder', Resource: resource }],
    });
  });
});

describe('the catalogue of an HTTP API', () => {
  const declare = (routes: readonly Route[]) => {
    const { stack, portcullis, httpApi } = guardHttpApi();
    new HttpRoute(stack, 'Files', {
      httpApi,
      routeKey: HttpRouteKey.with('/files/{path+}', HttpMethod.PUT),
      integration: createBackend(),
    });
    new RouteCatalogue(stack, 'RouteCatalogue', {
      authorizer: portcullis,
      httpApi,
      service: 'orders',
      routes,
    });
    return stack;
  };
  const action = 'orders:UseOrder';

  test('names routes by their keys, and is known before the stage serves them', () => {
    const template = Template.fromStack(
      declare([
        { routeKey: 'GET /orders', action, resource: '*' },
        { method: 'DELETE', path: '/orders/{id}', action, resource: 'arn:aws:orders:::{id}' },
        { routeKey: 'PUT /files/{path+}', action, resource: 'arn:aws:orders:::file/{path}' },
        { routeKey: '$default', action, resource: '*' },
      ]),
    );
    const [catalogue] = Object.keys(template.findResources('Custom::PortcullisRouteCatalogue'));
    template.hasResource('AWS::ApiGatewayV2::Stage', { DependsOn: [catalogue] });
  });

  test('refuses a route that the API does not have, and says which it has', () => {
    const stack = declare([{ routeKey: 'GET /order', action, resource: '*' }]);
    expect(() => Template.fromStack(stack)).toThrow(
      'route GET /order is not in the API, which has $default, GET /orders, ANY /orders/{id}, PUT /files/{path+}',
    );
  });

  test.each<[string, Partial<Route>]>([
    ['no name', {}],
    ['a method alone', { method: 'GET' }],
    ['two names', { routeKey: 'GET /orders', method: 'GET', path: '/orders' }],
  ])('refuses a route with %s', (_what, name) => {
    expect(() => declare([{ ...name, action, resource: '*' }])).toThrow(
      'it is named by routeKey alone, or by method and path together',
    );
  });

  test.each(['$disconnect', 'orders', 'Query.', ''])('refuses the key %j', (routeKey) => {
    expect(() => declare([{ routeKey, action, resource: '*' }])).toThrow(
      'routeKey must be a method and a path, $default, $connect or Type.field',
    );
  });
});

describe('the catalogue of a WebSocket API', () => {
  test('has $connect', () => {
    const { stack, portcullis, webSocketApi } = guardWebSocketApi();
    new RouteCatalogue(stack, 'RouteCatalogue', {
      authorizer: portcullis,
      webSocketApi,
      service: 'chat',
      routes: [{ routeKey: '$connect', action: 'chat:Connect', resource: '*' }],
    });
    Template.fromStack(stack).hasResourceProperties('Custom::PortcullisRouteCatalogue', {
      Routes: [{ RouteKey: '$connect', Action: 'chat:Connect', Resource: '*' }],
    });
  });
});

test('a catalogue is for exactly one API', () => {
  const { stack, portcullis, httpApi } = guardHttpApi();
  const props = { authorizer: portcullis, service: 'orders', routes: [] };
  const sentence = 'a route catalogue is for exactly one of';
  expect(() => new RouteCatalogue(stack, 'None', props)).toThrow(sentence);
  const { webSocketApi } = guardWebSocketApi();
  expect(() => new RouteCatalogue(stack, 'Two', { ...props, httpApi, webSocketApi })).toThrow(
    sentence,
  );
});
