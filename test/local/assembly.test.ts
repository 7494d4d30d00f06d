import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readAssembly } from '../../local/assembly';
import { createFolder, writeAssembly } from './fixture';

const ENVIRONMENT = { accountId: '123456789012', region: 'us-east-1' };
const STACK = { template: { Resources: {} }, assets: { code: 'exports.handler = 1;' } };

describe('a cloud assembly', () => {
  const folder = createFolder();
  afterAll(folder.remove);

  test('its stacks know their templates and staged assets, and take the environment that they do not name', () => {
    const directory = join(folder.path, 'plain');
    writeAssembly(directory, { One: STACK });
    expect(readAssembly(directory, ENVIRONMENT)).toEqual([
      {
        stackName: 'One',
        ...ENVIRONMENT,
        template: { Resources: {} },
        assetPaths: new Map([['code.zip', join(directory, 'asset.code')]]),
      },
    ]);
  });

  test('a stack in a concrete environment stays there, and stages are read too', () => {
    const directory = join(folder.path, 'staged');
    mkdirSync(directory);
    const artifacts = {
      Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'inner' } },
    };
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
    mkdirSync(join(directory, 'inner'));
    writeFileSync(join(directory, 'inner', 'x.template.json'), '{"Resources":{}}');
    const inner = {
      X: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://999999999999/eu-north-1',
        properties: { templateFile: 'x.template.json', stackName: 'Named' },
      },
    };
    writeFileSync(join(directory, 'inner', 'manifest.json'), JSON.stringify({ artifacts: inner }));
    expect(readAssembly(directory, ENVIRONMENT)).toMatchObject([
      { stackName: 'Named', accountId: '999999999999', region: 'eu-north-1' },
    ]);
  });

  test('a file that is missing is named', () => {
    const directory = join(folder.path, 'broken');
    writeAssembly(directory, { One: STACK });
    renameSync(join(directory, 'One.template.json'), join(directory, 'gone'));
    expect(() => readAssembly(directory, ENVIRONMENT)).toThrow(/One\.template\.json is missing/);
  });
});
