import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { IFilterPattern, ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What is counted, by the name of its metric. */
export type DecisionMetricName = 'Allowed' | 'Denied' | 'Unauthorized' | 'Failures';

/** Fields of the authorizer's log: one line of JSON for each call. */
const PATTERNS: Readonly<Record<DecisionMetricName, IFilterPattern>> = {
  Allowed: decisionsWith('Allow'),
  Denied: decisionsWith('Deny'),
  Unauthorized: FilterPattern.stringValue('$.event', '=', 'unauthorized'),
  Failures: FilterPattern.stringValue('$.event', '=', 'failure'),
};

function decisionsWith(effect: 'Allow' | 'Deny'): IFilterPattern {
  return FilterPattern.all(
    FilterPattern.stringValue('$.event', '=', 'decision'),
    FilterPattern.stringValue('$.effect', '=', effect),
  );
}

/** The namespace of a deployment's metrics. */
export function metricNamespace(prefix: string): string {
  return `Portcullis/${prefix}`;
}

/** How many calls ended so, by default in five minutes. It has values where {@link DecisionMetrics} are made. */
export function decisionMetric(
  prefix: string,
  metricName: DecisionMetricName,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: metricNamespace(prefix),
    metricName,
    statistic: Stats.SUM,
    ...options,
  });
}

/** Properties of {@link DecisionMetrics}. */
export interface DecisionMetricsProps {
  /** The authorizer's log. */
  readonly logGroup: ILogGroup;
  /** Of the deployment; part of the namespace. */
  readonly prefix: string;
}

/** Counts what the authorizer's log says. */
export class DecisionMetrics extends Construct {
  constructor(scope: Construct, id: string, props: DecisionMetricsProps) {
    super(scope, id);
    for (const [metricName, filterPattern] of Object.entries(PATTERNS)) {
      new MetricFilter(this, metricName, {
        logGroup: props.logGroup,
        filterPattern,
        metricNamespace: metricNamespace(props.prefix),
        metricName,
        metricValue: '1',
        defaultValue: 0,
      });
    }
  }
}
