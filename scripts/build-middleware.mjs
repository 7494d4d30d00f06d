// Builds the guard of functions without a gateway (`portcullis/middleware`): one file beside the SDK, and its types.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = path.join(root, 'lambdas/authorizer/middleware.ts');
await build({
  entryPoints: [entry],
  outfile: path.join(root, 'dist/middleware.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@aws-sdk/*', '@smithy/*'],
  logLevel: 'warning',
});
const program = ts.createProgram([entry], {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: path.join(root, 'lambdas'),
  outDir: path.join(root, 'dist/types'),
});
const { diagnostics } = program.emit();
if (diagnostics.length > 0) {
  throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
}
