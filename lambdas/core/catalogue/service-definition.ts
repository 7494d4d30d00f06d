/**
 * What a service can be asked for: its actions, the types of its resources, and the condition keys that it sets. AWS publishes such
 * tables for its services; a team writes one for its API.
 *
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export interface ServiceDefinition {
  /** The prefix of its actions, e.g. `orders`. */
  readonly service: string;
  readonly actions: readonly ActionDefinition[];
  readonly resourceTypes: readonly ResourceTypeDefinition[];
  readonly conditionKeys: readonly ConditionKeyDefinition[];
}

export interface ActionDefinition {
  /** Without the prefix, e.g. `GetOrder`. */
  readonly name: string;
  readonly accessLevel: 'List' | 'Read' | 'Write' | 'Tagging' | 'Permissions management';
  /** Names of the resource types that it is about; none means that it is asked for on `*`. */
  readonly resourceTypes: readonly string[];
  /** Keys that are set for this action, besides those of its resource types and AWS's global ones. */
  readonly conditionKeys: readonly string[];
}

export interface ResourceTypeDefinition {
  readonly name: string;
  /** With `${Partition}`, `${Region}`, `${Account}` and names of one's own: `arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}`. */
  readonly arn: string;
  readonly conditionKeys: readonly string[];
}

export interface ConditionKeyDefinition {
  /** `orders:Channel`, or with a part to be filled in: `aws:ResourceTag/${TagKey}`. */
  readonly name: string;
  readonly type: ConditionKeyType;
}

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
