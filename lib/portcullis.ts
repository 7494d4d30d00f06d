import { Stack } from 'aws-cdk-lib';
import type { Environment } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import type { AnswerCacheProps } from './answer-cache';
import { AuthorizerStack } from './authorizer-stack';
import type { AuthorizerStackProps } from './authorizer-stack';
import { ControlPlaneStack } from './control-plane-stack';
import type { ControlPlaneStackProps } from './control-plane-stack';
import { DataStack } from './data-stack';
import type { DataStackProps } from './data-stack';
import { decisionMetric } from './decision-metrics';
import { DEFAULT_PREFIX } from './exports';
import { MonitoringStack } from './monitoring-stack';
import type { MonitoringStackProps } from './monitoring-stack';
import { PortcullisAuthorizer } from './portcullis-authorizer';
import type { KeepingAuthorizer, PortcullisAuthorizerProps } from './portcullis-authorizer';
import type { SandboxOption } from './removal';
import {
  noteUsage,
  openSealed,
  readTables,
  secretResource,
  storeEnvironment,
} from './store-access';

/** Properties of {@link Portcullis}. */
export interface PortcullisProps
  extends
    SandboxOption,
    Pick<DataStackProps, 'replicaRegions'>,
    Omit<
      ControlPlaneStackProps,
      'store' | 'rootCredentialsSecret' | 'reservedConcurrentExecutions'
    >,
    Omit<AuthorizerStackProps, 'store' | 'isReplica' | 'reservedConcurrentExecutions'> {
  /**
   * Metrics of decisions, alarms and a dashboard, in a stack of their own. They cost by the month.
   *
   * @default - none
   */
  readonly monitoring?: Pick<MonitoringStackProps, 'alarmTopicArn' | 'thresholds'>;
  /**
   * The AWS account and region that everything is deployed to.
   *
   * @default - those of the stack that this is in, or of whoever deploys
   */
  readonly env?: Environment;
  /**
   * Concurrent executions set aside for the authorizer.
   *
   * @default - the account's, shared
   */
  readonly authorizerConcurrency?: number;
  /**
   * Concurrent executions set aside for each of the administrators' services.
   *
   * @default - the account's, shared
   */
  readonly adminConcurrency?: number;
}

/** A deployment of Portcullis, made here or elsewhere. */
export interface IPortcullis extends IConstruct {
  /** What guards the APIs of the stack that this is in. */
  readonly authorizer: PortcullisAuthorizer;
}

/**
 * A whole deployment: the tables and their key, the administrators' API, and the authorizer, each in a stack of its own beside the
 * one that this is in. So the tables outlive whatever happens to the APIs, and a change of an API never touches them.
 */
export class Portcullis extends Construct implements IPortcullis {
  /** The deployment that another app, or another account, has made. */
  static fromAttributes(
    scope: Construct,
    id: string,
    attributes: PortcullisAuthorizerProps,
  ): IPortcullis {
    class Import extends Construct implements IPortcullis {
      readonly authorizer = new PortcullisAuthorizer(this, 'Authorizer', attributes);
    }
    return new Import(scope, id);
  }

  readonly data: DataStack;
  readonly controlPlane: ControlPlaneStack;
  readonly authorizerStack: AuthorizerStack;
  /** Metrics, alarms and dashboard; undefined without `monitoring`. */
  readonly monitoring: MonitoringStack | undefined;
  private readonly prefix: string;
  private readonly answerCache: AnswerCacheProps | undefined;
  private ownAuthorizer: PortcullisAuthorizer | undefined;

  constructor(scope: Construct, id: string, props: PortcullisProps = {}) {
    super(scope, id);
    const { authorizerConcurrency, adminConcurrency, monitoring, ...common } = props;
    this.answerCache = props.answerCache;
    const shared = { ...common, env: props.env ?? environmentOf(this) };
    this.data = new DataStack(this, 'Data', {
      env: shared.env,
      sandbox: props.sandbox,
      replicaRegions: props.replicaRegions,
    });
    this.controlPlane = new ControlPlaneStack(this, 'ControlPlane', {
      ...shared,
      store: this.data,
      rootCredentialsSecret: this.data.rootCredentialsSecret,
      reservedConcurrentExecutions: adminConcurrency,
    });
    this.authorizerStack = new AuthorizerStack(this, 'Authorizer', {
      ...shared,
      store: this.data,
      reservedConcurrentExecutions: authorizerConcurrency,
    });
    this.prefix = props.prefix ?? DEFAULT_PREFIX;
    this.monitoring =
      monitoring &&
      new MonitoringStack(this, 'Monitoring', {
        env: shared.env,
        ...monitoring,
        authorizer: this.authorizerStack,
        controlPlane: this.controlPlane,
        prefix: this.prefix,
      });
  }

  /** What guards the APIs of the stack that this is in. Throws where this is in an app or a stage: see {@link authorizerIn}. */
  get authorizer(): PortcullisAuthorizer {
    if (!this.node.scopes.some((scope) => Stack.isStack(scope))) {
      throw new Error(
        'authorizer is for the APIs of the stack that the deployment is declared in; use authorizerIn(stack) for those of others',
      );
    }
    this.ownAuthorizer ??= this.authorizerIn(this, 'Guard');
    return this.ownAuthorizer;
  }

  /** What guards the APIs of another stack of this app. */
  authorizerIn(scope: Construct, id = 'Portcullis'): PortcullisAuthorizer {
    return new PortcullisAuthorizer(scope, id, {
      functionArn: this.authorizerStack.authorizerFunction.functionArn,
      answerCache: this.keepingAuthorizer,
      routeCatalogueRegistrarArn: this.authorizerStack.routeCatalogueRegistrar.functionArn,
      serviceRegistrarArn: this.authorizerStack.serviceRegistrar.functionArn,
    });
  }

  private get keepingAuthorizer(): KeepingAuthorizer | undefined {
    const { keepingAuthorizerFunction } = this.authorizerStack;
    return (
      this.answerCache &&
      keepingAuthorizerFunction && {
        ...this.answerCache,
        functionArn: keepingAuthorizerFunction.functionArn,
      }
    );
  }

  /** Clients put `/iam` or `/sts` behind it. */
  get adminEndpointUrl(): string {
    return this.controlPlane.adminEndpointUrl;
  }

  /** The variables of a function that guards itself, as the authorizer does; it needs {@link grantDecisions} too. */
  get decisionEnvironment(): Record<string, string> {
    return storeEnvironment(this.data);
  }

  /** Lets a function that guards itself read who may do what, open what its callers sign with, and note that they did. */
  grantDecisions(grantee: IGrantable): Grant {
    const statements = [
      readTables(this.data.identitiesTable, this.data.policiesTable),
      openSealed(this.data.key),
      ...noteUsage(this.data.identitiesTable),
    ];
    return statements
      .map((statement) =>
        Grant.addToPrincipal({
          grantee,
          actions: statement.actions,
          resourceArns: statement.resources,
          conditions: statement.conditions as Record<string, Record<string, unknown>>,
        }),
      )
      .reduce((grant, other) => grant.combine(other));
  }

  /** Lets somebody read the root user's access key. */
  grantReadRootCredentials(grantee: IGrantable): Grant {
    const { rootCredentialsSecret, key } = this.data;
    // To the grantee alone: the key's own policy cannot name somebody of a stack that needs this one.
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resourceArns: [secretResource(rootCredentialsSecret)],
    }).combine(
      Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt'], resourceArns: [key.keyArn] }),
    );
  }

  /** Lets somebody ask for the credentials of every role that trusts a service which runs workloads. */
  grantWorkloadCredentials(grantee: IGrantable): Grant {
    // To the grantee alone: the function's own policy cannot name somebody of a stack that needs this one.
    return Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.controlPlane.workloadFunction.functionArn],
    });
  }

  /** How often the authorizer was asked. */
  metricAuthorizations(options?: MetricOptions): Metric {
    return this.authorizerStack.authorizerFunction.metricInvocations(options);
  }

  /** How often it did not answer: an outage, and, at REST and WebSocket APIs, a caller without good credentials. */
  metricAuthorizerErrors(options?: MetricOptions): Metric {
    return this.authorizerStack.authorizerFunction.metricErrors(options);
  }

  /** How often it could not be asked, because too many asked at once. */
  metricAuthorizerThrottles(options?: MetricOptions): Metric {
    return this.authorizerStack.authorizerFunction.metricThrottles(options);
  }

  /** How long it took to answer, in milliseconds. */
  metricAuthorizerDuration(options?: MetricOptions): Metric {
    return this.authorizerStack.authorizerFunction.metricDuration(options);
  }

  /** How many calls were denied. It has values with `monitoring` alone, as the two below. */
  metricDenials(options?: MetricOptions): Metric {
    return decisionMetric(this.prefix, 'Denied', options);
  }

  /** How many calls had no good credentials. */
  metricUnauthorized(options?: MetricOptions): Metric {
    return decisionMetric(this.prefix, 'Unauthorized', options);
  }

  /** How many calls could not be decided, through a fault of ours. */
  metricFailures(options?: MetricOptions): Metric {
    return decisionMetric(this.prefix, 'Failures', options);
  }

  /** How often the administrators' API answered with an error of its own. */
  metricAdminErrors(options?: MetricOptions): Metric {
    return this.controlPlane.restApi.metricServerError(options);
  }
}

/** Where the stack that a construct is in goes; undefined outside of stacks. */
function environmentOf(construct: Construct): Environment | undefined {
  const stack = construct.node.scopes.findLast((scope): scope is Stack => Stack.isStack(scope));
  return stack && { account: stack.account, region: stack.region };
}
