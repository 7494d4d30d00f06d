import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PortcullisAuthorizer } from '../../lib';
import { buildDeployment, createApp } from './synthesize';

const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:authorizer';
const REGISTRAR_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:registrar';

function guard(stack: Stack, authorizer: PortcullisAuthorizer): RestApi {
  const api = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    defaultIntegration: new MockIntegration(),
    defaultMethodOptions: { authorizer: authorizer.forRestApi() },
  });
  api.root.addMethod('GET');
  api.root.addResource('orders').addMethod('POST');
  return api;
}

function guardedByExports(prefix?: string): Template {
  const stack = new Stack(createApp(), 'Orders');
  guard(stack, PortcullisAuthorizer.fromExports(stack, 'Portcullis', { prefix }));
  return Template.fromStack(stack);
}

describe('an API that is guarded through exports', () => {
  const template = guardedByExports();

  test('asks one authorizer before each method', () => {
    const [id] = Object.keys(template.findResources('AWS::ApiGateway::Authorizer'));
    template.resourceCountIs('AWS::ApiGateway::Authorizer', 1);
    template.resourceCountIs('AWS::ApiGateway::Method', 2);
    template.allResourcesProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: id },
    });
  });

  test('keeps no result, because a signature is for one request', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 0,
    });
  });

  test('names no identity source, so that a presigned request reaches the function', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      IdentitySource: Match.absent(),
      IdentityValidationExpression: Match.absent(),
    });
  });

  test('permits its own authorizer, and no other, to call the function', () => {
    const [id] = Object.keys(template.findResources('AWS::ApiGateway::Authorizer'));
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::ImportValue': 'Portcullis-AuthorizerFunctionArn' },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: id }])] },
    });
  });

  test('is guarded by the deployment of the prefix', () => {
    guardedByExports('Portcullis-dev').hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::ImportValue': 'Portcullis-dev-AuthorizerFunctionArn' },
    });
  });

  test('is refused a prefix that no deployment can have', () => {
    expect(() => guardedByExports('no spaces')).toThrow(
      'prefix must begin with a letter and hold at most 64 letters, digits and hyphens, but was "no spaces"',
    );
  });
});

describe('an API in the same app as the deployment', () => {
  const app = createApp();
  const { authorizer: deployed } = buildDeployment({ app });
  const stack = new Stack(app, 'Orders');
  guard(
    stack,
    new PortcullisAuthorizer(stack, 'Portcullis', {
      functionArn: deployed.authorizerFunction.functionArn,
      routeCatalogueRegistrarArn: deployed.routeCatalogueRegistrar.functionArn,
    }),
  );

  test('has the permission in its own stack, so that the deployment does not depend on it', () => {
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 1);
    Template.fromStack(deployed).resourceCountIs('AWS::Lambda::Permission', 0);
    expect(stack.dependencies).toContain(deployed);
    expect(deployed.dependencies).not.toContain(stack);
  });
});

describe('an API that is guarded by the ARN of a function', () => {
  test('calls that function', () => {
    const stack = new Stack(createApp(), 'Orders');
    guard(
      stack,
      new PortcullisAuthorizer(stack, 'Portcullis', {
        functionArn: FUNCTION_ARN,
        routeCatalogueRegistrarArn: REGISTRAR_ARN,
      }),
    );
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Authorizer', {
      AuthorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
    });
  });

  test.each(['authorizer', 'arn:aws:iam::123456789012:role/authorizer', ''])(
    'refuses %j as the ARN of a function',
    (functionArn) => {
      const stack = new Stack(createApp(), 'Orders');
      expect(
        () =>
          new PortcullisAuthorizer(stack, 'Portcullis', {
            functionArn,
            routeCatalogueRegistrarArn: REGISTRAR_ARN,
          }),
      ).toThrow(/^functionArn must be the ARN of a Lambda function/);
    },
  );

  test('gives the same authorizer at each call', () => {
    const stack = new Stack(createApp(), 'Orders');
    const authorizer = PortcullisAuthorizer.fromExports(stack, 'Portcullis');
    expect(authorizer.forRestApi()).toBe(authorizer.forRestApi());
  });
});
