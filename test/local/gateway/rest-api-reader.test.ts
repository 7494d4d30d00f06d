import { readRestApis } from '../../../local/gateway/rest-api-reader';
import type { RestApi } from '../../../local/gateway/rest-api';
import type { ResourceDefinition, TemplateObject } from '../../../local/template';
import { createStacks, functionResource, permission, restApiResources } from '../fixture';

function read(resources: Record<string, ResourceDefinition>): RestApi {
  const [first] = readRestApis(
    createStacks({ Backend: functionResource('a'), Guard: functionResource('b'), ...resources }),
  );
  if (first === undefined) throw new Error('no API');
  return first.api;
}

const ROUTE = { method: 'GET', path: '/orders/{orderId}', functionId: 'Backend' };

function withRoute(more: TemplateObject): Record<string, ResourceDefinition> {
  return restApiResources('Api', [{ ...ROUTE, more }]);
}

test('paths are put together from the resources', () => {
  const api = read(
    restApiResources('Api', [ROUTE, { method: 'ANY', path: '/', functionId: 'Backend' }]),
  );
  expect(
    api.methods.map(({ httpMethod, resourcePath }) => `${httpMethod} ${resourcePath}`),
  ).toEqual(['GET /orders/{orderId}', 'ANY /']);
  expect(api).toMatchObject({ name: 'Api', stageName: 'prod' });
});

test('a method is permitted when a Lambda permission of the function covers its ARN', () => {
  const resources = restApiResources('Api', [{ ...ROUTE, isPermitted: false }]);
  const permitted = (sourceArn: string): boolean => {
    const api = read({ ...resources, Permission: permission('Backend', { 'Fn::Sub': sourceArn }) });
    return (
      api.methods[0]?.integration.type === 'AWS_PROXY' && api.methods[0].integration.isPermitted
    );
  };
  expect(read(resources).methods[0]?.integration).toMatchObject({ isPermitted: false });
  expect(permitted('arn:aws:execute-api:eu-west-1:123456789012:${Api}/prod/GET/orders/*')).toBe(
    true,
  );
  expect(permitted('arn:aws:execute-api:eu-west-1:123456789012:${Api}/*/*')).toBe(true);
  expect(permitted('arn:aws:execute-api:eu-west-1:123456789012:${Api}/prod/POST/orders/*')).toBe(
    false,
  );
  expect(permitted('arn:aws:execute-api:eu-west-1:123456789012:other/*')).toBe(false);
});

test('a permission of another function does not count', () => {
  const resources = restApiResources('Api', [{ ...ROUTE, isPermitted: false }]);
  const api = read({ ...resources, Permission: permission('Guard', '*') });
  expect(api.methods[0]?.integration).toMatchObject({ isPermitted: false });
});

test('an authorizer has its identity sources, its time to live and its permission', () => {
  const properties = {
    IdentitySource: 'method.request.header.A, method.request.querystring.b',
    AuthorizerResultTtlInSeconds: 30,
  };
  const guarded = [{ ...ROUTE, authorizer: true }];
  expect(
    read(restApiResources('Api', guarded, { functionId: 'Guard', properties })).methods[0]
      ?.authorizer,
  ).toMatchObject({
    type: 'REQUEST',
    identitySources: ['method.request.header.A', 'method.request.querystring.b'],
    resultTtlSeconds: 30,
    isPermitted: true,
  });
  expect(
    read(restApiResources('Api', guarded, { functionId: 'Guard', isPermitted: false })).methods[0]
      ?.authorizer,
  ).toMatchObject({ identitySources: [], resultTtlSeconds: 0, isPermitted: false });
});

test('gateway responses are read with their status, headers and templates', () => {
  const api = read({
    ...restApiResources('Api', [ROUTE]),
    Denied: {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResponseType: 'ACCESS_DENIED',
        StatusCode: '403',
        ResponseParameters: { 'gatewayresponse.header.Cache-Control': "'no-store'" },
        ResponseTemplates: { 'application/json': '{}' },
      },
    },
  });
  expect(api.gatewayResponses.get('ACCESS_DENIED')).toEqual({
    statusCode: 403,
    headers: { 'Cache-Control': "'no-store'" },
    templates: { 'application/json': '{}' },
  });
});

test('a preflight by MOCK integration is read as constants', () => {
  const Integration = {
    Type: 'MOCK',
    IntegrationResponses: [
      {
        StatusCode: '204',
        ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
      },
    ],
  };
  expect(read(withRoute({ Integration })).methods[0]?.integration).toEqual({
    type: 'MOCK',
    statusCode: 204,
    headers: { 'Access-Control-Allow-Origin': '*' },
    body: '',
  });
});

test.each<[string, Record<string, ResourceDefinition>, RegExp]>([
  [
    'IAM authorization',
    withRoute({ AuthorizationType: 'AWS_IAM' }),
    /resource ApiMethod0: AuthorizationType AWS_IAM/,
  ],
  [
    'an HTTP integration',
    withRoute({ Integration: { Type: 'HTTP_PROXY' } }),
    /integration of type "HTTP_PROXY"/,
  ],
  ['an API key', withRoute({ ApiKeyRequired: true }), /API keys/],
  [
    'a cache without identity',
    restApiResources('Api', [{ ...ROUTE, authorizer: true }], {
      functionId: 'Guard',
      properties: { AuthorizerResultTtlInSeconds: 300 },
    }),
    /caching needs an identity source/,
  ],
  [
    'an authorizer of user pools',
    restApiResources('Api', [{ ...ROUTE, authorizer: true }], {
      functionId: 'Guard',
      properties: { Type: 'COGNITO_USER_POOLS' },
    }),
    /authorizer of type COGNITO_USER_POOLS/,
  ],
  [
    'no stage',
    { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: {} } },
    /has no AWS::ApiGateway::Stage/,
  ],
])('%s is refused with the place', (_what, resources, message) => {
  expect(() => read(resources)).toThrow(message);
});
