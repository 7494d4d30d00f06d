import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { ServiceDefinition } from '../../lambdas/core/catalogue/service-definition';
import { servicePolicyKey } from '../../lambdas/store/keys';
import { ACCOUNT, put } from '../identity/principal-rows';
import {
  API_ID as SUBJECT_API,
  CATALOGUE as SUBJECT_CATALOGUE,
  SUBJECTS,
} from './gateway-subjects';
import { ALICE, createGatewayWorld, NOW, type GatewayWorld } from './gateway-world';
import { API_ID, restEvent, signedEvent, type Call } from './rest-events';

/* What an account says of a service: what its actions are about, whom its policy lets in, and what its conditions look at. */

const OTHER_ACCOUNT = '210987654321';
const ORDER = `arn:aws:orders:eu-west-1:${ACCOUNT}:order/42`;

const catalogue = (route: object = {}) => ({
  Service: 'orders',
  Routes: [
    {
      Method: 'GET',
      Path: '/orders/{orderId}',
      Action: 'orders:GetOrder',
      Resource: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
      ...route,
    },
  ],
});

const DEFINITION: ServiceDefinition = {
  service: 'orders',
  actions: [
    { name: 'GetOrder', accessLevel: 'Read', resourceTypes: ['order'], conditionKeys: [] },
    { name: 'GetInvoice', accessLevel: 'Read', resourceTypes: ['invoice'], conditionKeys: [] },
  ],
  resourceTypes: [
    {
      name: 'order',
      arn: 'arn:${Partition}:orders:${Region}:${Account}:order/${Id}',
      conditionKeys: [],
    },
    {
      name: 'invoice',
      arn: 'arn:${Partition}:orders:${Region}:${Account}:invoice/${Id}',
      conditionKeys: [],
    },
  ],
  conditionKeys: [
    { name: 'orders:Amount', type: 'Numeric' },
    { name: 'orders:Labels', type: 'ArrayOfString' },
  ],
};

async function arrange(route: object = {}): Promise<GatewayWorld> {
  const world = await createGatewayWorld();
  await world.registerCatalogue(API_ID, catalogue(route));
  return world;
}

async function ask(
  world: GatewayWorld,
  call: Call = {},
): Promise<{ effect: string; message: unknown }> {
  const event = await signedEvent(call, { ...ALICE, now: NOW });
  return told(await world.authorizer.authorize(event));
}

function told(answer: object): { effect: string; message: unknown } {
  const { policyDocument, context } = answer as APIGatewayAuthorizerResult;
  const [statement] = policyDocument.Statement as { Effect: string }[];
  return { effect: String(statement?.Effect), message: context?.['message'] };
}

describe('the definition of a service', () => {
  test('lets through what its action is about', async () => {
    const world = await arrange();
    await world.defineService(DEFINITION);
    await world.allow('orders:GetOrder', ORDER);
    expect((await ask(world)).effect).toBe('Allow');
  });

  test.each([
    ['is about another type of resource', { Action: 'orders:GetInvoice' }],
    ['is none of the service', { Action: 'orders:EatOrder' }],
    ['is about one resource, and is asked for on all', { Resource: '*' }],
  ])('denies an action that %s, with a reason', async (_what, route) => {
    const world = await arrange(route);
    await world.allow('orders:*');
    expect((await ask(world)).effect).toBe('Allow');
    await world.defineService(DEFINITION);
    const { effect, message } = await ask(world);
    expect(effect).toBe('Deny');
    expect(message).toMatch(/because the action is not about this resource$/);
  });

  test('of another account says nothing', async () => {
    const world = await arrange({ Action: 'orders:GetInvoice' });
    await world.allow('orders:*');
    await world.defineService(DEFINITION, OTHER_ACCOUNT);
    expect((await ask(world)).effect).toBe('Allow');
  });

  test('that cannot be read is an outage', async () => {
    const world = await arrange();
    await world.allow('orders:*');
    await world.defineService({ ...DEFINITION, resourceTypes: [] });
    await expect(ask(world)).rejects.toThrow('The authorizer could not decide.');
  });
});

test('a condition key from a claim is absent for whoever brings no token of a provider', async () => {
  const world = await arrange({ ContextKeys: { 'orders:Team': 'claim.team' } });
  await world.allow('orders:GetOrder');
  await world.share('orders', {
    Effect: 'Deny',
    Principal: '*',
    Action: '*',
    Resource: '*',
    Condition: { Null: { 'orders:Team': 'true' } },
  });
  expect((await ask(world, { headers: { team: 'blue' }, query: { team: 'blue' } })).effect).toBe(
    'Deny',
  );
});

describe('the policy of a service', () => {
  const alice = { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` };

  test('lets in a caller of its account that has no permission of its own, for what it says', async () => {
    const world = await arrange();
    await world.share('orders', {
      Effect: 'Allow',
      Principal: alice,
      Action: 'orders:GetOrder',
      Resource: ORDER,
    });
    expect((await ask(world)).effect).toBe('Allow');
    const other = { path: '/orders/43', pathParameters: { orderId: '43' } };
    expect((await ask(world, other)).effect).toBe('Deny');
  });

  test('denies before every Allow', async () => {
    const world = await arrange();
    await world.allow('*');
    await world.share('orders', {
      Effect: 'Deny',
      Principal: '*',
      Action: 'orders:*',
      Resource: '*',
    });
    const { effect, message } = await ask(world);
    expect(effect).toBe('Deny');
    expect(message).toMatch(/with an explicit deny in a resource-based policy$/);
  });

  test('that cannot be read denies', async () => {
    const world = await arrange();
    await world.allow('*');
    await put(world.store, servicePolicyKey(ACCOUNT, 'orders'), {
      Service: 'orders',
      PolicyDocument: '{',
      UpdateDate: NOW,
    });
    expect((await ask(world)).effect).toBe('Deny');
  });

  test('of another account and the own policies must both allow', async () => {
    const foreign = `arn:aws:orders:eu-west-1:${OTHER_ACCOUNT}:order/42`;
    const route = { Resource: foreign.replace('42', '{orderId}') };
    const share = {
      Effect: 'Allow',
      Principal: alice,
      Action: 'orders:GetOrder',
      Resource: foreign,
    };
    const shared = await arrange(route);
    await shared.share('orders', share, OTHER_ACCOUNT);
    expect((await ask(shared)).effect).toBe('Deny');
    await shared.allow('orders:GetOrder', foreign);
    expect((await ask(shared)).effect).toBe('Allow');
    const unshared = await arrange(route);
    await unshared.allow('orders:GetOrder', foreign);
    await unshared.share('orders', share, ACCOUNT);
    expect((await ask(unshared)).effect).toBe('Deny');
  });
});

describe('a call without credentials', () => {
  const everybody = { Effect: 'Allow', Principal: '*', Action: 'orders:GetOrder', Resource: ORDER };
  const unsigned = (world: GatewayWorld, call: Call = {}, headers: Record<string, string> = {}) =>
    world.authorizer.authorize(restEvent(call, headers));

  test('may do what the policy of the service allows everybody', async () => {
    const world = await arrange();
    await world.share('orders', everybody);
    const answer = await unsigned(world);
    expect(told(answer).effect).toBe('Allow');
    expect((answer as APIGatewayAuthorizerResult).context).toEqual({
      principalId: 'anonymous',
      principalType: 'Anonymous',
      decision: 'allowed',
      action: 'orders:GetOrder',
      resource: ORDER,
      scheme: 'anonymous',
      requestId: expect.any(String) as string,
    });
    expect(JSON.parse(world.lines.at(-1) ?? '')).toMatchObject({
      principalId: 'anonymous',
      effect: 'Allow',
    });
  });

  test.each([
    ['nobody', undefined],
    ['everybody something else', { ...everybody, Action: 'orders:PutOrder' }],
    ['everybody another resource', { ...everybody, Resource: `${ORDER}0` }],
    ['the account', { ...everybody, Principal: { AWS: ACCOUNT } }],
    [
      'everybody at another address',
      { ...everybody, Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } },
    ],
    ['whoever is not the one it names', { ...everybody, Effect: 'Deny' }],
  ])('is unauthorized where the policy allows %s', async (_what, statement) => {
    const world = await arrange();
    if (statement !== undefined) await world.share('orders', statement);
    await expect(unsigned(world)).rejects.toThrow('Unauthorized');
  });

  test.each([
    ['a header that is no credential', {}, { authorization: 'Basic YTpi' }],
    ['an empty header', {}, { authorization: '' }],
    ['a session token alone', {}, { 'x-amz-security-token': 'token' }],
    ['half of a presigned request', { query: { 'x-amz-signature': '00' } }, {}],
  ])('is not the same as one with %s', async (_what, call, headers) => {
    const world = await arrange();
    await world.share('orders', everybody);
    await expect(unsigned(world, call, headers)).rejects.toThrow('Unauthorized');
  });

  test('is none of AWS’s own actions', async () => {
    const world = await createGatewayWorld();
    await world.share('execute-api', { ...everybody, Action: '*', Resource: '*' });
    await expect(unsigned(world)).rejects.toThrow('Unauthorized');
  });

  test.each(SUBJECTS.map((subject) => [subject.name, subject] as const))(
    'means the same behind %s, where it can come at all',
    async (name, subject) => {
      const world = await createGatewayWorld(subject.settings);
      await world.registerCatalogue(SUBJECT_API, SUBJECT_CATALOGUE);
      const unsignedEvent = () => subject.toEvent(subject.order('42'));
      const before = await subject.ask(world.authorizer, unsignedEvent());
      expect(before.outcome).not.toBe('allowed');
      await world.share('orders', everybody);
      const needsHeader = /TOKEN|AppSync/.test(name);
      const { outcome } = await subject.ask(world.authorizer, unsignedEvent());
      expect(outcome === 'allowed').toBe(!needsHeader);
    },
  );
});

describe('condition keys of a route', () => {
  const keyed = (keys: object) => arrange({ ContextKeys: keys });
  const header = { 'orders:Channel': 'header.X-Channel' };

  test.each([
    ['a header', header, { headers: { 'x-channel': 'web' } }],
    ['the query', { 'orders:Channel': 'query.channel' }, { query: { channel: 'web' } }],
    [
      'the path',
      { 'orders:Channel': 'path.orderId' },
      { path: '/orders/web', pathParameters: { orderId: 'web' } },
    ],
  ])('come from %s', async (_what, keys, call) => {
    const world = await keyed(keys);
    await world.allow('orders:*', '*', { StringEquals: { 'orders:Channel': 'web' } });
    expect((await ask(world, call)).effect).toBe('Allow');
    expect((await ask(world)).effect).toBe('Deny');
  });

  test('have the types of the definition: a value that none of them is would slip past a Deny', async () => {
    const world = await keyed({ 'orders:Amount': 'query.amount' });
    await world.defineService(DEFINITION);
    await world.allow('orders:*', '*');
    expect((await ask(world, { query: { amount: '12' } })).effect).toBe('Allow');
    const { effect, message } = await ask(world, { query: { amount: 'twelve' } });
    expect(effect).toBe('Deny');
    expect(message).toMatch(
      /because a value of the request that conditions are about is not of its type$/,
    );
  });

  test('are lists where the definition says so', async () => {
    const world = await keyed({ 'orders:Labels': 'query.label' });
    await world.defineService(DEFINITION);
    await world.allow('orders:*', '*', { 'ForAnyValue:StringEquals': { 'orders:Labels': 'red' } });
    expect((await ask(world, { query: { label: 'red' } })).effect).toBe('Allow');
    expect((await ask(world, { query: { label: 'blue' } })).effect).toBe('Deny');
  });

  test.each([
    ["AWS's own", { 'aws:SourceIp': 'query.ip' }],
    ['those of a session', { 'sts:ExternalId': 'query.id' }],
    ['those of another service', { 'stock:Channel': 'query.channel' }],
    ['a source that there is not', { 'orders:Channel': 'body.channel' }],
    ['a parameter that the path has not', { 'orders:Channel': 'path.other' }],
    ['a credential', { 'orders:Channel': 'header.Authorization' }],
    ['a key twice', { 'orders:Channel': 'query.a', 'orders:channel': 'query.b' }],
  ])('are never %s', async (_what, keys) => {
    const world = await keyed(keys);
    await world.allow('*');
    await expect(ask(world)).rejects.toThrow('The authorizer could not decide.');
  });
});

test('a definition and a policy cost no round trip of their own', async () => {
  const world = await arrange();
  await world.defineService(DEFINITION);
  await world.allow('orders:GetOrder', ORDER);
  await ask(world);
  world.observed.reset();
  expect((await ask(world)).effect).toBe('Allow');
  expect(world.observed.trips).toBeLessThanOrEqual(3);
});
