import { CreateUserCommand, ListUsersCommand, UpdateUserCommand } from '@aws-sdk/client-iam';
import { AttemptStore } from '../../lambdas/operations/attempt-store';
import { commit, ConcurrentChange, type Step } from '../../lambdas/operations/commit';
import type { Call } from '../../lambdas/operations/operation';
import { takePage, takePageOf } from '../../lambdas/operations/paging';
import { IamError } from '../../lambdas/protocol/errors';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { ConditionFailed, StoreUnavailable, type Key, type Store } from '../../lambdas/store/store';
import { ACCOUNT, deployAdmin } from './deployment';
import { refusal } from './refusal';
import { Scenery } from './scenery';

const KEY: Key = { table: 'identities', partition: 'p', sort: 's' };

const write = (store: Store, token: string) =>
  store.transact([{ kind: 'update', key: KEY, add: { n: 1 }, condition: { exists: 'any' } }], {
    token,
  });

/** As much of a call as these functions use. */
function callOn(store: Store): Call {
  let tokens = 0;
  return {
    store,
    createToken: () => String((tokens += 1)),
    sealMarker: (position: string) => Promise.resolve(`sealed ${position}`),
    openMarker: (marker: string) => Promise.resolve(marker.replace('sealed ', '')),
  } as unknown as Call;
}

describe('the store of an attempt', () => {
  test('gives a row as it was read first, whatever others do meanwhile', async () => {
    const store = new MemoryStore();
    const attempt = new AttemptStore(store);
    await write(store, 'a');
    expect((await attempt.get(KEY, { consistent: true }))?.revision).toBe(1);
    await write(store, 'b');
    expect((await attempt.get(KEY, { consistent: false }))?.revision).toBe(1);
    expect((await new AttemptStore(store).get(KEY, { consistent: true }))?.revision).toBe(2);
  });

  test('forgets what it read once it has written', async () => {
    const attempt = new AttemptStore(new MemoryStore());
    expect(await attempt.get(KEY, { consistent: true })).toBeUndefined();
    await write(attempt, 'a');
    expect((await attempt.get(KEY, { consistent: true }))?.revision).toBe(1);
  });

  test('asks for consistent reads, whatever it is asked for', async () => {
    const asked: boolean[] = [];
    const note = ({ consistent }: { consistent: boolean }) => asked.push(consistent);
    const attempt = new AttemptStore({
      get: (_key, options) => (note(options), Promise.resolve(undefined)),
      getMany: (_keys, options) => (note(options), Promise.resolve([])),
      query: (_table, _partition, options) => (
        note(options),
        Promise.resolve({ items: [], next: undefined })
      ),
      transact: () => Promise.resolve(),
    });
    await attempt.get(KEY, { consistent: false });
    await attempt.getMany([KEY], { consistent: false });
    await attempt.query('identities', 'p', { consistent: false });
    expect(asked).toEqual([true, true, true]);
  });
});

describe('a transaction whose conditions do not hold', () => {
  const failing = (...failed: number[]): Call =>
    callOn({
      get: () => Promise.resolve(undefined),
      getMany: () => Promise.resolve([]),
      query: () => Promise.resolve({ items: [], next: undefined }),
      transact: () => Promise.reject(new ConditionFailed(failed)),
    });
  const step = (refusal?: IamError): Step => ({
    write: { kind: 'check', key: KEY, condition: { exists: true } },
    refusal,
  });
  const taken = new IamError('EntityAlreadyExists', 'taken');
  const full = new IamError('LimitExceeded', 'full');

  test('is refused in the words of the first step that failed and has some', async () => {
    const steps = [step(), step(taken), step(full)];
    await expect(commit(failing(1, 2), steps)).rejects.toBe(taken);
    await expect(commit(failing(0, 2), steps)).rejects.toBe(full);
  });

  test('is a concurrent change where no step that failed has words', async () => {
    await expect(commit(failing(0), [step(), step(taken)])).rejects.toThrow(ConcurrentChange);
  });

  test('is an outage where the store says so', async () => {
    const call = callOn({
      ...callOn(new MemoryStore()).store,
      transact: () => Promise.reject(new StoreUnavailable('gone')),
    });
    await expect(commit(call, [step(taken)])).rejects.toThrow(StoreUnavailable);
  });
});

describe('pages', () => {
  const call = callOn(new MemoryStore());
  const rows = Array.from({ length: 25 }, (_, index) => String.fromCharCode(97 + index));

  test.each([1, 2, 5, 24, 25, 26, 1000])('of %i rows are together the whole list', async (size) => {
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const { rows: page, end } = await takePageOf(
        call,
        { MaxItems: size, Marker: marker },
        rows,
        (row) => row,
      );
      expect(page.length).toBe(Math.min(size, rows.length - seen.length));
      seen.push(...page);
      marker = end.Marker;
      expect(end.IsTruncated).toBe(marker !== undefined);
    } while (marker !== undefined);
    expect(seen).toEqual(rows);
  });

  test('go on behind a row that is gone', async () => {
    const { rows: page } = await takePageOf(call, { Marker: 'sealed bb' }, rows, (row) => row);
    expect(page).toEqual(rows.slice(2));
  });

  test('have a hundred rows where nobody says how many', async () => {
    const { rows: page, end } = await takePage(call, {}, async function* () {
      for (let row = 0; ; row += 1) {
        yield await Promise.resolve({ position: String(row), row });
      }
    });
    expect(page).toHaveLength(100);
    expect(end).toEqual({ IsTruncated: true, Marker: 'sealed 99' });
  });
});

describe('a call whose rows others change', () => {
  test('is tried again, and authorized again, until it fits', async () => {
    let conflicts = 3;
    const deployment = await deployAdmin({
      intercept: (store) => ({
        get: (key) => store.get(key),
        getMany: (keys) => store.getMany(keys),
        query: (...query) => store.query(...query),
        transact: (...transaction) => {
          conflicts -= 1;
          return conflicts >= 0
            ? Promise.reject(new ConditionFailed([1]))
            : store.transact(...transaction);
        },
      }),
    });
    const root = deployment.iam();
    await root.send(new CreateUserCommand({ UserName: 'alice' }));
    expect((await root.send(new ListUsersCommand({}))).Users).toHaveLength(1);
    conflicts = Number.POSITIVE_INFINITY;
    const refused = await refusal(root.send(new CreateUserCommand({ UserName: 'bob' })));
    expect(refused).toMatchObject({ statusCode: 409, code: 'ConcurrentModificationException' });
    await deployment.close();
  });
});

test('whoever renames a user must be allowed to on the old name and on the new one', async () => {
  const deployment = await deployAdmin();
  const scenery = new Scenery(deployment.iam());
  const target = await scenery.user('/');
  const caller = await scenery.caller();
  const client = deployment.iam(caller.credentials);
  const rename = (...names: string[]) =>
    scenery
      .permit(caller.UserName, {
        Effect: 'Allow',
        Action: 'iam:UpdateUser',
        Resource: names.map((name) => `arn:aws:iam::${ACCOUNT}:user/${name}`),
      })
      .then(() => client.send(new UpdateUserCommand({ UserName: target, NewUserName: 'new' })));
  expect(await refusal(rename(target))).toMatchObject({ code: 'AccessDenied' });
  expect(await refusal(rename('new'))).toMatchObject({ code: 'AccessDenied' });
  expect((await rename(target, 'new')).$metadata.httpStatusCode).toBe(200);
  await deployment.close();
});
