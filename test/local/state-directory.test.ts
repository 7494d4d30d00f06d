import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StateDirectory } from '../../local/state-directory';
import { createFolder } from './fixture';

describe('the data folder of a run', () => {
  const folder = createFolder();
  let made = 0;
  const createDirectory = (): string => join(folder.path, String((made += 1)));

  afterAll(folder.remove);

  test('documents are found again, for their owner alone, and nothing else is left over', () => {
    const directory = createDirectory();
    new StateDirectory(directory).write('a.json', { x: 1 });
    expect(new StateDirectory(directory).read('a.json')).toEqual({ x: 1 });
    expect(statSync(join(directory, 'a.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('a document that is not there is undefined, a damaged one is named', () => {
    const directory = createDirectory();
    const state = new StateDirectory(directory);
    expect(state.read('a.json')).toBeUndefined();
    writeFileSync(join(directory, 'a.json'), '{');
    expect(() => state.read('a.json')).toThrow(/a\.json is damaged/);
  });

  test('without a directory documents live in memory', () => {
    const state = new StateDirectory(undefined);
    const document = { x: [1] };
    state.write('a.json', document);
    document.x.push(2);
    expect(state.read('a.json')).toEqual({ x: [1] });
  });

  test('the key stays the same, and one that others can read or that is cut short is refused', () => {
    const directory = createDirectory();
    const key = new StateDirectory(directory).readKey('kms-key');
    const file = join(directory, 'kms-key');
    expect(key).toHaveLength(32);
    expect(new StateDirectory(directory).readKey('kms-key')).toEqual(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect(() => new StateDirectory(directory).readKey('kms-key')).toThrow(/run chmod 600/);
    chmodSync(file, 0o600);
    writeFileSync(file, 'c2hvcnQ=');
    expect(() => new StateDirectory(directory).readKey('kms-key')).toThrow(/32 bytes/);
  });

  test('one run holds it at a time', () => {
    const directory = createDirectory();
    const first = new StateDirectory(directory);
    first.lock();
    expect(() => {
      new StateDirectory(directory).lock();
    }).toThrow(`is in use by process ${process.pid}`);
    first.unlock();
    const second = new StateDirectory(directory);
    second.lock();
    second.unlock();
  });

  test('a living process keeps it, a dead one does not', () => {
    const directory = createDirectory();
    const state = new StateDirectory(directory);
    writeFileSync(join(directory, 'lock'), String(process.ppid));
    expect(() => {
      state.lock();
    }).toThrow(`in use by process ${process.ppid}`);
    // Above every process id that Linux and macOS give out.
    writeFileSync(join(directory, 'lock'), '99999999');
    state.lock();
    state.unlock();
  });
});
