import { App, Duration, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { AbsentCustomResources } from '../lib/absent-custom-resources';
import type { AnswerCacheProps } from '../lib/answer-cache';
import { AuthorizerStack } from '../lib/authorizer-stack';
import { ControlPlaneStack } from '../lib/control-plane-stack';
import { DataStack } from '../lib/data-stack';
import { MonitoringStack } from '../lib/monitoring-stack';
import { ReplicaStack } from '../lib/replica-stack';
import type { PrimaryStore } from '../lib/replica-stack';
import type { StoreResources } from '../lib/store-access';
import { readContext } from './context';
import type { DeploymentContext } from './context';

function sharedProps({ account, region, prefix, stage }: DeploymentContext): StackProps {
  return {
    env: { account, region },
    // Of the stacks, not of each resource: CloudFormation passes them on to whatever can have tags.
    tags: { 'portcullis:deployment': prefix, 'portcullis:stage': stage },
  };
}

/** In a region with the copies of another one's tables: what decides, and nothing that administers. */
function buildReplica(app: App, context: DeploymentContext, primary: PrimaryStore): void {
  const { prefix, sandbox } = context;
  const store = new ReplicaStack(app, `${prefix}-Replica`, {
    ...sharedProps(context),
    description: 'Portcullis: the copy of the key of another region',
    sandbox,
    primary,
  });
  createAuthorizer(app, context, store);
}

function createAuthorizer(
  app: App,
  context: DeploymentContext,
  store: StoreResources,
): AuthorizerStack {
  const { prefix } = context;
  return new AuthorizerStack(app, `${prefix}-Authorizer`, {
    ...sharedProps(context),
    description: 'Portcullis: decides on requests to guarded APIs',
    store,
    prefix,
    isReplica: context.primary !== undefined,
    staleness: Duration.seconds(context.stalenessSeconds),
    reservedConcurrentExecutions: context.authorizerConcurrency,
    provisionedConcurrentExecutions: context.provisionedConcurrency,
    answerCache: answerCacheOf(context),
    tracing: context.tracing,
    sandbox: context.sandbox,
    logRetention: context.logRetention,
  });
}

function answerCacheOf({
  answerCacheSeconds,
  answerCacheKey: key,
}: DeploymentContext): AnswerCacheProps | undefined {
  return answerCacheSeconds === undefined
    ? undefined
    : { maximumTtl: Duration.seconds(answerCacheSeconds), key };
}

function buildStacks(app: App, context: DeploymentContext): void {
  const { prefix, sandbox, logRetention } = context;
  const shared = sharedProps(context);
  const data = new DataStack(app, `${prefix}-Data`, {
    ...shared,
    description: 'Portcullis: identities, policies and the key that protects them',
    sandbox,
    rootCredentialsSecretName: context.rootCredentialsSecretName,
    replicaRegions: context.replicaRegions,
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
  const authorizer = createAuthorizer(app, context, data);
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
if (context.primary === undefined) buildStacks(app, context);
else buildReplica(app, context, context.primary);
AbsentCustomResources.byContext(app);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
