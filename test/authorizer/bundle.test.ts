import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { LAZY_MODULES, REPLACED } from '../../lib/portcullis-function';

/** As lib bundles it; an import that the hot path does not need makes every cold start slower. */
const bundle = buildSync({
  entryPoints: [path.join(__dirname, '../../lambdas/authorizer/handler.ts')],
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  mainFields: ['module', 'main'],
  external: [
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@smithy/credential-provider-imds',
    '@smithy/core/event-streams',
    ...LAZY_MODULES,
  ],
  alias: { ...REPLACED },
  logLevel: 'error',
});
const [file] = bundle.outputFiles;
if (file === undefined) throw new Error('esbuild made no file');
const code = file.text;

describe('the authorizer’s bundle', () => {
  test('is at most 300,000 bytes', () => {
    expect(file.contents.byteLength).toBeLessThanOrEqual(300_000);
  });

  test.each([
    'client-iam',
    'client-kms',
    'client-sts',
    'client-organizations',
    'client-secrets-manager',
    'CreateUser',
    'AssumeRoleWithSAML',
    'MalformedPolicyDocument: ',
    'samlp',
    'urn:oasis:names',
    'PutSecretValue',
    'XMLParser',
    'subscription',
    'AWS_SHARED_CREDENTIALS_FILE',
  ])('holds nothing of the rooms that it has no business in: %s', (text) => {
    expect(code).not.toContain(text);
  });

  test('is made of its own rooms, the store, credentials, identity and core alone', () => {
    const inputs = Object.keys(bundle.metafile.inputs).filter((name) =>
      name.startsWith('lambdas/'),
    );
    expect(inputs.length).toBeGreaterThan(30);
    const rooms = new Set(inputs.map((name) => name.split('/')[1]));
    expect([...rooms].sort()).toEqual([
      'authorizer',
      'core',
      'credentials',
      'identity',
      'protocol',
      'store',
    ]);
    expect(inputs.filter((name) => name.startsWith('lambdas/protocol/'))).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/query|xml|json|schema|constraint/)]),
    );
  });

  test('loads in a fresh process without its environment, and only fails when it is called', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'authorizer-'));
    try {
      writeFileSync(path.join(folder, 'index.js'), code);
      const script = `
        const { handler } = require('./index.js');
        handler({}).then(
          () => console.log('answered'),
          (error) => console.log(error.message),
        );`;
      const { stdout } = spawnSync(process.execPath, ['-e', script], {
        cwd: folder,
        env: {},
        encoding: 'utf8',
      });
      expect(stdout.trim()).toBe('the environment variable IDENTITIES_TABLE is missing');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
