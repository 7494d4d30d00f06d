import { PORTCULLIS_OPERATIONS } from '../../lambdas/portcullis/operation-table';
import type { AnyOperation } from '../../lambdas/operations/operation-table';
import { ACCOUNT, type AdminDeployment, type Credentials } from '../operations/deployment';
import { callRest } from '../operations/rest-requests';

/* One call of each row that works, and the resource that it is about. */

export interface PortcullisCase {
  readonly input: object;
  readonly resource: string;
  /** What the call answers, in part. */
  readonly answer: object;
}

export function operationOf(name: string): AnyOperation {
  const operation = PORTCULLIS_OPERATIONS.operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`there is no operation ${name}`);
  return operation;
}

export interface Called {
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function callPortcullis(
  deployment: AdminDeployment,
  name: string,
  input: object,
  credentials?: Credentials,
): Promise<Called> {
  const answer = await callRest(deployment, operationOf(name), input, credentials);
  return {
    statusCode: answer.statusCode,
    body: JSON.parse(answer.body) as Readonly<Record<string, unknown>>,
  };
}

export const ORDERS = {
  Service: 'orders',
  Actions: [
    { Name: 'GetOrder', AccessLevel: 'Read', ResourceTypes: ['order'] },
    { Name: 'ListOrders', AccessLevel: 'List', ConditionKeys: ['orders:Channel'] },
  ],
  ResourceTypes: [
    {
      Name: 'order',
      Arn: 'arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}',
      ConditionKeys: ['orders:Amount'],
    },
  ],
  ConditionKeys: [
    { Name: 'orders:Channel', Type: 'String' },
    { Name: 'orders:Amount', Type: 'Numeric' },
  ],
};

export const EVERYBODY = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: 'orders:GetOrder', Resource: '*' },
});

export async function putOrders(deployment: AdminDeployment): Promise<void> {
  for (const [name, input] of [
    ['PutServiceDefinition', ORDERS],
    ['PutServicePolicy', { Service: 'orders', PolicyDocument: EVERYBODY }],
  ] as const) {
    const { statusCode, body } = await callPortcullis(deployment, name, input);
    if (statusCode !== 200) throw new Error(JSON.stringify(body));
  }
}

const service = `arn:aws:portcullis::${ACCOUNT}:service/orders`;
export const ORDER_42 = `arn:aws:orders:eu-central-1:${ACCOUNT}:order/42`;

const question = {
  subject: { type: 'root', id: ACCOUNT },
  action: { name: 'orders:GetOrder' },
  resource: { type: 'order', id: ORDER_42 },
};

const named = { Service: 'orders' };
const policy = { Service: 'orders', PolicyDocument: EVERYBODY };

/** Each for a deployment on which {@link putOrders} has been called. */
export const PORTCULLIS_CASES: Readonly<Record<string, PortcullisCase>> = {
  PutServiceDefinition: { input: ORDERS, resource: service, answer: {} },
  GetServiceDefinition: { input: named, resource: service, answer: named },
  ListServiceDefinitions: {
    input: {},
    resource: `arn:aws:portcullis::${ACCOUNT}:service/*`,
    answer: { Services: [named], IsTruncated: false },
  },
  DeleteServiceDefinition: { input: named, resource: service, answer: {} },
  PutServicePolicy: { input: policy, resource: service, answer: {} },
  GetServicePolicy: { input: named, resource: service, answer: policy },
  DeleteServicePolicy: { input: named, resource: service, answer: {} },
  EvaluateAccess: { input: question, resource: service, answer: { decision: true } },
  ListAllowedResources: {
    input: { PrincipalType: 'root', Principal: ACCOUNT, Action: 'orders:GetOrder' },
    resource: service,
    answer: {
      Allowed: [{ Resources: [`arn:*:orders:*:${ACCOUNT}:order/*`] }, {}],
      Denied: [],
      Undecided: [],
    },
  },
  EvaluateAccessBatch: {
    input: { ...question, evaluations: [{}, {}] },
    resource: service,
    answer: { evaluations: [{ decision: true }, { decision: true }] },
  },
};
