import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { findPorts } from '../harness/local-process';
import { hasTool, runTool } from '../harness/tools';
import { createFolder } from '../local/fixture';

const project = path.join(__dirname, '..', '..');
const cdk = path.join(project, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const region = 'us-east-1';
const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };

// It knows neither secrets nor gateway responses in templates, and runs no functions without Docker.
const describeWithMoto = hasTool('moto_server', ['--help']) ? describe : describe.skip;

describeWithMoto('an emulator of AWS that is not Portcullis’s own', () => {
  const folder = createFolder();
  let emulator: ChildProcess;
  let endpoint = '';

  const environmentOf = () => ({
    AWS_ENDPOINT_URL: endpoint,
    // Buckets are hosts below this one, which an address cannot be.
    AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: endpoint.replace('127.0.0.1', 'localhost'),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_NO_WARNINGS: '1',
  });
  const runCdk = async (directory: string, ...args: readonly string[]): Promise<string> => {
    const environment = { ...environmentOf(), HOME: folder.path };
    const called = await runTool(process.execPath, [cdk, ...args], environment, '', directory);
    const { exitCode, stdout, stderr } = called;
    if (exitCode !== 0) throw new Error(`cdk ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
    return stdout + stderr;
  };
  const assembly = path.join(folder.path, 'portcullis');
  const outputsFile = path.join(folder.path, 'outputs.json');
  const context = ['-c', 'sandbox=true', '-c', 'customResources=false'];
  const deploy = (directory: string, ...args: readonly string[]): Promise<string> =>
    runCdk(
      directory,
      ...['deploy', '--all', '--no-notices', '--require-approval=never', '--method=direct'],
      ...args,
    );

  beforeAll(async () => {
    const port = await findPorts();
    endpoint = `http://127.0.0.1:${port}`;
    emulator = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    for (const deadline = Date.now() + 60_000; ;) {
      if (await fetch(endpoint).catch(() => undefined)) return;
      if (Date.now() > deadline) throw new Error('the emulator is not ready');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  afterAll(async () => {
    emulator.kill();
    await once(emulator, 'exit');
    folder.remove();
  });

  test('takes every stack by cdk deploy --all; a second deploy and cdk diff find nothing to do', async () => {
    await runCdk(project, 'bootstrap', `aws://123456789012/${region}`, '--no-notices');
    const first = await deploy(
      project,
      ...context,
      ...['-o', assembly, '--outputs-file', outputsFile],
    );
    expect(first).toContain(
      `BootstrapSecretArn = arn:aws:secretsmanager:${region}:123456789012:secret:Portcullis/RootCredentials`,
    );
    expect(first).toMatch(/AdminEndpointUrl = https:\/\/[a-z0-9]+\.execute-api\.\S+\/v1\n/);
    expect(first).toMatch(/AuthorizerFunctionArn = arn:aws:lambda:/);

    const second = await deploy(project, '--app', assembly);
    expect(second.match(/\(no changes\)/g)).toHaveLength(3);
    const difference = await runCdk(
      project,
      ...['diff', '--no-notices', '--method=template', '--app', assembly],
    );
    expect(difference).toContain('Number of stacks with differences: 0');

    const orders = path.join(project, 'examples', 'orders');
    const deployed = await deploy(orders, ...context, '-o', path.join(folder.path, 'orders'));
    expect(deployed).toContain('OrdersUrl = ');
  }, 300_000);

  test('holds the first administrator’s key in Secrets Manager, and nothing else tells it', async () => {
    const template = JSON.parse(
      readFileSync(path.join(assembly, 'Portcullis-ControlPlane.template.json'), 'utf8'),
    ) as { Resources: Record<string, { Properties?: { Code?: { S3Key?: string } } }> };
    const [, resource] =
      Object.entries(template.Resources).find(([id]) => id.startsWith('AccountHandlerFunction')) ??
      [];
    const bundle = resource?.Properties?.Code?.S3Key?.replace('.zip', '') ?? '';
    const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const variables = {
      IDENTITIES_TABLE: outputs['Portcullis-Data']?.['IdentitiesTableName'],
      POLICIES_TABLE: outputs['Portcullis-Data']?.['PoliciesTableName'],
      KMS_KEY_ID: outputs['Portcullis-Data']?.['KmsKeyArn'],
    };

    const answers: string[] = [];
    const answered = createServer((request, response) => {
      request.setEncoding('utf8');
      request.on('data', (part: string) => answers.push(part));
      request.on('end', () => response.end());
    });
    answered.listen(0, '127.0.0.1');
    await once(answered, 'listening');
    const event = {
      RequestType: 'Create',
      ResponseURL: `http://127.0.0.1:${(answered.address() as AddressInfo).port}/`,
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Account',
      ResourceProperties: {
        AccountId: '123456789012',
        SecretArn: `arn:aws:secretsmanager:${region}:123456789012:secret:Portcullis/RootCredentials`,
        SecretName: 'Portcullis/RootCredentials',
      },
    };
    const script = `require(process.argv[1]).handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 60000 })`;
    const called = await runTool(
      process.execPath,
      ['-e', script, path.join(assembly, `asset.${bundle}`), JSON.stringify(event)],
      { ...environmentOf(), ...variables },
    );
    answered.close();
    expect(called).toMatchObject({ exitCode: 0 });

    const secrets = new SecretsManagerClient({ region, endpoint, credentials });
    const held = await secrets.send(
      new GetSecretValueCommand({ SecretId: event.ResourceProperties.SecretArn }),
    );
    const root = JSON.parse(held.SecretString ?? '') as Record<string, string>;
    expect(root['SecretAccessKey']).toMatch(/^[A-Za-z0-9+/]{40}$/);
    const told = answers.join('');
    expect(JSON.parse(told)).toMatchObject({
      Status: 'SUCCESS',
      Data: { AccessKeyId: root['AccessKeyId'] },
    });
    for (const text of [told, called.stdout, called.stderr, JSON.stringify(outputs)]) {
      expect(text).not.toContain(root['SecretAccessKey']);
    }
  }, 60_000);
});
