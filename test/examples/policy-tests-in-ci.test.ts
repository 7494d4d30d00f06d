import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { runLint } from '../../bin/commands/lint';
import { readScenarios } from '../../bin/commands/scenario-files';
import { runTest } from '../../bin/commands/test';

const FOLDER = path.join(__dirname, '..', '..', 'examples', 'policy-tests-in-ci');
const POLICY = path.join(FOLDER, 'policies', 'shipper.json');
const TESTS = path.join(FOLDER, 'tests', 'shipper.json');

const { jobs } = parse(
  readFileSync(path.join(FOLDER, '.github', 'workflows', 'policies.yaml'), 'utf8'),
) as { jobs: { check: { steps: { run?: string }[] } } };
const commands = jobs.check.steps.flatMap(({ run = '' }) =>
  run.startsWith('npx portcullis ') ? [run.slice('npx portcullis '.length).split(' ')] : [],
);

/** The files of `policies/*.json`. */
function listFiles(pattern: string): string[] {
  const folder = path.join(FOLDER, path.dirname(pattern));
  const ending = path.basename(pattern).replace('*', '');
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));
}

let printed = '';

beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += chunk.toString();
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('the workflow lints the policies and runs their tests, and both succeed', () => {
  expect(commands.map(([command]) => command)).toEqual(['lint', 'test']);
  for (const [command, ...rest] of commands) {
    const files = rest
      .filter((argument) => !argument.startsWith('--'))
      .flatMap((pattern) => listFiles(pattern));
    expect(files).toHaveLength(1);
    const code =
      command === 'lint'
        ? runLint(files, { kind: 'managed', json: false, strict: rest.includes('--strict') })
        : runTest(files, { quiet: false });
    expect({ code, printed: code === 0 ? '' : printed }).toEqual({ code: 0, printed: '' });
  }
});

test('the tests are about the policy that lies beside them', () => {
  const policy = JSON.parse(readFileSync(POLICY, 'utf8')) as unknown;
  for (const { text } of readScenarios(TESTS)) {
    expect(JSON.parse(text)).toMatchObject({ policies: { identity: [policy] } });
  }
});
