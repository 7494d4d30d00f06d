import { WorkloadEndpoint } from '../../local/workload-endpoint';
import type { InvocationResult } from '../../local/function-worker';

const ARN = 'arn:aws:iam::123456789012:role/worker';
const CREDENTIALS = '/latest/meta-data/iam/security-credentials';
const START = Date.UTC(2026, 0, 2);

let now: number;
let asked: string[];
let answer: (() => InvocationResult) | undefined;
let problems: string[];
let endpoint: WorkloadEndpoint;

const session = (hours: number): InvocationResult => ({
  ok: true,
  payload: JSON.stringify({
    Session: {
      AccessKeyId: `ASIA${String(asked.length)}`,
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: new Date(now + hours * 3_600_000).toISOString(),
      RoleArn: ARN,
      RoleName: 'worker',
    },
  }),
});

beforeEach(async () => {
  now = START;
  asked = [];
  problems = [];
  answer = () => session(1);
  endpoint = new WorkloadEndpoint({
    arn: ARN,
    port: 0,
    now: () => now,
    ask: (payload) => {
      asked.push(payload);
      return answer === undefined ? undefined : Promise.resolve(answer());
    },
    onProblem: (problem) => problems.push(problem),
  });
  await endpoint.start();
});

afterEach(() => endpoint.stop());

const url = (): string => endpoint.environment.instance['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? '';

const request = (method: string, path: string, headers: Record<string, string> = {}) =>
  fetch(`${url()}${path}`, { method, headers });

async function metadataToken(ttlSeconds = '60'): Promise<string> {
  const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': ttlSeconds };
  return (await request('PUT', '/latest/api/token', headers)).text();
}

async function metadata(path: string, token?: string): Promise<Response> {
  return request('GET', path, { 'x-aws-ec2-metadata-token': token ?? (await metadataToken()) });
}

function container(headers?: Record<string, string>): Promise<Response> {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization = '' } = endpoint.environment.container;
  return request('GET', '/v2/credentials', headers ?? { authorization });
}

describe('as on an instance', () => {
  test('the role is named, and its credentials given, to whoever has a token', async () => {
    expect(await (await metadata(`${CREDENTIALS}/`)).text()).toBe('worker');
    expect(await (await metadata(`${CREDENTIALS}/worker`)).json()).toMatchObject({
      Code: 'Success',
      AccessKeyId: 'ASIA1',
      Token: 'token',
      Expiration: new Date(now + 3_600_000).toISOString(),
    });
    expect(JSON.parse(asked[0] ?? '')).toMatchObject({ Arn: ARN, Service: 'ec2.amazonaws.com' });
  });

  test('nothing is told without a token, with another, or with one that is over', async () => {
    const token = await metadataToken('1');
    const [end = '', proof = ''] = token.split('.');
    const forged = [`${String(Number(end) + 60_000)}.${proof}`, `${token}.`, `${end}.`, 'x', ''];
    for (const wrong of forged) {
      expect((await metadata(`${CREDENTIALS}/worker`, wrong)).status).toBe(401);
    }
    expect((await request('GET', `${CREDENTIALS}/worker`)).status).toBe(401);
    expect((await metadata(`${CREDENTIALS}/worker`, token)).status).toBe(200);
    now += 1000;
    expect((await metadata(`${CREDENTIALS}/worker`, token)).status).toBe(401);
  });

  test.each(['0', '21601', '-1', '1.5', 'x', ''])('no token lives for %j seconds', async (ttl) => {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': ttl };
    expect((await request('PUT', '/latest/api/token', headers)).status).toBe(400);
  });

  test.each(['another', 'worker/', '../worker', ''])('there is no role %j', async (name) => {
    const answered = await metadata(`${CREDENTIALS}x/${name}`);
    expect(answered.status).toBe(404);
  });

  test.each([
    ['origin', 'https://example.com'],
    ['x-forwarded-for', '192.0.2.1'],
  ])(
    'what comes with the header %s, as from a web page or through a proxy, is refused',
    async (name, value) => {
      const token = { 'x-aws-ec2-metadata-token': await metadataToken() };
      const answered = await request('GET', `${CREDENTIALS}/worker`, { [name]: value, ...token });
      expect(answered.status).toBe(403);
    },
  );
});

describe('as in a container', () => {
  test('credentials are given to whoever has the token', async () => {
    const answered = await container();
    expect(answered.headers.get('cache-control')).toBe('no-store');
    expect(await answered.json()).toMatchObject({ RoleArn: ARN, AccessKeyId: 'ASIA1' });
    expect(JSON.parse(asked[0] ?? '')).toMatchObject({ Service: 'ecs-tasks.amazonaws.com' });
  });

  test.each([{}, { authorization: 'x' }, { authorization: '' }])(
    'and to nobody with %j',
    async (headers) => {
      expect((await container(headers as Record<string, string>)).status).toBe(401);
      expect(asked).toEqual([]);
    },
  );
});

describe('a session', () => {
  test('is kept until twenty minutes before its end, and then another', async () => {
    const key = async () =>
      ((await (await container()).json()) as Record<string, unknown>)['AccessKeyId'];
    expect(await key()).toBe('ASIA1');
    now += 40 * 60_000 - 1;
    expect(await key()).toBe('ASIA1');
    now += 1;
    expect(await key()).toBe('ASIA2');
    endpoint.forget();
    expect(await key()).toBe('ASIA3');
  });

  test('that is refused is none, and is asked for again', async () => {
    answer = () => ({
      ok: true,
      payload: '{"Error":{"Code":"AccessDenied","Message":"no trust"}}',
    });
    expect((await metadata(`${CREDENTIALS}/`)).status).toBe(404);
    const refused = await container();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ code: 'AccessDenied', message: 'no trust' });
    expect(problems.join()).toContain('no trust');
    answer = () => session(1);
    expect((await container()).status).toBe(200);
  });

  test('is an outage where the function fails, and where there is none', async () => {
    answer = () => ({ ok: false, error: { errorType: 'Error', errorMessage: 'down' } as never });
    expect((await container()).status).toBe(500);
    answer = undefined;
    expect((await container()).status).toBe(500);
    expect(problems).toEqual(['down', 'the app has no function for workloads']);
  });
});
