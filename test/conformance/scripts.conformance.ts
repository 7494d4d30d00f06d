import path from 'node:path';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';
import { hasTool, runTool } from '../harness/tools';

const scripts = path.join(__dirname, '..', '..', 'examples', 'scripts');
const testWithCurl = hasTool('curl') ? test : test.skip;
const testWithPython = hasTool('python3') ? test : test.skip;

describe('the scripts of the examples, over REST', () => {
  let local: LocalProcess;

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral']);
  });
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  const run = (command: string, args: readonly string[]) =>
    runTool(command, args, {
      PORTCULLIS_URL: local.admin,
      AWS_ACCESS_KEY_ID: ROOT_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT_CREDENTIALS.secretAccessKey,
    });

  async function get(route: string): Promise<unknown> {
    const credentials = ROOT_CREDENTIALS;
    const address = `${local.admin}/iam${route}`;
    return (await fetchSigned(address, { service: 'iam', credentials, method: 'GET' })).json();
  }

  testWithCurl('curl makes a user with an inline policy', async () => {
    const made = await run('bash', [path.join(scripts, 'create-user.sh'), 'carol']);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await get('/users/carol/policies')).toMatchObject({ PolicyNames: ['read-orders'] });
    const again = await run('bash', [path.join(scripts, 'create-user.sh'), 'carol']);
    expect(again.exitCode).not.toBe(0);
    expect(again.stdout).toContain('"code":"EntityAlreadyExists"');
  });

  test('Node makes a user and attaches a policy by its ARN', async () => {
    const made = await run(process.execPath, [path.join(scripts, 'create-user.mjs'), 'nora']);
    expect(made).toMatchObject({ exitCode: 0 });
    expect(await get('/users/nora/attached-policies')).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'nora-reads-orders' }],
    });
  });

  testWithPython('Python makes a user and attaches a policy by its ARN', async () => {
    const made = await run('python3', [path.join(scripts, 'create_user.py'), 'petra']);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await get('/users/petra/attached-policies')).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'petra-reads-orders' }],
    });
  });

  test('the description is served without credentials', async () => {
    const answer = await fetch(`${local.admin}/iam/openapi.json`);
    expect(await answer.json()).toMatchObject({ openapi: '3.1.1' });
  });
});
