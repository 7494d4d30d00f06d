import type { InvocationResult } from '../../../local/function-worker';
import { Gateway } from '../../../local/gateway/gateway';
import type { GatewayRequest } from '../../../local/gateway/request';
import type { Method } from '../../../local/gateway/rest-api';
import { createApi, createMethod, createRequest } from './fixture';

const OK: InvocationResult = { ok: true, payload: '{"statusCode":200,"body":"done"}' };

function gatewayOf(
  method: Method,
  answer: () => Promise<InvocationResult> | undefined = () => Promise.resolve(OK),
) {
  const problems: string[] = [];
  const gateway = new Gateway({
    api: createApi([method]),
    invoke: answer,
    now: () => 0,
    onProblem: (problem) => problems.push(problem),
  });
  const ask = async (request: GatewayRequest, isTooLarge = false) => {
    const { statusCode, headers, body } = await gateway.handle(request, isTooLarge);
    return { statusCode, headers: Object.fromEntries(headers), body: body.toString() };
  };
  return { ask, problems };
}

const PROXY = createMethod('GET', '/orders');

function proxy(more: object): Method {
  return createMethod('GET', '/orders', {
    integration: { ...PROXY.integration, ...more },
  });
}

test('an answer carries the ids of the request', async () => {
  expect(await gatewayOf(PROXY).ask(createRequest('GET', '/orders'))).toEqual({
    statusCode: 200,
    headers: {
      'Content-Type': 'application/json',
      'x-amzn-RequestId': '00000000-0000-4000-8000-000000000001',
      'x-amz-apigw-id': 'AbCdEfGhIjKlMnO=',
    },
    body: 'done',
  });
});

test('an unknown route and an unknown method are 403 Missing Authentication Token', async () => {
  const expected = {
    statusCode: 403,
    headers: { 'x-amzn-ErrorType': 'MissingAuthenticationTokenException' },
    body: '{"message":"Missing Authentication Token"}',
  };
  expect(await gatewayOf(PROXY).ask(createRequest('GET', '/other'))).toMatchObject(expected);
  expect(await gatewayOf(PROXY).ask(createRequest('POST', '/orders'))).toMatchObject(expected);
});

test('a function that fails or answers another format is 502', async () => {
  const failing = gatewayOf(PROXY, () =>
    Promise.resolve({
      ok: false,
      error: { errorType: 'Error', errorMessage: 'secret', trace: [] },
    }),
  );
  const expected = { statusCode: 502, body: '{"message":"Internal server error"}' };
  expect(await failing.ask(createRequest('GET', '/orders'))).toMatchObject(expected);
  const malformed = gatewayOf(PROXY, () => Promise.resolve({ ok: true, payload: 'true' }));
  expect(await malformed.ask(createRequest('GET', '/orders'))).toMatchObject(expected);
  expect(malformed.problems[0]).toContain('malformed Lambda proxy response');
});

test('an integration that takes longer than its time is 504', async () => {
  const { ask } = gatewayOf(proxy({ timeoutMilliseconds: 20 }), () => new Promise(() => undefined));
  expect(await ask(createRequest('GET', '/orders'))).toMatchObject({
    statusCode: 504,
    body: '{"message":"Endpoint request timed out"}',
  });
});

test('a function that the API may not call, or that is not there, is 500', async () => {
  const expected = { statusCode: 500, body: '{"message":"Internal server error"}' };
  expect(
    await gatewayOf(proxy({ isPermitted: false })).ask(createRequest('GET', '/orders')),
  ).toMatchObject(expected);
  expect(
    await gatewayOf(PROXY, () => undefined).ask(createRequest('GET', '/orders')),
  ).toMatchObject(expected);
});

test('a body over 10 MB, and an event over what Lambda takes, are 413', async () => {
  const expected = { statusCode: 413, body: '{"message":"Request Too Long"}' };
  expect(await gatewayOf(PROXY).ask(createRequest('GET', '/orders'), true)).toMatchObject(expected);
  const body = Buffer.alloc(6 * 1024 * 1024, 'x');
  expect(await gatewayOf(PROXY).ask(createRequest('GET', '/orders', { body }))).toMatchObject(
    expected,
  );
});

test('request line and header values over 10,240 bytes are refused', async () => {
  const headers = [
    ['Host', 'a'],
    ['X', 'x'.repeat(10_240)],
  ] as const;
  expect(await gatewayOf(PROXY).ask(createRequest('GET', '/orders', { headers }))).toMatchObject({
    statusCode: 431,
  });
});

test('a request without a host, with two, or for no path is 400', async () => {
  const ask = async (more: Partial<GatewayRequest>) =>
    (await gatewayOf(PROXY).ask(createRequest('GET', '/orders', more))).statusCode;
  expect(await ask({ headers: [] })).toBe(400);
  expect(
    await ask({
      headers: [
        ['Host', 'a'],
        ['host', 'b'],
      ],
    }),
  ).toBe(400);
  expect(await ask({ path: '*' })).toBe(400);
});

test('a method ARN over 1,600 bytes is 414', async () => {
  const { ask } = gatewayOf(createMethod('GET', '/{proxy+}'));
  expect(await ask(createRequest('GET', `/${'x'.repeat(1600)}`))).toMatchObject({
    statusCode: 414,
  });
});

test('required parameters are checked', async () => {
  const requiredParameters = ['method.request.querystring.page', 'method.request.header.X-Tenant'];
  const { ask } = gatewayOf(createMethod('GET', '/orders', { requiredParameters }));
  expect(await ask(createRequest('GET', '/orders'))).toMatchObject({
    statusCode: 400,
    body: '{"message":"Missing required request parameters: [page, X-Tenant]"}',
  });
  const headers = [
    ['Host', 'a'],
    ['x-tenant', 'b'],
  ] as const;
  expect(await ask(createRequest('GET', '/orders?page=1', { headers }))).toMatchObject({
    statusCode: 200,
  });
});

test('a MOCK integration answers without a function', async () => {
  const method = createMethod('OPTIONS', '/orders', {
    integration: {
      type: 'MOCK',
      statusCode: 204,
      headers: { 'Access-Control-Allow-Origin': '*' },
      body: '',
    },
  });
  expect(
    await gatewayOf(method, () => undefined).ask(createRequest('OPTIONS', '/orders')),
  ).toMatchObject({
    statusCode: 204,
    headers: { 'Access-Control-Allow-Origin': '*' },
  });
});
