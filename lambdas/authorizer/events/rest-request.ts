import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { methodRouteKeys } from '../../core/catalogue/route-key';
import { readAuthorizerEvent } from '../../protocol/rest-event';
import type { GuardedRequest } from './guarded-request';
import { readMethodArn, unmappedMethod } from './method-arn';

/**
 * Reads the event of a REST API's REQUEST authorizer. Throws where the event is none: a gateway never sends one, so it is an error
 * of the deployment, not of the caller.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function readRestRequest(event: APIGatewayRequestAuthorizerEvent): GuardedRequest {
  const http = readAuthorizerEvent(event);
  const { gateway, method } = readMethodArn(event.methodArn);
  const { apiId, stage } = event.requestContext;
  const { resource } = event;
  if (
    typeof resource !== 'string' ||
    method !== event.httpMethod ||
    gateway.apiId !== apiId ||
    gateway.stage !== stage
  ) {
    throw new TypeError('the parts of the event do not speak of one method');
  }
  return {
    http,
    gateway,
    routes: [
      {
        name: resource,
        keys: methodRouteKeys(method, resource),
        // As the gateway gives them: a value that would be another one after decoding is found in the path, and refused.
        parameters: readStrings(event.pathParameters),
        unmapped: unmappedMethod(gateway, method, resource),
        arn: event.methodArn,
      },
    ],
  };
}

/** The members of an object that are strings. */
export function readStrings(
  values: Readonly<Record<string, unknown>> | null | undefined,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(values ?? {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
