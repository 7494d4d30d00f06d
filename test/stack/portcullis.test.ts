import { Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Portcullis } from '../../lib';
import type { PortcullisAuthorizer } from '../../lib';
import { buildDeployment, createApp, resourcesOf } from './synthesize';

function guardRestApi(stack: Stack, authorizer: PortcullisAuthorizer): void {
  const api = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    defaultIntegration: new MockIntegration(),
    defaultMethodOptions: { authorizer: authorizer.forRestApi() },
  });
  api.root.addMethod('GET');
}

/** A deployment with a stack that has been given something of it. */
function createOwn() {
  const app = createApp();
  return { own: new Stack(app, 'Own'), portcullis: new Portcullis(app, 'Iam') };
}

describe('a deployment in one construct', () => {
  const app = createApp();
  const stack = new Stack(app, 'Orders');
  const portcullis = new Portcullis(stack, 'Iam', {
    prefix: 'Gate',
    authorizerConcurrency: 50,
    adminConcurrency: 10,
  });
  guardRestApi(stack, portcullis.authorizer);

  test('has the stacks that it would have without it, with the same logical ids', () => {
    const apart = buildDeployment();
    const idsOf = (each: Stack) =>
      Object.keys(resourcesOf(each))
        // A deployment's id is a hash of the API, a permission's holds the names of the stacks.
        .filter((id) => !/^AdminApiDeployment|Permission/.test(id))
        .sort();
    expect(idsOf(portcullis.data)).toEqual(idsOf(apart.data));
    expect(idsOf(portcullis.controlPlane)).toEqual(idsOf(apart.controlPlane));
    expect(idsOf(portcullis.authorizerStack)).toEqual(idsOf(apart.authorizer));
  });

  test('guards the APIs of the stack that it is in, which have the permission themselves', () => {
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 1);
    Template.fromStack(portcullis.authorizerStack).resourceCountIs('AWS::Lambda::Permission', 0);
    expect(stack.dependencies).toContain(portcullis.authorizerStack);
    expect(portcullis.authorizer).toBe(portcullis.authorizer);
  });

  test('sets concurrency aside for each plane on its own', () => {
    const concurrencyOf = (each: Stack) =>
      Object.values(resourcesOf(each)).flatMap(({ Properties }) =>
        Properties['ReservedConcurrentExecutions'] === undefined
          ? []
          : [Properties['ReservedConcurrentExecutions']],
      );
    expect(concurrencyOf(portcullis.authorizerStack)).toEqual([50]);
    expect(new Set(concurrencyOf(portcullis.controlPlane))).toEqual(new Set([10]));
  });

  test('lets a function that guards itself read, and note who used it', () => {
    const { own, portcullis: deployed } = createOwn();
    const role = new Role(own, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    deployed.grantDecisions(role);
    const template = Template.fromStack(own);
    for (const statement of [
      { Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'] },
      { Action: 'kms:Decrypt' },
      {
        Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        Condition: Match.objectLike({ Null: { 'dynamodb:LeadingKeys': 'false' } }),
      },
    ]) {
      template.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(statement)]) },
      });
    }
    expect(Object.keys(portcullis.decisionEnvironment)).toEqual([
      'IDENTITIES_TABLE',
      'POLICIES_TABLE',
      'KMS_KEY_ID',
    ]);
  });

  test('lets somebody read the root user’s key', () => {
    const { own, portcullis: deployed } = createOwn();
    const role = new Role(own, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    deployed.grantReadRootCredentials(role);
    Template.fromStack(own).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          }),
        ]),
      },
    });
  });

  test('has metrics', () => {
    expect(portcullis.metricAuthorizations().metricName).toBe('Invocations');
    expect(portcullis.metricAuthorizerErrors().metricName).toBe('Errors');
    expect(portcullis.metricAuthorizerThrottles().metricName).toBe('Throttles');
    expect(portcullis.metricAuthorizerDuration().metricName).toBe('Duration');
    expect(portcullis.metricAdminErrors().metricName).toBe('5XXError');
  });
});

describe('a deployment in an app', () => {
  const app = createApp();
  const portcullis = new Portcullis(app, 'Iam');

  test('guards the APIs of a stack that is named', () => {
    const stack = new Stack(app, 'Orders');
    guardRestApi(stack, portcullis.authorizerIn(stack));
    Template.fromStack(stack).resourceCountIs('AWS::ApiGateway::Authorizer', 1);
    expect(() => portcullis.authorizer).toThrow('use authorizerIn(stack)');
  });
});

describe('a deployment in another account', () => {
  const attributes = {
    functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:authorizer',
    routeCatalogueRegistrarArn: 'arn:aws:lambda:eu-west-1:111111111111:function:registrar',
    sameAccount: false,
  };

  test('is called by APIs that give no permission of their own', () => {
    const stack = new Stack(createApp(), 'Orders');
    const { authorizer } = Portcullis.fromAttributes(stack, 'Iam', attributes);
    guardRestApi(stack, authorizer);
    new HttpApi(stack, 'Http', {
      defaultAuthorizer: authorizer.forHttpApi(),
      defaultIntegration: new HttpUrlIntegration('Backend', 'https://backend.example.com'),
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
    template.resourceCountIs('AWS::ApiGateway::Authorizer', 1);
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 1);
    expect(() => authorizer.forAppSync()).toThrow('in the account of the API');
  });

  test('permits the accounts that it names, and no other', () => {
    const { authorizer } = buildDeployment({ guardedAccounts: ['222222222222'] });
    const template = Template.fromStack(authorizer);
    template.resourceCountIs('AWS::Lambda::Permission', 2);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'apigateway.amazonaws.com',
      SourceAccount: '222222222222',
      SourceArn: {
        'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':222222222222:\\*$')])],
      },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: '222222222222' });
    expect(() => buildDeployment({ guardedAccounts: ['*'] })).toThrow(
      'guardedAccounts must be twelve digits',
    );
  });
});

test('the authorizer is told what HTTP APIs expect where it is not the simple answer', () => {
  const { authorizer } = buildDeployment({ httpApiAnswer: 'policy' });
  Template.fromStack(authorizer).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ HTTP_API_ANSWER: 'policy' }) },
  });
});
