import {
  AcceptDelegationRequest$,
  AssociateDelegationRequest$,
  CreateDelegationRequest$,
  GetDelegationRequest$,
  GetHumanReadableSummary$,
  ListDelegationRequests$,
  RejectDelegationRequest$,
  SendDelegationToken$,
  UpdateDelegationRequest$,
  type CreateDelegationRequestRequest,
  type CreateDelegationRequestResponse,
  type GetDelegationRequestRequest,
  type GetHumanReadableSummaryRequest,
  type GetHumanReadableSummaryResponse,
  type ListDelegationRequestsRequest,
  type ListDelegationRequestsResponse,
} from '@aws-sdk/client-iam';
import type { ConditionContext } from '../../core/request-context';
import type { Authorization, Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf } from '../../operations/paging';
import { IamError } from '../../protocol/errors';

/*
 * Requests by which partners of AWS ask for access. Only accounts that AWS has taken on as partners may make them; no account here is
 * one, so that there never is a request. Everything else is answered as AWS answers it for a request that is not there.
 */

const ROUTE = '/delegation-requests';

const delegationRequestArn = ({ partition, accountId }: Call, id: string): string =>
  `arn:${partition}:iam::${accountId}:delegation-request/${id}`;

const OWNER_KEY = 'iam:DelegationRequestOwner';

function onRequest(name: string): Authorization<GetDelegationRequestRequest> {
  return {
    action: `iam:${name}`,
    resourceType: 'delegation-request',
    resources: ({ DelegationRequestId: id }, call) => [delegationRequestArn(call, id)],
    conditionKeys: [OWNER_KEY],
  };
}

function noSuchRequest(id: string): IamError {
  return new IamError('NoSuchEntity', `The delegation request with id ${id} cannot be found.`);
}

type RequestOperation = Operation<GetDelegationRequestRequest, never>;

/** An operation on one request. */
function requestOperation(
  row: Pick<RequestOperation, 'name' | 'schema' | 'accessLevel' | 'route' | 'errors'>,
): RequestOperation {
  return {
    ...row,
    authorization: onRequest(row.name),
    run: ({ DelegationRequestId: id }) => Promise.reject(noSuchRequest(id)),
  };
}

const READING_ERRORS = ['NoSuchEntity'] as const;
const CHANGING_ERRORS = ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity'] as const;

const requestOperations: readonly RequestOperation[] = [
  requestOperation({
    name: 'GetDelegationRequest',
    schema: GetDelegationRequest$,
    accessLevel: 'Read',
    route: `GET ${ROUTE}/{DelegationRequestId}`,
    errors: READING_ERRORS,
  }),
  requestOperation({
    name: 'UpdateDelegationRequest',
    schema: UpdateDelegationRequest$,
    accessLevel: 'Write',
    route: `PATCH ${ROUTE}/{DelegationRequestId}`,
    errors: CHANGING_ERRORS,
  }),
  requestOperation({
    name: 'AssociateDelegationRequest',
    schema: AssociateDelegationRequest$,
    accessLevel: 'Write',
    route: `POST ${ROUTE}/{DelegationRequestId}/association`,
    errors: CHANGING_ERRORS,
  }),
  requestOperation({
    name: 'AcceptDelegationRequest',
    schema: AcceptDelegationRequest$,
    accessLevel: 'Write',
    route: `POST ${ROUTE}/{DelegationRequestId}/acceptance`,
    errors: CHANGING_ERRORS,
  }),
  requestOperation({
    name: 'RejectDelegationRequest',
    schema: RejectDelegationRequest$,
    accessLevel: 'Write',
    route: `POST ${ROUTE}/{DelegationRequestId}/rejection`,
    errors: CHANGING_ERRORS,
  }),
  requestOperation({
    name: 'SendDelegationToken',
    schema: SendDelegationToken$,
    accessLevel: 'Write',
    route: `POST ${ROUTE}/{DelegationRequestId}/token`,
    errors: CHANGING_ERRORS,
  }),
];

const createDelegationRequest: Operation<
  CreateDelegationRequestRequest,
  CreateDelegationRequestResponse
> = {
  name: 'CreateDelegationRequest',
  schema: CreateDelegationRequest$,
  accessLevel: 'Write',
  route: `POST ${ROUTE}`,
  authorization: {
    action: 'iam:CreateDelegationRequest',
    resourceType: 'delegation-request',
    resources: (_input, call) => [delegationRequestArn(call, '*')],
    conditionKeys: [
      OWNER_KEY,
      'iam:DelegationDuration',
      'iam:NotificationChannel',
      'iam:TemplateArn',
    ],
    context: ({ SessionDuration, NotificationChannel, Permissions }): ConditionContext => ({
      'iam:DelegationDuration': String(SessionDuration),
      'iam:NotificationChannel': NotificationChannel,
      ...(Permissions.PolicyTemplateArn === undefined
        ? {}
        : { 'iam:TemplateArn': Permissions.PolicyTemplateArn }),
    }),
  },
  errors: [
    'AccessDenied',
    'ConcurrentModification',
    'EntityAlreadyExists',
    'InvalidInput',
    'LimitExceeded',
  ],
  run: (_input, { accountId }) =>
    Promise.reject(
      new IamError(
        'AccessDenied',
        `Account ${accountId} is not onboarded to create delegation requests.`,
      ),
    ),
};

const listDelegationRequests: Operation<
  ListDelegationRequestsRequest,
  ListDelegationRequestsResponse
> = {
  name: 'ListDelegationRequests',
  schema: ListDelegationRequests$,
  accessLevel: 'List',
  route: `GET ${ROUTE}`,
  authorization: {
    action: 'iam:ListDelegationRequests',
    resourceType: 'delegation-request',
    resources: (_input, call) => [delegationRequestArn(call, '*')],
    conditionKeys: [OWNER_KEY],
  },
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { rows, end } = await takePageOf<never>(call, input, [], () => '');
    return { DelegationRequests: rows, isTruncated: end.IsTruncated };
  },
};

const getHumanReadableSummary: Operation<
  GetHumanReadableSummaryRequest,
  GetHumanReadableSummaryResponse
> = {
  name: 'GetHumanReadableSummary',
  schema: GetHumanReadableSummary$,
  accessLevel: 'Read',
  route: 'GET /human-readable-summaries/{EntityArn}',
  authorization: {
    action: 'iam:GetHumanReadableSummary',
    resourceType: 'delegation-request',
    resources: ({ EntityArn }) => [EntityArn],
    conditionKeys: [OWNER_KEY],
  },
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: ({ EntityArn }) => {
    const [, id] = /^arn:[a-z-]+:iam::\d{12}:delegation-request\/([\w-]+)$/.exec(EntityArn) ?? [];
    return Promise.reject(
      id === undefined
        ? new IamError('InvalidInput', `Invalid Entity Arn: ${EntityArn}`)
        : noSuchRequest(id),
    );
  },
};

export const delegationRequestOperations: readonly AnyOperation[] = [
  createDelegationRequest,
  listDelegationRequests,
  ...requestOperations,
  getHumanReadableSummary,
];
