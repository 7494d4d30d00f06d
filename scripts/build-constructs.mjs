// Builds the constructs (package `portcullis`): a file for each of `lib/`, and its types. The folder stands where `lib/` stands, since
// what is deployed is bundled from `lambdas/` beside it.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = path.join(root, 'constructs');
rmSync(outDir, { recursive: true, force: true });
const program = ts.createProgram([path.join(root, 'lib/index.ts')], {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  esModuleInterop: true,
  types: ['node'],
  declaration: true,
  rootDir: path.join(root, 'lib'),
  outDir,
});
const { diagnostics } = program.emit();
if (diagnostics.length > 0) {
  throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
}
