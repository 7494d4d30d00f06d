import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { unzip, ZipError } from '../../../local/cloud/zip';
import { createFolder } from '../fixture';
import { zipArchive } from './zip-archive';

const folder = createFolder();
afterAll(() => {
  folder.remove();
});

test('files come out as they went in, in their folders, compressed or not', () => {
  const files = { 'index.js': 'exports.a = 1;'.repeat(100), 'lib/b.txt': 'é' };
  for (const isStored of [true, false]) {
    const target = join(folder.path, String(isStored));
    unzip(zipArchive(files, { isStored }), target);
    expect(readFileSync(join(target, 'index.js'), 'utf8')).toBe(files['index.js']);
    expect(readFileSync(join(target, 'lib', 'b.txt'), 'utf8')).toBe('é');
  }
});

test.each(['../evil', '/evil', 'a/../../evil', 'a\\evil'])(
  'a file named %s is refused before anything of it is written',
  (name) => {
    const target = join(folder.path, 'inner');
    expect(() => {
      unzip(zipArchive({ [name]: 'x' }), target);
    }).toThrow(ZipError);
    expect(existsSync(join(folder.path, 'evil'))).toBe(false);
  },
);

test('an archive that is damaged, that is none, or that holds more than it announces is refused', () => {
  const archive = zipArchive({ 'a.txt': 'x'.repeat(1000) });
  const target = join(folder.path, 'damaged');
  const refuse = (bytes: Buffer): void => {
    expect(() => {
      unzip(bytes, target);
    }).toThrow(ZipError);
  };
  refuse(Buffer.from('no archive at all, but long enough'));
  refuse(archive.subarray(10));
  refuse(zipArchive({ 'a.txt': 'x'.repeat(1000) }, { announcedBytes: 10 }));
  refuse(zipArchive({ 'a.txt': 'x' }, { announcedBytes: 300 * 1024 * 1024 }));
});
