import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { synthesizeApps } from '../../local/synthesis';
import { createFolder } from './fixture';

/** A CDK app reduced to what the CDK's contract with its command line is. */
const APP = `const fs = require('node:fs');
if (fs.existsSync('fail')) { console.error('the app says why'); process.exit(1); }
fs.mkdirSync(process.env.CDK_OUTDIR, { recursive: true });
fs.writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', JSON.stringify({
  context: JSON.parse(process.env.CDK_CONTEXT_JSON), account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION }));`;

describe('synthesizing apps', () => {
  const folder = createFolder();
  const project = join(folder.path, 'project');
  const progress: string[] = [];

  beforeAll(() => {
    mkdirSync(join(project, 'lib'), { recursive: true });
    symlinkSync(join(__dirname, '..', '..', 'node_modules'), join(project, 'node_modules'));
    writeFileSync(join(project, 'app.js'), APP);
    writeFileSync(join(project, 'lib', 'stack.ts'), 'one');
    writeFileSync(
      join(project, 'cdk.json'),
      JSON.stringify({ app: 'node app.js', context: { flag: 1 } }),
    );
  });

  afterAll(folder.remove);

  const synthesize = (accountId = '123456789012', context?: Record<string, string>) => {
    progress.length = 0;
    return synthesizeApps({
      projectDirectory: project,
      appDirectories: [project],
      accountId,
      region: 'eu-west-1',
      context,
      cacheDirectory: join(project, '.portcullis', 'assembly'),
      onProgress: (line) => progress.push(line),
    });
  };

  test('an app gets its context with the sandbox on, and account and region', async () => {
    const [assembly = ''] = await synthesize();
    expect(JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8'))).toMatchObject({
      context: { flag: 1, sandbox: true },
      account: '123456789012',
      region: 'eu-west-1',
    });
    expect(progress).toEqual(['synthesizing portcullis …']);
  });

  test('an assembly is used again until a source or a setting changes', async () => {
    const first = await synthesize();
    expect(progress).toEqual([]);
    writeFileSync(join(project, 'lib', 'stack.ts'), 'two');
    const second = await synthesize();
    expect(second).not.toEqual(first);
    expect(await synthesize('999999999999')).not.toEqual(second);
    writeFileSync(join(project, 'lib', 'stack.ts'), 'one');
    expect(await synthesize()).toEqual(first);
    expect(progress).toEqual([]);
  });

  test('context that is given counts more than the app’s own, and makes an assembly of its own', async () => {
    const plain = await synthesize();
    const [assembly = ''] = await synthesize(undefined, { flag: '2', ttl: '3', sandbox: 'false' });
    expect([assembly]).not.toEqual(plain);
    expect(JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8'))).toMatchObject({
      context: { flag: '2', ttl: '3', sandbox: true },
    });
    expect(await synthesize(undefined, { flag: '2', ttl: '4' })).not.toEqual([assembly]);
    expect(await synthesize()).toEqual(plain);
  });

  test('older assemblies are removed', async () => {
    for (let index = 0; index < 6; index += 1) {
      writeFileSync(join(project, 'lib', 'stack.ts'), `change ${index}`);
      await synthesize();
    }
    expect(readdirSync(join(project, '.portcullis', 'assembly'))).toHaveLength(4);
  });

  test('an app that fails shows what it printed and leaves nothing behind', async () => {
    const cache = join(project, '.portcullis', 'assembly');
    writeFileSync(join(project, 'fail'), '');
    const before = readdirSync(cache);
    await expect(synthesize()).rejects.toThrow('the app says why');
    expect(readdirSync(cache)).toEqual(before);
  });
});
