import { deployAdmin, type AdminDeployment } from '../operations/deployment';
import { callPortcullis, EVERYBODY, ORDERS, putOrders } from './operation-cases';

let deployment: AdminDeployment;

beforeEach(async () => {
  deployment = await deployAdmin();
});

afterEach(async () => {
  expect(deployment.failures).toEqual([]);
  await deployment.close();
});

const call = (name: string, input: object) => callPortcullis(deployment, name, input);

describe('a service definition', () => {
  test('is given back as it was put, with lists that were left out as empty ones', async () => {
    await putOrders(deployment);
    const { statusCode, body } = await call('GetServiceDefinition', { Service: 'orders' });
    expect(statusCode).toBe(200);
    expect(body).toEqual({
      ...ORDERS,
      Actions: [
        { ...ORDERS.Actions[0], ConditionKeys: [] },
        { ...ORDERS.Actions[1], ResourceTypes: [] },
      ],
      UpdateDate: expect.stringMatching(/^\d{4}-/) as string,
    });
  });

  test('is replaced as a whole', async () => {
    await putOrders(deployment);
    const other = { Service: 'orders', Actions: [{ Name: 'Ship', AccessLevel: 'Write' }] };
    expect((await call('PutServiceDefinition', other)).statusCode).toBe(200);
    const { body } = await call('GetServiceDefinition', { Service: 'orders' });
    expect(body).toMatchObject({
      Actions: [{ Name: 'Ship' }],
      ResourceTypes: [],
      ConditionKeys: [],
    });
  });

  test('is gone after its deletion, and the policy of its resources stays', async () => {
    await putOrders(deployment);
    expect((await call('DeleteServiceDefinition', { Service: 'orders' })).statusCode).toBe(200);
    for (const name of ['GetServiceDefinition', 'DeleteServiceDefinition']) {
      expect(await call(name, { Service: 'orders' })).toMatchObject({
        statusCode: 404,
        body: { code: 'NoSuchEntity' },
      });
    }
    expect((await call('GetServicePolicy', { Service: 'orders' })).statusCode).toBe(200);
  });

  test('is listed page by page', async () => {
    for (const Service of ['orders', 'parcels', 'stock']) {
      const definition = { Service, Actions: [{ Name: 'Get', AccessLevel: 'Read' }] };
      expect((await call('PutServiceDefinition', definition)).statusCode).toBe(200);
    }
    const first = await call('ListServiceDefinitions', { MaxItems: 2 });
    expect(first.body).toMatchObject({ Services: [{ Service: 'orders' }, { Service: 'parcels' }] });
    const { Marker } = first.body as { Marker: string };
    const second = await call('ListServiceDefinitions', { Marker });
    expect(second.body).toMatchObject({ Services: [{ Service: 'stock' }], IsTruncated: false });
  });

  test.each([
    ['a name that is taken', { Service: 'iam' }, 'InvalidInput', 'the prefix `iam` is taken'],
    ['our own name', { Service: 'portcullis' }, 'InvalidInput', 'is taken'],
    ['a name in capitals', { Service: 'Orders' }, 'ValidationError', ''],
    ['no action', { Actions: [] }, 'ValidationError', ''],
    [
      'an action that stands twice',
      { Actions: [ORDERS.Actions[0], ORDERS.Actions[0]] },
      'InvalidInput',
      'actions[1].name: the action `GetOrder` stands twice',
    ],
    [
      'an action that is a pattern',
      { Actions: [{ Name: 'Get*', AccessLevel: 'Read' }] },
      'InvalidInput',
      'is no name of an action',
    ],
    [
      'a resource type that there is not',
      { ResourceTypes: [] },
      'InvalidInput',
      'there is no resource type `order`',
    ],
    [
      "AWS's condition key",
      { ConditionKeys: [{ Name: 'aws:SourceIp', Type: 'IPAddress' }] },
      'InvalidInput',
      "is not the service's to set",
    ],
    [
      'a type that there is not',
      { ConditionKeys: [{ Name: 'orders:Channel', Type: 'Text' }] },
      'ValidationError',
      '',
    ],
    ['an unknown member', { Colour: 'red' }, 'MalformedInput', 'Colour'],
  ])('with %s is refused, and nothing is kept of it', async (_what, change, code, sentence) => {
    const refused = await call('PutServiceDefinition', { ...ORDERS, ...change });
    expect(refused).toMatchObject({
      statusCode: 400,
      body: { code, message: expect.stringContaining(sentence) as string },
    });
    expect((await call('ListServiceDefinitions', {})).body).toMatchObject({ Services: [] });
  });

  test('that no row could hold is refused', async () => {
    const Actions = Array.from({ length: 500 }, (_, index) => ({
      Name: `Act${index}${'x'.repeat(100)}`,
      AccessLevel: 'Read',
      ConditionKeys: Array.from({ length: 5 }, () => 'k'.repeat(100)),
    }));
    const refused = await call('PutServiceDefinition', { Service: 'orders', Actions });
    expect(refused).toMatchObject({ statusCode: 409, body: { code: 'LimitExceeded' } });
  });
});

describe('the policy of a service', () => {
  test('is given back as it was put, and gone after its deletion', async () => {
    await putOrders(deployment);
    const found = await call('GetServicePolicy', { Service: 'orders' });
    expect(found.body).toMatchObject({ PolicyDocument: EVERYBODY });
    expect((await call('DeleteServicePolicy', { Service: 'orders' })).statusCode).toBe(200);
    for (const name of ['GetServicePolicy', 'DeleteServicePolicy']) {
      const { statusCode, body } = await call(name, { Service: 'orders' });
      expect({ statusCode, code: body['code'] }).toEqual({
        statusCode: 404,
        code: 'NoSuchEntity',
      });
    }
  });

  test.each([
    ['no JSON', '{'],
    ['a statement without a principal', EVERYBODY.replace('"Principal":"*",', '')],
    ['an unknown element', EVERYBODY.replace('"Effect"', '"effect"')],
    ['two of one member', EVERYBODY.replace('{"Effect"', '{"Effect":"Deny","Effect"')],
  ])('is refused with %s', async (_what, PolicyDocument) => {
    const refused = await call('PutServicePolicy', { Service: 'orders', PolicyDocument });
    expect(refused).toMatchObject({ statusCode: 400, body: { code: 'MalformedPolicyDocument' } });
    expect((await call('GetServicePolicy', { Service: 'orders' })).statusCode).toBe(404);
  });
});
