import { RemovalPolicy } from 'aws-cdk-lib';

/** Whether a deployment may lose its data; production is whatever is not a sandbox. */
export interface SandboxOption {
  /**
   * True makes everything go with its stack: no deletion protection, nothing retained, no backups.
   *
   * @default false
   */
  readonly sandbox?: boolean;
}

/** What happens to a stateful resource when its stack no longer has it. */
export function removalPolicyOf(option: SandboxOption): RemovalPolicy {
  return option.sandbox === true ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}
