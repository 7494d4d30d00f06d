import path from 'node:path';
import { hasTool, runTool } from '../harness/tools';
import { deployAdmin, ROOT } from '../operations/deployment';
import { BOTO3_SCRIPTS, readRecordedCalls } from './proofs';

const describeWithBoto3 = hasTool('python3', ['-c', 'import boto3']) ? describe : describe.skip;

interface Report {
  readonly failures: readonly unknown[];
  /** `iam:CreateUser`. */
  readonly operations: readonly string[];
}

/** Runs a script against functions and an account of its own. */
async function runScript(script: string): Promise<Report> {
  const deployment = await deployAdmin();
  const { stdout, stderr } = await runTool('python3', [path.join(__dirname, script)], {
    AWS_ENDPOINT_URL_IAM: `${deployment.endpoint}/iam`,
    AWS_ENDPOINT_URL_STS: `${deployment.endpoint}/sts`,
    AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    PYTHONDONTWRITEBYTECODE: '1',
  });
  await deployment.close();
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}

/* Each script of the form boto3-*.py is run; test/iam/operation-cases.ts holds every row to a case with the other client. */
describeWithBoto3('boto3', () => {
  test.each(BOTO3_SCRIPTS)(
    'gets from every operation of %s what AWS answers it',
    async (script) => {
      const { failures, operations } = await runScript(script);
      expect(failures).toEqual([]);
      // As the documents tell it.
      expect(operations).toEqual(readRecordedCalls(script, operations));
      expect(operations).not.toEqual([]);
    },
    120_000,
  );
});
