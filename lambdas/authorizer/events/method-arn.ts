import type { Gateway, UnmappedRoute } from './guarded-request';

/** What the ARN of a method says. */
export interface MethodArn {
  readonly gateway: Gateway;
  /** `GET`, …; of a WebSocket the route: `$connect`. */
  readonly method: string;
  /** What comes behind the method, without its first slash. */
  readonly path: string;
}

const PATTERN =
  /^arn:([a-z-]+):execute-api:([a-z0-9-]+):([0-9]{12}):([^/:]+)\/([^/]+)\/(\$connect$|[A-Z]+)(?:\/(.*)|$)/s;

/**
 * Reads `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/GET/orders/42`. Throws where it is none: a gateway always sends one,
 * so it is an error of the deployment, not of the caller.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
export function readMethodArn(arn: unknown): MethodArn {
  if (typeof arn !== 'string') {
    throw new TypeError('the event has no method ARN');
  }
  const [, partition, region, accountId, apiId, stage, method, path = ''] = PATTERN.exec(arn) ?? [];
  if (
    partition === undefined ||
    region === undefined ||
    accountId === undefined ||
    apiId === undefined ||
    stage === undefined ||
    method === undefined
  ) {
    throw new TypeError('the event has no method ARN of an API');
  }
  const service = 'execute-api';
  return { gateway: { partition, region, accountId, apiId, stage, service }, method, path };
}

/** `execute-api:Invoke` on a method. */
export function unmappedMethod(gateway: Gateway, method: string, path?: string): UnmappedRoute {
  const { partition, region, accountId, apiId, stage } = gateway;
  return {
    action: 'execute-api:Invoke',
    arn: `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/${method}`,
    ...(path === undefined ? {} : { path }),
  };
}
