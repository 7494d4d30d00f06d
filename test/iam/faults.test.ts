import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import type { MemoryStore } from '../../lambdas/store/memory-store';
import type { Store } from '../../lambdas/store/store';
import { FaultyStore, type FaultPlan } from '../contract/faults';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';
import { commandOf } from './command';
import { OPERATION_CASES, type OperationCase } from './operation-cases';

/* Every row, with every call of the store failing in turn: nothing half done, nothing claimed that is not so. */

let deployment: AdminDeployment;
let scenery: Scenery;
let faulty: FaultyStore | undefined;

/** The store, or what has been put in its place for one call. */
function switchable(store: MemoryStore): Store {
  const current = (): Store => faulty ?? store;
  return {
    get: (...read) => current().get(...read),
    getMany: (...read) => current().getMany(...read),
    query: (...read) => current().query(...read),
    transact: (...write) => current().transact(...write),
  };
}

beforeAll(async () => {
  deployment = await deployAdmin({ intercept: switchable });
  scenery = new Scenery(deployment.iam());
});

afterAll(async () => {
  await deployment.close();
});

async function makeCase(name: string): Promise<OperationCase> {
  const make = OPERATION_CASES[name];
  if (make === undefined) throw new Error(`${name} has no case`);
  return make(scenery);
}

/** Makes the call with a fault; whether the fault came up. */
async function callWithFault(name: string, input: object, plan: FaultPlan): Promise<boolean> {
  faulty = new FaultyStore(deployment.store, plan);
  const { hasFailed, outcome } = await (async (store) => {
    const call = scenery.root.send(commandOf(name, input));
    const outcome = await refusal(call).catch((error: unknown) => error);
    return { hasFailed: store.hasFailed, outcome };
  })(faulty);
  faulty = undefined;
  if (hasFailed) expect(outcome).toMatchObject({ statusCode: 503 });
  return hasFailed;
}

describe.each(IAM_OPERATIONS.operations.map(({ name }) => name))('%s', (name) => {
  afterEach(async () => {
    expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  });

  test('a call of the store that fails leaves nothing behind, and the next try works', async () => {
    let failures = 0;
    for (let at = 1; ; at += 1) {
      const { input } = await makeCase(name);
      if (!(await callWithFault(name, input, { at, fault: 'error' }))) break;
      failures += 1;
      const answer = await scenery.root.send(commandOf(name, input));
      expect(answer.$metadata.httpStatusCode).toBe(200);
    }
    expect(failures).toBeGreaterThan(0);
  });

  test('a write that is done and reported as failed is not claimed, and is whole', async () => {
    for (let at = 1; ; at += 1) {
      const { input } = await makeCase(name);
      const plan = { at, fault: 'commit-then-error', calls: 'writes' } as const;
      if (!(await callWithFault(name, input, plan))) break;
    }
  });

  test('a write that times out is not claimed, and is whole', async () => {
    for (let at = 1; ; at += 1) {
      const { input } = await makeCase(name);
      const plan = { at, fault: 'timeout', calls: 'writes', delayMilliseconds: 1 } as const;
      if (!(await callWithFault(name, input, plan))) break;
      const answer = await scenery.root.send(commandOf(name, input));
      expect(answer.$metadata.httpStatusCode).toBe(200);
    }
  });
});
