// Builds the package for functions behind a guarded API (`guard/`): one file, and its types.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const folder = fileURLToPath(new URL('../guard/', import.meta.url));
const outdir = path.join(folder, 'dist');
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir);
await build({
  entryPoints: [path.join(folder, 'index.ts')],
  outfile: path.join(outdir, 'index.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
});
// Each file's types can be written from that file alone: what it exports says its types itself.
for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(text, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
  });
  if (diagnostics.length > 0) {
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
  }
  writeFileSync(path.join(outdir, file.replace(/\.ts$/, '.d.ts')), outputText);
}
