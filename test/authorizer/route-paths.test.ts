import { signRequest } from './client-request';
import { ACCOUNT, API_ID, CATALOGUE, SUBJECTS, type GatewaySubject } from './gateway-subjects';
import { ALICE, createGatewayWorld, NOW } from './gateway-world';

/* What becomes of paths that two readers could read differently: a rest of a path, a slash at its end, letters in another case, slashes in disguise. */

const ORDERS = `arn:aws:orders:eu-west-1:${ACCOUNT}`;
const INVOKE = `arn:aws:execute-api:eu-west-1:${ACCOUNT}:${API_ID}/prod/GET`;

const named = (name: string): GatewaySubject => {
  const subject = SUBJECTS.find((candidate) => candidate.name === name);
  if (subject === undefined) throw new Error(`no gateway ${name}`);
  return subject;
};

/** Which route the gateway says it has matched; what its event says by itself where that is left out. */
interface Matched {
  readonly route: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const inRest = (event: Record<string, unknown>, { route, parameters }: Matched): object => ({
  ...event,
  resource: route,
  pathParameters: parameters,
});

const inHttp2 = (event: Record<string, unknown>, { route, parameters }: Matched): object => {
  const routeKey = route.startsWith('$') ? route : `GET ${route}`;
  return {
    ...event,
    routeKey,
    pathParameters: parameters,
    requestContext: { ...(event['requestContext'] as object), routeKey },
  };
};

const asIs = (event: Record<string, unknown>): object => event;

/** Asks as somebody who may do everything; the outcome, with the action and resource that were decided. */
async function ask(
  subject: GatewaySubject,
  path: string,
  change: (event: Record<string, unknown>) => object,
  allowed = '*',
) {
  const world = await createGatewayWorld(subject.settings);
  await world.registerCatalogue(API_ID, CATALOGUE);
  await world.allow(allowed);
  const order = subject.order('42');
  const request = { ...order, path: order.path.replace('/orders/42', path) };
  const who = { ...ALICE, now: NOW, service: subject.service };
  const event = subject.toEvent(await signRequest(request, who)) as Record<string, unknown>;
  const { outcome, context } = await subject.ask(world.authorizer, change(event));
  return outcome === 'allowed'
    ? `${String(context['action'])} ${String(context['resource'])}`
    : outcome;
}

type Case = readonly [what: string, path: string, matched: Matched, outcome: string];

const GET_ORDER_42 = `orders:GetOrder ${ORDERS}:order/42`;
const order = (id: string): Matched => ({ route: '/orders/{id}', parameters: { id } });
const file = (path: string): Matched => ({ route: '/files/{path+}', parameters: { path } });

/** A gateway that routes: its event names the route, whatever the path. */
const ROUTED: readonly Case[] = [
  ['the rest of a path', '/files/a/b', file('a/b'), `orders:GetFile ${ORDERS}:file/a/b`],
  ['the rest of a path that ends with a slash', '/files/a/', file('a/'), 'denied'],
  ['the rest of a path with an empty part', '/files/a//b', file('a//b'), 'denied'],
  [
    'the rest of a path in another case',
    '/files/A/b',
    file('A/b'),
    `orders:GetFile ${ORDERS}:file/A/b`,
  ],
  ['a parameter in front of a slash at the end', '/orders/42/', order('42'), GET_ORDER_42],
  ['a parameter that has kept the slash at the end', '/orders/42/', order('42/'), 'denied'],
  ['a parameter with a slash', '/orders/7/42', order('7/42'), 'denied'],
  ['no parameter', '/orders/', order(''), 'denied'],
  [
    'a route of its own in another case',
    '/Orders/42',
    { route: '/Orders/{id}', parameters: { id: '42' } },
    `execute-api:Invoke ${INVOKE}/Orders/42`,
  ],
  [
    'a greedy route that no catalogue maps',
    '/other/a',
    { route: '/{proxy+}', parameters: { proxy: 'other/a' } },
    `execute-api:Invoke ${INVOKE}/other/a`,
  ],
  [
    'a route whose path ends with a slash',
    '/other/',
    { route: '/other/', parameters: {} },
    'denied',
  ],
];

describe.each([
  ['REST API, REQUEST', inRest],
  ['HTTP API 1.0', inRest],
  ['HTTP API 2.0, simple answer', inHttp2],
] as const)('%s', (name, change) => {
  const subject = named(name);

  test.each(ROUTED)('%s (%s) is decided', async (_what, path, matched, outcome) => {
    const told = await ask(subject, path, (event) => change(event, matched));
    expect(told).toBe(outcome);
  });

  test('an action of the catalogue never opens a route beside it', async () => {
    for (const route of ['/Orders/{id}', '/{id}', '/orders/{ID}', '/orders/{id}/']) {
      const matched = { route, parameters: { id: '42', ID: '42' } };
      expect(await ask(subject, '/orders/42', (event) => change(event, matched), 'orders:*')).toBe(
        'denied',
      );
    }
  });
});

describe('a slash in disguise', () => {
  test.each(['%2F', '%2f', '%5C', '%255C', '%252F'])(
    '%s is no part of a resource',
    async (slash) => {
      // A REST API gives the parameter as it was sent, or decoded.
      for (const id of [`7${slash}42`, '7/42', '42']) {
        const change = (event: Record<string, unknown>) => inRest(event, order(id));
        expect(await ask(named('REST API, REQUEST'), `/orders/7${slash}42`, change)).toBe('denied');
      }
      for (const name of ['HTTP API 1.0', 'HTTP API 2.0, simple answer']) {
        expect(await ask(named(name), `/orders/7${slash}42`, asIs)).toBe('denied');
        expect(await ask(named(name), `/files/7${slash}42`, asIs)).toBe('denied');
      }
      for (const name of ['Function URL', 'Application Load Balancer']) {
        expect(await ask(named(name), `/orders/7${slash}42`, asIs)).toBe('denied');
        expect(await ask(named(name), `/files/7${slash}42`, asIs)).toBe('denied');
      }
    },
  );
});

describe('the catch-all of an HTTP API', () => {
  test.each([
    ['/orders/42/', 'denied'],
    ['/Orders/42', `execute-api:Invoke ${INVOKE}/Orders/42`],
    ['/a//b', 'denied'],
  ])('takes %s for %s, never for a route of the catalogue', async (path, outcome) => {
    const change = (event: Record<string, unknown>) =>
      inHttp2(event, { route: '$default', parameters: {} });
    expect(await ask(named('HTTP API 2.0, simple answer'), path, change)).toBe(outcome);
    expect(await ask(named('HTTP API 2.0, simple answer'), path, change, 'orders:*')).toBe(
      'denied',
    );
  });
});

describe.each(['Function URL', 'Application Load Balancer'])('%s', (name) => {
  test.each([
    ['/files/a/b', `orders:GetFile ${ORDERS}:file/a/b`],
    ['/files/A/b', `orders:GetFile ${ORDERS}:file/A/b`],
    ['/orders/%34%32', GET_ORDER_42],
    ['/files/a/', 'denied'],
    ['/files/', 'denied'],
    ['/files', 'denied'],
    ['/files//a', 'denied'],
    ['/orders/42/', 'denied'],
    ['/ORDERS/42', 'denied'],
  ])('%s is %s', async (path, outcome) => {
    expect(await ask(named(name), path, asIs)).toBe(outcome);
  });
});
