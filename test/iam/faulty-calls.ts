import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import type { MemoryStore } from '../../lambdas/store/memory-store';
import type { Store } from '../../lambdas/store/store';
import { FaultyStore, type FaultPlan } from '../contract/faults';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';
import { commandOf } from './command';
import type { OperationCase } from './operation-case';
import { OPERATION_CASES } from './operation-cases';

/* Calls of every row with a call of the store failing: nothing half done, nothing claimed that is not so. */

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
    // That a key's use and an access are noted is no part of the call, and has tests of its own.
    transact: (writes, options) =>
      (/^(?:AccessKeyUse|RoleUse|LastAccessed)\//.test(options.token) ? store : current()).transact(
        writes,
        options,
      ),
  };
}

export async function makeCase(name: string): Promise<OperationCase> {
  const make = OPERATION_CASES[name];
  if (make === undefined) throw new Error(`${name} has no case`);
  const known = await make(scenery);
  if (known.caller !== undefined) {
    const { UserName } = known.caller;
    await scenery.permit(UserName, { Effect: 'Allow', Action: `iam:${name}`, Resource: '*' });
  }
  return known;
}

/** Made by whoever can make it: the root user, but for what only a user can do. */
export async function send(name: string, { input, caller }: OperationCase) {
  return deployment.iam(caller?.credentials).send(commandOf(name, input));
}

/** Makes the call with a fault; whether the fault came up. */
export async function callWithFault(
  name: string,
  known: OperationCase,
  plan: FaultPlan,
): Promise<boolean> {
  faulty = new FaultyStore(deployment.store, plan);
  const { hasFailed, outcome } = await (async (store) => {
    const call = send(name, known);
    const outcome = await refusal(call).catch((error: unknown) => error);
    return { hasFailed: store.hasFailed, outcome };
  })(faulty);
  faulty = undefined;
  if (hasFailed) expect(outcome).toMatchObject({ statusCode: 503 });
  return hasFailed;
}

/** Declares `declareTests` for every operation: an account of its own, which is consistent after each test. */
export function describeFaults(declareTests: (name: string) => void): void {
  describe.each(IAM_OPERATIONS.operations.map(({ name }) => name))('%s', (name) => {
    // A deployment for each: what the others left would have to be checked again and again.
    beforeAll(async () => {
      deployment = await deployAdmin({
        intercept: switchable,
        quotas: { ServerCertificatesPerAccount: 1000 },
      });
      scenery = new Scenery(deployment.iam());
    });
    afterAll(async () => {
      await deployment.close();
    });
    afterEach(async () => {
      expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
    });
    declareTests(name);
  });
}
