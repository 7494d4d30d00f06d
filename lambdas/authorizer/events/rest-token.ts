import type { APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import type { GuardedRequest } from './guarded-request';
import { readMethodArn, unmappedMethod } from './method-arn';

/**
 * Reads the event of a REST API's TOKEN authorizer: a token and the ARN of a method, and nothing else. So a signature can never
 * hold, conditions on the address find none, and no catalogue applies, because the route is not told.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function readRestToken(event: APIGatewayTokenAuthorizerEvent): GuardedRequest {
  const { authorizationToken, methodArn } = event;
  if (typeof authorizationToken !== 'string') {
    throw new TypeError('the event has no token');
  }
  const { gateway, method, path } = readMethodArn(methodArn);
  return {
    http: {
      method,
      path: `/${path}`,
      query: [],
      headers: new Map([['authorization', [authorizationToken]]]),
      body: undefined,
      sourceIp: undefined,
      secureTransport: true,
      requestId: '',
    },
    gateway,
    routes: [
      {
        name: `/${path}`,
        keys: undefined,
        parameters: new Map([['proxy', path]]),
        unmapped: unmappedMethod(gateway, method, path === '' ? '/' : '/{proxy+}'),
        arn: methodArn,
      },
    ],
  };
}
