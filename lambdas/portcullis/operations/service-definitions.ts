import {
  readServiceDefinition,
  type ServiceDefinitionRecord,
} from '../../identity/service-entities';
import { requireServiceDefinition } from '../../identity/service-definitions';
import { toAttributes } from '../../identity/records';
import { commit } from '../../operations/commit';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import {
  INTEGER,
  BOOLEAN,
  listOf,
  NOTHING,
  operation,
  STRING,
  structure,
  TIMESTAMP,
} from '../../protocol/portcullis-schemas';
import { PUT_SERVICE_DEFINITION, SERVICE_DEFINITION } from '../../protocol/service-schemas';
import { SERVICE_PREFIX, serviceDefinitionKey, servicesPartition } from '../../store/keys';
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

const SERVICE_REQUEST = structure('ServiceRequest', { Service: STRING });

const putServiceDefinition: Operation<ServiceDefinitionInput, void> = {
  name: 'PutServiceDefinition',
  schema: PUT_SERVICE_DEFINITION,
  accessLevel: 'Write',
  route: 'PUT /services/{Service}',
  authorization: onService('portcullis:PutServiceDefinition'),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded'],
  run: async (input, call) => {
    const record: ServiceDefinitionRecord = {
      ...requireServiceDefinition(input),
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

const getServiceDefinition: Operation<{ Service: string | undefined }, ServiceDefinitionOutput> = {
  name: 'GetServiceDefinition',
  schema: operation(
    'GetServiceDefinition',
    SERVICE_REQUEST,
    structure(
      'GetServiceDefinitionResponse',
      { ...SERVICE_DEFINITION.required, UpdateDate: TIMESTAMP },
      SERVICE_DEFINITION.optional,
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
      { IsTruncated: BOOLEAN, Marker: STRING },
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
