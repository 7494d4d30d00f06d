import { App, Duration, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { AbsentCustomResources } from '../lib/absent-custom-resources';
import { AuthorizerStack } from '../lib/authorizer-stack';
import { ControlPlaneStack } from '../lib/control-plane-stack';
import { DataStack } from '../lib/data-stack';
import { MonitoringStack } from '../lib/monitoring-stack';
import { readContext } from './context';
import type { DeploymentContext } from './context';

function buildStacks(app: App, context: DeploymentContext): void {
  const { prefix, sandbox, logRetention } = context;
  const shared: StackProps = {
    env: { account: context.account, region: context.region },
    // Of the stacks, not of each resource: CloudFormation passes them on to whatever can have tags.
    tags: { 'portcullis:deployment': prefix, 'portcullis:stage': context.stage },
  };
  const data = new DataStack(app, `${prefix}-Data`, {
    ...shared,
    description: 'Portcullis: identities, policies and the key that protects them',
    sandbox,
    rootCredentialsSecretName: context.rootCredentialsSecretName,
  });
  const controlPlane = new ControlPlaneStack(app, `${prefix}-ControlPlane`, {
    ...shared,
    description: 'Portcullis: the IAM and STS APIs',
    store: data,
    rootCredentialsSecret: data.rootCredentialsSecret,
    accountId: context.accountId,
    sandbox,
    logRetention,
    throttlingRateLimit: context.adminRateLimit,
    throttlingBurstLimit: context.adminBurstLimit,
    reservedConcurrentExecutions: context.adminConcurrency,
    gatewayLogging: context.gatewayLogging,
    signInOrigins: context.signInOrigins,
    tracing: context.tracing,
    domain: context.adminDomain,
    webAcl: context.webAcl,
  });
  const authorizer = new AuthorizerStack(app, `${prefix}-Authorizer`, {
    ...shared,
    description: 'Portcullis: decides on requests to guarded APIs',
    store: data,
    prefix,
    staleness: Duration.seconds(context.stalenessSeconds),
    reservedConcurrentExecutions: context.authorizerConcurrency,
    provisionedConcurrentExecutions: context.provisionedConcurrency,
    tracing: context.tracing,
    sandbox,
    logRetention,
  });
  if (!context.monitoring) return;
  new MonitoringStack(app, `${prefix}-Monitoring`, {
    ...shared,
    description: 'Portcullis: metrics, alarms and a dashboard',
    authorizer,
    controlPlane,
    prefix,
    alarmTopicArn: context.alarmTopicArn,
    thresholds: {
      denials: context.alarmDenials,
      unauthorized: context.alarmUnauthorized,
      latencyMilliseconds: context.alarmLatencyMilliseconds,
    },
  });
}

const app = new App();
const context = readContext(app.node);
buildStacks(app, context);
AbsentCustomResources.byContext(app);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
