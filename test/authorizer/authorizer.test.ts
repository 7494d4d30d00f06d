import { createHash, randomBytes } from 'node:crypto';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import { DataKeys } from '../../lambdas/credentials/data-key';
import type { KeyEncryption } from '../../lambdas/credentials/key-encryption';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import type { GuardedUse } from '../../lambdas/authorizer/usage';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { inlinePolicyKey, principalKey, routeCatalogueKey } from '../../lambdas/store/keys';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { StoreUnavailable } from '../../lambdas/store/store';
import {
  ACCOUNT,
  ObservedStore,
  put,
  putAccessKey,
  putAccount,
  putGroup,
  putPolicy,
  putUser,
  remove,
} from '../identity/principal-rows';
import { API_ID, restEvent, sign, signedEvent, type Call, type Signing } from './rest-events';
import { GATEWAY_SETTINGS } from './gateway-settings';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const ALICE = {
  accessKeyId: 'AKIAALICEALICEALICE1',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+alice',
};
const ROOT = { accessKeyId: 'AKIAROOTROOTROOTROO1', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+root' };
const METHOD_ARN = `arn:aws:execute-api:eu-west-1:${ACCOUNT}:${API_ID}/prod/GET/orders/42`;
const EMPTY_HASH = createHash('sha256').update('').digest('hex');

const CATALOGUE = {
  Service: 'orders',
  Routes: [
    {
      Method: 'GET',
      Path: '/orders/{orderId}',
      Action: 'orders:GetOrder',
      Resource: 'arn:${Partition}:orders:${Region}:${Account}:order/{orderId}',
    },
    {
      Method: 'POST',
      Path: '/orders',
      Action: 'orders:CreateOrder',
      Resource: 'arn:${Partition}:orders:${Region}:${Account}:order/',
    },
  ],
};

function policy(effect: string, action: string, resource = '*', condition?: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TheStatement',
        Effect: effect,
        Action: action,
        Resource: resource,
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  });
}

/** A key service that turns keys round. */
class ReversingKeys implements KeyEncryption {
  isDown = false;
  decryptions = 0;

  // eslint-disable-next-line @typescript-eslint/require-await
  async generateDataKey() {
    const plaintext = new Uint8Array(randomBytes(32));
    return { plaintext, encrypted: plaintext.toReversed() };
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async decrypt(encrypted: Uint8Array): Promise<Uint8Array> {
    this.decryptions += 1;
    if (this.isDown) throw new Error('KMS is down');
    return encrypted.toReversed();
  }
}

interface World {
  readonly store: MemoryStore;
  readonly observed: ObservedStore;
  readonly keys: ReversingKeys;
  readonly lines: string[];
  readonly uses: GuardedUse[];
  readonly authorize: (
    call?: Call,
    signing?: Partial<Signing>,
  ) => Promise<APIGatewayAuthorizerResult>;
  readonly authorizer: Authorizer;
  now: number;
}

async function createWorld(stalenessSeconds = 5): Promise<World> {
  const store = new MemoryStore();
  const observed = new ObservedStore(store);
  const keys = new ReversingKeys();
  const lines: string[] = [];
  const uses: GuardedUse[] = [];
  // Sealed by another function, opened by this one.
  const sealing = new SealedSecrets(new DataKeys({ store, keyEncryption: keys, clock: () => 0 }));
  const dataKeys = new DataKeys({ store: observed, keyEncryption: keys, clock: () => world.now });
  const opening = new SealedSecrets(dataKeys);
  const world: World = {
    store,
    observed,
    keys,
    lines,
    uses,
    now: NOW,
    authorizer: new Authorizer({
      store: observed,
      stalenessSeconds,
      gateways: GATEWAY_SETTINGS,
      openSecret: async ({ SealedSecret, OwnerId, AccessKeyId }) =>
        opening.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
      sessions: new SessionTokens(dataKeys),
      bearerTokens: createBearerTokens(dataKeys),
      loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
      now: () => world.now,
      note: (use) => uses.push(use),
      log: (line) => lines.push(line),
    }),
    authorize: async (call = {}, signing = {}) =>
      (await world.authorizer.authorize(
        await signedEvent(call, { ...ALICE, now: world.now, ...signing }),
      )) as APIGatewayAuthorizerResult,
  };
  const seal = async (ownerId: string, key: typeof ALICE): Promise<Uint8Array> =>
    sealing.seal(key.secretAccessKey, { table: 'identities', ownerId, keyId: key.accessKeyId });
  await putAccount(store);
  await putUser(store, {
    id: 'AIDAALICE',
    name: 'alice',
    tags: { team: 'blue' },
    groups: ['AGPA1'],
  });
  await putGroup(store, { id: 'AGPA1', name: 'staff' });
  await putAccessKey(store, ALICE.accessKeyId, {
    groupIds: ['AGPA1'],
    sealedSecret: await seal('AIDAALICE', ALICE),
  });
  await putAccessKey(store, ROOT.accessKeyId, {
    ownerKind: 'Root',
    sealedSecret: await seal(ACCOUNT, ROOT),
  });
  await put(store, routeCatalogueKey(API_ID, '*'), CATALOGUE);
  return world;
}

async function allow(world: World, document: string, name = 'p'): Promise<void> {
  await put(world.store, inlinePolicyKey('User', ACCOUNT, 'AIDAALICE', name), {
    PolicyName: name,
    PolicyDocument: document,
  });
}

function statementOf(answer: object): unknown {
  return (answer as APIGatewayAuthorizerResult).policyDocument.Statement;
}

const ALLOWED = [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: METHOD_ARN }];
const DENIED = [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: METHOD_ARN }];

describe('a call that is signed well', () => {
  test('is allowed where a policy allows its action on its resource', async () => {
    const world = await createWorld();
    const order = `arn:aws:orders:eu-west-1:${ACCOUNT}:order/42`;
    await allow(world, policy('Allow', 'orders:GetOrder', order));
    const answer = await world.authorize();
    expect(statementOf(answer)).toEqual(ALLOWED);
    expect(answer.principalId).toBe('AIDAALICE');
    expect(answer.context).toEqual({
      principalArn: `arn:aws:iam::${ACCOUNT}:user/alice`,
      principalId: 'AIDAALICE',
      principalType: 'User',
      accountId: ACCOUNT,
      userName: 'alice',
      decision: 'allowed',
      action: 'orders:GetOrder',
      resource: order,
      payloadHash: EMPTY_HASH,
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    });
  });

  test('is denied in AWS’s words where no policy allows it', async () => {
    const world = await createWorld();
    const answer = await world.authorize();
    expect(statementOf(answer)).toEqual(DENIED);
    expect(answer.context).toMatchObject({
      decision: 'implicitDeny',
      message: `User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: orders:GetOrder on resource: arn:aws:orders:eu-west-1:${ACCOUNT}:order/42 because no identity-based policy allows the orders:GetOrder action`,
    });
  });

  test('is a use of its action by its caller, allowed or not', async () => {
    const world = await createWorld();
    await world.authorize();
    expect(world.uses).toMatchObject([
      { caller: { userId: 'AIDAALICE' }, actions: ['orders:GetOrder'], now: NOW },
    ]);
  });

  test('is denied on another order than the one that is allowed', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', 'orders:GetOrder', `arn:aws:orders:*:*:order/7`));
    expect(statementOf(await world.authorize())).toEqual(DENIED);
  });

  test('is denied by a Deny whatever else allows it', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    await allow(world, policy('Deny', 'orders:GetOrder'), 'forbids');
    const answer = await world.authorize();
    expect(statementOf(answer)).toEqual(DENIED);
    expect(answer.context?.['message']).toContain(
      'with an explicit deny in an identity-based policy',
    );
  });

  test('of the root user is allowed', async () => {
    const world = await createWorld();
    const answer = await world.authorize({}, ROOT);
    expect(statementOf(answer)).toEqual(ALLOWED);
    expect(answer).toMatchObject({
      principalId: ACCOUNT,
      context: { principalType: 'Root', principalArn: `arn:aws:iam::${ACCOUNT}:root` },
    });
  });

  test('with a body carries the hash that was signed to the backend', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', 'orders:CreateOrder'));
    const body = '{"item":"book"}';
    const answer = await world.authorize({
      method: 'POST',
      path: '/orders',
      resource: '/orders',
      pathParameters: null,
      body,
    });
    expect(answer.context).toMatchObject({
      decision: 'allowed',
      action: 'orders:CreateOrder',
      payloadHash: createHash('sha256').update(body).digest('hex'),
    });
  });

  test('of a route that is not mapped needs execute-api:Invoke on its method', async () => {
    const world = await createWorld();
    const call = { path: '/health', resource: '/health', pathParameters: null };
    const arn = METHOD_ARN.replace('/orders/42', '/health');
    await allow(world, policy('Allow', 'orders:*'));
    expect((await world.authorize(call)).context).toMatchObject({
      decision: 'implicitDeny',
      action: 'execute-api:Invoke',
      resource: arn,
    });
    await allow(world, policy('Allow', 'execute-api:Invoke', arn), 'invoke');
    world.now += 5000;
    expect((await world.authorize(call)).context).toMatchObject({ decision: 'allowed' });
  });

  test('of an API without a catalogue needs execute-api:Invoke', async () => {
    const world = await createWorld();
    await remove(world.store, routeCatalogueKey(API_ID, '*'));
    await allow(world, policy('Allow', 'orders:*'));
    expect((await world.authorize()).context).toMatchObject({
      decision: 'implicitDeny',
      action: 'execute-api:Invoke',
    });
  });

  test('may be signed for the API’s own service, and for no third', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    expect(statementOf(await world.authorize({}, { service: 'orders' }))).toEqual(ALLOWED);
    await expect(world.authorize({}, { service: 'iam' })).rejects.toThrow(/^Unauthorized$/);
  });

  test('is decided by its conditions: tags, user name, address and time', async () => {
    const world = await createWorld();
    await allow(
      world,
      policy('Allow', 'orders:GetOrder', '*', {
        StringEquals: { 'aws:PrincipalTag/team': 'blue', 'aws:username': 'alice' },
        IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
        DateLessThan: { 'aws:CurrentTime': '2026-01-02T03:05:00Z' },
        Bool: { 'aws:SecureTransport': 'true' },
      }),
    );
    expect(statementOf(await world.authorize())).toEqual(ALLOWED);
    expect(statementOf(await world.authorize({ sourceIp: '198.51.100.1' }))).toEqual(DENIED);
    const spoofed = {
      sourceIp: '198.51.100.1',
      headers: { 'x-forwarded-for': '203.0.113.7', 'aws:sourceip': '203.0.113.7' },
    };
    expect(statementOf(await world.authorize(spoofed))).toEqual(DENIED);
    world.now += 60_000;
    expect(statementOf(await world.authorize())).toEqual(DENIED);
  });

  test.each([
    ['an encoded slash', '/orders/7%2F42', '7%2F42'],
    ['a star', '/orders/%2A', '%2A'],
    ['dots', '/orders/%2e%2e', '..'],
    ['nothing', '/orders/', ''],
  ])('with %s for an id is denied even to the root user', async (_what, path, orderId) => {
    const world = await createWorld();
    const event = await signedEvent({ path, pathParameters: { orderId } }, { ...ROOT, now: NOW });
    // The signer encodes the path that it is given; here it was encoded already.
    const answer = await world.authorizer.authorize(event).catch((error: unknown) => error);
    expect(answer).toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
      context: { decision: 'implicitDeny', action: 'orders:GetOrder' },
    });
  });
});

describe('a call that is not signed well is answered with exactly Unauthorized', () => {
  async function expectUnauthorized(world: World, call: Call, signing: Partial<Signing>) {
    const answer = world.authorize(call, signing);
    await expect(answer).rejects.toThrow(/^Unauthorized$/);
    await expect(answer).rejects.toBeInstanceOf(Error);
  }

  test('without any credentials, and asks the store for the route and its service alone', async () => {
    const world = await createWorld();
    const event = restEvent({}, { Host: 'x' });
    await expect(world.authorizer.authorize(event)).rejects.toThrow(/^Unauthorized$/);
    expect(world.observed.calls).toBe(2);
  });

  test.each([
    ['another secret', {}, { secretAccessKey: 'another' }],
    ['an unknown key', {}, { accessKeyId: 'AKIANOBODYNOBODYNOB1' }],
    ['a key id that is none', {}, { accessKeyId: 'x' }],
    ['an expired signature', {}, { now: NOW - 16 * 60_000 }],
    ['a signature of the future', {}, { now: NOW + 16 * 60_000 }],
    ['a session token with a long-term key', {}, { sessionToken: 'token' }],
    ['another service', {}, { service: 's3' }],
  ])('%s', async (_what, call, signing) => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    await expectUnauthorized(world, call, signing);
  });

  test('a signature for another path, method, query or host', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    const headers = await sign({}, { ...ALICE, now: NOW });
    const events = [
      restEvent({ path: '/orders/43', pathParameters: { orderId: '43' } }, headers),
      restEvent({ method: 'DELETE' }, headers),
      restEvent({ query: { admin: 'true' } }, headers),
      restEvent({}, { ...headers, host: 'other.example.com' }),
    ];
    for (const event of events) {
      await expect(world.authorizer.authorize(event)).rejects.toThrow(/^Unauthorized$/);
    }
    expect(statementOf(await world.authorizer.authorize(restEvent({}, headers)))).toEqual(ALLOWED);
  });

  test('a changed body hash, an unsigned one, and none on a call with a body', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    const call = { method: 'POST', path: '/orders', resource: '/orders', pathParameters: null };
    const headers = await sign({ ...call, body: 'a' }, { ...ALICE, now: NOW });
    const other = createHash('sha256').update('b').digest('hex');
    const { 'x-amz-content-sha256': _hash, ...without } = headers;
    const unsigned = { ...call, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } };
    for (const event of [
      restEvent(call, { ...headers, 'x-amz-content-sha256': other }),
      restEvent(call, without),
      restEvent(call, await sign(unsigned, { ...ALICE, now: NOW })),
    ]) {
      await expect(world.authorizer.authorize(event)).rejects.toThrow(/^Unauthorized$/);
    }
  });

  test('an inactive key', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    await putAccessKey(world.store, ALICE.accessKeyId, { status: 'Inactive' });
    await expectUnauthorized(world, {}, {});
  });

  test('a key of a user that was deleted, also when the name was given again', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    await remove(world.store, principalKey('User', ACCOUNT, 'AIDAALICE'));
    await putUser(world.store, {
      id: 'AIDANEW',
      name: 'alice',
      inline: { p: policy('Allow', '*') },
    });
    await expectUnauthorized(world, {}, {});
  });

  test('and never says why to the caller, only to the log', async () => {
    const world = await createWorld();
    await expectUnauthorized(world, {}, { secretAccessKey: 'another' });
    expect(JSON.parse(world.lines[0] ?? '')).toMatchObject({
      event: 'unauthorized',
      code: 'SignatureDoesNotMatch',
    });
  });
});

describe('an outage is neither an Allow nor a Deny nor Unauthorized', () => {
  const OUTAGE = /^The authorizer could not decide\.$/;

  test('whichever call of the store fails', async () => {
    const probe = await createWorld(0);
    await probe.authorize();
    const calls = probe.observed.calls;
    expect(calls).toBeGreaterThanOrEqual(5);
    for (let call = 1; call <= calls; call += 1) {
      const world = await createWorld(0);
      await allow(world, policy('Allow', '*'));
      world.observed.failingCall = call;
      world.observed.failure = new StoreUnavailable('down');
      await expect(world.authorize()).rejects.toThrow(OUTAGE);
    }
  });

  test('of the key service', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    world.keys.isDown = true;
    await expect(world.authorize()).rejects.toThrow(OUTAGE);
    world.keys.isDown = false;
    expect(statementOf(await world.authorize())).toEqual(ALLOWED);
  });

  test('is not kept: the next call is answered', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    world.observed.failingCall = 1;
    world.observed.failure = new StoreUnavailable('down');
    await expect(world.authorize()).rejects.toThrow(OUTAGE);
    expect(statementOf(await world.authorize())).toEqual(ALLOWED);
  });

  test.each([
    ['a catalogue that cannot be read', routeCatalogueKey(API_ID, '*'), { Service: 'orders' }],
    ['a user that cannot be read', principalKey('User', ACCOUNT, 'AIDAALICE'), { UserName: 'x' }],
  ])('%s', async (_what, key, attributes) => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    await put(world.store, key, attributes);
    await expect(world.authorize()).rejects.toThrow(OUTAGE);
    expect(JSON.parse(world.lines[0] ?? '')).toMatchObject({ level: 'ERROR', event: 'failure' });
  });

  test('a secret that was sealed for another key', async () => {
    const world = await createWorld();
    const other = await world.store.get({
      table: 'identities',
      partition: `AccessKey#${ROOT.accessKeyId}`,
      sort: 'AccessKey',
    });
    await putAccessKey(world.store, ALICE.accessKeyId, {
      groupIds: ['AGPA1'],
      sealedSecret: other?.attributes['SealedSecret'] as Uint8Array,
    });
    await expect(world.authorize({}, ROOT)).resolves.toBeDefined();
    await expect(world.authorize({}, { secretAccessKey: ROOT.secretAccessKey })).rejects.toThrow(
      OUTAGE,
    );
  });

  test('an event that is none of a REST API', async () => {
    const world = await createWorld();
    await expect(world.authorizer.authorize({})).rejects.toThrow(OUTAGE);
    const event = await signedEvent({}, { ...ALICE, now: NOW });
    await expect(
      world.authorizer.authorize({ ...event, methodArn: 'arn:aws:sqs:::q' }),
    ).rejects.toThrow(OUTAGE);
  });
});

describe('a policy in the store that is no policy', () => {
  test.each(['{', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","action":"*"}]}'])(
    'denies everything, whatever the others allow: %s',
    async (document) => {
      const world = await createWorld();
      await allow(world, policy('Allow', '*'));
      await allow(world, document, 'broken');
      expect(statementOf(await world.authorize())).toEqual(DENIED);
    },
  );
});

describe('the staleness bound', () => {
  test('lets a warm call be answered without the store', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    await world.authorize();
    world.observed.reset();
    const { decryptions } = world.keys;
    world.now += 4999;
    expect(statementOf(await world.authorize())).toEqual(ALLOWED);
    expect(world.observed.calls).toBe(0);
    expect(world.keys.decryptions).toBe(decryptions);
  });

  test('asks the store once for many calls at once', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    await world.authorize({}, ROOT);
    const event = await signedEvent({}, { ...ALICE, now: world.now });
    world.observed.reset();
    await world.authorizer.authorize(event);
    const once = world.observed.calls;
    world.now += 5000;
    world.observed.reset();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.authorizer.authorize(event)),
    );
    expect(answers.map(statementOf)).toEqual(answers.map(() => ALLOWED));
    // The catalogue and its service are asked for again as well.
    expect(world.observed.calls).toBe(once + 2);
  });

  test('ends what was withdrawn: a policy, a key, a user, a catalogue', async () => {
    const withdrawals: ((world: World) => Promise<void>)[] = [
      (world) => remove(world.store, inlinePolicyKey('User', ACCOUNT, 'AIDAALICE', 'p')),
      (world) => putAccessKey(world.store, ALICE.accessKeyId, { status: 'Inactive' }),
      (world) => remove(world.store, principalKey('User', ACCOUNT, 'AIDAALICE')),
      (world) => put(world.store, routeCatalogueKey(API_ID, '*'), { ...CATALOGUE, Routes: [] }),
    ];
    for (const withdraw of withdrawals) {
      const world = await createWorld();
      await allow(world, policy('Allow', 'orders:*'));
      expect(statementOf(await world.authorize())).toEqual(ALLOWED);
      await withdraw(world);
      world.now += 5000;
      const answer = await world.authorize().catch((error: unknown) => error);
      expect(answer).not.toMatchObject({ policyDocument: { Statement: ALLOWED } });
    }
  });

  test('of 0 sees a change at once', async () => {
    const world = await createWorld(0);
    await allow(world, policy('Allow', '*'));
    expect(statementOf(await world.authorize())).toEqual(ALLOWED);
    await remove(world.store, inlinePolicyKey('User', ACCOUNT, 'AIDAALICE', 'p'));
    expect(statementOf(await world.authorize())).toEqual(DENIED);
  });

  test('holds for what is not there, too: a new key works after it', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', '*'));
    const key = {
      table: 'identities',
      partition: `AccessKey#${ALICE.accessKeyId}`,
      sort: 'AccessKey',
    } as const;
    const row = await world.store.get(key);
    await remove(world.store, key);
    await expect(world.authorize()).rejects.toThrow('Unauthorized');
    await put(world.store, key, row?.attributes ?? {});
    await expect(world.authorize()).rejects.toThrow('Unauthorized');
    world.now += 5000;
    expect(statementOf(await world.authorize())).toEqual(ALLOWED);
  });

  test('costs at most three round trips for a principal never seen, once a data key is open', async () => {
    const world = await createWorld();
    await putPolicy(world.store, 'Managed', policy('Allow', 'orders:GetOrder'));
    await putUser(world.store, {
      id: 'AIDAALICE',
      name: 'alice',
      attached: ['Managed'],
      groups: ['AGPA1'],
    });
    await world.authorize({}, ROOT);
    world.observed.reset();
    world.now += 5000;
    expect(statementOf(await world.authorize())).toEqual(ALLOWED);
    expect(world.observed.trips).toBeLessThanOrEqual(3);
    expect(world.observed.inconsistentReads).toBe(0);
  });
});

describe('the log of a decision', () => {
  test('names who asked for what, and the statement that decided, and holds no secret', async () => {
    const world = await createWorld();
    await allow(world, policy('Allow', 'orders:GetOrder'));
    const headers = await sign({}, { ...ALICE, now: NOW });
    await world.authorizer.authorize(restEvent({}, headers));
    expect(world.lines).toHaveLength(1);
    const line = world.lines[0] ?? '';
    expect(JSON.parse(line)).toMatchObject({
      timestamp: '2026-01-02T03:04:05.000Z',
      level: 'INFO',
      event: 'decision',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      principalArn: `arn:aws:iam::${ACCOUNT}:user/alice`,
      principalId: 'AIDAALICE',
      accessKeyId: ALICE.accessKeyId,
      action: 'orders:GetOrder',
      resource: `arn:aws:orders:eu-west-1:${ACCOUNT}:order/42`,
      decision: 'allowed',
      effect: 'Allow',
      policyType: 'identity-based policy',
      policyId: 'user_alice_p',
      sid: 'TheStatement',
      statement: 0,
      durationMilliseconds: 0,
    });
    expect(line).not.toContain('\n');
    const signature = /Signature=([0-9a-f]+)/.exec(headers['authorization'] ?? '')?.[1] ?? 'none';
    expect(line).not.toContain(signature);
    expect(line).not.toContain(ALICE.secretAccessKey);
  });
});
