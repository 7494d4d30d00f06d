import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { unzip } from './zip';

/** The objects of all buckets, each a file under a name that its bucket and key determine. */
export class ObjectStore {
  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  has(bucket: string, key: string): boolean {
    return existsSync(this.#file(bucket, key));
  }

  read(bucket: string, key: string): Buffer | undefined {
    const file = this.#file(bucket, key);
    return existsSync(file) ? readFileSync(file) : undefined;
  }

  write(bucket: string, key: string, body: Buffer): void {
    const file = this.#file(bucket, key);
    writeFileSync(`${file}.new`, body, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** The folder with the files of a zip archive; undefined when there is no such object. Throws ZipError. */
  unzipped(bucket: string, key: string): string | undefined {
    const archive = this.read(bucket, key);
    if (archive === undefined) return undefined;
    const digest = createHash('sha256').update(archive).digest('hex').slice(0, 32);
    const folder = join(this.directory, `code-${digest}`);
    if (!existsSync(folder)) {
      unzip(archive, `${folder}.new`);
      renameSync(`${folder}.new`, folder);
    }
    return folder;
  }

  #file(bucket: string, key: string): string {
    const digest = createHash('sha256')
      .update(JSON.stringify([bucket, key]))
      .digest('hex');
    return join(this.directory, digest);
  }
}
