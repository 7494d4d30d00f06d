import type { ServiceDefinition } from '../core/catalogue/service-definition';
import { serviceDefinitionKey, servicePolicyKey } from '../store/keys';
import type { ReadOptions, Store } from '../store/store';
import { list, number, oneOf, optional, row, structure, text } from './records';

/* The services that a team has registered: what they can be asked for, and the resource-based policy of all their resources. */

/** `RegisteredBy` is the resource of a stack that keeps a row; absent where an administrator put it. */
export interface ServiceDefinitionRecord extends ServiceDefinition {
  readonly UpdateDate: number;
  readonly RegisteredBy?: string | undefined;
}

/** One policy for every resource of a service, as an API of API Gateway has one. */
export interface ServicePolicyRecord {
  readonly Service: string;
  readonly PolicyDocument: string;
  readonly UpdateDate: number;
  readonly RegisteredBy?: string | undefined;
}

const ACCESS_LEVELS = ['List', 'Read', 'Write', 'Tagging', 'Permissions management'] as const;

const KEY_TYPES = [
  'ARN',
  'ArrayOfARN',
  'ArrayOfString',
  'Binary',
  'Bool',
  'Date',
  'IPAddress',
  'Numeric',
  'String',
] as const;

export const readServiceDefinition = row<ServiceDefinitionRecord>('service definition', {
  service: text,
  actions: list(
    structure({
      name: text,
      accessLevel: oneOf(...ACCESS_LEVELS),
      resourceTypes: list(text),
      conditionKeys: list(text),
    }),
  ),
  resourceTypes: list(structure({ name: text, arn: text, conditionKeys: list(text) })),
  conditionKeys: list(structure({ name: text, type: oneOf(...KEY_TYPES) })),
  UpdateDate: number,
  RegisteredBy: optional(text),
});

export const readServicePolicy = row<ServicePolicyRecord>('service policy', {
  Service: text,
  PolicyDocument: text,
  UpdateDate: number,
  RegisteredBy: optional(text),
});

/** What an account knows of a service; each undefined where it is not registered. */
export interface RegisteredService {
  readonly definition: ServiceDefinitionRecord | undefined;
  readonly policyDocument: string | undefined;
}

/** One round trip. Throws StoreUnavailable. */
export async function loadService(
  store: Store,
  accountId: string,
  service: string,
  options: ReadOptions,
): Promise<RegisteredService> {
  const [definition, policy] = await store.getMany(
    [serviceDefinitionKey(accountId, service), servicePolicyKey(accountId, service)],
    options,
  );
  return {
    definition: definition && readServiceDefinition(definition),
    policyDocument: policy && readServicePolicy(policy).PolicyDocument,
  };
}
