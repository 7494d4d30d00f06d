import { checkServiceDefinition } from '../../core/catalogue/check-definition';
import type { ServiceDefinition } from '../../core/catalogue/service-definition';
import { renderFinding } from '../findings';
import {
  readServiceDefinition,
  type ServiceDefinitionRecord,
} from '../../identity/service-entities';
import { toAttributes } from '../../identity/records';
import { commit } from '../../operations/commit';
import type { Checked, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { SERVICE_PREFIX, serviceDefinitionKey, servicesPartition } from '../../store/keys';
import {
  listOf,
  NOTHING,
  operation,
  STRING,
  STRINGS,
  structure,
  TIMESTAMP,
  INTEGER,
} from '../schemas';
import { noSuchService, onEveryService, onService } from '../services';

/* What a team's services can be asked for: actions, resource types and condition keys, as AWS publishes them for its own. */

export interface ServiceDefinitionInput {
  readonly Service: string | undefined;
  readonly Actions: readonly {
    readonly Name: string | undefined;
    readonly AccessLevel: string | undefined;
    readonly ResourceTypes?: readonly string[] | undefined;
    readonly ConditionKeys?: readonly string[] | undefined;
  }[];
  readonly ResourceTypes?:
    | readonly {
        readonly Name: string | undefined;
        readonly Arn: string | undefined;
        readonly ConditionKeys?: readonly string[] | undefined;
      }[]
    | undefined;
  readonly ConditionKeys?:
    readonly { readonly Name: string | undefined; readonly Type: string | undefined }[] | undefined;
}

interface ServiceDefinitionOutput extends ServiceDefinitionInput {
  readonly UpdateDate: Date;
}

const ACTION = structure(
  'ActionDefinition',
  { Name: STRING, AccessLevel: STRING },
  { ResourceTypes: STRINGS, ConditionKeys: STRINGS },
);
const RESOURCE_TYPE = structure(
  'ResourceTypeDefinition',
  { Name: STRING, Arn: STRING },
  { ConditionKeys: STRINGS },
);
const CONDITION_KEY = structure('ConditionKeyDefinition', { Name: STRING, Type: STRING });

const DEFINITION = {
  required: { Service: STRING, Actions: listOf('ActionDefinitions', () => ACTION) },
  optional: {
    ResourceTypes: listOf('ResourceTypeDefinitions', () => RESOURCE_TYPE),
    ConditionKeys: listOf('ConditionKeyDefinitions', () => CONDITION_KEY),
  },
};

const SERVICE_REQUEST = structure('ServiceRequest', { Service: STRING });

/** The store takes rows of 400 KB at most. */
const MAX_DEFINITION_BYTES = 256 * 1024;

const putServiceDefinition: Operation<ServiceDefinitionInput, void> = {
  name: 'PutServiceDefinition',
  schema: operation(
    'PutServiceDefinition',
    structure('PutServiceDefinitionRequest', DEFINITION.required, DEFINITION.optional),
    NOTHING,
  ),
  accessLevel: 'Write',
  route: 'PUT /services/{Service}',
  authorization: onService('portcullis:PutServiceDefinition'),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded'],
  run: async (input, call) => {
    const record: ServiceDefinitionRecord = {
      ...definitionOf(input),
      UpdateDate: call.now,
    };
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: serviceDefinitionKey(call.accountId, input.Service),
          attributes: toAttributes(record),
          condition: { exists: 'any' },
        },
      },
    ]);
  },
};

/** Errors: InvalidInput with everything that is wrong, LimitExceeded. */
function definitionOf(input: Checked<ServiceDefinitionInput>): ServiceDefinition {
  const definition: ServiceDefinition = {
    service: input.Service,
    actions: input.Actions.map((action) => ({
      name: action.Name,
      accessLevel: action.AccessLevel as ServiceDefinition['actions'][number]['accessLevel'],
      resourceTypes: [...(action.ResourceTypes ?? [])],
      conditionKeys: [...(action.ConditionKeys ?? [])],
    })),
    resourceTypes: (input.ResourceTypes ?? []).map((type) => ({
      name: type.Name,
      arn: type.Arn,
      conditionKeys: [...(type.ConditionKeys ?? [])],
    })),
    conditionKeys: (input.ConditionKeys ?? []).map((key) => ({
      name: key.Name,
      type: key.Type as ServiceDefinition['conditionKeys'][number]['type'],
    })),
  };
  if (Buffer.byteLength(JSON.stringify(definition)) > MAX_DEFINITION_BYTES) {
    throw new IamError(
      'LimitExceeded',
      `Cannot exceed quota for ServiceDefinitionSize: ${MAX_DEFINITION_BYTES}`,
    );
  }
  const findings = checkServiceDefinition(definition);
  if (findings.length > 0) {
    throw new IamError('InvalidInput', findings.map(renderFinding).join('; '));
  }
  return definition;
}

const getServiceDefinition: Operation<{ Service: string | undefined }, ServiceDefinitionOutput> = {
  name: 'GetServiceDefinition',
  schema: operation(
    'GetServiceDefinition',
    SERVICE_REQUEST,
    structure(
      'GetServiceDefinitionResponse',
      { ...DEFINITION.required, UpdateDate: TIMESTAMP },
      DEFINITION.optional,
    ),
  ),
  accessLevel: 'Read',
  route: 'GET /services/{Service}',
  authorization: onService('portcullis:GetServiceDefinition'),
  errors: ['NoSuchEntity'],
  run: async ({ Service: service }, { store, accountId }) => {
    const item = await store.get(serviceDefinitionKey(accountId, service), { consistent: true });
    if (item === undefined) throw noSuchService(service);
    return viewDefinition(readServiceDefinition(item));
  },
};

function viewDefinition(record: ServiceDefinitionRecord): ServiceDefinitionOutput {
  return {
    Service: record.service,
    Actions: record.actions.map((action) => ({
      Name: action.name,
      AccessLevel: action.accessLevel,
      ResourceTypes: [...action.resourceTypes],
      ConditionKeys: [...action.conditionKeys],
    })),
    ResourceTypes: record.resourceTypes.map((type) => ({
      Name: type.name,
      Arn: type.arn,
      ConditionKeys: [...type.conditionKeys],
    })),
    ConditionKeys: record.conditionKeys.map(({ name, type }) => ({ Name: name, Type: type })),
    UpdateDate: new Date(record.UpdateDate),
  };
}

const deleteServiceDefinition: Operation<{ Service: string | undefined }, void> = {
  name: 'DeleteServiceDefinition',
  schema: operation('DeleteServiceDefinition', SERVICE_REQUEST, NOTHING),
  accessLevel: 'Write',
  route: 'DELETE /services/{Service}',
  authorization: onService('portcullis:DeleteServiceDefinition'),
  errors: ['ConcurrentModification', 'NoSuchEntity'],
  run: async ({ Service: service }, call) => {
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: serviceDefinitionKey(call.accountId, service),
          condition: { exists: true },
        },
        refusal: noSuchService(service),
      },
    ]);
  },
};

interface ListInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

interface ListOutput {
  readonly Services: readonly { readonly Service: string; readonly UpdateDate: Date }[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

const SUMMARY = structure('ServiceSummary', { Service: STRING, UpdateDate: TIMESTAMP });

const listServiceDefinitions: Operation<ListInput, ListOutput> = {
  name: 'ListServiceDefinitions',
  schema: operation(
    'ListServiceDefinitions',
    structure('ListServiceDefinitionsRequest', {}, { Marker: STRING, MaxItems: INTEGER }),
    structure(
      'ListServiceDefinitionsResponse',
      { Services: listOf('ServiceSummaries', () => SUMMARY) },
      { IsTruncated: 2, Marker: STRING },
    ),
  ),
  accessLevel: 'List',
  route: 'GET /services',
  authorization: onEveryService('portcullis:ListServiceDefinitions'),
  errors: [],
  run: async (input, call) => {
    const partition = servicesPartition(call.accountId);
    const { rows, end } = await takePage(call, input, (after) =>
      queryEntries(
        call,
        { table: 'policies', partition, prefix: SERVICE_PREFIX.definition, after },
        input.MaxItems,
        (items) => items.map(readServiceDefinition),
      ),
    );
    return {
      Services: rows.map(({ service, UpdateDate }) => ({
        Service: service,
        UpdateDate: new Date(UpdateDate),
      })),
      ...end,
    };
  },
};

export const serviceDefinitionOperations: readonly AnyOperation[] = [
  putServiceDefinition,
  getServiceDefinition,
  listServiceDefinitions,
  deleteServiceDefinition,
];
