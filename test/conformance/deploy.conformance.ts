import path from 'node:path';

import { startDeployableRun } from '../../local/cloud/deployable-run';
import type { DeployableRun } from '../../local/cloud/deployable-run';
import { ROOT_CREDENTIALS } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';
import { runTool } from '../harness/tools';
import { createFolder } from '../local/fixture';

const project = path.join(__dirname, '..', '..');
const cdk = path.join(project, 'node_modules', 'aws-cdk', 'bin', 'cdk');

describe('cdk bootstrap and cdk deploy --all with AWS_ENDPOINT_URL', () => {
  const folder = createFolder();
  let run: DeployableRun;

  const runCdk = async (directory: string, ...args: readonly string[]): Promise<string> => {
    const environment = {
      AWS_ENDPOINT_URL: run.cloudEndpoint,
      AWS_ACCESS_KEY_ID: run.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: run.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      HOME: folder.path,
    };
    const called = await runTool(process.execPath, [cdk, ...args], environment, '', directory);
    const { exitCode, stdout, stderr } = called;
    if (exitCode !== 0) throw new Error(`cdk ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
    return stdout + stderr;
  };
  const deploy = (directory: string, output: string): Promise<string> =>
    runCdk(
      directory,
      'deploy',
      '--all',
      '--no-notices',
      '--require-approval=never',
      '-c',
      'sandbox=true',
      '-o',
      path.join(folder.path, output),
    );

  beforeAll(async () => {
    run = await startDeployableRun({
      dataDirectory: path.join(folder.path, 'data'),
      port: 0,
      cloudPort: 0,
      rootCredentials: ROOT_CREDENTIALS,
    });
  });
  afterAll(async () => {
    await run.stop();
    folder.remove();
  });

  test('the deployed orders API allows, denies and refuses, and a second deploy changes nothing', async () => {
    await runCdk(project, 'bootstrap', `aws://${run.accountId}/${run.region}`, '--no-notices');
    expect(await deploy(project, 'portcullis')).toMatch(
      /BootstrapSecretArn = \S+:secret:Portcullis\/RootCredentials\n/,
    );
    const orders = await deploy(path.join(project, 'examples', 'orders'), 'orders');
    const url = /OrdersUrl = (\S+)/.exec(orders)?.[1] ?? '';
    const call = (credentials: typeof ROOT_CREDENTIALS) =>
      fetchSigned(`${url}/42`, { service: 'execute-api', credentials, method: 'GET' });
    expect((await call(ROOT_CREDENTIALS)).status).toBe(200);
    expect((await fetch(`${url}/42`)).status).toBe(401);
    expect((await call({ ...ROOT_CREDENTIALS, secretAccessKey: 'forged' })).status).toBe(401);

    const iam = `${run.adminEndpoint}/iam`;
    const administer = async (route: string, body: object): Promise<Record<string, never>> => {
      const answer = await fetchSigned(`${iam}${route}`, {
        service: 'iam',
        credentials: ROOT_CREDENTIALS,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
      return (await answer.json()) as Record<string, never>;
    };
    await administer('/users', { UserName: 'alice' });
    const { AccessKey } = (await administer('/users/alice/access-keys', {})) as unknown as {
      AccessKey: { AccessKeyId: string; SecretAccessKey: string };
    };
    const denied = await call({
      accessKeyId: AccessKey.AccessKeyId,
      secretAccessKey: AccessKey.SecretAccessKey,
    });
    expect(denied.status).toBe(403);
    expect(await denied.text()).toContain('orders:GetOrder');

    const second = await deploy(project, 'portcullis');
    expect(second.match(/\(no changes\)/g)).toHaveLength(3);
    expect(await deploy(path.join(project, 'examples', 'orders'), 'orders')).toContain(
      '(no changes)',
    );
    const difference = await runCdk(
      project,
      ...['diff', '--no-notices', '--app', path.join(folder.path, 'portcullis')],
    );
    expect(difference).toContain('Number of stacks with differences: 0');
  }, 600_000);
});
