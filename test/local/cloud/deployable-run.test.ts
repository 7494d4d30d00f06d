import { createHash } from 'node:crypto';

import { startDeployableRun } from '../../../local/cloud/deployable-run';
import type { DeployableRun } from '../../../local/cloud/deployable-run';
import { decodeChunks } from '../../../local/cloud/s3';
import type { Template } from '../../../local/template';
import { createFolder, functionResource, restApiResources } from '../fixture';
import { zipArchive } from './zip-archive';

const ECHO = `exports.handler = async () => ({ statusCode: 200, body: process.env.WORD });`;

function template(word: string): Template {
  return {
    Resources: {
      Echo: functionResource('echo', { WORD: word }, { Timeout: 10 }),
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'hidden' } },
      ...restApiResources('Api', [{ method: 'GET', path: '/word', functionId: 'Echo' }]),
    },
    Outputs: {
      SecretArn: { Value: { Ref: 'Secret' } },
      Url: {
        Value: { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.amazonaws.com/prod/' },
      },
    },
  };
}

describe('a run that stacks are deployed to', () => {
  const folder = createFolder();
  let run: DeployableRun;

  const start = (): Promise<DeployableRun> =>
    startDeployableRun({ dataDirectory: folder.path, port: 0, cloudPort: 0 });
  const signed = (): Record<string, string> => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${run.accessKeyId}/20260101/us-east-1/x/aws4_request`,
  });
  const query = async (
    Action: string,
    parameters: Record<string, string>,
    headers = signed(),
  ): Promise<string> => {
    const body = new URLSearchParams({ Action, Version: '2010-05-15', ...parameters });
    const response = await fetch(run.cloudEndpoint, { method: 'POST', body, headers });
    return response.text();
  };
  const waitForEnd = async (): Promise<string> => {
    for (;;) {
      const answer = await query('DescribeStacks', { StackName: 'Word' });
      if (!/IN_PROGRESS/.test(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const deploy = async (content: Template): Promise<string> => {
    const names = { StackName: 'Word', ChangeSetName: 'change' };
    await query('CreateChangeSet', { ...names, TemplateBody: JSON.stringify(content) });
    await query('ExecuteChangeSet', names);
    return waitForEnd();
  };

  beforeAll(async () => {
    run = await start();
    await fetch(`${run.cloudEndpoint}/assets-123456789012/echo.zip`, {
      method: 'PUT',
      headers: signed(),
      body: new Uint8Array(zipArchive({ 'index.js': ECHO })),
    });
  });
  afterAll(async () => {
    await run.stop();
    folder.remove();
  });

  test('nobody deploys without the access key, and no web page does', async () => {
    const stranger = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIAOTHER/x' };
    for (const headers of [{}, stranger, { ...signed(), origin: 'https://evil.test' }]) {
      expect(await query('DescribeStacks', {}, headers as Record<string, string>)).toContain(
        '<Code>InvalidClientTokenId</Code>',
      );
    }
  });

  test('a stack that is not there is told in the words that the CDK looks for', async () => {
    expect(await query('DescribeStacks', { StackName: 'Word' })).toContain(
      'Stack with id Word does not exist',
    );
  });

  test('a deployed API answers under the address in its output, and after a restart too', async () => {
    const made = await deploy(template('one'));
    expect(made).toContain('<StackStatus>CREATE_COMPLETE</StackStatus>');
    const url = /<OutputValue>(http:[^<]*)<\/OutputValue>/.exec(made)?.[1] ?? '';
    expect(await (await fetch(`${url}word`)).text()).toBe('one');
    await run.stop();
    run = await start();
    const again = await query('DescribeStacks', { StackName: 'Word' });
    const kept = /<OutputValue>(http:[^<]*)<\/OutputValue>/.exec(again)?.[1] ?? '';
    expect(await (await fetch(`${kept}word`)).text()).toBe('one');
  });

  test('whoever deploys reads the secrets of what is deployed, and nobody else does', async () => {
    const described = await query('DescribeStacks', { StackName: 'Word' });
    const SecretId = /<OutputValue>(arn:aws:secretsmanager:[^<]*)</.exec(described)?.[1];
    const read = async (operation: string, headers: Record<string, string>) => {
      const response = await fetch(run.cloudEndpoint, {
        method: 'POST',
        headers: { ...headers, 'x-amz-target': `secretsmanager.${operation}` },
        body: JSON.stringify({ SecretId }),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    expect(await read('GetSecretValue', signed())).toMatchObject({ SecretString: 'hidden' });
    expect(await read('GetSecretValue', {})).toMatchObject({ __type: 'InvalidClientTokenId' });
    expect(await read('DeleteSecret', signed())).toMatchObject({
      __type: 'UnknownOperationException',
    });
    expect(await read('constructor', signed())).toMatchObject({
      __type: 'UnknownOperationException',
    });
  });

  test('the same template again is a change set without changes', async () => {
    const names = { StackName: 'Word', ChangeSetName: 'same' };
    await query('CreateChangeSet', { ...names, TemplateBody: JSON.stringify(template('one')) });
    const described = await query('DescribeChangeSet', names);
    expect(described).toContain('<Status>FAILED</Status>');
    expect(described).toContain("The submitted information didn't contain changes");
    expect(await query('ExecuteChangeSet', names)).toContain('InvalidChangeSetStatus');
  });

  test('an update changes what is served, on the same port', async () => {
    const changed = await deploy(template('two'));
    expect(changed).toContain('<StackStatus>UPDATE_COMPLETE</StackStatus>');
    const url = /<OutputValue>(http:[^<]*)<\/OutputValue>/.exec(changed)?.[1] ?? '';
    expect(await (await fetch(`${url}word`)).text()).toBe('two');
  });

  test('an update that cannot be made leaves what was served', async () => {
    const broken = template('three');
    const failed = await deploy({
      ...broken,
      Resources: { ...broken.Resources, Other: functionResource('missing') },
    });
    expect(failed).toContain('<StackStatus>UPDATE_ROLLBACK_COMPLETE</StackStatus>');
    expect(await query('DescribeStackEvents', { StackName: 'Word' })).toContain(
      'the code missing.zip was not uploaded',
    );
    const url = /<OutputValue>(http:[^<]*)<\/OutputValue>/.exec(failed)?.[1] ?? '';
    expect(await (await fetch(`${url}word`)).text()).toBe('two');
  });

  test('a stack that is deleted is gone', async () => {
    await query('DeleteStack', { StackName: 'Word' });
    expect(await waitForEnd()).toContain('does not exist');
  });

  test('a body in chunks is put together, and one that ends early is refused', () => {
    const headers = { 'content-encoding': 'aws-chunked' };
    const body = 'abc'.repeat(10);
    const hash = createHash('sha256').update(body).digest('hex');
    const chunked = `1e;chunk-signature=${hash}\r\n${body}\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n`;
    expect(decodeChunks(Buffer.from(chunked), headers).toString()).toBe(body);
    expect(decodeChunks(Buffer.from(body), {}).toString()).toBe(body);
    expect(() => decodeChunks(Buffer.from(`1e\r\n${body.slice(2)}`), headers)).toThrow('ends');
  });
});
