import { createHash } from 'node:crypto';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { guard, guarded, GuardRefusal } from '../../guard/index';
import { ALICE, createGatewayWorld, NOW } from '../authorizer/gateway-world';
import { signedEvent } from '../authorizer/rest-events';

/* What stands in front of a backend's own lines: nothing gets past it that has not passed the authorizer. */

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const CONTEXT = {
  principalArn: 'arn:aws:iam::123456789012:user/alice',
  principalId: 'AIDAALICE',
  principalType: 'User',
  accountId: '123456789012',
  userName: 'alice',
  decision: 'allowed',
  action: 'orders:GetOrder',
  resource: 'arn:aws:orders:eu-west-1:123456789012:order/42',
  requestId: 'c6af9ac6',
};

interface Given {
  readonly context?: unknown;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Record<string, string>;
}

/** The event of each gateway for one call. */
const GATEWAYS = {
  'a REST API': ({ context, ...event }: Given) => ({
    resource: '/orders/{orderId}',
    httpMethod: 'GET',
    queryStringParameters: null,
    requestContext: { authorizer: context, identity: { sourceIp: '192.0.2.7' } },
    ...event,
  }),
  'an HTTP API in format 1.0': ({ context, ...event }: Given) => ({
    version: '1.0',
    httpMethod: 'GET',
    requestContext: { authorizer: context, identity: { sourceIp: '192.0.2.7' } },
    ...event,
  }),
  'an HTTP API in format 2.0': ({ context, ...event }: Given) => ({
    version: '2.0',
    requestContext: {
      authorizer: context === undefined ? undefined : { lambda: context },
      http: { method: 'GET', sourceIp: '192.0.2.7' },
    },
    ...event,
  }),
};

const messageOf = (event: unknown, options = {}): string => {
  try {
    guard(event, options);
  } catch (error) {
    if (error instanceof GuardRefusal) return error.message;
    throw error;
  }
  return 'let through';
};

const UNSEEN = 'the request has not passed the authorizer';
const OTHER_BODY = 'the body is not the one that was signed';

describe.each(Object.entries(GATEWAYS))('the guard behind %s', (_name, eventOf) => {
  test('tells who calls, and what was decided', () => {
    expect(guard(eventOf({ context: CONTEXT }))).toEqual({
      principal: {
        type: 'User',
        arn: CONTEXT.principalArn,
        id: 'AIDAALICE',
        accountId: '123456789012',
        userName: 'alice',
      },
      decision: { decision: 'allowed', action: CONTEXT.action, resource: CONTEXT.resource },
      scheme: 'sigv4',
      body: Buffer.alloc(0),
      sourceIp: '192.0.2.7',
      requestId: 'c6af9ac6',
      token: undefined,
      roleArn: undefined,
    });
  });

  test.each([
    ['has no context', undefined],
    ['has an empty context', {}],
    ['has null for a context', null],
    ['has a text for a context', 'allowed'],
    ['has a list for a context', [CONTEXT]],
    ['names nobody', { ...CONTEXT, principalArn: undefined }],
    ['names nobody by an empty text', { ...CONTEXT, principalArn: '' }],
    ['has no unique id', { ...CONTEXT, principalId: undefined }],
    ['has no account', { ...CONTEXT, accountId: 123456789012 }],
    ['names a principal of another type', { ...CONTEXT, principalType: 'Robot' }],
    ['has no decision', { ...CONTEXT, decision: undefined }],
    ['is denied', { ...CONTEXT, decision: 'implicitDeny' }],
    ['has another scheme', { ...CONTEXT, scheme: 'basic' }],
    ['is anonymous by its type alone', { ...CONTEXT, principalType: 'Anonymous' }],
    ['is anonymous by its scheme alone', { ...CONTEXT, scheme: 'anonymous' }],
  ])('refuses a call that %s', (_what, context) => {
    expect(messageOf(eventOf({ context }))).not.toBe('let through');
  });

  test('refuses whoever has no credentials, unless the function is for them too', () => {
    const { decision, action, resource } = CONTEXT;
    const context = {
      principalId: 'anonymous',
      principalType: 'Anonymous',
      scheme: 'anonymous',
      decision,
      action,
      resource,
    };
    expect(messageOf(eventOf({ context }))).toBe('the request has no credentials');
    const { principal } = guard(eventOf({ context, body: 'x' }), { anonymous: true });
    expect(principal).toEqual({ type: 'Anonymous', id: 'anonymous' });
  });

  test('lets through the body that was signed, and no other', () => {
    const body = '{"item":"téa"}';
    const context = { ...CONTEXT, payloadHash: sha256(body) };
    expect(Buffer.from(guard(eventOf({ context, body })).body ?? []).toString()).toBe(body);
    const encoded = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
    expect(Buffer.from(guard(eventOf({ context, ...encoded })).body ?? []).toString()).toBe(body);
    for (const event of [
      { body: `${body} ` },
      { body: null },
      { body: '' },
      { body: encoded.body },
      { body, isBase64Encoded: true },
    ]) {
      expect(messageOf(eventOf({ context, ...event }))).toBe(OTHER_BODY);
    }
  });

  test('refuses a body whose hash was not signed, and takes an empty one with and without a hash', () => {
    expect(messageOf(eventOf({ context: CONTEXT, body: '{}' }))).toBe(OTHER_BODY);
    const empty = { ...CONTEXT, payloadHash: sha256('') };
    for (const body of ['', null]) {
      expect(messageOf(eventOf({ context: empty, body }))).toBe('let through');
      expect(messageOf(eventOf({ context: CONTEXT, body }))).toBe('let through');
    }
    expect(messageOf(eventOf({ context: empty, body: 'x' }))).toBe(OTHER_BODY);
  });

  test('refuses a body that is no text, of which nobody knows what was signed', () => {
    const empty = { ...CONTEXT, payloadHash: sha256('') };
    for (const context of [CONTEXT, empty]) {
      for (const body of [{ item: 1 }, ['x'], 1, true]) {
        expect(messageOf(eventOf({ context, body: body as never }))).toBe(UNSEEN);
      }
    }
  });

  test('takes any body with a token, which signs none', () => {
    for (const scheme of ['bearer', 'oidc']) {
      const context = { ...CONTEXT, scheme };
      expect(guard(eventOf({ context, body: '{}' }))).toMatchObject({ scheme });
      const wrong = { ...context, payloadHash: sha256('other') };
      expect(messageOf(eventOf({ context: wrong, body: '{}' }))).toBe(OTHER_BODY);
    }
  });

  test('tells that a user calls by a session', () => {
    const context = { ...CONTEXT, credential: 'session' };
    expect(guard(eventOf({ context })).isSession).toBe(true);
    expect(guard(eventOf({ context: CONTEXT })).isSession).toBeUndefined();
  });

  test('takes the answer that a gateway keeps for a token, which names no decision', () => {
    const { decision: _decision, action: _action, resource: _resource, ...caller } = CONTEXT;
    const { decision } = guard(eventOf({ context: { ...caller, scheme: 'bearer' } }));
    expect(decision).toEqual({ decision: 'allowed', action: undefined, resource: undefined });
    expect(messageOf(eventOf({ context: caller }))).toBe('the request is not allowed');
  });

  test.each([
    ['x-amz-security-token', 'session', 'session'],
    ['X-Amz-Security-Token', 'session', 'session'],
    ['authorization', 'Bearer pts_abc', 'pts_abc'],
    ['Authorization', 'AWS4-HMAC-SHA256 Credential=a', undefined],
  ])('finds the token of the caller’s session in %s: %s', (name, value, token) => {
    expect(guard(eventOf({ context: CONTEXT, headers: { [name]: value } })).token).toBe(token);
  });
});

describe('the guard behind a WebSocket API', () => {
  const event = (context: unknown, change: object = {}) => ({
    body: '{"action":"whoami"}',
    requestContext: {
      connectionId: 'L0SM9cOFvHcCIhw=',
      eventType: 'MESSAGE',
      routeKey: '$default',
      authorizer: context,
      identity: { sourceIp: '192.0.2.7' },
      ...change,
    },
  });

  test('takes messages of a connection that the authorizer let through, whose bodies nobody signs', () => {
    const { principal, body } = guard(event(CONTEXT));
    expect([principal.arn, body]).toEqual([CONTEXT.principalArn, undefined]);
    expect(messageOf(event(undefined))).toBe(UNSEEN);
  });

  test('looks at the body of what only resembles a message', () => {
    for (const change of [{ eventType: 'POST' }, { connectionId: '' }, { httpMethod: 'POST' }]) {
      expect(messageOf(event(CONTEXT, change))).toBe(OTHER_BODY);
    }
  });
});

test.each([
  [undefined],
  [null],
  [7],
  ['{}'],
  [[]],
  [{}],
  [{ requestContext: null }],
  [{ version: '2.0', requestContext: {} }],
])('what is no event of a gateway is refused: %j', (event) => {
  expect(messageOf(event)).toBe(UNSEEN);
});

test('what the authorizer says of a call is what the guard reads of it', async () => {
  const world = await createGatewayWorld();
  await world.allow('*');
  const body = '{"item":"tea"}';
  const headers = { 'x-amz-content-sha256': sha256(body) };
  const event = await signedEvent({ method: 'POST', body, headers }, { ...ALICE, now: NOW });
  const { context } = (await world.authorizer.authorize(event)) as APIGatewayAuthorizerResult;
  const call = { ...event, requestContext: { ...event.requestContext, authorizer: context }, body };
  expect(guard(call)).toMatchObject({
    principal: { type: 'User', arn: 'arn:aws:iam::123456789012:user/alice', id: 'AIDAALICE' },
    decision: { action: 'execute-api:Invoke' },
    scheme: 'sigv4',
  });
  expect(messageOf({ ...call, body: '{"item":"gold"}' })).toBe(OTHER_BODY);
});

describe('a guarded function', () => {
  const handler = guarded((event: { body?: string | null }, { principal }, context: string) => ({
    statusCode: 200,
    body: `${principal.arn} ${context} ${String(event.body)}`,
  }));
  const rest = GATEWAYS['a REST API'];

  test('is called with who calls', async () => {
    const answer = await handler(rest({ context: CONTEXT, body: null }), 'at 10');
    expect(answer).toEqual({ statusCode: 200, body: `${CONTEXT.principalArn} at 10 null` });
  });

  test('is not called for what is refused: the answer is 403 and says why', async () => {
    expect(await handler(rest({ body: null }), '')).toEqual({
      statusCode: 403,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify({ message: UNSEEN }),
    });
  });

  test('fails with its own failures', async () => {
    const failing = guarded(() => Promise.reject(new Error('no database')));
    await expect(failing(rest({ context: CONTEXT }))).rejects.toThrow('no database');
  });
});
