// Builds the command line (package `bin`) into one file.
import { chmodSync } from 'node:fs';
import { build } from 'esbuild';

const outfile = 'dist/cli.js';
await build({
  entryPoints: ['bin/cli.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  treeShaking: true,
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
