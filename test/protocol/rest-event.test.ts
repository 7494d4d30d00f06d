import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

import { verifySignature } from '../../lambdas/credentials/signature-v4';
import { SigningKeyCache } from '../../lambdas/credentials/signing-key-cache';
import {
  readAuthorizerEvent,
  readProxyEvent,
  writeProxyResult,
} from '../../lambdas/protocol/rest-event';
import { KEY, NOW, sign } from '../credentials/signing';

/** An event as a REST API makes it of `POST /prod/orders/a%2Fb?x=1&x=2&e=`. */
function proxyEvent(changes: Partial<APIGatewayProxyEvent> = {}): APIGatewayProxyEvent {
  return {
    resource: '/orders/{orderId}',
    path: '/orders/a%2Fb',
    httpMethod: 'POST',
    headers: { Host: 'api.example.com', 'X-Custom': 'second' },
    multiValueHeaders: { Host: ['api.example.com'], 'X-Custom': ['first', 'second'] },
    queryStringParameters: { x: '2', e: '' },
    multiValueQueryStringParameters: { x: ['1', '2'], e: [''] },
    pathParameters: { orderId: 'a/b' },
    stageVariables: null,
    body: 'text',
    isBase64Encoded: false,
    requestContext: {
      path: '/prod/orders/a%2Fb',
      requestId: 'request-1',
      identity: { sourceIp: '192.0.2.1' },
    } as never,
    ...changes,
  };
}

test('a proxy event becomes the request that the client sent', () => {
  expect(readProxyEvent(proxyEvent())).toEqual({
    method: 'POST',
    path: '/prod/orders/a%2Fb',
    query: [
      ['x', '1'],
      ['x', '2'],
      ['e', ''],
    ],
    headers: new Map([
      ['host', ['api.example.com']],
      ['x-custom', ['first', 'second']],
    ]),
    body: Buffer.from('text'),
    sourceIp: '192.0.2.1',
    secureTransport: true,
    requestId: 'request-1',
  });
});

test('a body in base64 is decoded, and no body is an empty one', () => {
  const binary = proxyEvent({
    body: Buffer.from([0, 255]).toString('base64'),
    isBase64Encoded: true,
  });
  expect(readProxyEvent(binary).body).toEqual(Buffer.from([0, 255]));
  expect(readProxyEvent(proxyEvent({ body: null })).body).toEqual(Buffer.alloc(0));
  expect(readProxyEvent(proxyEvent({ body: 'é' })).body).toEqual(Buffer.from('é', 'utf8'));
});

test('an event without query and headers has none', () => {
  const event = proxyEvent({
    headers: null as never,
    multiValueHeaders: null as never,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
  });
  expect(readProxyEvent(event)).toMatchObject({ query: [], headers: new Map() });
});

test('single values are read where an event has no lists', () => {
  const event = proxyEvent({
    multiValueHeaders: null as never,
    multiValueQueryStringParameters: null,
  });
  const request = readProxyEvent(event);
  expect(request.headers.get('x-custom')).toEqual(['second']);
  expect(request.query).toEqual([
    ['x', '2'],
    ['e', ''],
  ]);
});

test('one header in two cases is a header given twice', () => {
  const event = proxyEvent({ multiValueHeaders: { Authorization: ['a'], authorization: ['b'] } });
  expect(readProxyEvent(event).headers.get('authorization')).toEqual(['a', 'b']);
});

test('only ASCII letters are folded in header names', () => {
  const event = proxyEvent({ multiValueHeaders: { 'X-Amz-Security-To\u212Aen': ['a'] } });
  expect(readProxyEvent(event).headers.has('x-amz-security-token')).toBe(false);
});

test('names that mean something to JavaScript are names like others', () => {
  const query: unknown = JSON.parse('{"__proto__":["1"],"constructor":["2"]}');
  const event = proxyEvent({ multiValueQueryStringParameters: query as never });
  expect(readProxyEvent(event).query).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});

test('forwarded addresses and protocols are not believed', () => {
  const event = proxyEvent({
    multiValueHeaders: { 'X-Forwarded-For': ['203.0.113.9'], 'X-Forwarded-Proto': ['http'] },
  });
  expect(readProxyEvent(event)).toMatchObject({ sourceIp: '192.0.2.1', secureTransport: true });
});

test('what is not a REST event is refused', () => {
  expect(() => readProxyEvent({ version: '2.0', requestContext: {} } as never)).toThrow(TypeError);
  expect(() => readProxyEvent({} as never)).toThrow(TypeError);
});

test('an authorizer event has no body', () => {
  const { body: _body, isBase64Encoded: _isBase64Encoded, ...parts } = proxyEvent();
  const event = {
    ...parts,
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:us-east-1:123456789012:api/prod/POST/orders',
  } as unknown as APIGatewayRequestAuthorizerEvent;
  const request = readAuthorizerEvent(event);
  expect(request.body).toBeUndefined();
  expect(request).toMatchObject({ method: 'POST', path: '/prod/orders/a%2Fb' });
});

test('a signed request is verified from its event, with the content length that the gateway drops', async () => {
  const body = '{"a":1}';
  const signed = await sign({
    method: 'POST',
    path: '/prod/orders/a%2Fb',
    query: { x: ['2', '1'], e: '' },
    headers: { 'Content-Length': String(body.length), 'X-Custom': 'one  two' },
    body,
  });
  const multiValueHeaders = Object.fromEntries(
    [...signed.headers]
      .filter(([name]) => name !== 'content-length')
      .map(([name, values]) => [name.toUpperCase(), [...values]]),
  );
  const event = proxyEvent({ multiValueHeaders, body });
  const verified = await verifySignature(readProxyEvent(event), {
    services: ['iam'],
    now: NOW,
    findKey: () => Promise.resolve(KEY),
    signingKeys: new SigningKeyCache(),
  });
  expect(verified.signedHeaders).toContain('content-length');
});

test('an answer becomes the result of a proxy integration', () => {
  expect(writeProxyResult({ statusCode: 404, headers: { a: 'b' }, body: 'x' })).toEqual({
    statusCode: 404,
    headers: { a: 'b' },
    body: 'x',
    isBase64Encoded: false,
  });
});
