import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { HttpRequest } from '../../protocol/http';
import { readAuthorizerEvent } from '../../protocol/rest-event';

/** One call of a guarded API, whichever gateway it came through. */
export interface GuardedRequest {
  readonly http: HttpRequest;
  readonly method: GatewayMethod;
  /** The route as the gateway matched it: `/orders/{orderId}`. */
  readonly route: string;
  /** As the gateway gives them; whether they are decoded depends on the gateway. */
  readonly pathParameters: ReadonlyMap<string, string>;
}

/** What the gateway asks an answer for. */
export interface GatewayMethod {
  /** `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/GET/orders/42`. */
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  /** `GET`, … */
  readonly name: string;
}

/**
 * Reads the event of a REST API's REQUEST authorizer. Throws where the event is none: a gateway never sends one, so it is an error
 * of the deployment, not of the caller.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function readRestRequest(event: APIGatewayRequestAuthorizerEvent): GuardedRequest {
  const http = readAuthorizerEvent(event);
  const method = readMethodArn(event.methodArn);
  const { apiId, stage } = event.requestContext;
  if (
    typeof event.resource !== 'string' ||
    method.name !== event.httpMethod ||
    method.apiId !== apiId ||
    method.stage !== stage
  ) {
    throw new TypeError('the parts of the event do not speak of one method');
  }
  return {
    http,
    method,
    route: event.resource,
    pathParameters: new Map(
      Object.entries(event.pathParameters ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
  };
}

function readMethodArn(arn: unknown): GatewayMethod {
  if (typeof arn !== 'string') {
    throw new TypeError('the event has no method ARN');
  }
  const pattern =
    /^arn:([a-z-]+):execute-api:([a-z0-9-]+):([0-9]{12}):([^/:]+)\/([^/]+)\/([A-Z]+)(?:\/|$)/;
  const [, partition, region, accountId, apiId, stage, name] = pattern.exec(arn) ?? [];
  if (
    partition === undefined ||
    region === undefined ||
    accountId === undefined ||
    apiId === undefined ||
    stage === undefined ||
    name === undefined
  ) {
    throw new TypeError('the event has no method ARN of a REST API');
  }
  return { arn, partition, region, accountId, apiId, stage, name };
}
