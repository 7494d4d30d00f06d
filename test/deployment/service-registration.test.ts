import {
  ResourceRefused,
  type CustomResourceEvent,
} from '../../lambdas/deployment/custom-resource';
import { registerService } from '../../lambdas/deployment/service-registration';
import { loadService } from '../../lambdas/identity/service-entities';
import { serviceDefinitionKey, servicePolicyKey } from '../../lambdas/store/keys';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { ACCOUNT, put } from '../identity/principal-rows';
import { callPortcullis, EVERYBODY, ORDERS } from '../portcullis/operation-cases';
import { deployAdmin } from '../operations/deployment';

const TOKEN = { ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:f' };
const DEFINITION = { ...TOKEN, AccountId: ACCOUNT, ...ORDERS };
const POLICY = { ...TOKEN, AccountId: ACCOUNT, Service: 'orders', PolicyDocument: EVERYBODY };
const ID = `ServiceDefinition ${ACCOUNT}/orders`;

let store: MemoryStore;
let now: number;
let requests = 0;

beforeEach(() => {
  store = new MemoryStore();
  now = 1_000;
});

function send(event: Partial<CustomResourceEvent>) {
  requests += 1;
  return registerService(
    { store, now: () => now },
    {
      RequestType: 'Create',
      ResponseURL: 'https://example/',
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Orders/1',
      RequestId: `request-${requests}`,
      LogicalResourceId: 'Definition',
      ResourceType: 'Custom::PortcullisServiceDefinition',
      ResourceProperties: DEFINITION,
      ...event,
    },
  );
}

const update = (properties: object, event: Partial<CustomResourceEvent> = {}) =>
  send({
    RequestType: 'Update',
    PhysicalResourceId: ID,
    ResourceProperties: { ...properties },
    ...event,
  });

const remove = (event: Partial<CustomResourceEvent> = {}) =>
  send({ RequestType: 'Delete', PhysicalResourceId: ID, ...event });

const registered = (service = 'orders') =>
  loadService(store, ACCOUNT, service, { consistent: true });

const actionNames = async () => (await registered()).definition?.actions.map(({ name }) => name);

const SHIP = { ...DEFINITION, Actions: [{ Name: 'Ship', AccessLevel: 'Write' }] };

describe('a service that a stack registers', () => {
  test('is what an administrator would have put', async () => {
    expect(await send({})).toEqual({ physicalResourceId: ID });
    const deployment = await deployAdmin();
    await callPortcullis(deployment, 'PutServiceDefinition', ORDERS);
    const item = await deployment.store.get(serviceDefinitionKey(ACCOUNT, 'orders'));
    const {
      UpdateDate: _date,
      RegisteredBy: _owner,
      ...own
    } = (await registered()).definition ?? {};
    expect(item?.attributes).toMatchObject(own);
    await deployment.close();
  });

  test('is not written again where nothing has changed', async () => {
    await send({});
    now = 2_000;
    await send({});
    await update(DEFINITION);
    expect((await registered()).definition?.UpdateDate).toBe(1_000);
    await update(SHIP);
    expect((await registered()).definition?.UpdateDate).toBe(2_000);
    expect(await actionNames()).toEqual(['Ship']);
  });

  test('is what it was before when an update is rolled back', async () => {
    await send({});
    await expect(update({ ...SHIP, Actions: [] })).rejects.toThrow(ResourceRefused);
    await update(DEFINITION);
    expect(await actionNames()).toEqual(['GetOrder', 'ListOrders']);
  });

  test('gets another physical id under another name, and the old one goes', async () => {
    await send({});
    const moved = {
      ...DEFINITION,
      Service: 'parcels',
      ResourceTypes: [],
      ConditionKeys: [],
      Actions: SHIP.Actions,
    };
    const { physicalResourceId } = await update(moved);
    expect(physicalResourceId).toBe(`ServiceDefinition ${ACCOUNT}/parcels`);
    await remove({ ResourceProperties: DEFINITION });
    expect((await registered()).definition).toBeUndefined();
    expect((await registered('parcels')).definition).toBeDefined();
    // Rolled back instead: the old one is still this resource's.
    await send({});
    await update(DEFINITION, { PhysicalResourceId: physicalResourceId });
    expect((await registered()).definition).toBeDefined();
  });

  test('is gone after its deletion, which can be repeated', async () => {
    await send({});
    for (let time = 0; time < 2; time += 1) {
      expect(await remove()).toEqual({ physicalResourceId: ID });
      expect((await registered()).definition).toBeUndefined();
    }
  });

  test('is not replaced, and not deleted, by another resource', async () => {
    await send({});
    for (const other of [{ LogicalResourceId: 'Other' }, { StackId: 'another' }]) {
      const refusal = send({ ...other, ResourceProperties: SHIP });
      await expect(refusal).rejects.toThrow(ResourceRefused);
      await expect(refusal).rejects.toThrow('has been put by Definition of arn:aws:cloudformation');
      await expect(update(SHIP, other)).rejects.toThrow(ResourceRefused);
      await remove(other);
    }
    expect(await actionNames()).toEqual(['GetOrder', 'ListOrders']);
  });

  test('that was refused leaves alone what is there when it is rolled back', async () => {
    await send({});
    await remove({ PhysicalResourceId: 'Definition', ResourceProperties: {} });
    await remove({ PhysicalResourceId: `ServicePolicy ${ACCOUNT}/orders` });
    expect((await registered()).definition).toBeDefined();
  });
});

describe('what an administrator has put', () => {
  const theirs = {
    service: 'orders',
    actions: [],
    resourceTypes: [],
    conditionKeys: [],
    UpdateDate: 7,
  };

  test('is not taken over by a stack that did not put it before', async () => {
    await put(store, serviceDefinitionKey(ACCOUNT, 'orders'), theirs);
    await expect(send({})).rejects.toThrow('has been put by an administrator already');
    expect(await actionNames()).toEqual([]);
  });

  test('over a stack’s is replaced by its next change, and outlives the stack', async () => {
    await send({});
    await put(store, serviceDefinitionKey(ACCOUNT, 'orders'), theirs);
    await remove();
    expect(await actionNames()).toEqual([]);
    await update(SHIP);
    expect(await actionNames()).toEqual(['Ship']);
  });
});

describe('the policy of a service that a stack registers', () => {
  const event = {
    ResourceType: 'Custom::PortcullisServicePolicy',
    ResourceProperties: POLICY,
    PhysicalResourceId: `ServicePolicy ${ACCOUNT}/orders`,
  };

  test('is made, kept and deleted apart from the definition', async () => {
    await send({});
    await send(event);
    expect(await registered()).toMatchObject({ policyDocument: EVERYBODY });
    now = 2_000;
    await send({ ...event, RequestType: 'Update' });
    const item = await store.get(servicePolicyKey(ACCOUNT, 'orders'));
    expect(item?.attributes['UpdateDate']).toBe(1_000);
    await send({ ...event, RequestType: 'Delete' });
    expect((await registered()).policyDocument).toBeUndefined();
    expect((await registered()).definition).toBeDefined();
  });

  test.each(['{', '{"Version":"2012-10-17","Statement":[]}'])(
    'is refused as %s, and nothing is kept of it',
    async (PolicyDocument) => {
      const refused = send({ ...event, ResourceProperties: { ...POLICY, PolicyDocument } });
      await expect(refused).rejects.toThrow(ResourceRefused);
      expect((await registered()).policyDocument).toBeUndefined();
    },
  );
});

test.each([
  ['no account', { AccountId: undefined }, 'AccountId is twelve digits'],
  ['an account that is a name', { AccountId: 'mine' }, 'AccountId is twelve digits'],
  ['no service', { Service: undefined }, 'service'],
  ["a service of AWS's", { Service: 'iam' }, 'the prefix `iam` is taken'],
  ['an unknown property', { Colour: 'red' }, 'Colour'],
  [
    'an access level that there is not',
    { Actions: [{ Name: 'A', AccessLevel: 'Admin' }] },
    'accessLevel',
  ],
  ['a number for a name', { Service: 7 }, 'Service'],
  [
    "AWS's condition key",
    { ConditionKeys: [{ Name: 'aws:SourceIp', Type: 'IPAddress' }] },
    'aws:SourceIp',
  ],
])('a definition with %s is refused, and nothing is kept of it', async (_what, change, reason) => {
  const refused = send({ ResourceProperties: { ...DEFINITION, ...change } });
  await expect(refused).rejects.toThrow(ResourceRefused);
  await expect(refused).rejects.toThrow(reason);
  expect((await registered()).definition).toBeUndefined();
});

test('a resource of any other type is refused', async () => {
  await expect(send({ ResourceType: 'Custom::PortcullisAccount' })).rejects.toThrow(
    ResourceRefused,
  );
});
