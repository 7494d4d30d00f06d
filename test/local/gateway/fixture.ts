import type { GatewayRequest } from '../../../local/gateway/request';
import type { Authorizer, Method, RestApi } from '../../../local/gateway/rest-api';

export function createMethod(
  httpMethod: string,
  resourcePath: string,
  more: Partial<Method> = {},
): Method {
  return {
    resourceId: 'res123',
    resourcePath,
    httpMethod,
    authorizer: undefined,
    requiredParameters: [],
    integration: {
      type: 'AWS_PROXY',
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:backend',
      isPermitted: true,
      timeoutMilliseconds: 1000,
    },
    ...more,
  };
}

export function createAuthorizer(more: Partial<Authorizer> = {}): Authorizer {
  return {
    authorizerId: 'auth01',
    type: 'REQUEST',
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:guard',
    isPermitted: true,
    identitySources: [],
    identityValidationExpression: undefined,
    resultTtlSeconds: 0,
    ...more,
  };
}

export function createApi(methods: readonly Method[], more: Partial<RestApi> = {}): RestApi {
  return {
    apiId: 'a1b2c3d4e5',
    name: 'Orders',
    stackName: 'Test',
    accountId: '123456789012',
    region: 'eu-west-1',
    stageName: 'prod',
    stageVariables: undefined,
    deploymentId: 'dep123',
    binaryMediaTypes: [],
    methods,
    gatewayResponses: new Map(),
    ...more,
  };
}

export function createRequest(
  method: string,
  target: string,
  more: Partial<GatewayRequest> = {},
): GatewayRequest {
  const [path = '/', query = ''] = target.split('?');
  return {
    method,
    path,
    query,
    headers: [['Host', 'api.example.com:4001']],
    body: Buffer.alloc(0),
    sourceIp: '127.0.0.1',
    port: 4001,
    httpVersion: 'HTTP/1.1',
    requestId: '00000000-0000-4000-8000-000000000001',
    extendedRequestId: 'AbCdEfGhIjKlMnO=',
    receivedAt: new Date('2026-01-02T03:04:05.678Z'),
    ...more,
  };
}
