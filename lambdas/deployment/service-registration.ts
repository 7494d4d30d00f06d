import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  requireServiceDefinition,
  requireServicePolicy,
  type GivenServiceDefinition,
} from '../identity/service-definitions';
import { readServiceDefinition, readServicePolicy } from '../identity/service-entities';
import { validateInput } from '../protocol/constraints';
import { IamError } from '../protocol/errors';
import { decodeObject } from '../protocol/rest-json-input';
import type { OperationSchema } from '../protocol/schema';
import { PUT_SERVICE_DEFINITION, PUT_SERVICE_POLICY } from '../protocol/service-schemas';
import { serviceDefinitionKey, servicePolicyKey } from '../store/keys';
import { ConditionFailed, type Attributes, type Item, type Key } from '../store/store';
import type { Store } from '../store/store';
import {
  OWN_PROPERTIES,
  ResourceRefused,
  type CustomResourceEvent,
  type CustomResourceResult,
} from './custom-resource';

export interface ServiceRegistrationOptions {
  readonly store: Store;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** One kind of what a stack registers about a service. */
interface Kind {
  readonly name: string;
  /** For messages: `the definition of orders`. */
  readonly noun: string;
  readonly schema: OperationSchema;
  readonly key: (accountId: string, service: string) => Key;
  /** What the row is to say, from input that the schema has let through. Errors: IamError. */
  readonly wanted: (input: unknown) => Attributes;
  readonly read: (item: Item) => object & { readonly RegisteredBy?: string | undefined };
}

const KINDS: readonly Kind[] = [
  {
    name: 'ServiceDefinition',
    noun: 'definition',
    schema: PUT_SERVICE_DEFINITION,
    key: serviceDefinitionKey,
    wanted: (input) => ({ ...requireServiceDefinition(input as GivenServiceDefinition) }) as never,
    read: readServiceDefinition,
  },
  {
    name: 'ServicePolicy',
    noun: 'policy',
    schema: PUT_SERVICE_POLICY,
    key: servicePolicyKey,
    wanted: (input) => {
      const { Service, PolicyDocument } = input as { Service: string; PolicyDocument: string };
      requireServicePolicy(PolicyDocument);
      return { Service, PolicyDocument };
    },
    read: readServicePolicy,
  },
];

const RESOURCE_TYPE_PREFIX = 'Custom::Portcullis';
const MAX_ATTEMPTS = 5;

/**
 * Makes `Custom::PortcullisServiceDefinition { AccountId, Service, Actions, ResourceTypes, ConditionKeys }` or
 * `Custom::PortcullisServicePolicy { AccountId, Service, PolicyDocument }` what the store holds: the input of `PutServiceDefinition` or
 * `PutServicePolicy`, with the account beside it, read and checked as theirs.
 *
 * A row belongs to the resource that made it: no other stack's resource replaces it, and it goes with that resource alone. What an
 * administrator has put since is replaced by the next change of the stack, and is not deleted with it. What is so already is not written.
 *
 * Errors: {@link ResourceRefused}, StoreUnavailable.
 */
export async function registerService(
  options: ServiceRegistrationOptions,
  event: CustomResourceEvent,
): Promise<CustomResourceResult> {
  const kind = KINDS.find(({ name }) => event.ResourceType === RESOURCE_TYPE_PREFIX + name);
  if (kind === undefined) {
    throw new ResourceRefused(`${event.ResourceType ?? 'nothing'} is no resource of services`);
  }
  return event.RequestType === 'Delete' ? remove(options, kind, event) : put(options, kind, event);
}

async function put(
  { store, now }: ServiceRegistrationOptions,
  kind: Kind,
  event: CustomResourceEvent,
): Promise<CustomResourceResult> {
  const { accountId, service, wanted } = readProperties(kind, event.ResourceProperties);
  const key = kind.key(accountId, service);
  const physicalResourceId = `${kind.name} ${accountId}/${service}`;
  const isKept = event.RequestType === 'Update' && event.PhysicalResourceId === physicalResourceId;
  const owner = ownerOf(event);
  await attempt(async () => {
    const item = await store.get(key, { consistent: true });
    if (item !== undefined) {
      const present = kind.read(item);
      const { RegisteredBy } = present;
      if (RegisteredBy !== owner && (RegisteredBy !== undefined || !isKept)) {
        throw new ResourceRefused(
          `the ${kind.noun} of ${service} in ${accountId} has been put by ${RegisteredBy ?? 'an administrator'} already; delete it there first`,
        );
      }
      if (isDeepStrictEqual(withoutDate(present), { ...wanted, RegisteredBy: owner })) return;
    }
    const attributes = { ...wanted, UpdateDate: now(), RegisteredBy: owner };
    await store.transact([{ kind: 'put', key, attributes, condition: unchanged(item) }], {
      token: randomUUID(),
    });
  });
  return { physicalResourceId };
}

/** A resource that was refused left nothing behind; its physical id is not one of ours. */
async function remove(
  { store }: ServiceRegistrationOptions,
  kind: Kind,
  event: CustomResourceEvent,
): Promise<CustomResourceResult> {
  const { PhysicalResourceId: physicalResourceId = 'nothing' } = event;
  const [, name, accountId, service] =
    /^(\w+) ([0-9]{12})\/([a-z0-9-]{1,64})$/.exec(physicalResourceId) ?? [];
  if (name === kind.name && accountId !== undefined && service !== undefined) {
    const key = kind.key(accountId, service);
    await attempt(async () => {
      const item = await store.get(key, { consistent: true });
      if (item === undefined || kind.read(item).RegisteredBy !== ownerOf(event)) return;
      await store.transact([{ kind: 'delete', key, condition: unchanged(item) }], {
        token: randomUUID(),
      });
    });
  }
  return { physicalResourceId };
}

/** A stack's id is never given twice, so that a stack which is made anew is another. */
function ownerOf({ StackId, LogicalResourceId }: CustomResourceEvent): string {
  return `${LogicalResourceId} of ${StackId}`;
}

function withoutDate(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'UpdateDate'));
}

const unchanged = (item: Item | undefined) =>
  item === undefined ? { exists: false } : { exists: true, revision: item.revision };

/** Again from the beginning where somebody else wrote meanwhile, perhaps a repetition of this very request. */
async function attempt(run: () => Promise<void>): Promise<void> {
  for (let count = 1; ; count += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || count === MAX_ATTEMPTS) throw error;
    }
  }
}

function readProperties(
  kind: Kind,
  properties: Readonly<Record<string, unknown>>,
): { readonly accountId: string; readonly service: string; readonly wanted: Attributes } {
  const { AccountId: accountId, ...others } = properties;
  if (typeof accountId !== 'string' || !/^[0-9]{12}$/.test(accountId)) {
    throw new ResourceRefused('AccountId is twelve digits');
  }
  const given = Object.fromEntries(
    Object.entries(others).filter(([name]) => !OWN_PROPERTIES.includes(name)),
  );
  try {
    const input = decodeObject(kind.schema, given);
    validateInput(kind.schema, input);
    return {
      accountId,
      service: (input as { Service: string }).Service,
      wanted: kind.wanted(input),
    };
  } catch (error) {
    throw error instanceof IamError ? new ResourceRefused(error.message) : error;
  }
}
