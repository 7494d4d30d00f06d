import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { takesIdempotencyKey } from '../../lambdas/operations/idempotency';
import type { AnyOperation } from '../../lambdas/operations/operation-table';
import type { HttpResponse } from '../../lambdas/protocol/http';
import { FaultyStore } from '../contract/faults';
import type { MemoryStore } from '../../lambdas/store/memory-store';
import type { Store, Write } from '../../lambdas/store/store';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { callRest } from '../operations/rest-requests';
import { HARMLESS, Scenery } from '../operations/scenery';
import type { OperationCase } from './operation-case';
import { OPERATION_CASES } from './operation-cases';

const DAY_MILLISECONDS = 86_400_000;

let deployment: AdminDeployment;
let scenery: Scenery;
let faulty: FaultyStore | undefined;
let writes: Write[];
let now: number;
let keys = 0;

const newKey = () => `key-${(keys += 1)}`;

/** The store with what stands in its place for a while; notes what is written, but for the use of a key and an access. */
function watched(store: MemoryStore): Store {
  const current = (): Store => faulty ?? store;
  return {
    get: (...read) => current().get(...read),
    getMany: (...read) => current().getMany(...read),
    query: (...read) => current().query(...read),
    transact: async (asked, options) => {
      if (/^(?:AccessKeyUse|LastAccessed)\//.test(options.token)) {
        return store.transact(asked, options);
      }
      await current().transact(asked, options);
      writes.push(...asked);
    },
  };
}

beforeAll(async () => {
  now = Date.now();
  writes = [];
  deployment = await deployAdmin({
    intercept: watched,
    now: () => now,
    quotas: { ServerCertificatesPerAccount: 1000 },
  });
  scenery = new Scenery(deployment.iam());
});

afterEach(async () => {
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
});

afterAll(async () => {
  await deployment.close();
  // Those that a test has put into the store.
  expect(new Set(deployment.failures.map(({ errorName }) => errorName))).toEqual(
    new Set(['StoreUnavailable']),
  );
});

function rowOf(name: string): AnyOperation {
  const row = IAM_OPERATIONS.operations.find((operation) => operation.name === name);
  if (row === undefined) throw new Error(`there is no ${name}`);
  return row;
}

async function makeCase(name: string): Promise<OperationCase> {
  const make = OPERATION_CASES[name];
  if (make === undefined) throw new Error(`${name} has no case`);
  const known = await make(scenery);
  if (known.caller !== undefined) {
    const own = { Effect: 'Allow', Action: `iam:${name}`, Resource: '*' };
    await scenery.permit(known.caller.UserName, own);
  }
  writes.length = 0;
  return known;
}

const ask = (operation: AnyOperation, { input, caller }: OperationCase, idempotencyKey: string) =>
  callRest(deployment, operation, input, caller?.credentials, {
    'idempotency-key': idempotencyKey,
  });

const create = (name: string, input: object, idempotencyKey: string) =>
  ask(rowOf(name), { input, resource: '' }, idempotencyKey);

const codeOf = ({ body }: HttpResponse) => (JSON.parse(body) as { code?: string }).code;

const rows = IAM_OPERATIONS.operations
  .filter(takesIdempotencyKey)
  .map((operation) => [operation.name, operation] as const);

test('every POST that changes something takes a key, among them every create', () => {
  const names = rows.map(([name]) => name);
  const creates = IAM_OPERATIONS.operations
    .filter(({ name, route }) => name.startsWith('Create') && route.startsWith('POST'))
    .map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(creates));
  expect(creates.length).toBeGreaterThan(12);
});

describe.each(rows)('%s under a key', (name, operation) => {
  /** The answers of calls that succeed are one answer; the others' say what never succeeds here. */
  function expectOne(answers: readonly HttpResponse[], { refused }: OperationCase): void {
    const told = answers.map(({ statusCode, body }) => ({ statusCode, body }));
    if (refused !== undefined) {
      for (const answer of answers) expect(`${codeOf(answer)}Exception`).toContain(refused);
    } else {
      expect(told).toEqual(told.map(() => told[0]));
      expect(told[0]?.statusCode).toBe(200);
    }
  }

  test('a repetition is given the first answer, and nothing is written', async () => {
    const known = await makeCase(name);
    const key = newKey();
    const first = await ask(operation, known, key);
    writes.length = 0;
    const second = await ask(operation, known, key);
    expectOne([first, second], known);
    expect(writes).toEqual([]);
    if (known.refused !== undefined) return;
    const other = await ask(
      rowOf('CreateUser'),
      { ...known, input: { UserName: scenery.newName('other') } },
      key,
    );
    // A caller that may do this alone is told that it may not do the other.
    expect(other.statusCode).toBe(known.caller === undefined ? 409 : 403);
  });

  test('repetitions at the same time are given one answer', async () => {
    const known = await makeCase(name);
    const key = newKey();
    expectOne(
      await Promise.all(Array.from({ length: 4 }, () => ask(operation, known, key))),
      known,
    );
    const kept = writes.filter((write) => write.key.partition.startsWith('IdempotentAnswer#'));
    expect(kept).toHaveLength(known.refused === undefined ? 1 : 0);
  });

  test('a repetition of what was written and reported as failed is given its answer', async () => {
    for (let at = 1; ; at += 1) {
      const known = await makeCase(name);
      const key = newKey();
      const store = new FaultyStore(deployment.store, {
        at,
        fault: 'commit-then-error',
        calls: 'writes',
      });
      faulty = store;
      const first = await ask(operation, known, key);
      faulty = undefined;
      if (!store.hasFailed) break;
      expect(first.statusCode).toBe(503);
      const second = await ask(operation, known, key);
      writes.length = 0;
      expectOne([second, await ask(operation, known, key)], known);
      expect(writes).toEqual([]);
    }
  });
});

describe('a key', () => {
  test('stands for one input: what differs in a member is refused', async () => {
    const key = newKey();
    const UserName = scenery.newName('made');
    expect((await create('CreateUser', { UserName, Path: '/a/' }, key)).statusCode).toBe(200);
    for (const input of [{ UserName }, { UserName, Path: '/b/' }, { UserName: `${UserName}x` }]) {
      const other = await create('CreateUser', input, key);
      expect(other.statusCode).toBe(409);
      expect(JSON.parse(other.body)).toMatchObject({
        code: 'IdempotentParameterMismatch',
        message:
          'The request uses the same Idempotency-Key as a previous, but non-identical request.',
      });
    }
  });

  test('stands for one input in whatever order its members come', async () => {
    const key = newKey();
    const UserName = scenery.newName('made');
    const first = await create('CreateUser', { UserName, Path: '/a/' }, key);
    expect((await create('CreateUser', { Path: '/a/', UserName }, key)).body).toBe(first.body);
  });

  test('is its caller’s own', async () => {
    const key = newKey();
    const may = { Effect: 'Allow', Action: 'iam:CreateAccessKey', Resource: '*' };
    const callers = [await scenery.caller(may), await scenery.caller(may)];
    const UserName = await scenery.user();
    const made = await Promise.all(
      callers.map((caller) =>
        ask(rowOf('CreateAccessKey'), { input: { UserName }, caller, resource: '' }, key),
      ),
    );
    expect(made.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(made[0]?.body).not.toBe(made[1]?.body);
  });

  test('gives its answer to nobody who may not do it any more', async () => {
    const key = newKey();
    const caller = await scenery.caller({ Effect: 'Allow', Action: 'iam:*', Resource: '*' });
    const asked = { input: { UserName: await scenery.user() }, caller, resource: '' };
    expect((await ask(rowOf('CreateAccessKey'), asked, key)).statusCode).toBe(200);
    await scenery.permit(caller.UserName, { Effect: 'Allow', Action: 'orders:*', Resource: '*' });
    expect((await ask(rowOf('CreateAccessKey'), asked, key)).statusCode).toBe(403);
  });

  test('is free again after a call that was refused', async () => {
    const key = newKey();
    const UserName = await scenery.user();
    expect(codeOf(await create('CreateUser', { UserName }, key))).toBe('EntityAlreadyExists');
    const other = scenery.newName('made');
    expect((await create('CreateUser', { UserName: other }, key)).statusCode).toBe(200);
  });

  test('is forgotten after a day', async () => {
    const key = newKey();
    const UserName = await scenery.user();
    const first = await create('CreateAccessKey', { UserName }, key);
    const signedAt = jest.spyOn(Date, 'now').mockImplementation(() => now);
    const started = now;
    now = started + DAY_MILLISECONDS - 2000;
    expect((await create('CreateAccessKey', { UserName }, key)).body).toBe(first.body);
    now = started + DAY_MILLISECONDS + 2000;
    const second = await create('CreateAccessKey', { UserName }, key);
    signedAt.mockRestore();
    now = started;
    expect(second.statusCode).toBe(200);
    expect(second.body).not.toBe(first.body);
  });

  test('keeps no secret in the open, and not even a hash of the input', async () => {
    const key = newKey();
    writes.length = 0;
    const { body } = await create('CreateAccessKey', { UserName: await scenery.user() }, key);
    const { AccessKey } = JSON.parse(body) as { AccessKey: { SecretAccessKey: string } };
    const kept = writes.find((write) => write.key.partition.startsWith('IdempotentAnswer#'));
    if (kept?.kind !== 'put') throw new Error('nothing is kept');
    expect(Object.keys(kept.attributes)).toEqual(['Answer']);
    const { Answer } = kept.attributes;
    expect(Buffer.from(Answer as Uint8Array).includes(AccessKey.SecretAccessKey)).toBe(false);
  });

  test.each(['', ' ', 'a b', 'a\u00e9', 'x'.repeat(256)])('%j is none', async (key) => {
    const answer = await create('CreateUser', { UserName: scenery.newName('made') }, key);
    expect(answer.statusCode).toBe(400);
    expect(codeOf(answer)).toBe('MalformedInput');
  });

  test.each(['!', 'x'.repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])(
    '%j is one',
    async (key) => {
      const answer = await create('CreateUser', { UserName: scenery.newName('made') }, key);
      expect(answer.statusCode).toBe(200);
    },
  );

  test('is refused where it would have no effect', async () => {
    const UserName = await scenery.user();
    for (const [name, input] of [
      ['GetUser', { UserName }],
      ['UpdateUser', { UserName, NewPath: '/a/' }],
      ['DeleteUser', { UserName }],
      ['SimulateCustomPolicy', { PolicyInputList: [HARMLESS], ActionNames: ['orders:GetOrder'] }],
    ] as const) {
      const answer = await create(name, input, newKey());
      expect(answer.statusCode).toBe(400);
      expect(codeOf(answer)).toBe('MalformedInput');
    }
    expect((await create('CreateAccessKey', { UserName }, newKey())).statusCode).toBe(200);
  });
});
