import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { hasTool, runTool, type ToolResult } from '../harness/tools';

const root = path.join(__dirname, '..', '..');
const blocks = [
  ...readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/```sh\n([^]*?)```/g),
].map(([, text]) => text ?? '');

/** The block that holds a command; each is run by one of the tests below or by a step of `.ci/run`. */
function block(command: string): string {
  const found = blocks.find((text) => text.includes(command));
  if (found === undefined) throw new Error(`README has no block with ${command}`);
  return found;
}

const RUN_ELSEWHERE = ['npm run demo', 'npm start', 'npx cdk deploy'];
const RUN_HERE = ['aws iam create-user', 'curl --aws-sigv4', 'npx portcullis'];

test('every block of commands in the README is run somewhere', () => {
  const known = [...RUN_ELSEWHERE, ...RUN_HERE].map(block);
  expect(blocks.filter((text) => !known.includes(text))).toEqual([]);
});

const describeWithTools = hasTool('aws') && hasTool('curl') ? describe : describe.skip;

describeWithTools('the commands of the README', () => {
  let local: LocalProcess;
  const home = mkdtempSync(path.join(tmpdir(), 'portcullis-readme-'));

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral']);
  });
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  function run(script: string, env: NodeJS.ProcessEnv = {}): Promise<ToolResult> {
    const text = script
      .replaceAll('http://127.0.0.1:4000', local.admin)
      .replaceAll('http://127.0.0.1:4001', local.orders);
    return runTool('bash', ['-euo', 'pipefail', '-c', `cd '${root}'\n${text}`], {
      HOME: home,
      AWS_ACCESS_KEY_ID: ROOT_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT_CREDENTIALS.secretAccessKey,
      AWS_DEFAULT_OUTPUT: 'json',
      AWS_PAGER: '',
      ...env,
    });
  }

  test('let alice in', async () => {
    const made = await run(block('aws iam create-user'));
    expect(made.stderr).toBe('');
    const key = /"AccessKey": (\{[^]*\})\s*\}\s*$/.exec(made.stdout)?.[1] ?? '{}';
    const { AccessKeyId, SecretAccessKey } = JSON.parse(key) as Record<string, string>;
    const called = await run(block('curl --aws-sigv4'), {
      ALICE_KEY_ID: AccessKeyId,
      ALICE_SECRET: SecretAccessKey,
    });
    expect(JSON.parse(called.stdout)).toMatchObject({ orderId: '42' });
  });

  test('check policies', async () => {
    const checked = await run(block('npx portcullis'));
    expect(checked).toMatchObject({ exitCode: 0 });
    expect(checked.stdout).toContain('3 passed, 0 failed');
  });
});
