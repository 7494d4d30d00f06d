import { createRequest } from './fixture';
import { fail, httpApi, httpGateway, httpRoute, succeed } from './http-fixture';

const ROUTES = [
  'GET /pets/dog/1',
  'GET /pets/dog/{id}',
  'GET /pets/{proxy+}',
  'ANY /{proxy+}',
  '$default',
].map((routeKey) => httpRoute(routeKey));

test.each([
  ['GET', '/pets/dog/1', 'GET /pets/dog/1', undefined],
  ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
  ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
  ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ['TRACE', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ['GET', '/', '$default', undefined],
  ['GET', '/pets/dog%2F1', 'GET /pets/dog/1', undefined],
  ['GET', '/pets/dog/a%20b', 'GET /pets/dog/{id}', { id: 'a b' }],
])('%s %s is served by %s', async (method, path, routeKey, pathParameters) => {
  const { ask, backendEvents } = httpGateway(httpApi(ROUTES));
  await ask(method, path);
  expect(backendEvents[0]?.['routeKey']).toBe(routeKey);
  expect(backendEvents[0]?.['pathParameters']).toEqual(pathParameters);
});

test('a route that is not there is 404, and so is a slash too many at the end', async () => {
  const { ask, backendEvents } = httpGateway(httpApi([httpRoute('GET /pets')]));
  const expected = {
    statusCode: 404,
    headers: { 'content-type': 'application/json', 'apigw-requestid': 'AbCdEfGhIjKlMnO=' },
    body: '{"message":"Not Found"}',
  };
  expect(await ask('GET', '/other')).toEqual(expected);
  expect(await ask('POST', '/pets')).toEqual(expected);
  expect(await ask('GET', '/pets/')).toEqual(expected);
  expect(backendEvents).toHaveLength(0);
});

test('a named stage is the first segment of the path, and stays in rawPath', async () => {
  const api = httpApi([httpRoute('GET /pets')], { stageName: 'v1' });
  const { ask, backendEvents } = httpGateway(api);
  expect((await ask('GET', '/pets')).statusCode).toBe(404);
  expect((await ask('GET', '/v10/pets')).statusCode).toBe(404);
  expect((await ask('GET', '/v1/pets')).statusCode).toBe(200);
  expect(backendEvents[0]).toMatchObject({
    rawPath: '/v1/pets',
    requestContext: { stage: 'v1', http: { path: '/v1/pets' } },
  });
});

test('an event of format 2.0 has the decoded path, joined headers, cookies and the query as sent', async () => {
  const { ask, backendEvents } = httpGateway(httpApi([httpRoute('POST /a/{b}')]));
  await ask('POST', '/a/x%C3%A9?q=1&q=%41+b&e', {
    headers: [
      ['HOST', 'api.example.com:4001'],
      ['X-Many', 'one'],
      ['x-many', 'two'],
      ['Cookie', 'a=1; b=2'],
      ['Content-Length', '5'],
      ['Content-Type', 'application/json'],
    ],
    body: Buffer.from('{"a":1}'),
  });
  const [event] = backendEvents;
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /a/{b}',
    rawPath: '/a/xé',
    rawQueryString: 'q=1&q=%41+b&e',
    cookies: ['a=1', 'b=2'],
    queryStringParameters: { q: '1,A b', e: '' },
    headers: { host: 'api.example.com:4001', 'x-many': 'one,two', 'content-length': '5' },
    requestContext: { domainName: 'api.example.com', http: { method: 'POST', path: '/a/xé' } },
    body: '{"a":1}',
    isBase64Encoded: false,
  });
  expect(event?.['headers']).not.toHaveProperty('cookie');
  expect(event).not.toHaveProperty('stageVariables');
});

test('a decoded question mark ends the path', async () => {
  const { ask, backendEvents } = httpGateway(httpApi([httpRoute('GET /a/{b}')]));
  await ask('GET', '/a/x%3Fy');
  expect(backendEvents[0]).toMatchObject({ rawPath: '/a/x', rawQueryString: '' });
});

test('a form arrives as base64', async () => {
  const { ask, backendEvents } = httpGateway(httpApi([httpRoute('POST /a')]));
  await ask('POST', '/a', {
    headers: [
      ['Host', 'a'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ],
    body: Buffer.from('a=1'),
  });
  expect(backendEvents[0]).toMatchObject({ body: 'YT0x', isBase64Encoded: true });
});

test('an event of format 1.0 has both forms of headers and query, and nulls', async () => {
  const { integration } = httpRoute('GET /a');
  const route = httpRoute('GET /a', {
    integration: { ...integration, payloadFormatVersion: '1.0' },
  });
  const { ask, backendEvents } = httpGateway(httpApi([route]));
  await ask('GET', '/a?q=1&q=2');
  await ask('GET', '/a');
  expect(backendEvents[0]).toMatchObject({
    version: '1.0',
    resource: '/a',
    path: '/a',
    httpMethod: 'GET',
    queryStringParameters: { q: '2' },
    multiValueQueryStringParameters: { q: ['1', '2'] },
    body: null,
  });
  expect(backendEvents[1]).toMatchObject({ queryStringParameters: null, pathParameters: null });
});

test('an answer of format 2.0 without statusCode is the body itself', async () => {
  const ask = async (answer: unknown) => {
    const { headers, ...rest } = await httpGateway(
      httpApi([httpRoute('GET /')]),
      [],
      succeed(answer),
    ).ask('GET', '/');
    return { ...rest, type: headers['content-type'] };
  };
  const type = 'application/json';
  expect(await ask('hello')).toEqual({ statusCode: 200, body: 'hello', type });
  expect(await ask({ a: 1 })).toEqual({ statusCode: 200, body: '{"a":1}', type });
  expect(await ask([1])).toEqual({ statusCode: 200, body: '[1]', type });
});

test('an answer of format 2.0 has lower-case headers, cookies and a body that may be base64', async () => {
  const answer = {
    statusCode: 201,
    headers: { 'X-A': 1, 'Content-Length': 99 },
    cookies: ['a=1'],
    body: 'aGk=',
    isBase64Encoded: true,
  };
  const { ask } = httpGateway(httpApi([httpRoute('GET /')]), [], succeed(answer));
  expect(await ask('GET', '/')).toEqual({
    statusCode: 201,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      'x-a': '1',
      'set-cookie': 'a=1',
      'apigw-requestid': 'AbCdEfGhIjKlMnO=',
    },
    body: 'hi',
  });
});

test.each([
  ['a status that is none', { statusCode: 'many' }],
  ['headers that are no map', { statusCode: 200, headers: [] }],
  ['a body that is no string', { statusCode: 200, body: {} }],
  ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }],
  ['a header with a line break', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
])('%s is 500 without a word of the reason', async (_name, answer) => {
  const { ask, problems } = httpGateway(httpApi([httpRoute('GET /')]), [], succeed(answer));
  expect(await ask('GET', '/')).toMatchObject({
    statusCode: 500,
    body: '{"message":"Internal Server Error"}',
  });
  expect(problems[0]).toContain('malformed');
});

test('a function that fails, or that the API may not call, is 500', async () => {
  const expected = { statusCode: 500, body: '{"message":"Internal Server Error"}' };
  const failing = httpGateway(httpApi([httpRoute('GET /')]), [], fail('secret'));
  expect(await failing.ask('GET', '/')).toMatchObject(expected);
  const { integration } = httpRoute('GET /');
  const forbidden = httpGateway(
    httpApi([httpRoute('GET /', { integration: { ...integration, isPermitted: false } })]),
  );
  expect(await forbidden.ask('GET', '/')).toMatchObject(expected);
  expect(forbidden.backendEvents).toHaveLength(0);
});

test('a body over 10 MB is 413', async () => {
  const { gateway } = httpGateway(httpApi([httpRoute('GET /')]));
  expect((await gateway.handle(createRequest('GET', '/'), true)).statusCode).toBe(413);
});

describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://*.example.com'],
    allowMethods: ['GET'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['x-a'],
    allowCredentials: true,
    maxAgeSeconds: 60,
  };
  const { ask, backendEvents } = httpGateway(
    httpApi([httpRoute('GET /')], { cors }),
    [],
    succeed({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } }),
  );
  const from = (origin: string, more: readonly (readonly [string, string])[] = []) => ({
    headers: [['Host', 'a'] as const, ['Origin', origin] as const, ...more],
  });
  const preflight = [['Access-Control-Request-Method', 'GET']] as const;

  test('a preflight request is answered without route or function', async () => {
    const answer = await ask('OPTIONS', '/any', from('https://a.example.com', preflight));
    expect(answer).toMatchObject({
      statusCode: 204,
      headers: {
        'access-control-allow-origin': 'https://a.example.com',
        'access-control-allow-methods': 'GET',
        'access-control-max-age': '60',
      },
    });
    expect(backendEvents).toHaveLength(0);
  });

  test('another origin gets no permission, whatever the function says', async () => {
    const refused = await ask('OPTIONS', '/', from('https://evil.test', preflight));
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    const answered = await ask('GET', '/', from('https://evil.test'));
    expect(answered.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
