import { randomUUID } from 'node:crypto';
import { CreateUserCommand, type IAMClient } from '@aws-sdk/client-iam';
import { runFsck, type FsckOptions } from '../../bin/commands/fsck';
import { readName } from '../../lambdas/identity/records';
import { accountKey, nameKey, policyKey } from '../../lambdas/store/keys';
import { DynamoDbStore } from '../../lambdas/store/dynamodb-store';
import type { Key } from '../../lambdas/store/store';
import { startDynamoDb } from '../../local/dynamodb/server';
import {
  clientOptions,
  createTables,
  IDENTITIES_TABLE,
  POLICIES_TABLE,
} from '../contract/dynamodb-engine';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { Scenery } from '../operations/scenery';

let engine: Awaited<ReturnType<typeof startDynamoDb>>;
let store: DynamoDbStore;
let deployment: AdminDeployment;
let options: FsckOptions;
let printed: string;

const setCredentials = (): void => {
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIAEXAMPLE';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  process.env['AWS_REGION'] = 'eu-west-1';
};

beforeAll(async () => {
  setCredentials();
  engine = await startDynamoDb({ directory: undefined });
  await createTables(clientOptions(engine.endpoint));
  const tables = { identitiesTable: IDENTITIES_TABLE, policiesTable: POLICIES_TABLE };
  store = new DynamoDbStore({ ...tables, client: clientOptions(engine.endpoint) });
  deployment = await deployAdmin({ intercept: () => store, rows: store });
  options = {
    account: ACCOUNT,
    ...tables,
    endpoint: engine.endpoint,
    repair: false,
    widenAccess: false,
    json: false,
  };
});

afterAll(async () => {
  await deployment.close();
  store.close();
  await engine.stop();
});

beforeEach(() => {
  printed = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      printed += chunk.toString();
      return true;
    });
  }
});

afterEach(() => {
  jest.restoreAllMocks();
});

const remove = (key: Key) =>
  store.transact([{ kind: 'delete', key, condition: { exists: true } }], { token: randomUUID() });

test('fsck finds, repairs and finds clean; what it cannot repair it says', async () => {
  const root: IAMClient = deployment.iam();
  await root.send(new CreateUserCommand({ UserName: 'alice' }));
  expect(await runFsck(options)).toBe(0);
  expect(printed).toBe('0 repaired, 0 left\n');

  await remove(nameKey('User', ACCOUNT, 'alice'));
  printed = '';
  expect(await runFsck(options)).toBe(1);
  expect(printed).toMatch(/^\[--repair\] no name leads to the User AIDA\w+, alice\n/);
  expect(printed).toContain(
    `    identities: pk "Names#${ACCOUNT}#User", sk "alice"\n0 repaired, 1 left\n`,
  );
  printed = '';
  expect(await runFsck({ ...options, repair: true })).toBe(0);
  expect(printed).toContain('[repaired] no name leads to the User');
  expect(await runFsck(options)).toBe(0);

  const arn = await new Scenery(root).policy();
  const name = await store.get(nameKey('Policy', ACCOUNT, arn.split('/')[1] ?? ''), {
    consistent: true,
  });
  if (name === undefined) throw new Error('the policy has no name');
  await remove(policyKey(ACCOUNT, readName(name).Id));
  printed = '';
  expect(await runFsck({ ...options, repair: true, json: true })).toBe(1);
  expect(JSON.parse(printed)).toMatchObject({
    repaired: [{ message: expect.stringContaining('leads to no Policy') as string }, {}],
    left: [
      { message: expect.stringMatching(/^policy \w+ is gone, and 1 of its versions/) as string },
    ],
  });
});

test('fsck of an account that is not there says so', async () => {
  expect(await runFsck({ ...options, account: '999999999999' })).toBe(1);
  expect(printed).toContain('[by hand] account 999999999999 has no row');
  expect(printed).toContain(JSON.stringify(accountKey('999999999999').partition));
});

test('fsck of tables that are not there ends with another code, and claims nothing', async () => {
  expect(await runFsck({ ...options, identitiesTable: 'no-such-table' })).toBe(2);
  expect(printed).toMatch(
    /^portcullis fsck: StoreUnavailable: the table no-such-table cannot be read/,
  );
});
