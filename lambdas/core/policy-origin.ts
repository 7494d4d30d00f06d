import type { PolicyType } from './decision';
import type { PolicyDocument } from './document';

/** What is known of a policy besides its statements' meaning. */
export interface PolicyOrigin {
  readonly policyType: PolicyType;
  readonly policyId?: string;
  readonly policyArn?: string;
  readonly document: PolicyDocument;
  /** The text that positions refer to. */
  readonly text?: string;
  /** Whether `${…}` is a variable in it. */
  readonly variables: boolean;
}
