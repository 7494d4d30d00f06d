import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetUserCommand } from '@aws-sdk/client-iam';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac } from 'node:crypto';
import {
  DecisionUnavailable,
  PortcullisClient,
  workloadCredentials,
  type Guarded,
} from '../../guard/index';
import { signPost } from '../../guard/signature';
import {
  ACCOUNT,
  deployAdmin,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { callPortcullis, ORDERS } from '../portcullis/operation-cases';
import { allow, StsScenery } from '../sts/sts-scenery';

/* Decisions that a backend asks for while a request runs, over HTTP and signed as its own role. */

const ORDER = `arn:aws:orders:eu-central-1:${ACCOUNT}:order/`;
const ORDERS_SERVICE = `arn:aws:portcullis::${ACCOUNT}:service/orders`;

let deployment: AdminDeployment;
let scenery: StsScenery;
let backend: Credentials;
let client: PortcullisClient;

beforeAll(async () => {
  deployment = await deployAdmin();
  scenery = new StsScenery(deployment);
  await callPortcullis(deployment, 'PutServiceDefinition', ORDERS);
  const { UserName, credentials } = await scenery.caller();
  const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn(UserName) })], {
    allow: {
      Effect: 'Allow',
      Action: ['portcullis:EvaluateAccess', 'portcullis:ListAllowedResources'],
      Resource: ORDERS_SERVICE,
    },
  });
  backend = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'backend' });
  client = new PortcullisClient({
    endpoint: `${deployment.endpoint}/`,
    credentials: () => Promise.resolve(backend),
  });
});

afterAll(async () => {
  expect(deployment.failures).toEqual([]);
  await deployment.close();
});

async function callOf(...statements: readonly object[]): Promise<Guarded> {
  const UserName = await scenery.user();
  await scenery.permit(UserName, ...statements);
  const { User } = await scenery.root.send(new GetUserCommand({ UserName }));
  return {
    principal: {
      type: 'User',
      arn: String(User?.Arn),
      id: String(User?.UserId),
      accountId: ACCOUNT,
    },
    decision: { decision: 'allowed', action: 'orders:ListOrders', resource: ORDER },
    scheme: 'sigv4',
    body: undefined,
    sourceIp: '192.0.2.7',
    requestId: undefined,
    token: undefined,
    roleArn: undefined,
  };
}

const GET = { Effect: 'Allow', Action: 'orders:GetOrder', Resource: `${ORDER}4*` };

describe('a backend', () => {
  test('asks whether its caller may, with the context and the address of the call', async () => {
    const decisions = client.as(
      await callOf({
        ...GET,
        Condition: {
          NumericLessThan: { 'orders:Amount': '100' },
          IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
        },
      }),
    );
    const isAllowed = (id: string, amount: number) =>
      decisions.isAllowed('orders:GetOrder', ORDER + id, { 'orders:Amount': amount });
    expect(await isAllowed('42', 99)).toBe(true);
    expect(await isAllowed('42', 100)).toBe(false);
    expect(await isAllowed('5', 99)).toBe(false);
    expect(await decisions.isAllowed('orders:GetOrder', `${ORDER}42`)).toBe(false);
  });

  test('asks many questions at once, more than one request has', async () => {
    const decisions = client.as(await callOf(GET));
    const questions = Array.from({ length: 60 }, (_, index) => ({
      action: 'orders:GetOrder',
      resource: ORDER + String(index),
    }));
    expect(await decisions.isAllowed(questions)).toEqual(
      questions.map((_question, index) => String(index).startsWith('4')),
    );
    expect(await decisions.isAllowed([])).toEqual([]);
  });

  test('filters a list by what its caller may see', async () => {
    const decisions = client.as(
      await callOf(
        GET,
        { Effect: 'Deny', Action: '*', Resource: `${ORDER}43` },
        { ...GET, Resource: `${ORDER}5`, Condition: { StringEquals: { 'orders:Channel': 'web' } } },
      ),
    );
    const list = await decisions.listAllowed('orders:GetOrder');
    expect(list.allowed).toContainEqual({ resources: [`${ORDER}4*`], notResources: [] });
    expect(list.undecided).toMatchObject([{ effect: 'Allow', contextKeys: ['orders:Channel'] }]);
    expect(['42', '43', '5', '6'].map((id) => list.decide(ORDER + id))).toEqual([
      'allowed',
      'denied',
      'undecided',
      'denied',
    ]);
    const told = await decisions.listAllowed('orders:GetOrder', { 'orders:Channel': 'web' });
    expect(told.decide(`${ORDER}5`)).toBe('allowed');
    const none = await decisions.listAllowed('orders:GetOrder', { 'orders:Channel': [] });
    expect(none.decide(`${ORDER}5`)).toBe('denied');
  });

  test('has a session decided with its session policies, by the token that it was sent', async () => {
    const { UserName, credentials } = await scenery.caller();
    const RoleName = scenery.newName('role');
    const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn(UserName) })], {
      RoleName,
      allow: GET,
    });
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { ...GET, Resource: `${ORDER}42` },
    });
    const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one', Policy });
    const call: Guarded = {
      ...(await callOf()),
      principal: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${RoleName}/one`,
        id: 'AROA',
        accountId: ACCOUNT,
      },
      token: String(session.sessionToken),
    };
    const ask = (id: string, asked = client.as(call)) =>
      asked.isAllowed('orders:GetOrder', ORDER + id);
    expect([await ask('42'), await ask('43')]).toEqual([true, false]);
    const untold = { ...call, token: undefined };
    expect(await ask('42', client.as(untold))).toBe(false);
    expect(await ask('42', client.as(untold, { token: String(session.sessionToken) }))).toBe(true);
  });

  test('has the session of a user without its token denied, which may have less rights than the user', async () => {
    const call = await callOf(GET);
    const ask = (one: Guarded) => client.as(one).isAllowed('orders:GetOrder', `${ORDER}42`);
    expect(await ask(call)).toBe(true);
    expect(await ask({ ...call, isSession: true })).toBe(false);
  });

  test('is told that nothing is allowed to whoever has taken the name of its caller', async () => {
    const call = await callOf(GET);
    const other = { ...call, principal: { ...call.principal, id: 'AIDASOMEBODYELSE1' } };
    expect(await client.as(call).isAllowed('orders:GetOrder', `${ORDER}42`)).toBe(true);
    expect(await client.as(other).isAllowed('orders:GetOrder', `${ORDER}42`)).toBe(false);
  });

  test('that may not ask is told so, and has no decision', async () => {
    const { credentials } = await scenery.caller(GET);
    const other = new PortcullisClient({ endpoint: deployment.endpoint, credentials });
    const asked = other.as(await callOf(GET)).isAllowed('orders:GetOrder', `${ORDER}42`);
    await expect(asked).rejects.toMatchObject({
      name: 'DecisionUnavailable',
      statusCode: 403,
      code: 'AccessDenied',
    });
  });
});

describe('an answer that is no decision', () => {
  test('is that of another address, to which nothing of a question goes', async () => {
    const asked: string[] = [];
    const server: Server = createServer((request, response) => {
      asked.push(String(request.url));
      if (request.url === '/other') response.end('{"decision":true}');
      else response.writeHead(307, { location: '/other' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    const decisions = new PortcullisClient({ endpoint, credentials: backend }).as(await callOf());
    await expect(decisions.isAllowed('orders:GetOrder', ORDER)).rejects.toThrow(
      DecisionUnavailable,
    );
    expect(asked).toEqual(['/access/v1/evaluation']);
    await new Promise((resolve) => server.close(resolve));
  });

  const answers = (status: number, body: string) =>
    new PortcullisClient({
      endpoint: 'https://admin.example.com',
      credentials: backend,
      fetch: () => Promise.resolve(new Response(body, { status })),
    });

  test.each([
    ['an outage', 503, '{"decision":true}'],
    ['a redirection', 302, '{"decision":true}'],
    ['no JSON', 200, '<html>'],
    ['a list', 200, '[true]'],
    ['nothing', 200, '{}'],
    ['a text', 200, '{"decision":"true"}'],
    ['a number', 200, '{"decision":1}'],
  ])('is never an allowance: %s', async (_what, status, body) => {
    const asked = answers(status, body).as(await callOf(GET));
    await expect(asked.isAllowed('orders:GetOrder', ORDER)).rejects.toThrow(DecisionUnavailable);
    await expect(asked.listAllowed('orders:GetOrder')).rejects.toThrow(DecisionUnavailable);
  });

  test('is a batch that answers less, or more, than was asked', async () => {
    for (const evaluations of [undefined, [], [{ decision: true }, { decision: true }]]) {
      const asked = answers(200, JSON.stringify({ evaluations })).as(await callOf(GET));
      const questions = [{ action: 'orders:GetOrder', resource: ORDER }];
      await expect(asked.isAllowed(questions)).rejects.toThrow(DecisionUnavailable);
    }
  });

  test('is a list with a filter that cannot be read', async () => {
    const lists = { Allowed: [{ Resources: '*', NotResources: [] }], Denied: [], Undecided: [] };
    const asked = answers(200, JSON.stringify(lists)).as(await callOf(GET));
    await expect(asked.listAllowed('orders:GetOrder')).rejects.toThrow(DecisionUnavailable);
  });

  test('is that of nobody: no connection, and no answer in time', async () => {
    const call = await callOf(GET);
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    for (const endpoint of [`http://127.0.0.1:${port}`, 'http://127.0.0.1:1']) {
      const options = { endpoint, credentials: backend, timeoutMilliseconds: 50 };
      const asked = new PortcullisClient(options).as(call);
      await expect(asked.isAllowed('orders:GetOrder', ORDER)).rejects.toMatchObject({
        name: 'DecisionUnavailable',
        statusCode: undefined,
      });
    }
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe('a signature', () => {
  class Sha256 {
    readonly #hash;

    constructor(secret?: string | Uint8Array) {
      this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
    }

    update(data: string | Uint8Array): void {
      this.#hash.update(data);
    }

    digest(): Promise<Uint8Array> {
      return Promise.resolve(new Uint8Array(this.#hash.digest()));
    }
  }

  test.each([
    ['https://admin.example.com/v1/access/v1/evaluation', 'execute-api', undefined],
    [
      `https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/${encodeURIComponent('arn:aws:lambda:eu-west-1:1:function:f')}/invocations`,
      'lambda',
      'token',
    ],
  ])('is the one that the AWS SDK makes: %s', async (address, service, sessionToken) => {
    const url = new URL(address);
    const now = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
    const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret/+', sessionToken };
    const body = '{"item":"téa"}';
    const signing = { service, region: 'eu-west-1', credentials };
    const own = signPost({ url, body, now, ...signing });
    const signer = new SignatureV4({ ...signing, sha256: Sha256 as never });
    const { headers } = await signer.sign(
      {
        method: 'POST',
        protocol: 'https:',
        hostname: url.hostname,
        path: url.pathname,
        query: {},
        headers: { host: url.host, 'content-type': 'application/json' },
        body,
      },
      { signingDate: now },
    );
    expect(own).toEqual(headers);
  });
});

describe('the credentials of a workload', () => {
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:Workload';
  const AWS = { accessKeyId: 'ASIAAWS', secretAccessKey: 'secret', sessionToken: 'aws' };

  function arrange(answer: () => object) {
    const asked: { url: string; headers: Record<string, string>; body: unknown }[] = [];
    let now = Date.UTC(2026, 0, 2);
    const provider = workloadCredentials({
      functionArn: ARN,
      roleArn: 'arn:aws:iam::123456789012:role/backend',
      awsCredentials: () => Promise.resolve(AWS),
      now: () => new Date(now),
      fetch: (url, init) => {
        const { headers, body } = init as { headers: Record<string, string>; body: string };
        asked.push({ url: url instanceof URL ? url.href : '', headers, body: JSON.parse(body) });
        return Promise.resolve(Response.json(answer()));
      },
    });
    return { asked, provider, pass: (minutes: number) => (now += minutes * 60_000) };
  }

  const session = (key: string, minutes: number) => ({
    Session: {
      AccessKeyId: key,
      SecretAccessKey: 'own',
      SessionToken: 'token',
      Expiration: new Date(Date.UTC(2026, 0, 2, 0, minutes)).toISOString(),
    },
  });

  test('are those of one session until shortly before its end', async () => {
    let issued = 0;
    const { asked, provider, pass } = arrange(() => session(`ASIA${(issued += 1)}`, issued * 60));
    const keys = async () =>
      (await Promise.all([provider(), provider()])).map(({ accessKeyId }) => accessKeyId);
    expect(await keys()).toEqual(['ASIA1', 'ASIA1']);
    pass(54);
    expect(await keys()).toEqual(['ASIA1', 'ASIA1']);
    pass(1);
    expect(await keys()).toEqual(['ASIA2', 'ASIA2']);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({
      url: `https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/${encodeURIComponent(ARN)}/invocations`,
      headers: { 'x-amz-security-token': 'aws' },
      body: { Arn: 'arn:aws:iam::123456789012:role/backend', Service: 'lambda.amazonaws.com' },
    });
  });

  test('are not there where the role does not trust the workload, and are asked for again', async () => {
    let answer: object = { Error: { Code: 'AccessDenied', Message: 'not trusted' } };
    const { provider } = arrange(() => answer);
    await expect(provider()).rejects.toThrow(
      'no credentials for the workload: AccessDenied not trusted',
    );
    answer = { errorMessage: 'timed out' };
    await expect(provider()).rejects.toThrow('no credentials for the workload');
    answer = session('ASIA1', 60);
    expect(await provider()).toMatchObject({ accessKeyId: 'ASIA1', sessionToken: 'token' });
  });
});
