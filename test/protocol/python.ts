import { spawnSync } from 'node:child_process';

/** Runs Python code with JSON on its standard input and gives the JSON that it prints. */
export function runPython(code: string, input: unknown = {}): unknown {
  const result = spawnSync('python3', ['-c', code], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  if (result.status !== 0) {
    throw new Error(`python3 failed: ${result.stderr}`);
  }
  return JSON.parse(result.stdout) as unknown;
}

/** Whether python3 has the module. Where it has to be (in CI), its absence is an error. */
export const pythonHas = (module: string): boolean =>
  runs(`python3 with ${module}`, 'python3', '-c', `import ${module}`);

/** Whether there is curl; see {@link pythonHas}. */
export const hasCurl = (): boolean => runs('curl', 'curl', '--version');

function runs(name: string, command: string, ...options: string[]): boolean {
  const found = spawnSync(command, options).status === 0;
  if (!found && process.env['CI'] === 'true') {
    throw new Error(`${name} must be installed in CI`);
  }
  if (!found) {
    process.stderr.write(`there is no ${name}: the tests that compare with it are skipped\n`);
  }
  return found;
}
