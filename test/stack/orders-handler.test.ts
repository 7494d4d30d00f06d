import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

const ALICE = 'arn:aws:iam::123456789012:user/alice';
const AUTHORIZED = {
  principalArn: ALICE,
  principalId: 'AIDAALICE',
  principalType: 'User',
  accountId: '123456789012',
  decision: 'allowed',
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

type Handler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;
let handler: Handler;
let server: Server;
let calls: { operation: string; input: Record<string, unknown> }[] = [];
let answer: { status: number; body: unknown } = { status: 200, body: {} };

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void readBody(request).then((body) => {
      calls.push({
        operation: String(request.headers['x-amz-target']).split('.')[1] ?? '',
        input: JSON.parse(body) as Record<string, unknown>,
      });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    ORDERS_TABLE: 'Orders',
  });
  ({ handler } = jest.requireActual<{ handler: Handler }>('../../examples/orders/handler'));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  calls = [];
  answer = { status: 200, body: {} };
});

interface Given {
  readonly method?: string;
  readonly resource?: string;
  readonly orderId?: string;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly authorizer?: Record<string, unknown> | null;
}

async function call(given: Given): Promise<{ statusCode: number; body: unknown }> {
  const result = await handler({
    httpMethod: given.method ?? 'GET',
    resource: given.resource ?? '/orders/{orderId}',
    pathParameters: given.orderId === undefined ? null : { orderId: given.orderId },
    body: given.body ?? null,
    isBase64Encoded: given.isBase64Encoded ?? false,
    requestContext: {
      authorizer: given.authorizer === undefined ? AUTHORIZED : given.authorizer,
    },
  } as unknown as APIGatewayProxyEvent);
  return { statusCode: result.statusCode, body: JSON.parse(result.body) as unknown };
}

const create = (body: string, more: Given = {}) =>
  call({
    method: 'POST',
    resource: '/orders',
    body,
    authorizer: { ...AUTHORIZED, payloadHash: sha256(body) },
    ...more,
  });

describe('a request that Portcullis did not let through', () => {
  test.each([null, {}, { principalArn: '' }, { principalArn: 7 }])(
    'is refused without touching the table: %j',
    async (authorizer) => {
      await expect(call({ orderId: '42', authorizer })).resolves.toMatchObject({ statusCode: 403 });
      expect(calls).toEqual([]);
    },
  );
});

describe('a body', () => {
  const body = '{"item":"tea","quantity":2}';

  test('that was signed is accepted', async () => {
    await expect(create(body)).resolves.toMatchObject({
      statusCode: 201,
      body: { item: 'tea', quantity: 2, status: 'open', orderedBy: ALICE },
    });
    expect(calls.map(({ operation }) => operation)).toEqual(['PutItem']);
  });

  test('is compared byte by byte when it comes as base64', async () => {
    const encoded = Buffer.from(body).toString('base64');
    const authorizer = { ...AUTHORIZED, payloadHash: sha256(body) };
    await expect(create(encoded, { isBase64Encoded: true, authorizer })).resolves.toMatchObject({
      statusCode: 201,
    });
  });

  test.each([
    ['is not the one that was signed', sha256('{"item":"tea","quantity":3}')],
    ['was not signed', undefined],
    ['was declared unsigned', 'UNSIGNED-PAYLOAD'],
  ])('that %s is refused', async (_name, payloadHash) => {
    const authorizer = { ...AUTHORIZED, payloadHash };
    await expect(create(body, { authorizer })).resolves.toMatchObject({
      statusCode: 403,
      body: { message: 'the body is not the one that was signed' },
    });
    expect(calls).toEqual([]);
  });

  test('that was signed and then lost is refused', async () => {
    const authorizer = { ...AUTHORIZED, payloadHash: sha256(body) };
    await expect(call({ orderId: '42', authorizer })).resolves.toMatchObject({ statusCode: 403 });
  });

  test('may be absent when nothing was signed, or emptiness was', async () => {
    for (const payloadHash of [undefined, sha256('')]) {
      const authorizer = { ...AUTHORIZED, payloadHash };
      await expect(call({ orderId: '42', authorizer })).resolves.toMatchObject({
        statusCode: 404,
      });
    }
  });

  test.each([
    ['', 'the body must be JSON'],
    ['[', 'the body must be JSON'],
    ['null', 'the body must be a JSON object'],
    ['{}', 'item must be a text of 1 to 100 characters'],
    ['{"item":"tea"}', 'quantity must be a whole number from 1 to 1000'],
    ['{"item":"tea","quantity":"2"}', 'quantity must be a whole number from 1 to 1000'],
    ['{"item":"tea","quantity":0}', 'quantity must be a whole number from 1 to 1000'],
    ['{"item":"tea","quantity":1,"price":0}', 'unknown members: price'],
    [`{"item":"${'x'.repeat(1100)}"}`, 'the body must have at most 1024 characters'],
  ])('%s is a 400 with its reason', async (text, message) => {
    await expect(create(text)).resolves.toEqual({ statusCode: 400, body: { message } });
    expect(calls).toEqual([]);
  });
});

describe('orders', () => {
  const stored = { orderId: { S: '42' }, item: { S: 'towel' }, quantity: { N: '1' } };

  test('are read by their id', async () => {
    answer = { status: 200, body: { Item: stored } };
    await expect(call({ orderId: '42' })).resolves.toEqual({
      statusCode: 200,
      body: { orderId: '42', item: 'towel', quantity: 1 },
    });
    expect(calls[0]?.input).toMatchObject({ TableName: 'Orders', Key: { orderId: { S: '42' } } });
  });

  test('are listed', async () => {
    answer = { status: 200, body: { Items: [stored] } };
    await expect(call({ resource: '/orders' })).resolves.toEqual({
      statusCode: 200,
      body: { orders: [{ orderId: '42', item: 'towel', quantity: 1 }] },
    });
  });

  test('are cancelled where they exist', async () => {
    const cancel = { method: 'POST', resource: '/orders/{orderId}/cancel', orderId: '42' };
    await expect(call(cancel)).resolves.toEqual({
      statusCode: 200,
      body: { orderId: '42', status: 'cancelled' },
    });
    answer = {
      status: 400,
      body: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' },
    };
    await expect(call(cancel)).resolves.toMatchObject({ statusCode: 404 });
  });

  test.each(['%34%32', '4 2', '../42', 'a'.repeat(65), ''])(
    'have no id like %j, which a gateway could have decided on in another form',
    async (orderId) => {
      await expect(call({ orderId })).resolves.toMatchObject({ statusCode: 404 });
      expect(calls).toEqual([]);
    },
  );

  test('have no other routes', async () => {
    await expect(call({ method: 'PATCH', orderId: '42' })).resolves.toMatchObject({
      statusCode: 404,
    });
  });

  test('a failing table is not taken for a missing order', async () => {
    answer = { status: 400, body: { __type: 'x#ResourceNotFoundException' } };
    await expect(call({ orderId: '42' })).rejects.toThrow();
  });
});
