import { createHash } from 'node:crypto';
import { protect } from '../../lambdas/authorizer/middleware';
import { CatalogueRefused } from '../../lambdas/core/catalogue/resource-template';
import { signRequest, type ClientRequest } from './client-request';
import { SUBJECTS } from './gateway-subjects';
import { ALICE, createGatewayWorld, NOW } from './gateway-world';

const CONTEXT = { invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders' };
const CATALOGUE = {
  Service: 'orders',
  Routes: [
    {
      RouteKey: 'POST /orders/{id}',
      Action: 'orders:PutOrder',
      Resource: 'arn:aws:orders:::order/{id}',
    },
  ],
};

const subjects = SUBJECTS.filter(({ service }) => service === 'lambda');

describe.each(subjects.map((subject) => [subject.name, subject] as const))(
  'a function behind a guard: %s',
  (_name, subject) => {
    const post = (body: string): ClientRequest => ({
      ...subject.order('4%202'),
      method: 'POST',
      body,
    });

    async function arrange() {
      const world = await createGatewayWorld();
      await world.allow('orders:PutOrder');
      const called: unknown[] = [];
      const backend = protect(
        (_event, _context, call) => {
          called.push(call);
          return Promise.resolve({ statusCode: 201 });
        },
        { authorizer: world.authorizer, catalogue: CATALOGUE },
      );
      const ask = async (event: unknown, context = CONTEXT) =>
        (await backend(event as never, context)) as { statusCode: number; body?: string };
      return { world, called, ask };
    }

    const signedEvent = async (request: ClientRequest) =>
      subject.toEvent(
        await signRequest(request, { ...ALICE, now: NOW, service: 'lambda' }),
      ) as Record<string, unknown>;

    test('is called with who calls, for what, and the route’s parameters', async () => {
      const { called, ask } = await arrange();
      expect(await ask(await signedEvent(post('{}')))).toEqual({ statusCode: 201 });
      expect(called).toMatchObject([
        {
          route: 'POST /orders/{id}',
          pathParameters: { id: '4 2' },
          context: {
            action: 'orders:PutOrder',
            resource: 'arn:aws:orders:::order/4 2',
            payloadHash: createHash('sha256').update('{}').digest('hex'),
          },
        },
      ]);
    });

    test('is not called where the body is another than the one that was signed', async () => {
      const { called, ask } = await arrange();
      const event = await signedEvent(post('{}'));
      const answer = await ask({ ...event, body: '{"admin":true}' });
      expect(answer.statusCode).toBe(401);
      expect(called).toEqual([]);
    });

    test('reads a body that is given in base64', async () => {
      const { ask } = await arrange();
      const event = await signedEvent(post('{}'));
      const body = Buffer.from('{}').toString('base64');
      expect((await ask({ ...event, body, isBase64Encoded: true })).statusCode).toBe(201);
    });

    test('is not called where the invocation has no function', async () => {
      const { called, ask } = await arrange();
      const answer = await ask(await signedEvent(post('{}')), { invokedFunctionArn: 'nothing' });
      expect(answer.statusCode).toBe(500);
      expect(called).toEqual([]);
    });

    test('answers a refusal as JSON that nobody keeps', async () => {
      const { ask } = await arrange();
      const answer = await ask(await signedEvent(subject.order('42')));
      expect(answer).toMatchObject({
        statusCode: 403,
        statusDescription: '403 Forbidden',
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      });
      expect(JSON.parse(answer.body ?? '')).toEqual({
        message: expect.stringContaining('the catalogue has no route for the request') as unknown,
      });
    });
  },
);

test('the event of an HTTP API’s integration, whose path is decoded, is not taken for one of a function URL', async () => {
  const world = await createGatewayWorld();
  const [subject] = subjects;
  const backend = protect(() => Promise.resolve({ statusCode: 200 }), world);
  const request = subject?.order('42');
  if (subject === undefined || request === undefined) throw new Error('there is a function URL');
  const event = JSON.stringify(subject.toEvent(request)).replaceAll(
    'lambda-url.eu-west-1.on.aws',
    'execute-api.eu-west-1.amazonaws.com',
  );
  const answer = await backend(JSON.parse(event) as never, CONTEXT);
  expect(answer.statusCode).toBe(500);
});

test('a catalogue that says what it cannot mean is refused when the function starts', () => {
  expect(() => protect(() => Promise.resolve({}), { catalogue: { Routes: [] } })).toThrow(
    CatalogueRefused,
  );
});
