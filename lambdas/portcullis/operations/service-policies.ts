import { requireServicePolicy } from '../../identity/service-definitions';
import { readServicePolicy, type ServicePolicyRecord } from '../../identity/service-entities';
import { toAttributes } from '../../identity/records';
import { commit } from '../../operations/commit';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import {
  NOTHING,
  operation,
  STRING,
  structure,
  TIMESTAMP,
} from '../../protocol/portcullis-schemas';
import { PUT_SERVICE_POLICY } from '../../protocol/service-schemas';
import { servicePolicyKey } from '../../store/keys';
import { onService } from '../services';

/*
 * The resource-based policy of a service: of every resource that it has, as the policy of an API of API Gateway is. It lets in who has
 * no permission of its own: other accounts, and everybody where it names `*`.
 */

interface ServiceName {
  readonly Service: string | undefined;
}

interface PolicyInput extends ServiceName {
  readonly PolicyDocument: string | undefined;
}

interface PolicyOutput {
  readonly Service: string;
  readonly PolicyDocument: string;
  readonly UpdateDate: Date;
}

const SERVICE_REQUEST = structure('ServicePolicyRequest', { Service: STRING });

const putServicePolicy: Operation<PolicyInput, void> = {
  name: 'PutServicePolicy',
  schema: PUT_SERVICE_POLICY,
  accessLevel: 'Permissions management',
  route: 'PUT /services/{Service}/policy',
  authorization: onService('portcullis:PutServicePolicy'),
  errors: ['ConcurrentModification', 'MalformedPolicyDocument'],
  run: async ({ Service, PolicyDocument }, call) => {
    requireServicePolicy(PolicyDocument);
    const record: ServicePolicyRecord = { Service, PolicyDocument, UpdateDate: call.now };
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: servicePolicyKey(call.accountId, Service),
          attributes: toAttributes(record),
          condition: { exists: 'any' },
        },
      },
    ]);
  },
};

const getServicePolicy: Operation<ServiceName, PolicyOutput> = {
  name: 'GetServicePolicy',
  schema: operation(
    'GetServicePolicy',
    SERVICE_REQUEST,
    structure('GetServicePolicyResponse', {
      Service: STRING,
      PolicyDocument: STRING,
      UpdateDate: TIMESTAMP,
    }),
  ),
  accessLevel: 'Read',
  route: 'GET /services/{Service}/policy',
  authorization: onService('portcullis:GetServicePolicy'),
  errors: ['NoSuchEntity'],
  run: async ({ Service }, { store, accountId }) => {
    const item = await store.get(servicePolicyKey(accountId, Service), { consistent: true });
    if (item === undefined) throw noSuchServicePolicy(Service);
    const { PolicyDocument, UpdateDate } = readServicePolicy(item);
    return { Service, PolicyDocument, UpdateDate: new Date(UpdateDate) };
  },
};

const deleteServicePolicy: Operation<ServiceName, void> = {
  name: 'DeleteServicePolicy',
  schema: operation('DeleteServicePolicy', SERVICE_REQUEST, NOTHING),
  accessLevel: 'Permissions management',
  route: 'DELETE /services/{Service}/policy',
  authorization: onService('portcullis:DeleteServicePolicy'),
  errors: ['ConcurrentModification', 'NoSuchEntity'],
  run: async ({ Service }, call) => {
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: servicePolicyKey(call.accountId, Service),
          condition: { exists: true },
        },
        refusal: noSuchServicePolicy(Service),
      },
    ]);
  },
};

const noSuchServicePolicy = (service: string): IamError =>
  new IamError('NoSuchEntity', `The service ${service} has no policy.`);

export const servicePolicyOperations: readonly AnyOperation[] = [
  putServicePolicy,
  getServicePolicy,
  deleteServicePolicy,
];
