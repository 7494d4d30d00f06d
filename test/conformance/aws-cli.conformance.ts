import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { hasTool, runTool, type ToolResult } from '../harness/tools';

const describeWithAws = hasTool('aws') ? describe : describe.skip;

interface Key {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
}

describeWithAws('the AWS CLI administers a local run', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'portcullis-cli-'));
  let local: LocalProcess;

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral', '--allow-reset']);
  });
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  function aws(args: readonly string[], key?: Key): Promise<ToolResult> {
    return runTool('aws', args, {
      HOME: home,
      AWS_ENDPOINT_URL_IAM: `${local.admin}/iam`,
      AWS_ENDPOINT_URL_STS: `${local.admin}/sts`,
      AWS_ACCESS_KEY_ID: key?.AccessKeyId ?? ROOT_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey ?? ROOT_CREDENTIALS.secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_DEFAULT_OUTPUT: 'json',
      AWS_PAGER: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  }

  async function awsJson(args: readonly string[], key?: Key): Promise<unknown> {
    const result = await aws(args, key);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    return result.stdout === '' ? undefined : (JSON.parse(result.stdout) as unknown);
  }

  async function awsError(args: readonly string[], key?: Key): Promise<string> {
    const result = await aws(args, key);
    expect(result.exitCode).toBe(255);
    return result.stderr.trim();
  }

  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: 'orders:GetOrder',
      Resource: 'arn:aws:orders:*:*:order/*',
    },
  });
  const policyArn = 'arn:aws:iam::123456789012:policy/read-orders';

  test('root is who it says', async () => {
    expect(await awsJson(['sts', 'get-caller-identity'])).toEqual({
      UserId: '123456789012',
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
    });
  });

  test('a user lives from creation to deletion, and alice may do what her policy says', async () => {
    const created = await awsJson([
      'iam',
      'create-user',
      '--user-name',
      'alice',
      '--path',
      '/team/',
    ]);
    expect(created).toMatchObject({
      User: { UserName: 'alice', Path: '/team/', Arn: 'arn:aws:iam::123456789012:user/team/alice' },
    });
    await awsJson([
      'iam',
      'create-policy',
      '--policy-name',
      'read-orders',
      '--policy-document',
      document,
    ]);
    await awsJson(['iam', 'attach-user-policy', '--user-name', 'alice', '--policy-arn', policyArn]);
    const { AccessKey: key } = (await awsJson([
      'iam',
      'create-access-key',
      '--user-name',
      'alice',
    ])) as { AccessKey: Key };

    expect(await awsJson(['iam', 'list-users'])).toMatchObject({ Users: [{ UserName: 'alice' }] });
    expect(
      await awsJson(['iam', 'get-policy-version', '--policy-arn', policyArn, '--version-id', 'v1']),
    ).toMatchObject({
      PolicyVersion: {
        Document: JSON.parse(document) as unknown,
        VersionId: 'v1',
        IsDefaultVersion: true,
      },
    });
    expect(await awsJson(['sts', 'get-caller-identity'], key)).toMatchObject({
      Arn: 'arn:aws:iam::123456789012:user/team/alice',
    });
    expect(await awsError(['iam', 'list-users'], key)).toBe(
      'An error occurred (AccessDenied) when calling the ListUsers operation: User: arn:aws:iam::123456789012:user/team/alice ' +
        'is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers action',
    );
    expect(await awsError(['iam', 'delete-user', '--user-name', 'alice'])).toMatch(
      /\(DeleteConflict\)/,
    );

    await awsJson([
      'iam',
      'delete-access-key',
      '--user-name',
      'alice',
      '--access-key-id',
      key.AccessKeyId,
    ]);
    await awsJson(['iam', 'detach-user-policy', '--user-name', 'alice', '--policy-arn', policyArn]);
    await awsJson(['iam', 'delete-user', '--user-name', 'alice']);
    expect(await awsError(['sts', 'get-caller-identity'], key)).toMatch(/\(InvalidClientTokenId\)/);
  });

  test('curl signs a call to the guarded API', async () => {
    const call = (user: string) =>
      runTool(
        'curl',
        [
          '-s',
          '-w',
          '\n%{http_code}',
          '--aws-sigv4',
          'aws:amz:us-east-1:execute-api',
          '--user',
          user,
          `${local.orders}/orders/42`,
        ],
        {},
      );
    const root = `${ROOT_CREDENTIALS.accessKeyId}:${ROOT_CREDENTIALS.secretAccessKey}`;
    expect((await call(root)).stdout).toMatch(/\n(200|404)$/);
    expect((await call(`${root}x`)).stdout).toMatch(/\n401$/);
  });

  test('the reset route empties everything and keeps the root credentials', async () => {
    await awsJson(['iam', 'create-user', '--user-name', 'gone']);
    const answer = await fetch(`${local.admin}/_local/reset`, { method: 'POST' });
    expect(answer.status).toBe(200);
    expect(await awsJson(['iam', 'list-users'])).toEqual({ Users: [] });
  });
});
