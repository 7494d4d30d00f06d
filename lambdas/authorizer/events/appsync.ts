import { encodePath } from '../../protocol/raw-path';
import { readHeaders } from '../../protocol/rest-event';
import { isGraphqlBody, type GraphqlBody } from './graphql-body';
import { readGraphqlOperation, type GraphqlField } from './graphql-operation';
import type { Gateway, GuardedRequest, GuardedRoute } from './guarded-request';

/** What is read of the event; AppSync sends more. */
export interface AppSyncEvent {
  readonly authorizationToken: string;
  readonly requestContext: {
    readonly apiId: string;
    readonly accountId: string;
    readonly requestId: string;
    /** Absent, or empty, where a connection for subscriptions is opened. */
    readonly queryString?: unknown;
    readonly operationName?: unknown;
    readonly variables?: unknown;
  };
  readonly requestHeaders?: Readonly<Record<string, string | undefined>> | null;
}

/**
 * Reads the event of a GraphQL API's Lambda authorization. Each field at the top of the operation is a route; what lies below them
 * is the resolvers' to guard. There is no address in the event that a client could not have written.
 *
 * Errors: TypeError for what is no such event.
 * Source: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 */
export function readAppSync(event: AppSyncEvent, region: string): GuardedRequest {
  const { authorizationToken, requestContext, requestHeaders } = event;
  const { apiId, accountId, requestId } = requestContext;
  if (
    typeof authorizationToken !== 'string' ||
    !/^[A-Za-z0-9]{1,64}$/.test(apiId) ||
    !/^[0-9]{12}$/.test(accountId) ||
    typeof requestId !== 'string'
  ) {
    throw new TypeError('the event is not of a GraphQL API');
  }
  const gateway: Gateway = {
    partition: partitionOf(region),
    region,
    accountId,
    apiId,
    stage: '$default',
    service: 'appsync',
  };
  const body = readBody(requestContext);
  const headers = new Map(readHeaders(undefined, requestHeaders));
  headers.set('authorization', [authorizationToken]);
  return {
    http: {
      method: 'POST',
      path: body === undefined ? '/graphql/connect' : '/graphql',
      query: [],
      headers,
      body: body === undefined ? Buffer.from('{}') : undefined,
      sourceIp: undefined,
      secureTransport: true,
      requestId,
    },
    gateway,
    ...(body === undefined
      ? { routes: [connectRoute(gateway)] }
      : {
          routes: operationRoutes(gateway, body),
          isBody: (payloadHash: string) => isGraphqlBody(body, payloadHash),
        }),
  };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function readBody(context: AppSyncEvent['requestContext']): GraphqlBody | undefined {
  const { queryString: query, operationName, variables } = context;
  if (query === undefined || query === null || query === '') {
    return undefined;
  }
  const name = operationName ?? '';
  const values = variables ?? {};
  if (
    typeof query !== 'string' ||
    typeof name !== 'string' ||
    typeof values !== 'object' ||
    Array.isArray(values)
  ) {
    throw new TypeError('the operation in the event is not of a GraphQL API');
  }
  return {
    query,
    operationName: name === '' ? undefined : name,
    variables: { ...values },
  };
}

/** The opening of a connection for subscriptions; each subscription is asked about again. */
function connectRoute(gateway: Gateway): GuardedRoute {
  const arn = apiArn(gateway);
  return {
    name: '$connect',
    keys: ['$connect'],
    parameters: new Map(),
    unmapped: { action: 'appsync:GraphQL', arn },
    arn,
  };
}

function operationRoutes(gateway: Gateway, body: GraphqlBody): readonly GuardedRoute[] {
  const operation = readGraphqlOperation(body.query, body.operationName, body.variables);
  if (operation === undefined) {
    return [
      {
        ...connectRoute(gateway),
        name: 'unreadable',
        refusal: 'because the operation cannot be read',
      },
    ];
  }
  return operation.fields.map((field) => fieldRoute(gateway, operation.type, field));
}

function fieldRoute(gateway: Gateway, type: string, field: GraphqlField): GuardedRoute {
  const name = `${type}.${field.name}`;
  const arn = `${apiArn(gateway)}/types/${type}/fields/${field.name}`;
  return {
    name,
    keys: [name],
    parameters: new Map(
      [...field.arguments].map(([argument, value]) => [argument, encodePath(value)] as const),
    ),
    unmapped: { action: 'appsync:GraphQL', arn },
    arn,
  };
}

/**
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappsync.html
 */
function apiArn({ partition, region, accountId, apiId }: Gateway): string {
  return `arn:${partition}:appsync:${region}:${accountId}:apis/${apiId}`;
}
