import { PORTCULLIS_OPERATIONS } from '../../lambdas/portcullis/operation-table';
import { FaultyStore, type FaultPlan } from '../contract/faults';
import { deployAdmin, type AdminDeployment, type Credentials } from '../operations/deployment';
import { Scenery } from '../operations/scenery';
import { signedRequest } from '../operations/signed-requests';
import {
  callPortcullis,
  operationOf,
  PORTCULLIS_CASES,
  putOrders,
  type PortcullisCase,
} from './operation-cases';

/* What every row owes: nothing without its permission, everything it does with it alone, and nothing half done. */

const NAMES = PORTCULLIS_OPERATIONS.operations.map(({ name }) => name);

let deployment: AdminDeployment;
let scenery: Scenery;
let caller: { UserName: string; credentials: Credentials };
let faulty: FaultyStore | undefined;

beforeAll(async () => {
  deployment = await deployAdmin({
    intercept: (store) => ({
      get: (...read) => (faulty ?? store).get(...read),
      getMany: (...read) => (faulty ?? store).getMany(...read),
      query: (...read) => (faulty ?? store).query(...read),
      // That a key's use and an access are noted is no part of the call, and has tests of its own.
      transact: (writes, options) =>
        (/^(?:AccessKeyUse|RoleUse|LastAccessed)\//.test(options.token)
          ? store
          : (faulty ?? store)
        ).transact(writes, options),
    }),
  });
  scenery = new Scenery(deployment.iam());
  caller = await scenery.caller();
});

beforeEach(() => putOrders(deployment));

afterAll(async () => {
  await deployment.close();
});

test('every row of the table has a case, and every case a row', () => {
  expect(Object.keys(PORTCULLIS_CASES).sort()).toEqual([...NAMES].sort());
});

describe.each(NAMES)('%s', (name) => {
  const { input, resource, answer } = PORTCULLIS_CASES[name] as PortcullisCase;
  const action = String(operationOf(name).authorization?.action);
  const call = () => callPortcullis(deployment, name, input, caller.credentials);
  const permit = (...statements: object[]) => scenery.permit(caller.UserName, ...statements);

  test.each([
    ['may do something else only', [{ Effect: 'Allow', Action: 'orders:*', Resource: '*' }]],
    ['may do everything else', [{ Effect: 'Allow', NotAction: action, Resource: '*' }]],
    [
      'may do it on every other resource',
      [{ Effect: 'Allow', Action: '*', NotResource: resource }],
    ],
    [
      'is explicitly denied it',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: action, Resource: resource },
      ],
    ],
  ])('is refused to whoever %s', async (_what, statements) => {
    await permit(...statements);
    expect(await call()).toMatchObject({
      statusCode: 403,
      body: {
        code: 'AccessDenied',
        message: expect.stringContaining(`perform: ${action} on resource: `) as string,
      },
    });
  });

  test('works for whoever may do this alone, on this resource alone', async () => {
    await permit({ Effect: 'Allow', Action: action, Resource: resource });
    expect(await call()).toMatchObject({ statusCode: 200, body: answer });
  });

  test.each(['error', 'timeout', 'commit-then-error'] as const)(
    'is an outage and no answer where a call of the store ends with %s, and works after it',
    async (fault) => {
      await permit({ Effect: 'Allow', Action: action, Resource: resource });
      let failures = 0;
      for (let at = 1; ; at += 1) {
        await putOrders(deployment);
        const plan: FaultPlan = {
          at,
          fault,
          delayMilliseconds: 1,
          calls: fault === 'commit-then-error' ? 'writes' : 'all',
        };
        faulty = new FaultyStore(deployment.store, plan);
        const { hasFailed, answer: given } = await (async (store) => {
          const outcome = await call();
          return { hasFailed: store.hasFailed, answer: outcome };
        })(faulty);
        faulty = undefined;
        if (!hasFailed) break;
        failures += 1;
        expect(given).toMatchObject({ statusCode: 503, body: { code: 'ServiceUnavailable' } });
      }
      if (fault !== 'commit-then-error') expect(failures).toBeGreaterThan(0);
      await putOrders(deployment);
      expect(await call()).toMatchObject({ statusCode: 200, body: answer });
    },
  );
});

test('the Query protocol has none of these operations', async () => {
  const answer = await deployment.handle(
    'portcullis',
    await signedRequest({
      path: '/portcullis',
      service: 'portcullis',
      contentType: 'application/x-www-form-urlencoded',
      body: 'Action=ListServiceDefinitions&Version=2010-05-08',
    }),
  );
  expect(answer.statusCode).toBe(400);
});
