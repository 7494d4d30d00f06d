import { RouteCatalogues } from '../../lambdas/authorizer/route-catalogue';
import { findRoute } from '../../lambdas/core/catalogue/route-catalogue';
import { methodRouteKeys } from '../../lambdas/core/catalogue/route-key';
import {
  ResourceRefused,
  type CustomResourceEvent,
} from '../../lambdas/deployment/custom-resource';
import { registerRouteCatalogue } from '../../lambdas/deployment/route-catalogue-registration';
import { routeCatalogueKey } from '../../lambdas/store/keys';
import { MemoryStore } from '../../lambdas/store/memory-store';

const properties = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
  ApiId: 'a1b2c3',
  Stage: '*',
  Service: 'orders',
  Routes: [
    {
      Method: 'GET',
      Path: '/orders/{orderId}',
      Action: 'orders:GetOrder',
      Resource: 'arn:aws:orders:::order/{orderId}',
    },
  ],
};

let requests = 0;

function request(
  type: CustomResourceEvent['RequestType'],
  resourceProperties: Record<string, unknown> = properties,
  physicalResourceId?: string,
): CustomResourceEvent {
  requests += 1;
  return {
    RequestType: type,
    ResponseURL: 'https://example/',
    StackId: 's',
    RequestId: `request-${requests}`,
    LogicalResourceId: 'Routes',
    ResourceProperties: resourceProperties,
    ...(physicalResourceId === undefined ? {} : { PhysicalResourceId: physicalResourceId }),
  };
}

async function stored(store: MemoryStore, apiId = 'a1b2c3', stage = '*') {
  return (await store.get(routeCatalogueKey(apiId, stage)))?.attributes;
}

describe('the registration of a route catalogue', () => {
  test('is what the authorizer finds for every stage', async () => {
    const store = new MemoryStore();
    await registerRouteCatalogue(store, request('Create'));
    const catalogues = new RouteCatalogues(store, { stalenessSeconds: 5, now: Date.now });
    const catalogue = await catalogues.get('a1b2c3', 'prod');
    expect(
      catalogue && findRoute(catalogue, methodRouteKeys('GET', '/orders/{orderId}'))?.action,
    ).toBe('orders:GetOrder');
    expect(await catalogues.get('other', 'prod')).toBeUndefined();
  });

  test('of one stage goes before that of every stage', async () => {
    const store = new MemoryStore();
    await registerRouteCatalogue(store, request('Create'));
    await registerRouteCatalogue(
      store,
      request('Create', { ...properties, Stage: 'prod', Routes: [] }),
    );
    const catalogues = new RouteCatalogues(store, { stalenessSeconds: 5, now: Date.now });
    expect((await catalogues.get('a1b2c3', 'prod'))?.routes.size).toBe(0);
    expect((await catalogues.get('a1b2c3', 'test'))?.routes.size).toBe(1);
  });

  test('can be repeated, and an update replaces all routes', async () => {
    const store = new MemoryStore();
    const create = request('Create');
    const first = await registerRouteCatalogue(store, create);
    expect(await registerRouteCatalogue(store, create)).toEqual(first);
    const update = request('Update', { ...properties, Routes: [] }, first.physicalResourceId);
    expect(await registerRouteCatalogue(store, update)).toEqual(first);
    expect(await stored(store)).toEqual({ Service: 'orders', Routes: [] });
  });

  test('gets another physical id for another API, whose old one CloudFormation then deletes', async () => {
    const store = new MemoryStore();
    const first = await registerRouteCatalogue(store, request('Create'));
    const moved = { ...properties, ApiId: 'd4e5f6' };
    const second = await registerRouteCatalogue(
      store,
      request('Update', moved, first.physicalResourceId),
    );
    expect(second.physicalResourceId).not.toBe(first.physicalResourceId);
    await registerRouteCatalogue(store, request('Delete', properties, first.physicalResourceId));
    expect(await stored(store)).toBeUndefined();
    expect(await stored(store, 'd4e5f6')).toBeDefined();
  });

  test('is gone after its deletion, which can be repeated', async () => {
    const store = new MemoryStore();
    const { physicalResourceId } = await registerRouteCatalogue(store, request('Create'));
    for (let time = 0; time < 2; time += 1) {
      await registerRouteCatalogue(store, request('Delete', properties, physicalResourceId));
      expect(await stored(store)).toBeUndefined();
    }
  });

  test('that was refused leaves the one of another resource alone when it is rolled back', async () => {
    const store = new MemoryStore();
    await registerRouteCatalogue(store, request('Create'));
    // A failed creation is answered with the logical id as the physical one.
    await registerRouteCatalogue(store, request('Delete', { ApiId: 7 }, 'Routes'));
    expect(await stored(store)).toBeDefined();
  });

  test.each([
    ['no ApiId', { ...properties, ApiId: undefined }, 'ApiId'],
    ['an ApiId that is a list', { ...properties, ApiId: ['a'] }, 'ApiId'],
    ['no Stage', { ...properties, Stage: undefined }, 'Stage'],
    ['a Stage with a slash', { ...properties, Stage: 'a/b' }, 'Stage'],
    ['no Service', { ...properties, Service: undefined }, 'Service'],
    ['an unknown property', { ...properties, Rotues: [] }, 'Rotues'],
    ['a wrong route', { ...properties, Routes: [{}] }, 'route 1'],
  ])('is refused with %s', async (_what, bad, reason) => {
    const store = new MemoryStore();
    const registration = registerRouteCatalogue(store, request('Create', bad));
    await expect(registration).rejects.toThrow(ResourceRefused);
    await expect(registration).rejects.toThrow(reason);
    expect(await stored(store)).toBeUndefined();
  });
});

describe('a stored catalogue that cannot be read', () => {
  test('is an outage, never an unmapped route', async () => {
    const store = new MemoryStore();
    await store.transact(
      [
        {
          kind: 'put',
          key: routeCatalogueKey('a1b2c3', '*'),
          attributes: { Service: 'orders' },
          condition: { exists: false },
        },
      ],
      { token: 't' },
    );
    const catalogues = new RouteCatalogues(store, { stalenessSeconds: 5, now: Date.now });
    await expect(catalogues.get('a1b2c3', 'prod')).rejects.toThrow('cannot be read');
  });
});
