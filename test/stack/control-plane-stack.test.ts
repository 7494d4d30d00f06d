import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { buildDeployment } from './synthesize';

const { controlPlane } = buildDeployment();
const template = Template.fromStack(controlPlane);

interface Named<Properties> {
  readonly Properties: Properties;
}

function propertiesOf<Properties>(type: string): Properties[] {
  const found = template.findResources(type) as Record<string, Named<Properties>>;
  return Object.values(found).map((resource) => resource.Properties);
}

describe('the admin API', () => {
  interface Method {
    readonly HttpMethod: string;
    readonly AuthorizationType: string;
    readonly AuthorizerId?: unknown;
    readonly ApiKeyRequired?: boolean;
    readonly Integration: { readonly Type: string };
  }
  const methods = propertiesOf<Method>('AWS::ApiGateway::Method');

  test('is regional', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
  });

  test('has the paths of the services and all below them, those of decisions, and the documents of issuers', () => {
    const paths = propertiesOf<{ PathPart: string }>('AWS::ApiGateway::Resource');
    expect(paths.map((resource) => resource.PathPart).sort()).toEqual([
      '.well-known',
      '.well-known',
      'access',
      'authzen-configuration',
      'iam',
      'issuers',
      'jwks.json',
      'openid-configuration',
      'portcullis',
      'signin',
      'sts',
      '{issuerId}',
      '{proxy+}',
      '{proxy+}',
      '{proxy+}',
      '{proxy+}',
      '{proxy+}',
    ]);
  });

  test('hands every method of every path to a function, and GET alone of the documents', () => {
    const names = methods.map(({ HttpMethod }) => HttpMethod).sort();
    expect(names).toEqual([...Array<string>(9).fill('ANY'), 'GET', 'GET', 'GET']);
    for (const method of methods) {
      expect(method).toMatchObject({ Integration: { Type: 'AWS_PROXY' } });
    }
  });

  test('has no authorizer, because an authorizer never sees the signed body', () => {
    template.resourceCountIs('AWS::ApiGateway::Authorizer', 0);
    for (const method of methods) {
      expect(method.AuthorizationType).toBe('NONE');
      expect(method.AuthorizerId).toBeUndefined();
    }
  });

  test('takes text only', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      BinaryMediaTypes: Match.absent(),
    });
  });

  test('is throttled, traced and logged, and never logs a body', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'v1',
      TracingEnabled: true,
      AccessLogSetting: { DestinationArn: Match.anyValue(), Format: Match.anyValue() },
      MethodSettings: [
        Match.objectLike({
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 100,
          ThrottlingBurstLimit: 200,
          DataTraceEnabled: false,
          LoggingLevel: 'ERROR',
          MetricsEnabled: true,
        }),
      ],
    });
  });

  test('logs lines that are JSON and hold neither query nor headers, where credentials are', () => {
    const [stage] = propertiesOf<{ AccessLogSetting: { Format: string } }>(
      'AWS::ApiGateway::Stage',
    );
    const format = stage?.AccessLogSetting.Format ?? '';
    expect(JSON.parse(format)).toMatchObject({ requestId: '$context.requestId' });
    expect(format).not.toMatch(/header|query|\$context\.path/i);
  });

  test('may call its functions, and nothing else may', () => {
    for (const permission of propertiesOf<{ Principal: string }>('AWS::Lambda::Permission')) {
      expect(permission).toMatchObject({
        Principal: 'apigateway.amazonaws.com',
        SourceArn: expect.anything() as unknown,
      });
    }
  });
});

describe('errors of the gateway itself', () => {
  interface GatewayResponse {
    readonly ResponseType: string;
    readonly StatusCode?: string;
    readonly ResponseParameters: Record<string, string>;
    readonly ResponseTemplates: Record<string, string>;
  }
  const responses = new Map(
    propertiesOf<GatewayResponse>('AWS::ApiGateway::GatewayResponse').map((response) => [
      response.ResponseType,
      response,
    ]),
  );
  const documentOf = (type: string) =>
    responses.get(type)?.ResponseTemplates['application/json'] ?? '';

  test.each([
    'DEFAULT_4XX',
    'DEFAULT_5XX',
    'MISSING_AUTHENTICATION_TOKEN',
    'RESOURCE_NOT_FOUND',
    'THROTTLED',
    'QUOTA_EXCEEDED',
    'REQUEST_TOO_LARGE',
    'INTEGRATION_FAILURE',
    'INTEGRATION_TIMEOUT',
    'API_CONFIGURATION_ERROR',
    'ACCESS_DENIED',
    'UNAUTHORIZED',
    'WAF_FILTERED',
    'INVALID_SIGNATURE',
    'EXPIRED_TOKEN',
    'UNSUPPORTED_MEDIA_TYPE',
  ])('%s is an ErrorResponse document', (type) => {
    const document = documentOf(type);
    expect(document).toMatch(
      /^<ErrorResponse xmlns="[^"]+"><Error><Type>(Sender|Receiver)<\/Type><Code>[A-Za-z]+<\/Code><Message>[^<>&"$]+<\/Message><\/Error><RequestId>\$context\.requestId<\/RequestId><\/ErrorResponse>$/,
    );
    expect(responses.get(type)?.ResponseParameters).toEqual({
      'gatewayresponse.header.Content-Type': "'text/xml'",
    });
  });

  test('throttling has the code and status on which SDKs try again', () => {
    expect(documentOf('THROTTLED')).toContain(
      '<Code>Throttling</Code><Message>Rate exceeded</Message>',
    );
    expect(responses.get('THROTTLED')?.StatusCode).toBe('400');
  });

  test('an unknown path is not said to lack authentication', () => {
    expect(documentOf('MISSING_AUTHENTICATION_TOKEN')).toContain('<Code>InvalidAction</Code>');
    expect(responses.get('MISSING_AUTHENTICATION_TOKEN')?.StatusCode).toBe('404');
  });

  test('a failure is the receiver’s, with a status of 500 or above', () => {
    for (const type of ['DEFAULT_5XX', 'INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT']) {
      expect(documentOf(type)).toContain('<Type>Receiver</Type>');
      expect(responses.get(type)?.StatusCode).toMatch(/^50[0-9]$/);
    }
  });

  test('every one is served by the deployment of the API', () => {
    const [deployment] = Object.values(
      template.findResources('AWS::ApiGateway::Deployment') as Record<
        string,
        { DependsOn: string[] }
      >,
    );
    for (const id of Object.keys(template.findResources('AWS::ApiGateway::GatewayResponse'))) {
      expect(deployment?.DependsOn).toContain(id);
    }
  });
});

describe('the functions', () => {
  test('iam, sts and portcullis are one function each', () => {
    const variables = {
      IDENTITIES_TABLE: Match.anyValue(),
      POLICIES_TABLE: Match.anyValue(),
      KMS_KEY_ID: Match.anyValue(),
      ADMIN_ENDPOINT_URL: Match.anyValue(),
      ALLOW_LOOPBACK_ISSUERS: Match.absent(),
    };
    for (const Description of [
      'Portcullis: the IAM API',
      'Portcullis: the STS API',
      'Portcullis: the API of services and decisions',
    ]) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        Description,
        Environment: { Variables: variables },
      });
    }
  });

  test('answer before the gateway gives up', () => {
    const functions = propertiesOf<{ Description: string; Timeout: number }>(
      'AWS::Lambda::Function',
    );
    const apis = functions.filter(({ Description }) => /\bAPI\b/.test(Description));
    expect(apis).toHaveLength(3);
    for (const { Timeout } of apis) expect(Timeout).toBeLessThan(29);
  });
});

describe('the account', () => {
  test('is made by a custom resource that the account handler serves', () => {
    template.hasResourceProperties('Custom::PortcullisAccount', {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AccountHandlerFunction'), 'Arn'] },
      AccountId: { Ref: 'AWS::AccountId' },
      SecretArn: Match.anyValue(),
    });
  });

  test('may have twelve digits of its own', () => {
    const { controlPlane: other } = buildDeployment({ accountId: '210987654321' });
    Template.fromStack(other).hasResourceProperties('Custom::PortcullisAccount', {
      AccountId: '210987654321',
    });
  });

  test('is refused with other digits', () => {
    expect(() => buildDeployment({ accountId: '12345' })).toThrow(
      'accountId must be twelve digits, but was "12345"',
    );
  });
});

describe('what the deployer may choose', () => {
  test('throttling', () => {
    const { controlPlane: other } = buildDeployment({
      throttlingRateLimit: 7,
      throttlingBurstLimit: 9,
    });
    Template.fromStack(other).hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 })],
    });
  });

  test.each([0, -1, 1.5, 10_001])('a rate of %d requests is refused', (throttlingRateLimit) => {
    expect(() => buildDeployment({ throttlingRateLimit })).toThrow(
      `throttlingRateLimit must be a whole number from 1 to 10000, but was ${throttlingRateLimit}`,
    );
  });

  test('how long logs are kept', () => {
    const { controlPlane: other } = buildDeployment({ logRetention: RetentionDays.ONE_YEAR });
    Template.fromStack(other).allResourcesProperties('AWS::Logs::LogGroup', {
      RetentionInDays: 365,
    });
  });

  test('concurrency, for the services alone', () => {
    const { controlPlane: other } = buildDeployment({ reservedConcurrentExecutions: 20 });
    const reserved = Object.values(
      Template.fromStack(other).findResources('AWS::Lambda::Function') as Record<
        string,
        Named<{ Description: string; ReservedConcurrentExecutions?: number }>
      >,
    ).filter(({ Properties }) => Properties.ReservedConcurrentExecutions === 20);
    expect(reserved.map(({ Properties }) => Properties.Description).sort()).toEqual([
      'Portcullis: signing in with a password',
      'Portcullis: the API of services and decisions',
      'Portcullis: the IAM API',
      'Portcullis: the STS API',
    ]);
  });

  test('whether it sets the account-wide log role, on which its stage waits', () => {
    template.resourceCountIs('AWS::ApiGateway::Account', 1);
    template.hasResource('AWS::ApiGateway::Stage', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^GatewayLoggingAccount')]),
    });
    const { controlPlane: other } = buildDeployment({ gatewayLogging: false });
    Template.fromStack(other).resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

test('the outputs are the endpoint, without a trailing slash, what assertions are made for, and who serves workloads', () => {
  const outputs = template.toJSON() as { Outputs: Record<string, { Value: unknown }> };
  expect(Object.keys(outputs.Outputs).sort()).toEqual([
    'AdminEndpointUrl',
    'SamlAudience',
    'WorkloadFunctionArn',
  ]);
  const parts = outputs.Outputs['AdminEndpointUrl']?.Value as { 'Fn::Join': [string, unknown[]] };
  expect(parts['Fn::Join'][1].at(-1)).toMatch(/\/v1$/);
});

test('the workload function reads and opens, and nothing of the deployment may invoke it', () => {
  const resources = Object.entries(template.toJSON()['Resources'] as Record<string, Resource>);
  const [statements = []] = resources
    .filter(([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith('WorkloadCredentials'))
    .map(([, { Properties }]) => Properties.Policies[0]?.PolicyDocument.Statement ?? []);
  const actions = statements
    .flatMap(({ Action }) => Action)
    .filter((action) => !/^(logs|xray):/.test(action));
  expect(actions.sort()).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'kms:Decrypt',
  ]);
  const workloadId = resources.find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith('WorkloadCredentials'),
  )?.[0];
  expect(workloadId).toBeDefined();
  const invokers = resources.filter(
    ([, { Type, Properties }]) =>
      (Type === 'AWS::Lambda::Permission' || Type === 'AWS::IAM::Role') &&
      JSON.stringify(Properties).includes(`"${String(workloadId)}"`),
  );
  expect(invokers).toEqual([]);
});

test('the SAML function can put rows, read and open, and the STS function alone calls it', () => {
  const resources = Object.entries(template.toJSON()['Resources'] as Record<string, Resource>);
  const statementsOf = (prefix: string) =>
    resources
      .filter(([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith(prefix))
      .flatMap(([, { Properties }]) => Properties.Policies[0]?.PolicyDocument.Statement ?? [])
      .flatMap(({ Action }) => Action)
      .filter((action) => !/^(logs|xray):/.test(action))
      .sort();
  expect(statementsOf('SamlVerification')).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'kms:Decrypt',
  ]);
  expect(statementsOf('Sts')).toContain('lambda:InvokeFunction');
  expect(statementsOf('Iam')).not.toContain('lambda:InvokeFunction');
});

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Policies: readonly {
      readonly PolicyDocument: {
        readonly Statement: readonly { readonly Action: string | readonly string[] }[];
      };
    }[];
  };
}
