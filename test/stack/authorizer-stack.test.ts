import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { buildDeployment } from './synthesize';

const { authorizer } = buildDeployment();
const template = Template.fromStack(authorizer);
const AUTHORIZER = 'Portcullis: decides on each request to a guarded API';

describe('the authorizer', () => {
  test('knows the store and how stale an answer may be', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: AUTHORIZER,
      Environment: {
        Variables: {
          IDENTITIES_TABLE: Match.anyValue(),
          POLICIES_TABLE: Match.anyValue(),
          KMS_KEY_ID: Match.anyValue(),
          STALENESS_SECONDS: '5',
        },
      },
    });
  });

  test.each([0, 60])('may be told to be at most %d seconds stale', (seconds) => {
    const { authorizer: other } = buildDeployment({ staleness: Duration.seconds(seconds) });
    Template.fromStack(other).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ STALENESS_SECONDS: String(seconds) }) },
    });
  });

  test('is not allowed to be stale for longer than a minute', () => {
    expect(() => buildDeployment({ staleness: Duration.seconds(61) })).toThrow(
      'staleness in seconds must be a whole number from 0 to 60, but was 61',
    );
  });

  test('may have concurrency set aside for it', () => {
    const { authorizer: other } = buildDeployment({ reservedConcurrentExecutions: 50 });
    Template.fromStack(other).hasResourceProperties('AWS::Lambda::Function', {
      Description: AUTHORIZER,
      ReservedConcurrentExecutions: 50,
    });
  });
});

describe('what other stacks import', () => {
  test('has names that begin with the prefix', () => {
    template.hasOutput('AuthorizerFunctionArn', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuthorizerFunction'), 'Arn'] },
      Export: { Name: 'Portcullis-AuthorizerFunctionArn' },
    });
    template.hasOutput('RouteCatalogueRegistrarArn', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RouteCatalogueRegistrarFunction'), 'Arn'] },
      Export: { Name: 'Portcullis-RouteCatalogueRegistrarArn' },
    });
    template.hasOutput('ServiceRegistrarArn', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ServiceRegistrarFunction'), 'Arn'] },
      Export: { Name: 'Portcullis-ServiceRegistrarArn' },
    });
  });

  test('differs between two deployments in one account', () => {
    const { authorizer: other } = buildDeployment({ prefix: 'Portcullis-dev' });
    Template.fromStack(other).hasOutput('AuthorizerFunctionArn', {
      Export: { Name: 'Portcullis-dev-AuthorizerFunctionArn' },
    });
  });

  test.each(['', '9lives', 'two words', 'a'.repeat(65)])('refuses the prefix %j', (prefix) => {
    expect(() => buildDeployment({ prefix })).toThrow(/^prefix must begin with a letter/);
  });
});

test('the deployment permits nobody to call its functions: the stacks of APIs do', () => {
  template.resourceCountIs('AWS::Lambda::Permission', 0);
});
