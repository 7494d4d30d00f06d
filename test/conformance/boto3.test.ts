import path from 'node:path';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import { hasTool, runTool } from '../harness/tools';
import { deployAdmin, ROOT } from '../operations/deployment';

const testWithBoto3 = hasTool('python3', ['-c', 'import boto3']) ? test : test.skip;

testWithBoto3(
  'boto3 gets from every operation what AWS answers it',
  async () => {
    const deployment = await deployAdmin();
    const { stdout, stderr, exitCode } = await runTool(
      'python3',
      [path.join(__dirname, 'boto3-iam.py')],
      {
        AWS_ENDPOINT_URL_IAM: `${deployment.endpoint}/iam`,
        AWS_ENDPOINT_URL_STS: `${deployment.endpoint}/sts`,
        AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
        AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
      },
    );
    await deployment.close();
    if (stdout === '') throw new Error(stderr);
    const { failures, operations } = JSON.parse(stdout) as {
      failures: readonly unknown[];
      operations: readonly string[];
    };
    expect(failures).toEqual([]);
    expect(exitCode).toBe(0);
    const rows = [IAM_OPERATIONS, STS_OPERATIONS].flatMap((table) =>
      table.operations.map(({ name }) => `${table.service}:${name}`),
    );
    expect(operations).toEqual(rows.sort());
  },
  120_000,
);
