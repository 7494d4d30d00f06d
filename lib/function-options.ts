import type { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { removalPolicyOf } from './removal';
import type { SandboxOption } from './removal';

/** How a deployment's functions are observed. */
export interface ObservationOptions {
  /**
   * How long logs are kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * Whether X-Ray traces calls.
   *
   * @default true
   */
  readonly tracing?: boolean;
}

/** The same for one function. */
export interface FunctionOptions extends ObservationOptions {
  /**
   * What happens to its log when the function goes.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/** What every function of a stack is told. */
export function functionOptions(props: ObservationOptions & SandboxOption): FunctionOptions {
  const { logRetention, tracing } = props;
  return { logRetention, tracing, logRemovalPolicy: removalPolicyOf(props) };
}
