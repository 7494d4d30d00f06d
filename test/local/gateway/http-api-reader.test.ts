import { App, Duration, Stack } from 'aws-cdk-lib';
import type { CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Template } from 'aws-cdk-lib/assertions';

import { readHttpApis } from '../../../local/gateway/http-api-reader';
import type { Template as LocalTemplate } from '../../../local/template';
import { createStacks } from '../fixture';

function read(build: (stack: Stack, handler: LambdaFunction) => void) {
  const stack = new Stack(new App(), 'Test');
  const handler = new LambdaFunction(stack, 'Handler', {
    code: Code.fromInline('-'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_22_X,
  });
  build(stack, handler);
  const { Resources, ...rest } = Template.fromStack(stack).toJSON() as LocalTemplate;
  return readHttpApis(createStacks(Resources, { ...rest, Parameters: {} })).map(({ api }) => api);
}

test('an API of the CDK is read with its routes, its authorizer and its permissions', () => {
  const [api] = read((stack, handler) => {
    const authorizer = new HttpLambdaAuthorizer('Guard', handler, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: Duration.seconds(60),
    });
    const httpApi = new HttpApi(stack, 'Api', {
      apiName: 'orders',
      corsPreflight: { allowOrigins: ['https://example.com'], maxAge: Duration.seconds(5) },
      defaultIntegration: new HttpLambdaIntegration('Fallback', handler),
    });
    httpApi.addRoutes({
      path: '/orders/{orderId}',
      methods: [HttpMethod.GET, HttpMethod.ANY],
      integration: new HttpLambdaIntegration('Order', handler),
      authorizer,
    });
  });
  expect(api).toMatchObject({ name: 'orders', stageName: '$default' });
  expect(api?.cors).toMatchObject({ allowOrigins: ['https://example.com'], maxAgeSeconds: 5 });
  expect(api?.routes.map(({ routeKey }) => routeKey).sort()).toEqual([
    '$default',
    'ANY /orders/{orderId}',
    'GET /orders/{orderId}',
  ]);
  const guarded = api?.routes.find(({ httpMethod }) => httpMethod === 'GET');
  expect(guarded).toMatchObject({
    resourcePath: '/orders/{orderId}',
    authorizer: {
      hasSimpleResponses: true,
      payloadFormatVersion: '2.0',
      resultTtlSeconds: 60,
      identitySources: ['$request.header.Authorization'],
      isPermitted: true,
    },
    integration: { payloadFormatVersion: '2.0', isPermitted: true },
  });
  expect(api?.routes.every(({ integration }) => integration.isPermitted)).toBe(true);
  expect(api?.routes.find(({ routeKey }) => routeKey === '$default')?.authorizer).toBeUndefined();
});

test('a cache without an identity source is refused, as AWS refuses it', () => {
  expect(() =>
    read((stack, handler) => {
      const authorizer = new HttpLambdaAuthorizer('Guard', handler, {
        resultsCacheTtl: Duration.seconds(60),
      });
      const httpApi = new HttpApi(stack, 'Api');
      httpApi.addRoutes({
        path: '/a',
        integration: new HttpLambdaIntegration('A', handler),
        authorizer,
      });
      const made = httpApi.node.findChild('Guard').node.defaultChild as CfnAuthorizer;
      made.identitySource = [];
    }),
  ).toThrow('caching needs an identity source');
});

test('what the gateway does not emulate is refused by name', () => {
  expect(() =>
    read((stack) => {
      const httpApi = new HttpApi(stack, 'Api', { createDefaultStage: false });
      for (const stageName of ['a', 'b']) new HttpStage(stack, stageName, { httpApi, stageName });
    }),
  ).toThrow('one stage an API');
});
