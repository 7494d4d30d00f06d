import { Duration, Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PortcullisAuthorizer, RouteCatalogue } from '../../lib';
import type { AnswerCacheKey } from '../../lib';
import { buildDeployment, createApp } from './synthesize';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:';
const FUNCTIONS = {
  functionArn: `${ARN}authorizer`,
  routeCatalogueRegistrarArn: `${ARN}registrar`,
};

function createAuthorizer(key?: AnswerCacheKey): {
  stack: Stack;
  authorizer: PortcullisAuthorizer;
} {
  const stack = new Stack(createApp(), 'Orders');
  const answerCache = { functionArn: `${ARN}keeping`, maximumTtl: Duration.minutes(5), key };
  return { stack, authorizer: new PortcullisAuthorizer(stack, 'P', { ...FUNCTIONS, answerCache }) };
}

function guardRest(stack: Stack, authorizer: PortcullisAuthorizer, cacheTtl?: Duration): RestApi {
  const api = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    defaultIntegration: new MockIntegration(),
    defaultMethodOptions: { authorizer: authorizer.forRestApi('RestApi', { cacheTtl }) },
  });
  api.root.addMethod('GET');
  api.root.addResource('orders').addMethod('POST');
  return api;
}

describe('a REST API whose gateway keeps answers', () => {
  test('keeps them under all that an answer depends on, and asks the function that knows', () => {
    const { stack, authorizer } = createAuthorizer();
    guardRest(stack, authorizer, Duration.minutes(1));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 60,
      IdentitySource:
        'method.request.header.Authorization,context.httpMethod,context.path,context.identity.sourceIp',
    });
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', { FunctionName: `${ARN}keeping` });
  });

  test('keeps them under the caller alone where the deployment says so', () => {
    const { stack, authorizer } = createAuthorizer('caller');
    guardRest(stack, authorizer, Duration.minutes(5));
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Authorizer', {
      AuthorizerResultTtlInSeconds: 300,
      IdentitySource: 'method.request.header.Authorization',
    });
  });

  test('keeps none, and asks the other function, unless it is asked to', () => {
    for (const cacheTtl of [undefined, Duration.seconds(0)]) {
      const { stack, authorizer } = createAuthorizer();
      guardRest(stack, authorizer, cacheTtl);
      const template = Template.fromStack(stack);
      template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
        AuthorizerResultTtlInSeconds: 0,
      });
      template.hasResourceProperties('AWS::Lambda::Permission', {
        FunctionName: `${ARN}authorizer`,
      });
    }
  });

  test('must have every route in its catalogue where answers are kept by caller', () => {
    const { stack, authorizer } = createAuthorizer('caller');
    const restApi = guardRest(stack, authorizer, Duration.minutes(5));
    const catalogue = new RouteCatalogue(stack, 'Routes', {
      authorizer,
      restApi,
      service: 'orders',
      routes: [{ method: 'POST', path: '/orders', action: 'orders:Create', resource: '*' }],
    });
    expect(catalogue.node.validate()).toEqual([
      'route GET / is not in the catalogue, but answers are kept by caller',
    ]);
  });
});

describe('an HTTP API whose gateway keeps answers', () => {
  const addRoute = (stack: Stack, authorizer: PortcullisAuthorizer, cacheTtl: Duration) => {
    const api = new HttpApi(stack, 'Http');
    api.addRoutes({
      path: '/notes/{id}',
      methods: [HttpMethod.GET],
      integration: new HttpUrlIntegration('Notes', 'https://example.com/'),
      authorizer: authorizer.forHttpApi({ cacheTtl }),
    });
  };

  test('takes policies, which name the route that they are for', () => {
    const { stack, authorizer } = createAuthorizer();
    addRoute(stack, authorizer, Duration.minutes(1));
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerResultTtlInSeconds: 60,
      AuthorizerPayloadFormatVersion: '1.0',
      EnableSimpleResponses: Match.absent(),
      IdentitySource: [
        '$request.header.Authorization',
        '$context.routeKey',
        '$context.httpMethod',
        '$context.path',
        '$context.identity.sourceIp',
      ],
    });
  });

  test('is refused simple answers, and answers kept by caller', () => {
    const cacheTtl = Duration.minutes(1);
    const simple = { cacheTtl, responseType: HttpLambdaResponseType.SIMPLE };
    expect(() => createAuthorizer().authorizer.forHttpApi(simple)).toThrow('a simple answer');
    expect(() => createAuthorizer('caller').authorizer.forHttpApi({ cacheTtl })).toThrow(
      "kept by 'request' alone",
    );
  });
});

describe('keeping answers', () => {
  test('is refused for longer than the deployment lets it, and where it does not at all', () => {
    const { authorizer, stack } = createAuthorizer();
    expect(() => authorizer.forRestApi('A', { cacheTtl: Duration.minutes(6) })).toThrow(
      'cacheTtl in seconds must be a whole number from 1 to 300, but was 360',
    );
    const plain = new PortcullisAuthorizer(stack, 'Plain', FUNCTIONS);
    for (const ask of [plain.forRestApi.bind(plain, 'B'), plain.forHttpApi.bind(plain)]) {
      expect(() => ask({ cacheTtl: Duration.seconds(1) })).toThrow('needs a deployment with');
    }
    const maximumTtl = Duration.minutes(61);
    const answerCache = { functionArn: `${ARN}keeping`, maximumTtl };
    expect(() => new PortcullisAuthorizer(stack, 'Q', { ...FUNCTIONS, answerCache })).toThrow(
      'answerCache.maximumTtl in seconds must be a whole number from 1 to 3600',
    );
  });

  test('is a function of its own in the deployment, exported, and none where nobody asks', () => {
    const maximumTtl = Duration.minutes(5);
    const { authorizer } = buildDeployment({
      answerCache: { maximumTtl, key: 'caller' },
      guardedAccounts: ['222222222222'],
    });
    const template = Template.fromStack(authorizer);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          ANSWER_CACHE_KEY: 'caller',
          ANSWER_CACHE_SECONDS: '300',
          HTTP_API_ANSWER: 'policy',
        },
      },
    });
    template.hasOutput('KeepingAuthorizerFunctionArn', {
      Export: { Name: 'Portcullis-KeepingAuthorizerFunctionArn' },
    });
    expect(Object.keys(template.findResources('AWS::Lambda::Permission'))).toContain(
      'KeepingAuthorizerPermission222222222222',
    );
    const without = Template.fromStack(buildDeployment().authorizer);
    expect(without.findOutputs('KeepingAuthorizerFunctionArn')).toEqual({});
  });
});
