import {
  CreateUserCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import { GetFederationTokenCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import * as fc from 'fast-check';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { inlinePolicyKey, nameKey, principalKey } from '../../lambdas/store/keys';
import { put } from '../identity/principal-rows';
import { ACCOUNT, ADMIN_ENDPOINT_URL, deployAdmin, ROOT } from '../operations/deployment';
import type { AdminDeployment, Credentials } from '../operations/deployment';
import { signedRequest, unsignedRequest } from '../operations/signed-requests';
import { allow, credentialsOf, StsScenery } from '../sts/sts-scenery';
import { callPortcullis, ORDER_42, ORDERS } from './operation-cases';

/* The Authorization API of OpenID AuthZEN, as an enforcement point sees it. */

interface Decision {
  readonly decision: boolean;
  readonly context: {
    readonly decision?: string;
    readonly reason?: string;
    readonly policies?: readonly object[];
    readonly error?: { readonly status: number; readonly message: string };
  };
}

const GET = { Effect: 'Allow', Action: 'orders:GetOrder', Resource: ORDER_42 };

let now = Math.floor(Date.now() / 1000) * 1000;
let deployment: AdminDeployment;
let scenery: StsScenery;

beforeAll(async () => {
  deployment = await deployAdmin({ now: () => now });
  scenery = new StsScenery(deployment);
  await callPortcullis(deployment, 'PutServiceDefinition', ORDERS);
});

afterAll(async () => {
  expect(deployment.failures).toEqual([]);
  await deployment.close();
});

interface Asked {
  readonly path?: string;
  readonly credentials?: Credentials;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post(body: object | string, asked: Asked = {}) {
  const request = await signedRequest({
    path: asked.path ?? '/v1/access/v1/evaluation',
    service: 'portcullis',
    contentType: 'application/json',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signedAt: now,
    ...(asked.credentials === undefined ? {} : { credentials: asked.credentials }),
    ...(asked.headers === undefined ? {} : { headers: asked.headers }),
  });
  const answer = await deployment.handle('portcullis', request);
  return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> };
}

const question = (change: object = {}) => ({
  subject: { type: 'root', id: ACCOUNT },
  action: { name: 'orders:GetOrder' },
  resource: { type: 'order', id: ORDER_42 },
  ...change,
});

async function decide(change: object = {}): Promise<Decision> {
  const { statusCode, json } = await post(question(change));
  expect([statusCode, json['message']]).toEqual([200, undefined]);
  return json as unknown as Decision;
}

async function refusalOf(change: object): Promise<string> {
  const { statusCode, json } = await post(question(change));
  expect(statusCode).toBe(400);
  return `${String(json['code'])}: ${String(json['message'])}`;
}

const evaluate = (body: object) => post(body, { path: '/v1/access/v1/evaluations' });

const userOf = async (UserName: string) => ({ type: 'user', id: await scenery.userArn(UserName) });

describe('an evaluation', () => {
  test('says who is allowed, and by which statement of which policy', async () => {
    const { UserName } = await scenery.caller(GET);
    expect(await decide({ subject: await userOf(UserName) })).toEqual({
      decision: true,
      context: {
        decision: 'allowed',
        policies: [
          {
            policyType: 'identity-based policy',
            effect: 'allowed',
            policyId: `user_${UserName}_permissions`,
            statement: 0,
          },
        ],
      },
    });
  });

  test('says in AWS’s sentence who is not', async () => {
    const UserName = await scenery.user();
    const subject = await userOf(UserName);
    const { decision, context } = await decide({ subject });
    expect(decision).toBe(false);
    expect(context).toMatchObject({
      decision: 'implicitDeny',
      reason: `User: ${subject.id} is not authorized to perform: orders:GetOrder on resource: ${ORDER_42} because no identity-based policy allows the orders:GetOrder action`,
    });
    await scenery.permit(UserName, GET, { ...GET, Effect: 'Deny', Sid: 'Never' });
    expect((await decide({ subject })).context).toMatchObject({
      decision: 'explicitDeny',
      reason: expect.stringContaining(
        'with an explicit deny in an identity-based policy',
      ) as string,
      policies: [{ effect: 'denied', sid: 'Never', statement: 1 }],
    });
  });

  test('is the same at every path that leads to it', async () => {
    for (const path of ['/access/v1/evaluation', '/v1/portcullis/access/v1/evaluation']) {
      expect((await post(question(), { path })).json).toMatchObject({ decision: true });
    }
  });

  test('ignores what the standard does not know', async () => {
    const { statusCode } = await post({
      ...question({
        subject: { type: 'root', id: ACCOUNT, name: 'root', properties: { a: [{}] } },
      }),
      trace: { id: 1 },
    });
    expect(statusCode).toBe(200);
  });

  test('is denied on a resource that the action is not about, and of another type', async () => {
    const invoice = { type: 'order', id: ORDER_42.replace('order/', 'invoice/') };
    expect(await decide({ resource: invoice })).toMatchObject({ decision: false });
    const typed = await decide({ resource: { type: 'invoice', id: ORDER_42 } });
    expect(typed).toEqual({
      decision: false,
      context: {
        decision: 'implicitDeny',
        reason: 'The resource is not of the type invoice of orders.',
      },
    });
    const list = { action: { name: 'orders:ListOrders' } };
    expect(await decide({ ...list, resource: { type: 'order', id: '*' } })).toMatchObject({
      decision: true,
    });
    const { context } = await decide(list);
    expect(context.reason).toMatch(/because the action is not about this resource$/);
  });

  test('is denied on a resource of another account', async () => {
    const foreign = { type: 'order', id: ORDER_42.replace(ACCOUNT, '210987654321') };
    const { decision, context } = await decide({ resource: foreign });
    expect([decision, context.reason]).toEqual([false, 'The resource belongs to another account.']);
  });
});

describe('a subject', () => {
  test('is named by its ARN or its unique id', async () => {
    const { UserName } = await scenery.caller(GET);
    const { User } = await scenery.root.send(new GetUserCommand({ UserName }));
    for (const id of [User?.Arn, User?.UserId]) {
      expect(await decide({ subject: { type: 'user', id } })).toMatchObject({ decision: true });
    }
    const root = { type: 'root', id: `arn:aws:iam::${ACCOUNT}:root` };
    expect(await decide({ subject: root })).toMatchObject({ decision: true });
    const role = await scenery.role([allow({ AWS: ACCOUNT })], { allow: GET });
    expect(await decide({ subject: { type: 'role', id: role } })).toMatchObject({ decision: true });
  });

  test('that is gone is nobody, also where another one has its name', async () => {
    const UserName = await scenery.user();
    await scenery.permit(UserName, GET);
    const { User } = await scenery.root.send(new GetUserCommand({ UserName }));
    const id = User?.UserId;
    expect(await decide({ subject: { type: 'user', id } })).toMatchObject({ decision: true });
    const name = { UserName };
    await scenery.root.send(new DeleteUserPolicyCommand({ ...name, PolicyName: 'permissions' }));
    await scenery.root.send(new DeleteUserCommand(name));
    await scenery.root.send(new CreateUserCommand({ UserName, Path: '/team/' }));
    expect(await decide({ subject: { type: 'user', id } })).toMatchObject({
      decision: false,
      context: { reason: expect.stringContaining('There is no such subject') as string },
    });
  });

  test.each([
    ['an unknown user', { type: 'user', id: `arn:aws:iam::${ACCOUNT}:user/nobody` }],
    ['an unknown id', { type: 'user', id: 'AIDANOBODYNOBODY1' }],
    ['a name', { type: 'user', id: 'alice' }],
    ['a user as a role', { type: 'role', id: `arn:aws:iam::${ACCOUNT}:user/nobody` }],
    ['root by another id', { type: 'root', id: '210987654321' }],
    ['another partition', { type: 'root', id: `arn:aws-cn:iam::${ACCOUNT}:root` }],
    ['a session without a token', { type: 'session', id: `arn:aws:iam::${ACCOUNT}:root` }],
    [
      'a session with a token that nobody gave out',
      { type: 'session', id: `arn:aws:iam::${ACCOUNT}:root`, properties: { token: 'pts_abc' } },
    ],
  ])('that is %s is denied', async (_what, subject) => {
    expect(await decide({ subject })).toEqual({
      decision: false,
      context: {
        decision: 'implicitDeny',
        reason:
          'There is no such subject, or the token does not prove that the subject is its session.',
      },
    });
  });

  test('counts in its path and in the case of its name', async () => {
    const { UserName } = await scenery.caller(GET);
    const arn = await scenery.userArn(UserName);
    for (const id of [arn.replace('/callers', ''), arn.replace('user-', 'User-')]) {
      expect(await decide({ subject: { type: 'user', id } })).toMatchObject({ decision: false });
    }
  });
});

describe('a session', () => {
  const roleSession = async (policy?: object) => {
    const { UserName, credentials } = await scenery.caller();
    const RoleName = scenery.newName('role');
    const trust = [allow({ AWS: await scenery.userArn(UserName) })];
    const RoleArn = await scenery.role(trust, { RoleName, allow: { ...GET, Resource: '*' } });
    const session = await scenery.assume(credentials, {
      RoleArn,
      RoleSessionName: 'one',
      ...(policy === undefined
        ? {}
        : { Policy: JSON.stringify({ Version: '2012-10-17', Statement: policy }) }),
    });
    return { session, id: `arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/one` };
  };

  test('is decided with its session policies, and proven by its token', async () => {
    const { session, id } = await roleSession(GET);
    const properties = { token: session.sessionToken };
    const subject = { type: 'session', id, properties };
    expect(await decide({ subject })).toMatchObject({ decision: true });
    const other = { type: 'order', id: ORDER_42.replace('/42', '/43') };
    expect(await decide({ subject, resource: other })).toMatchObject({
      decision: false,
      context: { reason: expect.stringContaining('because no session policy allows') as string },
    });
  });

  test('is nobody under another name, and nobody once it is over', async () => {
    const { session, id } = await roleSession();
    const properties = { token: session.sessionToken };
    const subject = { type: 'session', id, properties };
    expect(await decide({ subject })).toMatchObject({ decision: true });
    const other = { ...subject, id: id.replace(/one$/, 'two') };
    expect(await decide({ subject: other })).toMatchObject({ decision: false });
    const before = now;
    now += 3_601_000;
    expect(await decide({ subject })).toMatchObject({ decision: false });
    now = before;
  });

  test('of a federated user has the policies that it was given, and no others', async () => {
    const { UserName, credentials } = await scenery.caller(GET, {
      Effect: 'Allow',
      Action: 'sts:GetFederationToken',
      Resource: '*',
    });
    const federate = async (Policy?: string) => {
      const command = new GetFederationTokenCommand({ Name: 'guest', Policy });
      const { Credentials: issued } = await deployment.sts(credentials).send(command);
      return credentialsOf(issued).sessionToken;
    };
    const id = `arn:aws:sts::${ACCOUNT}:federated-user/guest`;
    const as = async (token: string | undefined) =>
      (await decide({ subject: { type: 'session', id, properties: { token } } })).decision;
    expect(await as(await federate())).toBe(false);
    const Statement = { ...GET, Action: '*' };
    const token = await federate(JSON.stringify({ Version: '2012-10-17', Statement }));
    expect(await as(token)).toBe(true);
    await scenery.permit(UserName, { ...GET, Effect: 'Deny' });
    expect(await as(token)).toBe(false);
  });

  test('of a user is proven by a session token or by the access token of whoever signed in', async () => {
    const { UserName, credentials } = await scenery.caller({
      ...GET,
      Condition: { Null: { 'aws:TokenIssueTime': 'false' } },
    });
    const id = await scenery.userArn(UserName);
    const { Credentials: issued } = await deployment
      .sts(credentials)
      .send(new GetSessionTokenCommand({}));
    const token = credentialsOf(issued).sessionToken;
    expect(await decide({ subject: { type: 'user', id } })).toMatchObject({ decision: false });
    const session = { type: 'session', id, properties: { token } };
    expect(await decide({ subject: session })).toMatchObject({ decision: true });
    // An access token of a session that no row knows of has been ended.
    const ended = await createBearerTokens(deployment.dataKeys).seal({
      kind: 'User',
      accountId: ACCOUNT,
      ownerId: 'AIDANOBODYNOBODY1',
      sessionId: 'ASIAENDEDENDEDENDED1',
      generation: 0,
      signInDate: now,
      expirationDate: now + 60_000,
    });
    const over = { ...session, properties: { token: ended } };
    expect(await decide({ subject: over })).toMatchObject({ decision: false });
  });
});

describe('a context', () => {
  test('sets the keys of the service, with the types of its definition', async () => {
    const { UserName } = await scenery.caller({
      ...GET,
      Condition: { NumericLessThan: { 'orders:Amount': '100' } },
    });
    const subject = await userOf(UserName);
    for (const [amount, decision] of [
      [99, true],
      ['99', true],
      [100, false],
    ] as const) {
      const asked = { subject, context: { 'orders:Amount': amount } };
      expect(await decide(asked)).toMatchObject({ decision });
    }
    expect(await decide({ subject })).toMatchObject({ decision: false });
    expect(await refusalOf({ subject, context: { 'orders:Amount': 'a lot' } })).toBe(
      'InvalidInput: orders:Amount must be of the type Numeric.',
    );
  });

  test.each([
    'aws:SourceIp',
    'AWS:PrincipalTag/team',
    'sts:ExternalId',
    'iam:PassedToService',
    'saml:sub',
    'parcels:Channel',
    'Orders:Channel',
    'orders:',
    'Channel',
    '__proto__',
  ])('cannot set %s', async (key) => {
    const context = `{${JSON.stringify(key)}: "x"}`;
    const body = JSON.stringify(question()).replace(/\}$/, `,"context":${context}}`);
    const { statusCode, json } = await post(body);
    expect([statusCode, json['code']]).toEqual([400, 'InvalidInput']);
  });

  test('never stands over what is known of the subject and of the moment', async () => {
    const { UserName } = await scenery.caller({
      ...GET,
      Condition: {
        StringEquals: { 'aws:PrincipalTag/team': 'blue', 'aws:ResourceAccount': ACCOUNT },
      },
    });
    const subject = await userOf(UserName);
    expect(await decide({ subject })).toMatchObject({ decision: false });
    await scenery.root.send(
      new TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'blue' }] }),
    );
    expect(await decide({ subject })).toMatchObject({ decision: true });
  });

  test.each([
    ['an Allow', [{ ...GET, Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }]],
    [
      'a Deny',
      [
        GET,
        { ...GET, Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } },
      ],
    ],
    [
      'a variable',
      [
        { ...GET, Resource: '*' },
        { ...GET, Effect: 'Deny', Resource: 'arn:aws:orders:*:*:order/${aws:SourceIp}' },
      ],
    ],
  ])('that nobody has told is not taken for absent where %s looks at it', async (_what, policy) => {
    const { UserName } = await scenery.caller(...policy);
    const subject = await userOf(UserName);
    expect(await decide({ subject })).toEqual({
      decision: false,
      context: {
        decision: 'implicitDeny',
        reason: 'The decision depends on aws:SourceIp, which nobody has told.',
      },
    });
    const told = { ...subject, properties: { ip_address: '198.51.100.7' } };
    expect(await decide({ subject: told })).toMatchObject({ decision: true });
  });

  test('of a role’s own sessions is not known of the role itself', async () => {
    const id = await scenery.role([allow({ AWS: ACCOUNT })], {
      allow: { ...GET, Condition: { StringNotLike: { 'aws:userid': '*:guest' } } },
    });
    const { decision, context } = await decide({ subject: { type: 'role', id } });
    expect([decision, context.reason]).toEqual([
      false,
      'The decision depends on aws:userid, which nobody has told.',
    ]);
  });

  test('of the address is where the subject calls from, and not where the asker is', async () => {
    const { UserName } = await scenery.caller({
      ...GET,
      Condition: { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '127.0.0.0/8'] } },
    });
    const subject = await userOf(UserName);
    expect(await decide({ subject })).toMatchObject({ decision: false });
    const from = (ip_address: unknown) => ({ subject: { ...subject, properties: { ip_address } } });
    expect(await decide(from('192.0.2.7'))).toMatchObject({ decision: true });
    expect(await decide(from('198.51.100.7'))).toMatchObject({ decision: false });
    expect(await refusalOf(from('192.0.2'))).toContain('is no IP address');
  });
});

describe('evaluations', () => {
  const orders = (...ids: readonly string[]) =>
    ids.map((id) => ({ resource: { type: 'order', id: ORDER_42.replace('42', id) } }));
  let subject: object;

  beforeAll(async () => {
    const { UserName } = await scenery.caller(
      { ...GET, Resource: [ORDER_42, ORDER_42.replace('42', '44')] },
      { Effect: 'Allow', Action: 'orders:ListOrders', Resource: '*' },
    );
    subject = await userOf(UserName);
  });

  const decisionsOf = async (body: object): Promise<readonly boolean[]> => {
    const { statusCode, json } = await evaluate(body);
    expect(statusCode).toBe(200);
    expect(json).not.toHaveProperty('decision');
    return (json['evaluations'] as readonly Decision[]).map(({ decision }) => decision);
  };

  test.each([
    [undefined, [true, false, true]],
    ['execute_all', [true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])(
    'with the semantic %s answer in order, up to the last that counts',
    async (semantic, given) => {
      const { action } = question();
      const body = { subject, action, evaluations: orders('42', '43', '44') };
      const options = semantic && { options: { evaluations_semantic: semantic, other: 1 } };
      expect(await decisionsOf({ ...body, ...options })).toEqual(given);
    },
  );

  test('have the parts at the top where they have none of their own', async () => {
    const list = {
      action: { name: 'orders:ListOrders' },
      resource: { type: 'order', id: '*' },
    };
    const body = { ...question({ subject }), evaluations: [{}, list, ...orders('43')] };
    expect(await decisionsOf(body)).toEqual([true, true, false]);
  });

  test('without any are the one at the top', async () => {
    for (const evaluations of [undefined, []]) {
      const { json } = await evaluate({ ...question({ subject }), evaluations });
      expect(json).toMatchObject({ decision: true });
      expect(json).not.toHaveProperty('evaluations');
    }
  });

  test('of which one is wrong deny it, say why, and answer the others', async () => {
    const { json } = await evaluate({
      ...question({ subject }),
      evaluations: [{}, { context: { 'aws:SourceIp': '192.0.2.1' } }, {}],
    });
    expect(json['evaluations']).toMatchObject([
      { decision: true },
      {
        decision: false,
        context: { error: { status: 400, message: expect.any(String) as string } },
      },
      { decision: true },
    ]);
  });

  test.each([
    ['lacks a part everywhere', { subject: undefined, evaluations: [{}] }, "at 'subject'"],
    ['has no part at all', { resource: undefined }, "at 'resource'"],
    ['has too many', { evaluations: Array.from({ length: 51 }, () => ({})) }, 'equal to 50'],
    ['asks for another semantic', { options: { evaluations_semantic: 'any' } }, 'enum value set'],
    ['has another kind of list', { evaluations: {} }, 'not of the type array'],
  ])('are refused as a whole where the request %s', async (_what, change, message) => {
    const { statusCode, json } = await evaluate(question(change));
    expect(statusCode).toBe(400);
    expect(json['message']).toContain(message);
  });

  test('need the permission on every service that they are about', async () => {
    const { credentials } = await scenery.caller({
      Effect: 'Allow',
      Action: 'portcullis:EvaluateAccess',
      Resource: `arn:aws:portcullis::${ACCOUNT}:service/orders`,
    });
    const path = '/access/v1/evaluations';
    const body = question({ evaluations: [{}] });
    expect((await post(body, { path, credentials })).statusCode).toBe(200);
    const evaluations = [{}, { action: { name: 'parcels:GetParcel' } }];
    const { statusCode, json } = await post({ ...body, evaluations }, { path, credentials });
    expect(statusCode).toBe(403);
    expect(json['message']).toContain('perform: portcullis:EvaluateAccess on resource: ');
  });
});

describe('a request', () => {
  test.each([
    ['no subject', { subject: undefined }, "Value null at 'subject'"],
    ['a subject without an id', { subject: { type: 'user' } }, "Value null at 'subject.id'"],
    ['a subject of another type', { subject: { type: 'group', id: 'a' } }, 'user, role, root'],
    ['an action without a service', { action: { name: 'can_read' } }, 'regular expression'],
    ['an action of IAM', { action: { name: 'iam:GetUser' } }, 'your own services'],
    ['an action on AWS’s keys', { action: { name: 'kms:Decrypt' } }, 'your own services'],
    ['a resource that is no ARN', { resource: { type: 'order', id: '42' } }, 'an ARN of'],
    [
      'a resource of another service',
      { resource: { type: 'order', id: `arn:aws:parcels:::order/42` } },
      'an ARN of the service orders',
    ],
    ['a pattern', { resource: { type: 'order', id: `${ORDER_42}*` } }, 'of one resource'],
    ['a context that is a list', { context: [] }, 'must be a JSON object'],
    [
      'a token for a user',
      { subject: { type: 'user', id: 'a', properties: { token: 'b' } } },
      'A token proves a session',
    ],
  ])('with %s is refused with 400 and a reason', async (_what, change, message) => {
    expect(await refusalOf(change)).toContain(message);
  });

  test('of any other form is refused or denied, and is never a failure of ours', async () => {
    const root = { type: 'root', id: ACCOUNT };
    const text = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(
        ACCOUNT,
        ORDER_42,
        '*',
        'arn:aws:orders:::',
        'orders:GetOrder',
        'user',
        'role',
      ),
      fc.constantFrom(`arn:aws:iam::${ACCOUNT}:user/a`, 'A'.repeat(2048), 'session', 'root'),
    );
    const part = (members: Record<string, fc.Arbitrary<unknown>>) =>
      fc.oneof(
        { weight: 6, arbitrary: fc.record(members, { requiredKeys: [] }) },
        { weight: 1, arbitrary: fc.jsonValue() },
      );
    const parts = {
      subject: fc.oneof(
        fc.constant(root),
        part({ type: text, id: text, properties: part({ token: text, ip_address: text }) }),
      ),
      action: fc.oneof(fc.constant({ name: 'orders:GetOrder' }), part({ name: text })),
      resource: fc.oneof(
        fc.constant({ type: 'order', id: ORDER_42 }),
        part({ type: text, id: text }),
      ),
      context: part({ 'orders:Amount': fc.jsonValue(), 'orders:Channel': text }),
    };
    const evaluations = fc.array(fc.record(parts, { requiredKeys: [] }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...parts, evaluations }, { requiredKeys: [] }),
        fc.constantFrom('/access/v1/evaluation', '/access/v1/evaluations'),
        async (body, path) => {
          const { statusCode, json } = await post(body, { path });
          expect([200, 400]).toContain(statusCode);
          expect(typeof (statusCode === 400 ? json['message'] : json)).not.toBe('undefined');
        },
      ),
      { numRuns: 150 },
    );
  });

  test('with a member that stands twice is refused', async () => {
    const { statusCode } = await post('{"subject":{},"subject":{}}');
    expect(statusCode).toBe(400);
  });

  test('is answered with its own identifier, whatever the answer is', async () => {
    const headers = { 'x-request-id': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' };
    expect((await post(question(), { headers })).headers).toMatchObject(headers);
    expect((await post({}, { headers })).headers).toMatchObject(headers);
    expect((await post(question())).headers).not.toHaveProperty('x-request-id');
  });

  test('of nobody, or with a wrong signature, is unauthorized', async () => {
    const wrong = { ...ROOT, secretAccessKey: 'wrong' };
    expect((await post(question(), { credentials: wrong })).statusCode).toBe(401);
    const request = unsignedRequest({
      path: '/access/v1/evaluation',
      contentType: 'application/json',
      body: JSON.stringify(question()),
    });
    const answer = await deployment.handle('portcullis', request);
    expect(answer.statusCode).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'MissingAuthenticationToken' });
  });

  test('of whoever may not ask is forbidden', async () => {
    const { credentials } = await scenery.caller(GET);
    expect((await post(question(), { credentials })).statusCode).toBe(403);
  });
});

test('the document of the decision point says where it is asked, to everybody', async () => {
  const path = '/.well-known/authzen-configuration';
  const answer = await deployment.handle('portcullis', unsignedRequest({ method: 'GET', path }));
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json');
  expect(JSON.parse(answer.body)).toEqual({
    policy_decision_point: ADMIN_ENDPOINT_URL,
    access_evaluation_endpoint: `${ADMIN_ENDPOINT_URL}/access/v1/evaluation`,
    access_evaluations_endpoint: `${ADMIN_ENDPOINT_URL}/access/v1/evaluations`,
  });
  const posted = await deployment.handle('portcullis', unsignedRequest({ method: 'POST', path }));
  expect(posted.statusCode).not.toBe(200);
});

test('nothing of a user of another account is told but whether it may', async () => {
  const accountId = '210987654321';
  const id = 'AIDASTRANGERSTRANGER';
  const { store } = deployment;
  const holder = {
    CreateDate: 0,
    AttachedPolicyCount: 0,
    InlinePolicyCount: 1,
    InlinePolicySize: 0,
  };
  const user = { UserName: 'stranger', UserId: id, Path: '/', Tags: [] };
  await put(store, principalKey('User', accountId, id), {
    ...holder,
    ...user,
    GroupCount: 0,
    AccessKeyCount: 0,
  });
  await put(store, nameKey('User', accountId, 'stranger'), { Id: id, Name: 'stranger', Path: '/' });
  await put(store, inlinePolicyKey('User', accountId, id, 'p'), {
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: GET }),
  });
  const subject = { type: 'user', id: `arn:aws:iam::${accountId}:user/stranger` };
  const reason = 'The subject is not authorized to perform this action on this resource.';
  expect(await decide({ subject })).toEqual({
    decision: false,
    context: { decision: 'implicitDeny', reason },
  });
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { ...GET, Principal: { AWS: accountId } },
  });
  const Service = 'orders';
  await callPortcullis(deployment, 'PutServicePolicy', { Service, PolicyDocument });
  expect(await decide({ subject })).toEqual({ decision: true, context: { decision: 'allowed' } });
  const secret = { StringNotEquals: { 'aws:Referer': 'https://secret.example/' } };
  await put(store, inlinePolicyKey('User', accountId, id, 'p'), {
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { ...GET, Condition: secret },
    }),
  });
  const unknown = { type: 'user', id: `arn:aws:iam::${accountId}:user/nobody` };
  for (const one of [subject, unknown]) {
    expect(await decide({ subject: one })).toEqual({
      decision: false,
      context: { decision: 'implicitDeny', reason },
    });
  }
  await callPortcullis(deployment, 'DeleteServicePolicy', { Service });
});
