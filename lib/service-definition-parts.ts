/** What an action does to what it is about, in AWS's words. */
export type AccessLevel = 'List' | 'Read' | 'Write' | 'Tagging' | 'Permissions management';

/** Of which kind the values of a condition key are. */
export type ConditionKeyType =
  | 'ARN'
  | 'ArrayOfARN'
  | 'ArrayOfString'
  | 'Binary'
  | 'Bool'
  | 'Date'
  | 'IPAddress'
  | 'Numeric'
  | 'String';

/** Something that a service can be asked for. */
export interface ServiceAction {
  /** Without the prefix of the service: `GetOrder`. */
  readonly name: string;
  /** What it does to what it is about. */
  readonly accessLevel: AccessLevel;
  /**
   * Names of the resource types that it is about; a call about anything else is denied.
   *
   * @default - none: it is asked for on `*`
   */
  readonly resourceTypes?: readonly string[];
  /**
   * Condition keys that are set for this action, besides those of its resource types and AWS's global ones.
   *
   * @default - none
   */
  readonly conditionKeys?: readonly string[];
}

/** Something that actions are about. */
export interface ServiceResourceType {
  /** `order`. */
  readonly name: string;
  /** `arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}`; each `${…}` stands for any text. */
  readonly arn: string;
  /**
   * Condition keys that are set for every action about it.
   *
   * @default - none
   */
  readonly conditionKeys?: readonly string[];
}

/** Something that conditions of policies may look at. */
export interface ServiceConditionKey {
  /** `orders:Channel`, or with a part to be filled in: `aws:ResourceTag/${TagKey}`. */
  readonly name: string;
  /** A call whose value is not of this type is denied. */
  readonly type: ConditionKeyType;
}
