import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { delimiter, join, relative } from 'node:path';

/** How many synthesized assemblies are kept; another run on this machine may still load bundles from an older one. */
const KEPT_ASSEMBLIES = 4;

/** Folders that hold no source. */
const SKIPPED = new Set([
  'node_modules',
  'cdk.out',
  'dist',
  'test',
  'docs',
  'bench',
  'coverage',
  'reports',
]);

export interface SynthesisOptions {
  /** The folder with package.json, whose sources the apps are made from. */
  readonly projectDirectory: string;
  /** Folders with a cdk.json each. */
  readonly appDirectories: readonly string[];
  readonly accountId: string;
  readonly region: string;
  /** For every app; it counts more than what its cdk.json says. */
  readonly context?: Readonly<Record<string, string>>;
  /** Where assemblies are kept. */
  readonly cacheDirectory: string;
  readonly onProgress: (line: string) => void;
}

/** An app could not be synthesized; the message holds what it printed. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}

/**
 * Synthesizes the CDK apps as sandboxes, each in a process of its own and all at once, and returns their cloud
 * assemblies. An assembly is used again as long as no source, dependency or setting has changed.
 */
export async function synthesizeApps(options: SynthesisOptions): Promise<readonly string[]> {
  const sources = hashSources(options.projectDirectory);
  mkdirSync(options.cacheDirectory, { recursive: true });
  const settled = await Promise.allSettled(
    options.appDirectories.map((directory) => synthesizeApp(options, directory, sources)),
  );
  removeOld(options.cacheDirectory, KEPT_ASSEMBLIES * options.appDirectories.length);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function synthesizeApp(
  options: SynthesisOptions,
  directory: string,
  sources: string,
): Promise<string> {
  const configuration = readConfiguration(directory);
  const context = {
    ...configuration.context,
    // The deployment checks these; here they would cost seconds and change no template.
    '@aws-cdk/core:validateAgainstDefaultRules': false,
    ...options.context,
    sandbox: true,
  };
  const name =
    relative(options.projectDirectory, directory).replaceAll(/[\\/]/g, '-') || 'portcullis';
  const hash = createHash('sha256')
    .update(
      JSON.stringify([
        sources,
        directory,
        configuration.app,
        context,
        options.accountId,
        options.region,
      ]),
    )
    .digest('hex');
  const output = join(options.cacheDirectory, `${name}-${hash.slice(0, 16)}`);
  if (existsSync(join(output, 'manifest.json'))) {
    utimesSync(output, new Date(), new Date());
    return output;
  }
  options.onProgress(`synthesizing ${name} …`);
  const temporary = `${output}.${process.pid}.new`;
  rmSync(temporary, { recursive: true, force: true });
  try {
    await run(configuration.app, directory, {
      ...process.env,
      PATH: [join(options.projectDirectory, 'node_modules', '.bin'), process.env['PATH']].join(
        delimiter,
      ),
      CDK_OUTDIR: temporary,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_DEFAULT_ACCOUNT: options.accountId,
      CDK_DEFAULT_REGION: options.region,
    });
    moveInto(temporary, output);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return output;
}

function readConfiguration(directory: string): { app: string; context: Record<string, unknown> } {
  const file = join(directory, 'cdk.json');
  if (!existsSync(file)) throw new SynthesisError(`${file} is missing`);
  const { app, context } = JSON.parse(readFileSync(file, 'utf8')) as {
    app?: string;
    context?: Record<string, unknown>;
  };
  if (app === undefined) throw new SynthesisError(`${file} names no app`);
  // node_modules/.bin comes first in PATH, so that npx would find the same program half a second later.
  return { app: app.replace(/^npx (--no-install |--yes |-y )?/, ''), context: context ?? {} };
}

function run(command: string, directory: string, environment: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: directory,
      env: environment,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (): void => {
      child.kill();
    };
    process.once('exit', kill);
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('exit', kill);
      if (code === 0) resolve();
      else
        reject(
          new SynthesisError(
            `${command} failed in ${directory}:\n${Buffer.concat(printed).toString().trim()}`,
          ),
        );
    });
  });
}

function moveInto(temporary: string, output: string): void {
  if (!existsSync(join(temporary, 'manifest.json'))) {
    throw new SynthesisError(
      'the app ended well and wrote no cloud assembly: does it call app.synth()?',
    );
  }
  try {
    renameSync(temporary, output);
  } catch (error) {
    // Another run made the same assembly meanwhile.
    if (!existsSync(join(output, 'manifest.json'))) throw error;
  }
}

function removeOld(cacheDirectory: string, kept: number): void {
  const assemblies = readdirSync(cacheDirectory)
    .map((name) => join(cacheDirectory, name))
    .filter((path) => existsSync(join(path, 'manifest.json')))
    .map((path) => ({ path, usedAt: statSync(path).mtimeMs }))
    .sort((left, right) => right.usedAt - left.usedAt);
  for (const { path } of assemblies.slice(kept)) rmSync(path, { recursive: true, force: true });
}

/** A hash over every file that a template or a bundle can depend on. */
function hashSources(projectDirectory: string): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of listFiles(projectDirectory)) {
    hash
      .update(`${relative(projectDirectory, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function listFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) return [];
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      return entry.isFile() && isSource(entry.name) ? [path] : [];
    });
}

function isSource(name: string): boolean {
  return !/\.(md|log|svg|png)$/.test(name) && name !== 'LICENSE' && name !== 'NOTICE';
}
