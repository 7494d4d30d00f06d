import { StoreUnavailable } from '../../lambdas/store/store';
import { signRequest, type ClientRequest, type ClientSigning } from './client-request';
import {
  ACCOUNT,
  API_ID,
  CATALOGUE,
  graphql,
  SUBJECTS,
  type GatewaySubject,
} from './gateway-subjects';
import { ALICE, createGatewayWorld, NOW, type GatewayWorld } from './gateway-world';

const ORDER_42 = `arn:aws:orders:eu-west-1:${ACCOUNT}:order/42`;

interface Asking {
  readonly subject: GatewaySubject;
  readonly world: GatewayWorld;
  /** Signs the request as alice, unless told otherwise, and asks the authorizer as the gateway would. */
  readonly ask: (
    request?: ClientRequest,
    signing?: Partial<ClientSigning>,
    change?: (event: Record<string, unknown>) => object,
  ) => ReturnType<GatewaySubject['ask']>;
}

async function arrange(subject: GatewaySubject): Promise<Asking> {
  const world = await createGatewayWorld(subject.settings);
  await world.registerCatalogue(API_ID, CATALOGUE);
  return {
    subject,
    world,
    ask: async (request = subject.order('42'), signing = {}, change = (event) => event) => {
      const who = { ...ALICE, now: NOW, service: subject.service, ...signing };
      const signed = await signRequest(request, who);
      const event = change(subject.toEvent(signed) as Record<string, unknown>);
      return subject.ask(world.authorizer, event);
    },
  };
}

describe.each(SUBJECTS.map((subject) => [subject.name, subject] as const))(
  '%s',
  (_name, subject) => {
    test('lets through what a policy allows, and says who calls and for what', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('orders:GetOrder', ORDER_42);
      const { outcome, context } = await ask();
      expect(outcome).toBe('allowed');
      expect(context).toMatchObject({
        principalArn: `arn:aws:iam::${ACCOUNT}:user/alice`,
        principalId: 'AIDAALICE',
        decision: 'allowed',
        action: 'orders:GetOrder',
        resource: ORDER_42,
      });
    });

    test('denies what no policy allows, and what one forbids', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('orders:GetOrder', ORDER_42.replace('42', '7'));
      expect((await ask()).outcome).toBe('denied');
      await world.allow('*');
      expect((await ask()).outcome).toBe('allowed');
      await world.forbid('orders:GetOrder', ORDER_42);
      expect((await ask()).outcome).toBe('denied');
    });

    test.each<[string, Partial<ClientSigning>]>([
      ['another secret', { secretAccessKey: 'another' }],
      ['a key that nobody has', { accessKeyId: 'AKIANOBODYNOBODYNOB1' }],
      ['an expired signature', { now: NOW - 16 * 60_000 }],
      ['a signature of the future', { now: NOW + 16 * 60_000 }],
      ['a session token of nobody', { sessionToken: 'token' }],
      ['a signature for another service', { service: 's3' }],
    ])('does not know a caller with %s', async (_what, signing) => {
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      const { outcome } = await ask(undefined, signing);
      expect(outcome).toBe(subject.unauthorized);
    });

    test('takes a session’s signature with its own token, and with no other', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      const [session, other] = [await world.session(), await world.session()];
      expect((await ask(undefined, session)).outcome).toBe('allowed');
      const { sessionToken } = session;
      const flipped = sessionToken.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
      const wrong: Partial<ClientSigning>[] = [
        { ...session, sessionToken: other.sessionToken },
        { ...session, sessionToken: flipped },
        { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey },
        { ...session, secretAccessKey: ALICE.secretAccessKey },
        { sessionToken },
      ];
      for (const signing of wrong) {
        expect((await ask(undefined, signing)).outcome).toBe(subject.unauthorized);
      }
    });

    test('takes the access token of somebody who has signed in, and nothing that is like one', async () => {
      const { world } = await arrange(subject);
      await world.allow('*');
      const token = await world.signIn();
      const askWith = async (authorization: string): Promise<string> => {
        const request = subject.order('42');
        const headers = { host: request.host, ...request.headers, authorization };
        const event = subject.toEvent({ ...request, headers });
        return (await subject.ask(world.authorizer, event)).outcome;
      };
      expect(await askWith(`Bearer ${token}`)).toBe('allowed');
      const { sessionToken } = await world.session();
      const flipped = token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
      for (const wrong of [
        `Bearer ${flipped}`,
        `Bearer ${sessionToken}`,
        `Basic ${token}`,
        token,
      ]) {
        expect(await askWith(wrong)).toBe(subject.unauthorized);
      }
    });

    test('does not know a caller without credentials, and asks the store for the route and its service alone', async () => {
      const { world } = await arrange(subject);
      const request = subject.order('42');
      const event = subject.toEvent({ ...request, headers: { host: request.host } });
      const { outcome, context } = await subject.ask(world.authorizer, event);
      expect(outcome).toBe(subject.unauthorized);
      expect(context).not.toHaveProperty('principalArn');
      expect(world.observed.calls).toBeLessThanOrEqual(2);
    });

    test('lets a signature count for its own request alone', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      const tampered = await ask(undefined, {}, (event) => tamper(event));
      expect(tampered.outcome).toBe(subject.unauthorized);
    });

    test('takes a presigned request where the query is in the event', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('orders:GetOrder');
      const { outcome } = await ask(undefined, { isPresigned: true });
      expect(outcome).toBe(subject.service === 'appsync' ? 'denied' : 'allowed');
    });

    test('asks AWS’s own action for a route that no catalogue maps', async () => {
      const { request, action, resource } = subject.unmapped;
      const signed = await signRequest(request, { ...ALICE, now: NOW, service: subject.service });
      const bare = await createGatewayWorld(subject.settings);
      const event = subject.toEvent(signed);
      await bare.allow('orders:*');
      expect((await subject.ask(bare.authorizer, event, false)).outcome).toBe('denied');
      await bare.allow(action, resource);
      expect(await subject.ask(bare.authorizer, event, false)).toMatchObject({
        outcome: 'allowed',
        context: { action, resource },
      });
      await bare.forbid(action, resource);
      expect((await subject.ask(bare.authorizer, event, false)).outcome).toBe('denied');
    });

    test.each(
      subject.ambiguous.map(
        ([request, outcome], index) => [index, request.path, request, outcome] as const,
      ),
    )(
      'never takes an ambiguous request for a resource (%d: %s)',
      async (_index, _path, request, outcome) => {
        const { world, ask } = await arrange(subject);
        await world.allow('*');
        expect((await ask(request)).outcome).toBe(outcome);
      },
    );

    test('says what it knows in strings alone, and never lets a caller name a key of its context', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      const headers = {
        ...subject.order('42').headers,
        principalarn: 'arn:aws:iam::123456789012:root',
        'aws:principalarn': 'arn:aws:iam::123456789012:root',
        'x-amzn-remapped-authorization': 'x',
        decision: 'allowed',
        isauthorized: 'true',
      };
      const { outcome, context } = await ask({ ...subject.order('42'), headers });
      expect(outcome).toBe('allowed');
      for (const value of Object.values(context)) expect(typeof value).toBe('string');
      expect(Object.keys(context).filter((name) => !KNOWN.includes(name))).toEqual([]);
      expect(context['principalArn']).toBe(`arn:aws:iam::${ACCOUNT}:user/alice`);
      expect(Buffer.byteLength(JSON.stringify(context))).toBeLessThan(8192);
    });

    test('lets no header set a condition key: not the address, not the principal', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('orders:GetOrder', '*', { IpAddress: { 'aws:SourceIp': '198.51.100.1' } });
      const headers = { ...subject.order('42').headers, 'aws:sourceip': '198.51.100.1' };
      const spoofed = { 'x-forwarded-for': '198.51.100.1', 'x-real-ip': '198.51.100.1' };
      const { outcome } = await ask({
        ...subject.order('42'),
        headers: { ...headers, ...spoofed },
      });
      expect(outcome).toBe('denied');
      await world.allow('orders:GetOrder', '*', {
        IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
      });
      expect((await ask()).outcome).toBe(subject.knowsSourceIp ? 'allowed' : 'denied');
    });

    // A connection is for no one order.
    if (JSON.stringify(subject.order('7')) !== JSON.stringify(subject.order('42'))) {
      test('denies rather than answer more than the gateway takes', async () => {
        const { world, ask } = await arrange(subject);
        await world.allow('*');
        const { outcome, answer } = await ask(subject.order('x'.repeat(1700)));
        expect(outcome).toBe('denied');
        expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(8192);
      });
    }

    test('is down whichever call of the store fails: neither allowed, nor denied, nor unauthorized', async () => {
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      world.observed.reset();
      expect((await ask()).outcome).toBe('allowed');
      const { calls } = world.observed;
      expect(calls).toBeGreaterThan(1);
      world.observed.failure = new StoreUnavailable('the store is down');
      for (let failing = 1; failing <= calls; failing += 1) {
        world.observed.reset();
        world.observed.failingCall = failing;
        expect((await ask()).outcome).toBe('outage');
        expect(JSON.parse(world.lines.at(-1) ?? '')).toMatchObject({ event: 'failure' });
      }
    });

    test.each([
      ['nothing', () => ({})],
      ['a list', () => []],
      ['an unknown version', (event: object) => ({ ...event, version: '3.0' })],
      ['another type and version', (event: object) => ({ ...event, type: 'OTHER', version: '1' })],
      ['no context', (event: object) => ({ ...event, requestContext: undefined })],
      ['an empty context', (event: object) => ({ ...event, requestContext: {} })],
    ])('is down for an event with %s', async (_what, change) => {
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      expect((await ask(undefined, {}, change)).outcome).toBe('outage');
    });

    test('answers yes or no as a boolean or an Effect, never as a text that would count as yes', async () => {
      const { ask } = await arrange(subject);
      const { answer, outcome } = await ask();
      expect(outcome).toBe('denied');
      const { isAuthorized, policyDocument } = answer as {
        isAuthorized?: unknown;
        policyDocument?: { Statement: { Effect: string }[] };
      };
      if (isAuthorized !== undefined) expect(isAuthorized).toBe(false);
      if (policyDocument !== undefined) {
        expect(policyDocument.Statement.map(({ Effect }) => Effect)).toEqual(['Deny']);
      }
    });
  },
);

const KNOWN = [
  'principalArn',
  'principalId',
  'principalType',
  'accountId',
  'userName',
  'decision',
  'action',
  'resource',
  'payloadHash',
  'requestId',
];

/** The same signature on another request. */
function tamper(event: Record<string, unknown>): object {
  const text = JSON.stringify(event);
  // AppSync's events have the order among the variables, a WebSocket's no path at all.
  if (text.includes('$connect'))
    return JSON.parse(
      text.replaceAll('/prod/', '/beta/').replaceAll('"stage":"prod"', '"stage":"beta"'),
    ) as object;
  return JSON.parse(
    text.replaceAll('orders/42', 'orders/43').replaceAll('"id":"42"', '"id":"43"'),
  ) as object;
}

describe('what is kept, and for what', () => {
  const policies = SUBJECTS.filter(({ name }) => /REST|1\.0|policy|WebSocket/.test(name));

  test.each(policies.map((subject) => [subject.name, subject] as const))(
    'a policy names the one method that was asked about, so that it can neither block nor allow another: %s',
    async (_name, subject) => {
      const { world, ask } = await arrange(subject);
      const resourcesOf = (answer: unknown) =>
        (
          answer as { policyDocument: { Statement: { Resource: string }[] } }
        ).policyDocument.Statement.map(({ Resource }) => Resource);
      const denied = resourcesOf((await ask()).answer);
      await world.allow('*');
      const allowed = resourcesOf((await ask()).answer);
      expect(allowed).toEqual(denied);
      expect(allowed).toHaveLength(1);
      expect(allowed[0]).toMatch(/^arn:aws:execute-api:.*\/prod\/(GET\/orders\/42|\$connect)$/);
      expect(allowed[0]).not.toMatch(/[*?]/);
    },
  );

  test.each(['/prod/orders/*', '/prod/orders/a?b', '/prod/files/a/*'])(
    'a star that a caller sends is no pattern that crosses slashes in the gateway’s policy: %s',
    async (path) => {
      const [subject] = SUBJECTS;
      if (subject === undefined) throw new Error('there is a REST API');
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      const { outcome, answer } = await ask({ ...subject.order('42'), path });
      expect(outcome).toBe('denied');
      expect(JSON.stringify(answer)).not.toContain('"Allow"');
    },
  );

  test('a signature that is remapped to another header is no signature', async () => {
    for (const subject of SUBJECTS.filter(({ service }) => service !== 'appsync')) {
      const { world, ask } = await arrange(subject);
      await world.allow('*');
      const { outcome } = await ask(
        undefined,
        {},
        (event) =>
          JSON.parse(
            JSON.stringify(event).replaceAll(
              '"authorization":',
              '"x-amzn-remapped-authorization":',
            ),
          ) as object,
      );
      expect([subject.name, outcome]).toEqual([subject.name, subject.unauthorized]);
    }
  });
});

describe('an operation of GraphQL', () => {
  const subject = SUBJECTS.find(({ name }) => name === 'AppSync');
  const arrangeGraphql = async () => {
    if (subject === undefined) throw new Error('there is AppSync');
    return arrange(subject);
  };
  const arnOf = (field: string) =>
    `arn:aws:appsync:eu-west-1:${ACCOUNT}:apis/${API_ID}/types/${field.replace('.', '/fields/')}`;
  const getOrders = (...ids: string[]) =>
    ids.map((id, index) => `o${String(index)}: getOrder(id: "${id}") { id }`).join(' ');

  test('loses the fields of a query that are not allowed, and keeps the others', async () => {
    const { world, ask } = await arrangeGraphql();
    await world.allow('orders:GetOrder', ORDER_42);
    const { answer } = await ask(
      graphql('{ getOrder(id: "42") { id } getInvoice(id: "42") { id } }'),
    );
    expect(answer).toEqual({
      isAuthorized: true,
      resolverContext: expect.objectContaining({ action: 'orders:GetOrder' }) as unknown,
      deniedFields: [arnOf('Query.getInvoice')],
      ttlOverride: 0,
    });
  });

  test('is refused as a whole where the same field is allowed for one order alone', async () => {
    const { world, ask } = await arrangeGraphql();
    await world.allow('orders:GetOrder', ORDER_42);
    expect((await ask(graphql(`{ ${getOrders('42', '42')} }`))).outcome).toBe('allowed');
    expect((await ask(graphql(`{ ${getOrders('42', '7')} }`))).outcome).toBe('denied');
  });

  test('that changes something is allowed as a whole or not at all', async () => {
    const { world, ask } = await arrangeGraphql();
    await world.allow('orders:CancelOrder', ORDER_42);
    const cancel = (...ids: string[]) =>
      graphql(
        `mutation { ${ids.map((id, i) => `c${String(i)}: cancelOrder(id: "${id}") { id }`).join(' ')} }`,
      );
    expect((await ask(cancel('42'))).outcome).toBe('allowed');
    expect((await ask(cancel('42', '7'))).outcome).toBe('denied');
  });

  test('is refused as a whole where a field that no catalogue names is not allowed', async () => {
    const { world, ask } = await arrangeGraphql();
    await world.allow('orders:GetOrder');
    const query = '{ getOrder(id: "42") { id } __schema { types { name } } }';
    expect((await ask(graphql(query))).outcome).toBe('denied');
    await world.allow('appsync:GraphQL', arnOf('Query.__schema'));
    expect((await ask(graphql(query))).outcome).toBe('allowed');
  });

  test('hides no field in fragments, aliases or directives', async () => {
    const { world, ask } = await arrangeGraphql();
    await world.allow('orders:GetOrder');
    const hidden = [
      'query Q { ...F } fragment F on Query { getOrder(id: 42) { id } ... { ...G } } fragment G on Query { health }',
      '{ getOrder(id: 42) { id } getOrder: health }',
      '{ getOrder(id: 42) { id } ... on Query @include(if: false) { health @skip(if: true) } }',
      '{ getOrder(id: 42) { id } # } \n health }',
      '{ getOrder(id: "42", note: "}") { id(x: """}""") } health }',
    ];
    for (const query of hidden) {
      expect([query, (await ask(graphql(query))).outcome]).toEqual([query, 'denied']);
    }
    await world.allow('appsync:GraphQL', arnOf('Query.health'));
    for (const query of hidden) {
      expect([query, (await ask(graphql(query))).outcome]).toEqual([query, 'allowed']);
    }
  });

  test('counts the signature only where the signed body says the same', async () => {
    const { world, ask } = await arrangeGraphql();
    await world.allow('*');
    const order = graphql('{ getOrder(id: 42) { id } }');
    for (const body of [
      '{"query":"{ getOrder(id: 42) { id } }"}',
      '{"query":"{ getOrder(id: 42) { id } }","variables":{}}',
      '{"operationName":null,"variables":{},"query":"{ getOrder(id: 42) { id } }"}',
    ]) {
      expect((await ask({ ...order, body })).outcome).toBe('allowed');
    }
    const spaced = '{ "query": "{ getOrder(id: 42) { id } }" }';
    expect((await ask({ ...order, body: spaced })).outcome).toBe('denied');
    const swapped = await ask(order, {}, (event) => ({
      ...event,
      requestContext: { ...(event['requestContext'] as object), queryString: '{ health }' },
    }));
    expect(swapped.outcome).toBe('denied');
  });

  test('may open a connection for subscriptions', async () => {
    const { world, ask } = await arrangeGraphql();
    const connect = { ...graphql(''), path: '/graphql/connect', body: '{}' };
    const asConnection = (event: Record<string, unknown>) => ({
      ...event,
      requestContext: { apiId: API_ID, accountId: ACCOUNT, requestId: 'r' },
    });
    expect((await ask(connect, {}, asConnection)).outcome).toBe('denied');
    await world.allow('orders:GetOrder', ORDER_42);
    expect((await ask(connect, {}, asConnection)).outcome).toBe('allowed');
  });
});
