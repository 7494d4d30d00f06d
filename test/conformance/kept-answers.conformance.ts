import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';

const ACCOUNT = '123456789012';
const PASSWORD = 'Correct-horse-battery-9';
const PATIENCE_MILLISECONDS = 30_000;

interface Example {
  readonly name: string;
  /** Which API of the run it is; the admin API is the first. */
  readonly port: number;
  readonly list: string;
  readonly one: string;
  readonly other: string;
  /** A path that leads to no route of the API, and what the gateway says to that. */
  readonly nowhere: { readonly path: string; readonly status: number };
  readonly statement: { readonly Action: string; readonly Resource: string };
  /** What a call with bad credentials is answered. */
  readonly unknown: number;
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'REST API',
    port: 1,
    list: '/parcels',
    one: '/parcels/7',
    other: '/parcels/8',
    nowhere: { path: '/parcels/7/weight', status: 403 },
    statement: { Action: 'parcels:GetParcel', Resource: 'arn:aws:parcels:*:*:parcel/7' },
    unknown: 401,
  },
  {
    name: 'HTTP API',
    port: 2,
    list: '/notes',
    one: '/notes/1',
    other: '/notes/2',
    nowhere: { path: '/notes/1/colour', status: 404 },
    statement: { Action: 'notes:GetNote', Resource: 'arn:aws:notes:*:*:note/1' },
    // It has no way to say 401 of a token that is there.
    unknown: 403,
  },
];

let local: LocalProcess;

beforeAll(async () => {
  const apps = ['protect-rest-api', 'protect-http-api', 'protect-websocket'];
  local = await startLocalProcess([
    '--ephemeral',
    '--verbose',
    '--app',
    ...apps.map((app) => `examples/${app}`),
    '-c',
    'answerCacheSeconds=2',
    '-c',
    'cacheTtlSeconds=2',
    // What goes on after a right is withdrawn is the gateway's keeping alone.
    '--context',
    'stalenessSeconds=0',
  ]);
}, 300_000);

afterAll(async () => {
  expect(await local.stop()).toBe(0);
});

const addressOf = (port: number): string =>
  local.admin.replace(/\d+$/, (first) => String(Number(first) + port));

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const statusOf = async (url: string, token?: string): Promise<number> =>
  (await fetch(url, token === undefined ? {} : { headers: bearer(token) })).status;

async function administer(path: string, body?: object, method = 'POST'): Promise<void> {
  const answer = await fetchSigned(`${local.admin}/iam${path}`, {
    service: 'iam',
    credentials: ROOT_CREDENTIALS,
    method,
    ...(body && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

async function createUser(): Promise<string> {
  const UserName = `user-${randomUUID()}`;
  await administer('/users', { UserName });
  await administer(`/users/${UserName}/login-profile`, { Password: PASSWORD });
  return UserName;
}

const permit = (user: string, statement: object): Promise<void> =>
  administer(
    `/users/${user}/policies/own`,
    {
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', ...statement },
      }),
    },
    'PUT',
  );

const forbid = (user: string): Promise<void> =>
  administer(`/users/${user}/policies/own`, undefined, 'DELETE');

async function signIn(UserName: string): Promise<string> {
  const answer = await fetch(`${local.admin}/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Account: ACCOUNT, UserName, Password: PASSWORD }),
  });
  const { Session: session } = (await answer.json()) as { Session?: { AccessToken?: string } };
  if (session?.AccessToken === undefined) throw new Error(`not signed in: ${answer.status}`);
  return session.AccessToken;
}

async function signOut(token: string): Promise<void> {
  const answer = await fetch(`${local.admin}/signin/sign-out`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(token) },
    body: '{}',
  });
  if (!answer.ok) throw new Error(`not signed out: ${answer.status} ${await answer.text()}`);
}

/** Asks until the answer is the one that is waited for, or for long enough. */
async function settles<Answer>(ask: () => Promise<Answer>, wanted: Answer): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const answer = await ask();
    if (answer === wanted || Date.now() > deadline) return answer;
    await wait(200);
  }
}

/** What the authorizers have logged of an event. */
function logged(event: string): readonly Record<string, unknown>[] {
  return local
    .output()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>);
}

/** How many decisions about a user the log has, when all that came before is in it. */
async function countDecisions(user: string): Promise<number> {
  const before = logged('unauthorized').length;
  // A token that no answer is kept for: its line comes after those of the calls before.
  await statusOf(`${addressOf(1)}/parcels`, `pts_${randomUUID()}`);
  const isThere = () => Promise.resolve(logged('unauthorized').length > before);
  expect(await settles(isThere, true)).toBe(true);
  const arn = `arn:aws:iam::${ACCOUNT}:user/${user}`;
  return logged('decision').filter(({ principalArn }) => principalArn === arn).length;
}

describe.each(EXAMPLES)('the $name of the examples, with answers kept', (example) => {
  const urlOf = (path: string): string => `${addressOf(example.port)}${path}`;

  test('answers each route and each id as the core says, whatever it has kept for another', async () => {
    const user = await createUser();
    await permit(user, example.statement);
    const token = await signIn(user);
    const paths = [example.one, example.other, example.list];
    for (const order of [paths, paths, paths.toReversed(), paths.toReversed()]) {
      for (const path of order) {
        expect([path, await statusOf(urlOf(path), token)]).toEqual([
          path,
          path === example.one ? 200 : 403,
        ]);
      }
    }
    const answer = await fetch(urlOf(example.one), { headers: bearer(token) });
    expect(await answer.text()).toContain(`:user/${user}`);
    const { path, status } = example.nowhere;
    expect(await statusOf(urlOf(path), token)).toBe(status);
  });

  test('knows no caller without a token, with a forged one, or with a signature', async () => {
    const user = await createUser();
    await permit(user, example.statement);
    const token = await signIn(user);
    const url = urlOf(example.one);
    expect(await statusOf(url, token)).toBe(200);
    expect(await statusOf(url)).toBe(401);
    expect(await statusOf(url, `${token}x`)).toBe(example.unknown);
    const credentials = ROOT_CREDENTIALS;
    const signed = await fetchSigned(url, { service: 'execute-api', credentials, method: 'GET' });
    expect(signed.status).toBe(example.unknown);
  });

  test('gives the second call the answer of the first, without a decision', async () => {
    const user = await createUser();
    await permit(user, example.statement);
    const decidePair = async (): Promise<number> => {
      const token = await signIn(user);
      const before = await countDecisions(user);
      expect(await statusOf(urlOf(example.one), token)).toBe(200);
      expect(await statusOf(urlOf(example.one), token)).toBe(200);
      return (await countDecisions(user)) - before;
    };
    // The time of an answer may be over between two calls; it is not each time.
    expect(await settles(decidePair, 1)).toBe(1);
    const token = await signIn(user);
    const before = await countDecisions(user);
    for (const path of [example.one, example.other, example.list]) {
      await statusOf(urlOf(path), token);
    }
    expect((await countDecisions(user)) - before).toBe(3);
  });

  test('lets no call through any more, some time after a permission has been removed', async () => {
    const user = await createUser();
    await permit(user, example.statement);
    const token = await signIn(user);
    const ask = () => statusOf(urlOf(example.one), token);
    expect(await ask()).toBe(200);
    await forbid(user);
    expect(await settles(ask, 403)).toBe(403);
    await permit(user, example.statement);
    expect(await settles(ask, 200)).toBe(200);
  });

  test('lets no call of a session through any more, some time after it has signed out', async () => {
    const user = await createUser();
    await permit(user, example.statement);
    const [ended, other] = [await signIn(user), await signIn(user)];
    const url = urlOf(example.one);
    expect([await statusOf(url, ended), await statusOf(url, other)]).toEqual([200, 200]);
    await signOut(ended);
    expect(await settles(() => statusOf(url, ended), example.unknown)).toBe(example.unknown);
    expect(await statusOf(url, other)).toBe(200);
  });
});

describe('the WebSocket API beside them', () => {
  /** 101 for a connection, which is closed again, or the status with which it was refused. */
  const connect = (token?: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const url = `${addressOf(3).replace('http', 'ws')}/v1`;
      const socket = new WebSocket(url, token === undefined ? {} : { headers: bearer(token) });
      socket.on('open', () => {
        socket.close();
        resolve(101);
      });
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      socket.on('error', reject);
    });

  test('decides on each connection anew', async () => {
    const user = await createUser();
    const token = await signIn(user);
    expect([await connect(), await connect(`${token}x`)]).toEqual([401, 401]);
    expect(await connect(token)).toBe(403);
    await permit(user, { Action: 'chat:Connect', Resource: 'arn:aws:chat:*:*:room/lobby' });
    expect(await settles(() => connect(token), 101)).toBe(101);
    const before = await countDecisions(user);
    expect([await connect(token), await connect(token)]).toEqual([101, 101]);
    expect((await countDecisions(user)) - before).toBe(2);
  });
});
