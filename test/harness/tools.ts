import { execFile, spawnSync } from 'node:child_process';

/** Says that tests are skipped for want of something. CI must have it: there, its absence is a failure. */
export function skipWithout(wanted: string, reason = ''): void {
  if (process.env['CI'] === 'true') throw new Error(`${wanted} is needed in CI\n${reason}`);
  console.warn(`skipped: ${wanted} is not on this machine`);
}

/** Whether a command is on this machine. */
export function hasTool(command: string, args: readonly string[] = ['--version']): boolean {
  const found = spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  if (!found) skipWithout(command);
  return found;
}

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; never throws for an exit code. */
export function runTool(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input = '',
  cwd?: string,
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      {
        env: { ...process.env, ...env },
        maxBuffer: 1 << 26,
        ...(cwd === undefined ? {} : { cwd }),
      },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ exitCode, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}
