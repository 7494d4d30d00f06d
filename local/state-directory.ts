import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

const KEY_BYTES = 32;
const lockedHere = new Set<string>();

/** Another run holds the directory, or a file in it cannot be used; the message is for the person who started the run. */
export class StateDirectoryError extends Error {
  override readonly name = 'StateDirectoryError';
}

/** The files that outlive a run. Writes are whole or not at all, and on disk before they return. */
export class StateDirectory {
  readonly #documents = new Map<string, unknown>();
  readonly #keys = new Map<string, Uint8Array>();

  /** `directory` undefined keeps everything in memory. */
  constructor(readonly directory: string | undefined) {
    if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** A JSON document; undefined when there is none yet. */
  read(name: string): unknown {
    if (this.directory === undefined) return structuredClone(this.#documents.get(name));
    const file = join(this.directory, name);
    if (!existsSync(file)) return undefined;
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as unknown;
    } catch {
      throw new StateDirectoryError(
        `${file} is damaged: delete it, or the whole folder to start anew`,
      );
    }
  }

  write(name: string, value: unknown): void {
    if (this.directory === undefined) this.#documents.set(name, structuredClone(value));
    else writeWhole(join(this.directory, name), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** The run's key of 32 bytes, made at first sight. Its file must be readable by its owner alone. */
  readKey(name: string): Uint8Array {
    if (this.directory === undefined) {
      const known = this.#keys.get(name) ?? randomBytes(KEY_BYTES);
      this.#keys.set(name, known);
      return known;
    }
    const file = join(this.directory, name);
    if (!existsSync(file)) writeWhole(file, randomBytes(KEY_BYTES).toString('base64'));
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new StateDirectoryError(`${file} can be read by others: run chmod 600 ${file}`);
    }
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (key.length !== KEY_BYTES)
      throw new StateDirectoryError(`${file} does not hold a key of 32 bytes`);
    return key;
  }

  /** Takes the directory for this process; throws StateDirectoryError while a living process has it. */
  lock(): void {
    if (this.directory === undefined) return;
    const file = join(this.directory, 'lock');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
        lockedHere.add(file);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const holder = Number(readFileSync(file, 'utf8'));
        if (lockedHere.has(file) || (holder !== process.pid && isAlive(holder))) {
          throw new StateDirectoryError(
            `${this.directory} is in use by process ${holder}: stop that run first, or start this one with --ephemeral`,
          );
        }
        // Its process was killed: the lock means nothing any more.
        rmSync(file, { force: true });
      }
    }
    throw new StateDirectoryError(`${this.directory} is being taken by another run`);
  }

  unlock(): void {
    if (this.directory === undefined) return;
    const file = join(this.directory, 'lock');
    if (lockedHere.delete(file)) rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A killed process whose parent has not taken notice yet holds nothing any more. Only Linux says so in a file. */
function isZombie(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[ZX]/.test(status.slice(status.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}
