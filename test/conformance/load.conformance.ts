import path from 'node:path';
import { runTool } from '../harness/tools';

const load = (...args: readonly string[]) =>
  runTool(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, '..', '..', 'bench', 'load.ts'), ...args],
    {},
  );

describe('npm run load', () => {
  test('measures calls of every kind, each of which is answered as it must be', async () => {
    const { exitCode, stdout } = await load('--seconds', '1', '--connections', '4', '--users', '9');
    expect(stdout).toMatch(/\| users never seen \| +9 \|.*\| +0 \|\n/);
    for (const name of ['allowed', 'not allowed', 'forged']) {
      expect(stdout).toMatch(new RegExp(`\\| ${name} +\\| +[1-9][0-9]* \\|.*\\| +0 \\|\\n`));
    }
    expect(stdout).toMatch(/≤ \d+ ms │█+/);
    expect(stdout).toMatch(/most memory of one authorizer: [1-9][0-9]* MB\n$/);
    expect(exitCode).toBe(0);
  });

  test('starts nothing where it is asked for more than its bounds', async () => {
    const { exitCode, stdout, stderr } = await load('--connections', '65');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--connections must be a whole number from 1 to 64');
    expect(stdout).toBe('');
  });
});
