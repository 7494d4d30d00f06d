import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { App, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocket } from 'ws';

import type { InvocationResult } from '../../../local/function-worker';
import { createGatewayServer } from '../../../local/gateway/gateway-server';
import { readWebSocketApis } from '../../../local/gateway/websocket-api-reader';
import { WebSocketConnections } from '../../../local/gateway/websocket-connections';
import { WebSocketGateway } from '../../../local/gateway/websocket-gateway';
import { closeServer, listen } from '../../../local/http-server';
import type { Template as LocalTemplate } from '../../../local/template';
import { createStacks } from '../fixture';

const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=ASIAFUNCTIONS/x' };

/** The template of a chat: guarded, with a route that answers, one that does not, and one that is not permitted. */
function chat() {
  const stack = new Stack(new App(), 'Test');
  const create = (id: string) =>
    new LambdaFunction(stack, id, {
      functionName: id,
      code: Code.fromInline('-'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_22_X,
    });
  const backend = create('backend');
  const integration = (id: string) => new WebSocketLambdaIntegration(id, backend);
  const api = new WebSocketApi(stack, 'Chat', {
    connectRouteOptions: {
      integration: integration('Connect'),
      authorizer: new WebSocketLambdaAuthorizer('Guard', create('guard'), {
        identitySource: ['route.request.querystring.token'],
      }),
    },
    disconnectRouteOptions: { integration: integration('Disconnect') },
  });
  api.addRoute('echo', { integration: integration('Echo'), returnResponse: true });
  api.addRoute('quiet', { integration: integration('Quiet') });
  new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'v1', autoDeploy: true });
  const { Resources, ...rest } = Template.fromStack(stack).toJSON() as LocalTemplate;
  const [found] = readWebSocketApis(createStacks(Resources, { ...rest, Parameters: {} }));
  if (found === undefined) throw new Error('no API was read');
  return found.api;
}

type Event = Readonly<Record<string, unknown>> & {
  readonly requestContext: Readonly<Record<string, unknown>>;
};

const api = chat();
const guardEvents: Event[] = [];
const events: Event[] = [];
let connectStatus = 200;

const gateway = new WebSocketGateway({
  api,
  invoke: (functionArn, payload) => Promise.resolve(answer(functionArn, payload)),
  now: Date.now,
  onProblem: () => undefined,
});
const connections = new WebSocketConnections({
  gateway,
  accessKeyId: 'ASIAFUNCTIONS',
  now: Date.now,
});

function answer(functionArn: string, payload: string): InvocationResult {
  const event = JSON.parse(payload) as Event;
  if (!functionArn.endsWith(':guard')) {
    events.push(event);
    if (event['body'] === '{"action":"echo","fail":true}')
      return { ok: false, error: { errorType: 'Error', errorMessage: 'secret', trace: [] } };
    const statusCode = event.requestContext['eventType'] === 'CONNECT' ? connectStatus : 200;
    return {
      ok: true,
      payload: JSON.stringify({ statusCode, body: `got ${String(event['body'])}` }),
    };
  }
  guardEvents.push(event);
  const { token } = event['queryStringParameters'] as { token: string };
  if (token === 'nobody' || token === 'boom') {
    const errorMessage = token === 'nobody' ? 'Unauthorized' : 'out of order';
    return { ok: false, error: { errorType: 'Error', errorMessage, trace: [] } };
  }
  const Effect = token === 'deny' ? 'Deny' : 'Allow';
  const Resource = token === 'elsewhere' ? `${String(event['methodArn'])}/x` : event['methodArn'];
  const policyDocument = { Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] };
  const body = { principalId: token, policyDocument, context: { name: token, admin: true } };
  return { ok: true, payload: JSON.stringify(body) };
}

let server: Server;
let address = '';

beforeAll(async () => {
  server = createGatewayServer({ gateway: () => connections });
  await listen(server, 0);
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  guardEvents.length = 0;
  events.length = 0;
  connectStatus = 200;
});
afterAll(async () => {
  connections.close();
  await closeServer(server);
});

/** An open connection, or the status with which it was refused. */
function open(path: string): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://${address}${path}`);
    socket.on('open', () => {
      resolve(socket);
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    socket.on('error', () => undefined);
  });
}

async function opened(path: string): Promise<WebSocket> {
  const socket = await open(path);
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

function exchange(socket: WebSocket, message: string): Promise<string> {
  return new Promise((resolve) => {
    socket.once('message', (data: Buffer) => {
      resolve(data.toString());
    });
    socket.send(message);
  });
}

/** Of an earlier test's connection the end may come late; it is told apart by its type. */
const ofType = (eventType: string) =>
  events
    .map(({ requestContext }) => requestContext)
    .filter((context) => context['eventType'] === eventType);

const closed = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.once('close', resolve));

test.each([
  ['without an identity', '/v1', 401],
  ['with an empty identity', '/v1?token=', 401],
  ['whom the authorizer does not know', '/v1?token=nobody', 401],
  ['whom the authorizer denies', '/v1?token=deny', 403],
  ['whom the policy allows something else', '/v1?token=elsewhere', 403],
  ['while the authorizer is out of order', '/v1?token=boom', 500],
  ['of another stage', '/v2?token=alice', 403],
])('a caller %s is not connected', async (_name, path, statusCode) => {
  expect(await open(path)).toBe(statusCode);
  expect(ofType('CONNECT')).toHaveLength(0);
});

test('an event names the domain at which the stage is part of the path', async () => {
  await open('/v1?token=deny');
  expect(guardEvents[0]?.requestContext['domainName']).toBe(
    `${api.apiId}.execute-api.eu-west-1.amazonaws.com`,
  );
});

test('a missing identity is refused before the authorizer is called', async () => {
  await open('/v1');
  expect(guardEvents).toHaveLength(0);
});

test('the function of $connect can refuse the connection', async () => {
  connectStatus = 409;
  expect(await open('/v1?token=alice')).toBe(409);
});

test('the authorizer is asked about $connect, and every event of the connection carries its context', async () => {
  const socket = await opened('/v1?token=alice');
  expect(guardEvents[0]).toMatchObject({
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:eu-west-1:123456789012:${api.apiId}/v1/$connect`,
    queryStringParameters: { token: 'alice' },
    requestContext: { routeKey: '$connect', eventType: 'CONNECT', apiId: api.apiId },
  });
  expect(await exchange(socket, '{"action":"echo"}')).toBe('got {"action":"echo"}');
  socket.close(1000, 'bye');
  await closed(socket);
  await new Promise((resolve) => setImmediate(resolve));
  const authorizer = { principalId: 'alice', name: 'alice', admin: 'true' };
  const connectionId = ofType('CONNECT')[0]?.['connectionId'];
  const own = events.filter(
    ({ requestContext }) => requestContext['connectionId'] === connectionId,
  );
  expect(own.map(({ requestContext }) => requestContext)).toMatchObject([
    { routeKey: '$connect', eventType: 'CONNECT', authorizer },
    { routeKey: 'echo', eventType: 'MESSAGE', authorizer, connectionId },
    {
      routeKey: '$disconnect',
      eventType: 'DISCONNECT',
      authorizer,
      connectionId,
      disconnectStatusCode: 1000,
      disconnectReason: 'bye',
    },
  ]);
});

test.each([
  ['no JSON', 'hello'],
  ['no action', '{}'],
  ['an unknown action', '{"action":"other"}'],
  ["a route of the gateway's own", '{"action":"$disconnect"}'],
  ['an inherited member', '{"toString":1}'],
])('a message with %s is forbidden where there is no $default', async (_name, message) => {
  const socket = await opened('/v1?token=alice');
  const { message: sentence } = JSON.parse(await exchange(socket, message)) as { message: string };
  expect(sentence).toBe('Forbidden');
  expect(ofType('MESSAGE')).toHaveLength(0);
  socket.terminate();
});

test('a route without a response sends nothing back, and a failure says no reason', async () => {
  const socket = await opened('/v1?token=alice');
  socket.send('{"action":"quiet"}');
  const answer = await exchange(socket, '{"action":"echo","fail":true}');
  expect(JSON.parse(answer)).toMatchObject({ message: 'Internal server error' });
  expect(answer).not.toContain('secret');
  socket.terminate();
});

test('a binary frame ends the connection', async () => {
  const socket = await opened('/v1?token=alice');
  socket.send(Buffer.from([1, 2]));
  expect(await closed(socket)).toBe(1003);
});

test('a message over 128 KB ends the connection', async () => {
  const socket = await opened('/v1?token=alice');
  socket.send('x'.repeat(128 * 1024 + 1));
  expect(await closed(socket)).toBe(1009);
});

describe('the @connections API', () => {
  const call = (connectionId: string, method: string, headers = SIGNED, body?: string) =>
    fetch(`http://${address}/v1/@connections/${encodeURIComponent(connectionId)}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });

  test('functions send to a connection, look at it and end it', async () => {
    const socket = await opened('/v1?token=alice');
    const id = String(ofType('CONNECT')[0]?.['connectionId']);
    const message = new Promise<string>((resolve) => {
      socket.once('message', (data: Buffer) => {
        resolve(data.toString());
      });
    });
    expect((await call(id, 'POST', SIGNED, 'news')).status).toBe(200);
    expect(await message).toBe('news');
    expect(await (await call(id, 'GET')).json()).toMatchObject({
      identity: { sourceIp: '127.0.0.1' },
    });
    const end = closed(socket);
    expect((await call(id, 'DELETE')).status).toBe(204);
    await end;
    const gone = await call(id, 'POST', SIGNED, 'news');
    expect([gone.status, gone.headers.get('x-amzn-errortype')]).toEqual([410, 'GoneException']);
  });

  test('nobody else is answered', async () => {
    const socket = await opened('/v1?token=alice');
    const id = String(ofType('CONNECT')[0]?.['connectionId']);
    const stranger = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIAOTHER/x' };
    expect((await call(id, 'POST', stranger, 'news')).status).toBe(403);
    expect((await fetch(`http://${address}/v1`)).status).toBe(403);
    socket.terminate();
  });
});
