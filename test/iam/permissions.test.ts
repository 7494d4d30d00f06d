import type { IAMClient } from '@aws-sdk/client-iam';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { deployAdmin, type AdminDeployment, type Credentials } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';
import { commandOf } from './command';
import { expectOutcome } from './expected-outcome';
import { WatchedOperations } from '../operations/noted-members';
import type { OperationCase } from './operation-case';
import { OPERATION_CASES } from './operation-cases';

/* What every row owes: nothing without its permission, everything it does with it alone, and no word of its caller passed over. */

const watched = new WatchedOperations(IAM_OPERATIONS);

let deployment: AdminDeployment;
let scenery: Scenery;
let anybody: { UserName: string; credentials: Credentials };

beforeAll(async () => {
  deployment = await deployAdmin({ iamOperations: watched.table });
  scenery = new Scenery(deployment.iam());
  anybody = await scenery.caller();
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

test('every row of the table has a case, and every case a row', () => {
  const rows = IAM_OPERATIONS.operations.map(({ name }) => name);
  expect(Object.keys(OPERATION_CASES).sort()).toEqual([...rows].sort());
});

describe.each(IAM_OPERATIONS.operations.map((row) => [row.name, row] as const))(
  '%s',
  (name, row) => {
    let action: string;
    let known: OperationCase;
    let caller: { UserName: string };
    let callerClient: IAMClient;

    const call = () => callerClient.send(commandOf(name, known.input));

    beforeAll(async () => {
      const make = OPERATION_CASES[name];
      if (make === undefined) throw new Error(`${name} has no case`);
      known = await make(scenery);
      action = known.action ?? `iam:${name}`;
      const { credentials, ...others } = known.caller ?? anybody;
      caller = others;
      callerClient = deployment.iam(credentials);
    });

    test('is refused to whoever may do something else only', async () => {
      await scenery.permit(caller.UserName, {
        Effect: 'Allow',
        Action: 'orders:*',
        Resource: '*',
      });
      const refused = await refusal(call());
      expect(refused).toMatchObject({ statusCode: 403, code: 'AccessDenied' });
      expect(refused.message).toContain(` is not authorized to perform: ${action} on resource: `);
      expect(refused.message).toMatch(
        new RegExp(`because no identity-based policy allows the ${action} action$`),
      );
    });

    test('is refused to whoever may do everything else', async () => {
      await scenery.permit(caller.UserName, { Effect: 'Allow', NotAction: action, Resource: '*' });
      expect(await refusal(call())).toMatchObject({ statusCode: 403, code: 'AccessDenied' });
    });

    test('is refused to whoever may do it on every other resource', async () => {
      await scenery.permit(caller.UserName, {
        Effect: 'Allow',
        Action: '*',
        NotResource: known.resource,
      });
      expect(await refusal(call())).toMatchObject({ statusCode: 403, code: 'AccessDenied' });
    });

    test('is refused to whoever is explicitly denied it', async () => {
      await scenery.permit(
        caller.UserName,
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: action, Resource: known.resource },
      );
      const refused = await refusal(call());
      expect(refused).toMatchObject({ statusCode: 403, code: 'AccessDenied' });
      expect(refused.message).toMatch(/with an explicit deny in an identity-based policy$/);
    });

    test('works for whoever may do this alone, on this resource alone', async () => {
      const own = { Effect: 'Allow', Action: action, Resource: known.resource };
      await scenery.permit(caller.UserName, own, ...(known.also ?? []));
      await expectOutcome(call(), known);
    });

    test('has looked at every member of its input, where it does not refuse the call', () => {
      if (known.refused === undefined) expect(watched.unnoted(row)).toEqual([]);
    });
  },
);
