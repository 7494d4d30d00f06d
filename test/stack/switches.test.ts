import { Match, Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { failureEntry, unauthorizedEntry } from '../../lambdas/authorizer/decision-log';
import { IamError } from '../../lambdas/protocol/errors';
import { Portcullis } from '../../lib';
import { findingsIn } from './findings';
import { buildDeployment, createApp, resourcesOf } from './synthesize';

const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/1';

const usual = buildDeployment();
const app = createApp();
const changed = buildDeployment({
  app,
  tracing: false,
  provisionedConcurrentExecutions: 3,
  domain: { domainName: 'iam.example.com', certificateArn },
  webAcl: true,
});

const outputsOf = (stack: Stack) =>
  Template.fromStack(stack).toJSON()['Outputs'] as Record<string, { Value: unknown }>;

describe('traces', () => {
  const modes = (stack: Stack) =>
    Object.values(resourcesOf(stack))
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(
        ({ Properties }) => (Properties['TracingConfig'] as { Mode?: string } | undefined)?.Mode,
      );

  test('are made by every function and the stage, unless they are switched off', () => {
    for (const stack of [usual.controlPlane, usual.authorizer]) {
      expect(new Set(modes(stack))).toEqual(new Set(['Active']));
      expect(JSON.stringify(resourcesOf(stack))).toContain('xray:');
    }
    Template.fromStack(usual.controlPlane).hasResourceProperties('AWS::ApiGateway::Stage', {
      TracingEnabled: true,
    });
  });

  test('are made by none, and permitted to none, when they are switched off', () => {
    for (const stack of [changed.controlPlane, changed.authorizer]) {
      expect(modes(stack)).not.toContain('Active');
      expect(JSON.stringify(resourcesOf(stack))).not.toContain('xray:');
    }
    Template.fromStack(changed.controlPlane).hasResourceProperties('AWS::ApiGateway::Stage', {
      TracingEnabled: false,
    });
  });
});

describe('environments that are kept ready', () => {
  test('are none, and there is no alias, by default', () => {
    Template.fromStack(usual.authorizer).resourceCountIs('AWS::Lambda::Alias', 0);
    expect(outputsOf(usual.authorizer)['AuthorizerFunctionArn']?.Value).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^AuthorizerFunction/), 'Arn'],
    });
  });

  test('belong to the alias that APIs call', () => {
    Template.fromStack(changed.authorizer).hasResourceProperties('AWS::Lambda::Alias', {
      Name: 'live',
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 3 },
    });
    expect(outputsOf(changed.authorizer)['AuthorizerFunctionArn']?.Value).toEqual({
      Ref: expect.stringMatching(/^AuthorizerLive/) as unknown,
    });
  });

  test('are at most what Lambda keeps', () => {
    expect(() => buildDeployment({ provisionedConcurrentExecutions: -1 })).toThrow(
      'provisionedConcurrentExecutions must be a whole number from 0 to 10000',
    );
  });
});

describe('a name of one’s own', () => {
  test('is none by default', () => {
    const template = Template.fromStack(usual.controlPlane);
    template.resourceCountIs('AWS::ApiGateway::DomainName', 0);
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      DisableExecuteApiEndpoint: Match.absent(),
    });
  });

  test('serves the API at its root, and there alone', () => {
    const template = Template.fromStack(changed.controlPlane);
    template.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'iam.example.com',
      RegionalCertificateArn: certificateArn,
      SecurityPolicy: 'TLS_1_2',
    });
    template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
      BasePath: Match.absent(),
    });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    const outputs = outputsOf(changed.controlPlane);
    expect(outputs['AdminEndpointUrl']?.Value).toBe('https://iam.example.com');
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining(['AdminDomainTarget', 'AdminDomainTargetHostedZoneId']),
    );
  });

  test.each(['IAM.example.com', 'localhost', '-a.example.com', 'a b.example.com'])(
    'cannot be %j',
    (domainName) => {
      expect(() => buildDeployment({ domain: { domainName, certificateArn } })).toThrow(
        'domainName must be a host name',
      );
    },
  );
});

describe('a web ACL', () => {
  test('is none by default', () => {
    const template = Template.fromStack(usual.controlPlane);
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
  });

  test('limits each address, and shows nobody a request', () => {
    Template.fromStack(changed.controlPlane).hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      VisibilityConfig: Match.objectLike({ SampledRequestsEnabled: false }),
      Rules: Match.arrayWith([
        Match.objectLike({
          Action: { Block: {} },
          Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000 } },
        }),
      ]),
    });
    Template.fromStack(changed.controlPlane).resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  });

  test('may be one of one’s own', () => {
    const webAcl = 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/own/1';
    const template = Template.fromStack(buildDeployment({ webAcl }).controlPlane);
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', { WebACLArn: webAcl });
  });
});

describe('monitoring', () => {
  const own = createApp();
  const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:on-call';
  const portcullis = new Portcullis(own, 'Iam', {
    prefix: 'Gate',
    monitoring: { alarmTopicArn, thresholds: { denials: 7 } },
  });
  const { monitoring = new Stack() } = portcullis;

  test('is none by default', () => {
    expect(new Portcullis(createApp(), 'Iam').monitoring).toBeUndefined();
  });

  test('counts what the authorizer’s log says', () => {
    const template = Template.fromStack(monitoring);
    template.resourceCountIs('AWS::Logs::MetricFilter', 4);
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ ($.event = "decision") && ($.effect = "Deny") }',
      MetricTransformations: [
        Match.objectLike({ MetricName: 'Denied', MetricNamespace: 'Portcullis/Gate' }),
      ],
    });
  });

  test('counts by words that the log really has', () => {
    const unauthorized = unauthorizedEntry(undefined, new IamError('AccessDenied', 'no'), 1);
    const filters = Object.values(resourcesOf(monitoring))
      .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
      .map(({ Properties }) => Properties['FilterPattern']);
    expect(filters).toContain(`{ $.event = "${String(unauthorized['event'])}" }`);
    const failure = failureEntry(undefined, new Error('down'), 1);
    expect(filters).toContain(`{ $.event = "${String(failure['event'])}" }`);
  });

  test('tells a topic of denials, errors, throttles and latency', () => {
    const alarms = Object.values(resourcesOf(monitoring)).filter(
      ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
    );
    expect(
      alarms.map(({ Properties }) => [
        Properties['MetricName'],
        Properties['Threshold'],
        Properties['AlarmActions'],
      ]),
    ).toEqual([
      ['Denied', 7, [alarmTopicArn]],
      ['Unauthorized', 100, [alarmTopicArn]],
      ['Failures', 0, [alarmTopicArn]],
      ['Throttles', 0, [alarmTopicArn]],
      ['Duration', 1000, [alarmTopicArn]],
      ['5XXError', 0, [alarmTopicArn]],
    ]);
  });

  test('has a dashboard', () => {
    Template.fromStack(monitoring).hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: 'Gate',
    });
  });

  test('has the metrics that the construct names', () => {
    const named = [
      portcullis.metricDenials(),
      portcullis.metricUnauthorized(),
      portcullis.metricFailures(),
    ];
    for (const { namespace, metricName } of named) {
      Template.fromStack(monitoring).hasResourceProperties('AWS::Logs::MetricFilter', {
        MetricTransformations: [
          Match.objectLike({ MetricName: metricName, MetricNamespace: namespace }),
        ],
      });
    }
  });

  test('leaves the other stacks as they are', () => {
    expect(Object.keys(resourcesOf(portcullis.authorizerStack))).toEqual(
      Object.keys(resourcesOf(usual.authorizer)),
    );
  });
});

test('a workload may be let ask for credentials', () => {
  const own = createApp();
  const portcullis = new Portcullis(own, 'Iam');
  const stack = new Stack(own, 'Own');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  portcullis.grantWorkloadCredentials(role);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [Match.objectLike({ Action: 'lambda:InvokeFunction', Effect: 'Allow' })],
    },
  });
});

test('the rule packs find nothing that is not acknowledged, whatever is switched', () => {
  const stacks = [changed.data, changed.controlPlane, changed.authorizer];
  expect(stacks.flatMap(findingsIn)).toEqual([]);
});
