import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MAXIMUM_FILE_BYTES = 10 * 1024 * 1024;

/** What functions and gateways write: a file each under the data folder, or nothing but what is shown. */
export class Logs {
  constructor(
    private readonly directory: string | undefined,
    private readonly show: ((source: string, line: string) => void) | undefined,
  ) {
    if (directory !== undefined) mkdirSync(directory, { recursive: true });
  }

  write(source: string, line: string): void {
    this.show?.(source, line);
    if (this.directory === undefined) return;
    const file = join(this.directory, `${source.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}.log`);
    // One older file is kept, so that a run of many days cannot fill the disk.
    if (existsSync(file) && statSync(file).size > MAXIMUM_FILE_BYTES) renameSync(file, `${file}.1`);
    appendFileSync(file, `${line}\n`);
  }
}
