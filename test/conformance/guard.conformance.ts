import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { PortcullisClient, type Credentials, type Guarded } from '../../guard/index';
import { ROOT_CREDENTIALS, startLocalProcess, type LocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';
import { runTool } from '../harness/tools';

/* The package as somebody installs it, and the decision endpoint as it is asked over HTTP. */

const root = path.join(__dirname, '..', '..');

describe('the packed guard', () => {
  let folder: string;

  const npm = (args: readonly string[], cwd: string) =>
    execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'portcullis-guard-'));
    npm(['pack', '--pack-destination', folder], path.join(root, 'guard'));
    const tarball = String(readdirSync(folder).find((file) => file.endsWith('.tgz')));
    writeFileSync(path.join(folder, 'package.json'), '{"name":"consumer","private":true}');
    npm(['install', '--offline', `./${tarball}`], folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What the compiler says of the sources, by their names. */
  const compile = async (sources: Readonly<Record<string, string>>): Promise<string> => {
    for (const [name, source] of Object.entries(sources)) {
      writeFileSync(path.join(folder, name), source);
    }
    const options = {
      strict: true,
      noEmit: true,
      target: 'ES2022',
      module: 'NodeNext',
      types: ['node'],
      typeRoots: [path.join(root, 'node_modules', '@types')],
    };
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: Object.keys(sources) }),
    );
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    return (await runTool(process.execPath, [compiler, '-p', folder], {})).stdout;
  };

  const CONSUMER = `
    import { guard, guarded, GuardRefusal, PortcullisClient, workloadCredentials } from '@portcullis/guard';
    const portcullis = new PortcullisClient({
      endpoint: 'https://admin.example.com',
      credentials: workloadCredentials({ functionArn: 'arn', roleArn: 'arn' }),
    });
    export const handler = guarded(async (event: { readonly path: string }, call) => {
      const arn: string = call.principal.arn;
      const one: boolean = await portcullis.as(call).isAllowed('orders:GetOrder', arn, { 'orders:Amount': 1 });
      const [first]: boolean[] = await portcullis.as(call).isAllowed([{ action: 'a', resource: arn }]);
      const { decide } = await portcullis.as(call).listAllowed('orders:GetOrder');
      return { statusCode: one && first && decide(arn) === 'allowed' ? 200 : 404, body: event.path };
    });
    const { principal } = guard({}, { anonymous: true });
    if (principal.type === 'Anonymous') throw new GuardRefusal('nobody');
    principal.accountId.length;
  `;

  test('brings nothing with it', () => {
    expect(readdirSync(path.join(folder, 'node_modules', '@portcullis'))).toEqual(['guard']);
    expect(readdirSync(path.join(folder, 'node_modules')).sort()).toEqual([
      '.package-lock.json',
      '@portcullis',
    ]);
  });

  test('has types, which know that a caller may be nobody', async () => {
    const careless = CONSUMER.replace('if (principal', '// if (principal');
    const problems = await compile({ 'consumer.ts': CONSUMER, 'careless.ts': careless });
    expect(problems.trim().split('\n')).toEqual([
      expect.stringMatching(/careless\.ts.*'accountId' does not exist/),
      expect.stringContaining("Property 'accountId' does not exist on type 'AnonymousPrincipal'"),
    ]);
  });

  test.each([
    ['CommonJS', "const { guard } = require('@portcullis/guard');", 'consumer.cjs'],
    ['an ES module', "import { guard } from '@portcullis/guard';", 'consumer.mjs'],
  ])('guards from %s', (_what, line, file) => {
    const script = `${line}
      try { guard({ requestContext: {} }); } catch (error) { console.log(error.response.statusCode); }`;
    writeFileSync(path.join(folder, file), script);
    expect(execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })).toBe('403\n');
  });
});

describe('decisions of the local run', () => {
  let local: LocalProcess;
  let iam: IAMClient;
  let backend: Credentials;
  const ACCOUNT = '123456789012';
  const ORDER = `arn:aws:orders:us-east-1:${ACCOUNT}:order/`;
  const alice = { credentials: ROOT_CREDENTIALS, arn: '' };

  const policy = (...Statement: readonly object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement });

  async function createUser(UserName: string, ...statements: readonly object[]) {
    const { User } = await iam.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = policy(...statements);
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const credentials = {
      accessKeyId: String(AccessKey?.AccessKeyId),
      secretAccessKey: String(AccessKey?.SecretAccessKey),
    };
    return { credentials, arn: String(User?.Arn), id: String(User?.UserId) };
  }

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral']);
    const endpoint = (service: string) => ({
      endpoint: `${local.admin}/${service}`,
      region: 'us-east-1',
    });
    iam = new IAMClient({ ...endpoint('iam'), credentials: ROOT_CREDENTIALS });
    Object.assign(
      alice,
      await createUser(
        'alice',
        { Effect: 'Allow', Action: 'orders:*', Resource: `${ORDER}4*` },
        { Effect: 'Deny', Action: '*', Resource: `${ORDER}43` },
      ),
    );
    const deployer = await createUser('deployer', {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: '*',
    });
    const trust = { Effect: 'Allow', Principal: { AWS: deployer.arn }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'backend', AssumeRolePolicyDocument: policy(trust) }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'backend',
        PolicyName: 'decisions',
        PolicyDocument: policy({
          Effect: 'Allow',
          Action: ['portcullis:EvaluateAccess', 'portcullis:ListAllowedResources'],
          Resource: `arn:aws:portcullis::${ACCOUNT}:service/orders`,
        }),
      }),
    );
    const sts = new STSClient({ ...endpoint('sts'), credentials: deployer.credentials });
    const { Credentials: issued } = await sts.send(
      new AssumeRoleCommand({ RoleArn: String(Role?.Arn), RoleSessionName: 'orders' }),
    );
    sts.destroy();
    backend = {
      accessKeyId: String(issued?.AccessKeyId),
      secretAccessKey: String(issued?.SecretAccessKey),
      sessionToken: String(issued?.SessionToken),
    };
  }, 300_000);
  afterAll(async () => {
    iam.destroy();
    expect(await local.stop()).toBe(0);
  });

  const callOf = ({ arn, id }: { arn: string; id?: string }): Guarded => ({
    principal: { type: 'User', arn, id: String(id), accountId: ACCOUNT },
    decision: { decision: 'allowed', action: undefined, resource: undefined },
    scheme: 'sigv4',
    body: undefined,
    sourceIp: '127.0.0.1',
    requestId: undefined,
    token: undefined,
    roleArn: undefined,
  });

  test('the document says where decisions are asked for, and they are asked for there', async () => {
    const address = `${local.admin}/.well-known/authzen-configuration`;
    const document = (await (await fetch(address)).json()) as Record<string, string>;
    expect(document['policy_decision_point']).toBe(local.admin);
    const unsigned = await fetch(String(document['access_evaluation_endpoint']), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'mine' },
      body: '{}',
    });
    expect([unsigned.status, unsigned.headers.get('x-request-id')]).toEqual([401, 'mine']);
    const signed = await fetchSigned(String(document['access_evaluations_endpoint']), {
      service: 'execute-api',
      credentials: backend,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { type: 'user', id: alice.arn },
        action: { name: 'orders:GetOrder' },
        options: { evaluations_semantic: 'deny_on_first_deny' },
        evaluations: ['42', '43', '44'].map((id) => ({
          resource: { type: 'order', id: ORDER + id },
        })),
      }),
    });
    expect(await signed.json()).toMatchObject({
      evaluations: [{ decision: true }, { decision: false, context: { decision: 'explicitDeny' } }],
    });
  });

  test('a backend’s role asks about its caller, one by one, at once, and for a list', async () => {
    const caller = new PortcullisClient({
      endpoint: local.admin,
      region: 'us-east-1',
      credentials: backend,
    }).as(callOf(alice));
    const ids = ['42', '43', '5'];
    const one = ids.map((id) => caller.isAllowed('orders:GetOrder', ORDER + id));
    expect(await Promise.all(one)).toEqual([true, false, false]);
    const questions = ids.map((id) => ({ action: 'orders:GetOrder', resource: ORDER + id }));
    expect(await caller.isAllowed(questions)).toEqual([true, false, false]);
    const list = await caller.listAllowed('orders:GetOrder');
    expect(ids.map((id) => list.decide(ORDER + id))).toEqual(['allowed', 'denied', 'denied']);
  });

  test('the guarded orders API lets its caller through, and nobody else', async () => {
    const get = (id: string) =>
      fetchSigned(`${local.orders}/orders/${id}`, {
        service: 'execute-api',
        credentials: alice.credentials,
        method: 'GET',
      });
    expect((await get('42')).status).toBe(200);
    expect((await get('43')).status).toBe(403);
    expect((await fetch(`${local.orders}/orders/42`)).status).toBe(401);
  });
});

test('`portcullis/middleware` has the guard of functions without a gateway, and its types', () => {
  execFileSync(process.execPath, ['scripts/build-middleware.mjs'], { cwd: root });
  const script = "console.log(typeof require('portcullis/middleware').protect)";
  expect(execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' })).toBe(
    'function\n',
  );
  const types = path.join(root, 'dist/types/authorizer/middleware.d.ts');
  expect(readFileSync(types, 'utf8')).toContain('export declare function protect<');
});
