import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Lambda's limit of a function's unzipped code. */
const MAXIMUM_UNZIPPED_BYTES = 250 * 1024 * 1024;
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_BYTES = 22;
const MAXIMUM_COMMENT_BYTES = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/** The archive is damaged, larger than a function may be, or names a file outside of its folder. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

/**
 * Writes the files of an archive into a folder. Throws ZipError before it writes anything outside of it or beyond the limit.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function unzip(archive: Buffer, directory: string): void {
  const entries = readDirectory(archive);
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (bytes > MAXIMUM_UNZIPPED_BYTES) throw new ZipError('the archive is larger than 250 MB');
  for (const entry of entries) {
    const path = pathOf(entry.name, directory);
    if (entry.name.endsWith('/')) {
      mkdirSync(path, { recursive: true });
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, readEntry(archive, entry));
  }
}

function readDirectory(archive: Buffer): readonly Entry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let position = archive.readUInt32LE(end + 16);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (position + 46 > end || archive.readUInt32LE(position) !== DIRECTORY_ENTRY)
      throw new ZipError('the directory of the archive is damaged');
    const nameBytes = archive.readUInt16LE(position + 28);
    entries.push({
      name: archive.toString('utf8', position + 46, position + 46 + nameBytes),
      method: archive.readUInt16LE(position + 10),
      compressedBytes: archive.readUInt32LE(position + 20),
      bytes: archive.readUInt32LE(position + 24),
      offset: archive.readUInt32LE(position + 42),
    });
    position +=
      46 + nameBytes + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
  return entries;
}

function findEnd(archive: Buffer): number {
  const last = archive.length - END_BYTES;
  for (let position = last; position >= Math.max(0, last - MAXIMUM_COMMENT_BYTES); position -= 1) {
    if (archive.readUInt32LE(position) === END_OF_DIRECTORY) return position;
  }
  throw new ZipError('this is no zip archive');
}

function readEntry(archive: Buffer, entry: Entry): Buffer {
  const { offset, compressedBytes, bytes, method, name } = entry;
  if (offset + 30 > archive.length || archive.readUInt32LE(offset) !== LOCAL_ENTRY)
    throw new ZipError(`${name} is not where the directory says`);
  const start = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  const data = archive.subarray(start, start + compressedBytes);
  if (method === STORED) return data;
  if (method !== DEFLATED) throw new ZipError(`${name} is compressed in a way that is not known`);
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(bytes, 1) });
  } catch {
    throw new ZipError(`${name} is damaged`);
  }
}

function pathOf(name: string, directory: string): string {
  const parts = name.split('/');
  if (name.includes('\\') || name.startsWith('/') || name.includes('\0') || parts.includes('..'))
    throw new ZipError('the archive names a file outside of its folder');
  return join(directory, ...parts);
}
