import { Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { AuthorizerStack } from './authorizer-stack';
import type { ControlPlaneStack } from './control-plane-stack';
import { DecisionMetrics, decisionMetric } from './decision-metrics';
import { DEFAULT_PREFIX } from './exports';
import { requireWholeNumber } from './validation';

/** Beyond which something is told. */
export interface AlarmThresholds {
  /**
   * Denials in five minutes.
   *
   * @default 100
   */
  readonly denials?: number;
  /**
   * Calls without good credentials in five minutes.
   *
   * @default 100
   */
  readonly unauthorized?: number;
  /**
   * Milliseconds within which 99 of 100 calls of the authorizer end.
   *
   * @default 1000
   */
  readonly latencyMilliseconds?: number;
}

/** Properties of {@link MonitoringStack}. */
export interface MonitoringStackProps extends StackProps {
  /** What decides. */
  readonly authorizer: AuthorizerStack;
  /** What is administered by. */
  readonly controlPlane: ControlPlaneStack;
  /**
   * The prefix of the deployment.
   *
   * @default 'Portcullis'
   */
  readonly prefix?: string;
  /**
   * The ARN of an SNS topic that is told of alarms.
   *
   * @default - none: the alarms are seen in CloudWatch alone
   */
  readonly alarmTopicArn?: string;
  /**
   * When alarms go off.
   *
   * @default - the defaults of each
   */
  readonly thresholds?: AlarmThresholds;
}

/** One alarm. */
interface Watched {
  readonly id: string;
  readonly description: string;
  readonly metric: Metric;
  /** The alarm goes off above it. */
  readonly threshold: number;
}

const PERIOD = Duration.minutes(5);

/** Metrics of decisions, alarms on denials, errors, throttles and latency, and a dashboard. Costs by the month. */
export class MonitoringStack extends Stack {
  private readonly topic: ITopic | undefined;

  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { authorizer, prefix = DEFAULT_PREFIX, alarmTopicArn } = props;
    this.topic =
      alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(this, 'Alarms', alarmTopicArn);
    new DecisionMetrics(this, 'Decisions', { logGroup: authorizer.authorizerLogGroup, prefix });
    for (const watched of listWatched(prefix, props)) this.createAlarm(watched);
    this.createDashboard(prefix, props);
  }

  private createAlarm({ id, description, metric, threshold }: Watched): void {
    requireWholeNumber(`the threshold of ${id}`, threshold, 0, 1_000_000_000);
    const alarm = metric.createAlarm(this, id, {
      alarmDescription: `Portcullis: ${description}`,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // Nobody called.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.topic !== undefined) alarm.addAlarmAction(new SnsAction(this.topic));
  }

  private createDashboard(prefix: string, props: MonitoringStackProps): void {
    const { authorizerFunction: decides } = props.authorizer;
    const { restApi, iamFunction, stsFunction } = props.controlPlane;
    const graph = (title: string, ...left: IMetric[]) =>
      new GraphWidget({ title, left, width: 12, period: PERIOD });
    const count = { period: PERIOD };
    new Dashboard(this, 'Dashboard', {
      dashboardName: prefix,
      widgets: [
        [
          graph(
            'Decisions',
            decisionMetric(prefix, 'Allowed', count),
            decisionMetric(prefix, 'Denied', count),
            decisionMetric(prefix, 'Unauthorized', count),
            decisionMetric(prefix, 'Failures', count),
          ),
          graph(
            'Time of an authorization in milliseconds',
            decides.metricDuration({ ...count, statistic: Stats.p(50), label: 'p50' }),
            decides.metricDuration({ ...count, statistic: Stats.p(99), label: 'p99' }),
          ),
        ],
        [
          graph(
            'Authorizer: calls, throttles',
            decides.metricInvocations(count),
            decides.metricThrottles(count),
          ),
          graph(
            'Administration: requests, errors',
            restApi.metricCount(count),
            restApi.metricClientError(count),
            restApi.metricServerError(count),
          ),
        ],
        [
          graph(
            'Errors of the functions of administration',
            iamFunction.metricErrors({ ...count, label: 'IAM' }),
            stsFunction.metricErrors({ ...count, label: 'STS' }),
          ),
        ],
      ],
    });
  }
}

function listWatched(prefix: string, props: MonitoringStackProps): readonly Watched[] {
  const { denials = 100, unauthorized = 100, latencyMilliseconds = 1000 } = props.thresholds ?? {};
  const { authorizerFunction: decides } = props.authorizer;
  const { restApi } = props.controlPlane;
  const count = { period: PERIOD };
  return [
    {
      id: 'Denials',
      description: 'unusually many calls are denied',
      metric: decisionMetric(prefix, 'Denied', count),
      threshold: denials,
    },
    {
      id: 'Unauthorized',
      description: 'unusually many calls have no good credentials',
      metric: decisionMetric(prefix, 'Unauthorized', count),
      threshold: unauthorized,
    },
    {
      id: 'Failures',
      description: 'the authorizer could not decide, and answered 500',
      metric: decisionMetric(prefix, 'Failures', count),
      threshold: 0,
    },
    {
      id: 'Throttles',
      description: 'Lambda refused to run the authorizer: its concurrency is used up',
      metric: decides.metricThrottles(count),
      threshold: 0,
    },
    {
      id: 'Latency',
      description: 'one authorization in a hundred takes too long',
      metric: decides.metricDuration({ ...count, statistic: Stats.p(99) }),
      threshold: latencyMilliseconds,
    },
    {
      id: 'AdminErrors',
      description: 'the administrators’ API failed through no fault of its caller',
      metric: restApi.metricServerError({ ...count, statistic: Stats.SUM }),
      threshold: 0,
    },
  ];
}
