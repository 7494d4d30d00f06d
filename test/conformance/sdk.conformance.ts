import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { commandOf } from '../iam/command';
import { expectOutcome } from '../iam/expected-outcome';
import { OPERATION_CASES } from '../iam/operation-cases';
import { expectRefusals } from '../iam/refusal-cases';
import type { Credentials } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';

/* Every operation of IAM with the official JavaScript client over HTTP, against the whole local run. */

let local: LocalProcess;
let scenery: Scenery;
let stranger: IAMClient;

const clientOf = (credentials: Credentials): IAMClient =>
  new IAMClient({
    endpoint: `${local.admin}/iam`,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });

beforeAll(async () => {
  local = await startLocalProcess(['--ephemeral']);
  scenery = new Scenery(clientOf(ROOT_CREDENTIALS));
  stranger = clientOf(
    (await scenery.caller({ Effect: 'Allow', Action: 'orders:*', Resource: '*' })).credentials,
  );
});

afterAll(async () => {
  await local.stop();
});

test.each(IAM_OPERATIONS.operations.map((row) => [row.name, row] as const))(
  '%s is refused to a stranger, answered to whoever may, and refuses what it cannot do',
  async (name, row) => {
    const make = OPERATION_CASES[name];
    if (make === undefined) throw new Error(`${name} has no case`);
    const known = await make(scenery);
    if (known.caller === undefined) {
      const { code, statusCode } = await refusal(stranger.send(commandOf(name, known.input)));
      expect({ code, statusCode }).toEqual({ code: 'AccessDenied', statusCode: 403 });
    } else {
      const own = { Effect: 'Allow', Action: `iam:${name}`, Resource: '*' };
      await scenery.permit(known.caller.UserName, own);
    }
    const client = known.caller === undefined ? scenery.root : clientOf(known.caller.credentials);
    await expectOutcome(client.send(commandOf(name, known.input)), known);
    await expectRefusals(row, scenery, make);
  },
);

/** Made at once by many connections; how many were made, and the codes of the others. */
async function makeAtOnce(make: () => Promise<unknown>): Promise<[number, Set<string>]> {
  const codes = await Promise.all(
    Array.from({ length: 200 }, async () =>
      make().then(
        () => 'made',
        (error: unknown) => (error as Error).name,
      ),
    ),
  );
  const others = codes.filter((code) => code !== 'made');
  return [codes.length - others.length, new Set(others)];
}

test('of 200 creates of one name at once one wins, and of 200 keys two are made', async () => {
  const UserName = 'wanted-by-many';
  const [users, refusals] = await makeAtOnce(() =>
    scenery.root.send(new CreateUserCommand({ UserName })),
  );
  expect(users).toBe(1);
  expect(refusals).toEqual(new Set(['EntityAlreadyExistsException']));
  const [keys, quotas] = await makeAtOnce(() =>
    scenery.root.send(new CreateAccessKeyCommand({ UserName })),
  );
  expect(keys).toBe(2);
  expect(quotas).toEqual(new Set(['LimitExceededException']));
});
