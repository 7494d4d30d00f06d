import path from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { ROOT_CREDENTIALS, startLocalProcess, type LocalProcess } from '../harness/local-process';
import { hasTool, runTool } from '../harness/tools';

const describeWithAws = hasTool('aws') ? describe : describe.skip;
const describeWithBoto3 = hasTool('python3', ['-c', 'import boto3']) ? describe : describe.skip;

const ROLE = 'arn:aws:iam::123456789012:role/worker';
const INSTANCE = /^arn:aws:sts::123456789012:assumed-role\/worker\/i-[0-9a-f]{17}$/;
const CONTAINER = /^arn:aws:sts::123456789012:assumed-role\/worker\/[0-9a-f]{32}$/;

type Form = 'instance' | 'container';

const FORMS = [
  ['instance', INSTANCE],
  ['container', CONTAINER],
] as const;

let local: LocalProcess;

/** No credentials of whoever runs the tests, and none but those of the endpoint. */
const NO_CREDENTIALS: NodeJS.ProcessEnv = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_EC2_METADATA_DISABLED: undefined,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** What the run tells a person to paste. */
function printed(form: Form): Record<string, string> {
  const wanted =
    form === 'instance' ? 'AWS_EC2_METADATA_SERVICE_ENDPOINT' : 'AWS_CONTAINER_CREDENTIALS';
  const line = local
    .output()
    .split('\n')
    .find((candidate) => candidate.startsWith(`export ${wanted}`));
  return Object.fromEntries(
    (line ?? '')
      .split(' ')
      .slice(1)
      .map((variable) => variable.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
}

const environment = (form: Form): NodeJS.ProcessEnv => ({
  ...NO_CREDENTIALS,
  AWS_DEFAULT_REGION: 'us-east-1',
  ...printed(form),
});

beforeAll(async () => {
  local = await startLocalProcess(['--ephemeral', '--workload', ROLE]);
  while (!local.output().includes('Ctrl-C')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

afterAll(() => local.stop());

const metadata = (method: string, place: string, headers: Record<string, string> = {}) =>
  fetch(`${String(printed('instance')['AWS_EC2_METADATA_SERVICE_ENDPOINT'])}${place}`, {
    method,
    headers,
  });

test('before the role is there, nobody is given it, and the run says why', async () => {
  const token = await metadata('PUT', '/latest/api/token', {
    'x-aws-ec2-metadata-token-ttl-seconds': '60',
  });
  const answer = await metadata('GET', '/latest/meta-data/iam/security-credentials/', {
    'x-aws-ec2-metadata-token': await token.text(),
  });
  expect(answer.status).toBe(404);
  expect(local.output()).toContain(
    `ec2.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
  );
});

describe('once there is a role that trusts instances and containers', () => {
  beforeAll(async () => {
    const iam = new IAMClient({
      endpoint: `${local.admin}/iam`,
      region: 'us-east-1',
      credentials: ROOT_CREDENTIALS,
    });
    const trust = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] },
        Action: 'sts:AssumeRole',
      },
    };
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'worker',
        AssumeRolePolicyDocument: JSON.stringify(trust),
      }),
    );
    iam.destroy();
  });

  describeWithAws('the AWS CLI', () => {
    test.each(FORMS)('finds it as in an %s', async (form, arn) => {
      const result = await runTool(
        'aws',
        ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'],
        environment(form),
      );
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(result.stdout.trim()).toMatch(arn);
    });
  });

  describeWithBoto3('boto3', () => {
    test.each([
      ['instance', 'iam-role', INSTANCE],
      ['container', 'container-role', CONTAINER],
    ] as const)('finds it as in an %s, to be renewed', async (form, method, arn) => {
      const script = path.join(__dirname, 'workload-identity.py');
      const { stdout, stderr } = await runTool('python3', [script], environment(form));
      expect({ stderr, ...(JSON.parse(stdout || '{}') as object) }).toEqual({
        stderr: '',
        method,
        refreshable: true,
        arn: expect.stringMatching(arn) as unknown,
      });
    });
  });

  describe('the SDK for JavaScript', () => {
    test.each(FORMS)('finds it as in an %s', async (form, arn) => {
      const script = `
        const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
        new STSClient({}).send(new GetCallerIdentityCommand()).then(({ Arn }) => console.log(Arn));`;
      const { stdout } = await runTool(process.execPath, ['-e', script], environment(form));
      expect(stdout.trim()).toMatch(arn);
    });

    test('is not given it without the token of the container', async () => {
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '' } = printed('container');
      const wrong: Record<string, string>[] = [{}, { authorization: 'wrong' }];
      for (const headers of wrong) {
        expect((await fetch(url, { headers })).status).toBe(401);
      }
    });
  });

  test('the role that is given may do what its policies allow, which is nothing', async () => {
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '', AWS_CONTAINER_AUTHORIZATION_TOKEN } =
      printed('container');
    const answer = await fetch(url, {
      headers: { authorization: AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '' },
    });
    const given = (await answer.json()) as Record<string, string>;
    const credentials = {
      accessKeyId: given['AccessKeyId'] ?? '',
      secretAccessKey: given['SecretAccessKey'] ?? '',
      sessionToken: given['Token'] ?? '',
    };
    const sts = new STSClient({
      endpoint: `${local.admin}/sts`,
      region: 'us-east-1',
      credentials,
    });
    expect((await sts.send(new GetCallerIdentityCommand())).Arn).toMatch(CONTAINER);
    sts.destroy();
    const iam = new IAMClient({
      endpoint: `${local.admin}/iam`,
      region: 'us-east-1',
      credentials,
    });
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: 'other', AssumeRolePolicyDocument: '{}' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    iam.destroy();
  });
});
