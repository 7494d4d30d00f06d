import { GatewayError } from '../../../local/gateway/gateway-error';
import { answerError } from '../../../local/gateway/gateway-response';
import type { GatewayResponse } from '../../../local/gateway/rest-api';
import { createApi, createMethod, createRequest } from './fixture';

const DENIED = new GatewayError('ACCESS_DENIED', 'User is "not" authorized', {
  principalId: 'alice',
  message: 'no policy allows it',
  integrationLatency: 3,
});

function answer(
  error: GatewayError,
  responses: Record<string, Partial<GatewayResponse>>,
  accept?: string,
) {
  const gatewayResponses = new Map(
    Object.entries(responses).map(([type, response]) => [
      type,
      { statusCode: undefined, headers: {}, templates: {}, ...response },
    ]),
  );
  const method = createMethod('GET', '/orders');
  const headers = accept === undefined ? [] : ([['Accept', accept]] as const);
  const {
    statusCode,
    headers: sent,
    body,
  } = answerError(
    createApi([method], { gatewayResponses }),
    error,
    createRequest('GET', '/orders', { headers }),
    { method, pathParameters: {} },
  );
  return { statusCode, headers: Object.fromEntries(sent), body: body.toString() };
}

test('without a gateway response the gateway answers its own JSON', () => {
  expect(answer(DENIED, {})).toEqual({
    statusCode: 403,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'AccessDeniedException' },
    body: '{"message":"User is \\"not\\" authorized"}',
  });
  expect(answer(new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', null), {})).toMatchObject({
    statusCode: 500,
    body: '{"message":null}',
  });
});

test('the response of the type gives status, headers and body, with variables replaced', () => {
  const response = {
    statusCode: 418,
    headers: {
      'Content-Type': "'text/xml'",
      'X-Who': 'context.authorizer.principalId',
      'X-None': 'context.nothing',
    },
    templates: {
      'application/json':
        '$context.error.responseType|$context.error.message|$context.error.messageString|$context.authorizer.message|$context.requestId.|$context.identity.sourceIp|$context.authorizer.absent|$context.authorizer.integrationLatency|$other',
    },
  };
  expect(answer(DENIED, { ACCESS_DENIED: response })).toEqual({
    statusCode: 418,
    headers: {
      'Content-Type': 'text/xml',
      'x-amzn-ErrorType': 'AccessDeniedException',
      'X-Who': 'alice',
      'X-None': '',
    },
    body: 'ACCESS_DENIED|User is "not" authorized|"User is \\"not\\" authorized"|no policy allows it|00000000-0000-4000-8000-000000000001.|127.0.0.1||3|$other',
  });
});

test('a value that looks like a variable is not replaced again', () => {
  const error = new GatewayError('ACCESS_DENIED', null, { message: '$context.requestId' });
  const response = { templates: { 'application/json': '$context.authorizer.message' } };
  expect(answer(error, { ACCESS_DENIED: response }).body).toBe('$context.requestId');
});

test('inherited members are no variables', () => {
  const response = { templates: { 'application/json': '[$context.constructor.name]' } };
  expect(answer(DENIED, { ACCESS_DENIED: response }).body).toBe('[]');
});

test('types without a response of their own take DEFAULT_4XX or DEFAULT_5XX, their status too where it has one', () => {
  const fallback = { templates: { 'application/json': 'fallback' } };
  expect(answer(DENIED, { DEFAULT_4XX: fallback })).toMatchObject({
    statusCode: 403,
    body: 'fallback',
  });
  expect(answer(DENIED, { DEFAULT_4XX: { ...fallback, statusCode: 400 } })).toMatchObject({
    statusCode: 400,
  });
  expect(answer(DENIED, { DEFAULT_5XX: fallback }).body).not.toBe('fallback');
  expect(answer(new GatewayError('INTEGRATION_FAILURE', 'x'), { DEFAULT_5XX: fallback }).body).toBe(
    'fallback',
  );
});

test('the client chooses between templates by what it accepts', () => {
  const response = { templates: { 'application/json': '{}', 'application/xml': '<x/>' } };
  expect(answer(DENIED, { ACCESS_DENIED: response }, 'application/xml;q=0.9').body).toBe('<x/>');
  expect(answer(DENIED, { ACCESS_DENIED: response }, 'text/html').body).toBe('{}');
});

test('a header from a variable cannot break out of its line', () => {
  const error = new GatewayError('ACCESS_DENIED', null, { message: 'a\r\nSet-Cookie: b' });
  const { headers } = answer(error, {
    ACCESS_DENIED: { headers: { 'X-Why': 'context.authorizer.message' } },
  });
  expect(headers['X-Why']).toBe('a Set-Cookie: b');
});
