import {
  createAuthorizerEvent,
  createProxyEvent,
  isBinaryType,
  methodArnOf,
} from '../../../local/gateway/events';
import { createApi, createAuthorizer, createMethod, createRequest } from './fixture';

const METHOD = createMethod('GET', '/orders/{orderId}');
const API = createApi([METHOD]);
const ROUTE = { method: METHOD, pathParameters: { orderId: 'a%20b' } };
const HEADERS = [
  ['Host', 'api.example.com:4001'],
  ['X-CuStOm', 'one'],
  ['x-custom', 'two'],
  ['Content-Length', '5'],
  ['Connection', 'keep-alive'],
  ['User-Agent', 'curl/8'],
  ['X-Forwarded-For', '10.0.0.1'],
  ['X-Forwarded-Proto', 'https'],
] as const;

test('a proxy event has what a REST API sends, in the case that it was sent in', () => {
  const request = createRequest('GET', '/orders/a%20b?x=1&x=2', {
    headers: HEADERS,
    body: Buffer.from('hällo'),
  });
  expect(
    createProxyEvent(API, ROUTE, request, { principalId: 'alice', integrationLatency: 4 }),
  ).toEqual({
    resource: '/orders/{orderId}',
    path: '/orders/a%20b',
    httpMethod: 'GET',
    headers: {
      Host: 'api.example.com:4001',
      'X-CuStOm': 'two',
      'User-Agent': 'curl/8',
      'X-Forwarded-For': '10.0.0.1, 127.0.0.1',
      'X-Forwarded-Port': '4001',
      'X-Forwarded-Proto': 'http',
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as unknown,
    },
    multiValueHeaders: {
      Host: ['api.example.com:4001'],
      'X-CuStOm': ['one', 'two'],
      'User-Agent': ['curl/8'],
      'X-Forwarded-For': ['10.0.0.1, 127.0.0.1'],
      'X-Forwarded-Port': ['4001'],
      'X-Forwarded-Proto': ['http'],
      'X-Amzn-Trace-Id': [expect.any(String) as unknown],
    },
    queryStringParameters: { x: '2' },
    multiValueQueryStringParameters: { x: ['1', '2'] },
    pathParameters: { orderId: 'a%20b' },
    stageVariables: null,
    requestContext: {
      resourceId: 'res123',
      resourcePath: '/orders/{orderId}',
      authorizer: { principalId: 'alice', integrationLatency: 4 },
      httpMethod: 'GET',
      extendedRequestId: 'AbCdEfGhIjKlMnO=',
      requestTime: '02/Jan/2026:03:04:05 +0000',
      path: '/orders/a%20b',
      accountId: '123456789012',
      protocol: 'HTTP/1.1',
      stage: 'prod',
      domainPrefix: 'api',
      requestTimeEpoch: 1767323045678,
      requestId: '00000000-0000-4000-8000-000000000001',
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp: '127.0.0.1',
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: 'curl/8',
        user: null,
      },
      domainName: 'api.example.com',
      deploymentId: 'dep123',
      apiId: 'a1b2c3d4e5',
    },
    body: 'hällo',
    isBase64Encoded: false,
  });
});

test('what a request does not have is null in a proxy event', () => {
  const route = { method: METHOD, pathParameters: {} };
  expect(createProxyEvent(API, route, createRequest('GET', '/'), undefined)).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    body: null,
    isBase64Encoded: false,
  });
});

test('a body of a binary media type is base64', () => {
  const api = createApi([METHOD], { binaryMediaTypes: ['image/*'] });
  const request = createRequest('PUT', '/', {
    headers: [['Content-Type', 'image/png']],
    body: Buffer.of(0, 255),
  });
  expect(createProxyEvent(api, ROUTE, request, undefined)).toMatchObject({
    body: 'AP8=',
    isBase64Encoded: true,
  });
});

test.each([
  ['image/*', 'image/png', true],
  ['image/*', 'text/png', false],
  ['*/*', undefined, true],
  ['application/zip', 'Application/ZIP; a=b', true],
])('%s makes %s binary: %s', (binary, type, expected) => {
  expect(isBinaryType(createApi([], { binaryMediaTypes: [binary] }), type)).toBe(expected);
});

test('an authorizer event has the method ARN, empty maps and no body', () => {
  const request = createRequest('GET', '/orders/a%20b', { body: Buffer.from('secret') });
  const event = createAuthorizerEvent(API, createAuthorizer(), ROUTE, request, []);
  expect(event).toMatchObject({
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders/a%20b',
    queryStringParameters: {},
    stageVariables: {},
    requestContext: { resourcePath: '/orders/{orderId}' },
  });
  expect(JSON.stringify(event)).not.toContain('secret');
});

test('a TOKEN authorizer gets the token and the method ARN alone', () => {
  const event = createAuthorizerEvent(
    API,
    createAuthorizer({ type: 'TOKEN' }),
    ROUTE,
    createRequest('GET', '/orders/1'),
    ['t'],
  );
  expect(event).toEqual({
    type: 'TOKEN',
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/orders/1',
    authorizationToken: 't',
  });
});

test('the method ARN of the root ends with a slash', () => {
  expect(methodArnOf(API, createRequest('GET', '/'))).toMatch(/\/prod\/GET\/$/);
});
