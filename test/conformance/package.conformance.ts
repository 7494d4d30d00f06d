import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/* The package as an app of its own uses it: packed, unpacked among the app's modules, compiled against, synthesized. */

const root = path.join(__dirname, '..', '..');

const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Portcullis } from 'portcullis';
const app = new App();
const portcullis = new Portcullis(app, 'Iam', { sandbox: true });
const stack = new Stack(app, 'Orders');
const api = new RestApi(stack, 'Api', {
  defaultMethodOptions: { authorizer: portcullis.authorizerIn(stack).forRestApi() },
});
api.root.addResource('orders').addMethod('GET');
`;

describe('the packed constructs', () => {
  let folder: string;

  const run = (tool: string, ...args: readonly string[]): string =>
    execFileSync(process.execPath, [path.join(root, 'node_modules', tool), ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'portcullis-package-'));
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
    const modules = path.join(folder, 'node_modules');
    mkdirSync(modules);
    const tarball = String(readdirSync(folder).find((file) => file.endsWith('.tgz')));
    execFileSync('tar', ['xzf', path.join(folder, tarball), '-C', modules]);
    renameSync(path.join(modules, 'package'), path.join(modules, 'portcullis'));
    for (const name of readdirSync(path.join(root, 'node_modules'))) {
      symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
    }
    const options = { strict: true, noEmit: true, module: 'NodeNext', target: 'ES2022' };
    const compilerOptions = { ...options, types: ['node'], skipLibCheck: true };
    for (const [name, text] of Object.entries({
      'package.json': '{"name":"consumer","private":true}',
      'tsconfig.json': JSON.stringify({ compilerOptions, files: ['app.ts'] }),
      'cdk.json': '{"app":"npx tsx app.ts"}',
      'app.ts': APP,
    })) {
      writeFileSync(path.join(folder, name), text);
    }
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('are typed, deployable and bundle what they deploy', () => {
    expect(run('typescript/bin/tsc', '-p', '.')).toBe('');
    run('aws-cdk/bin/cdk', 'synth', '--quiet');
    const read = (stack: string): string =>
      readFileSync(path.join(folder, 'cdk.out', `${stack}.template.json`), 'utf8');
    const stacks = readdirSync(path.join(folder, 'cdk.out')).filter((name) =>
      /^Iam.*\.template\.json$/.test(name),
    );
    expect(stacks).toHaveLength(3);
    expect(read('Orders')).toContain('AWS::ApiGateway::Authorizer');
  });

  test('take no type that they do not have', () => {
    const wrong = APP.replace('sandbox: true', 'sandbox: 1');
    writeFileSync(path.join(folder, 'app.ts'), wrong);
    expect(() => run('typescript/bin/tsc', '-p', '.')).toThrow();
  });
});
