import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { TemplateError } from './template';
import type { Template } from './template';

/** One stack of a cloud assembly, with the folders that its templates' assets were staged in. */
export interface SynthesizedStack {
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly template: Template;
  /** S3 object key -> absolute path of the staged folder or file. */
  readonly assetPaths: ReadonlyMap<string, string>;
}

/** Where stacks without a concrete account or region are taken to be deployed. */
export interface DefaultEnvironment {
  readonly accountId: string;
  readonly region: string;
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string; readonly executable?: readonly string[] };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/**
 * Reads every stack of a synthesized cloud assembly (cdk.out), nested assemblies (stages) included.
 * Throws TemplateError when the folder is no cloud assembly or names a file that is not there.
 * @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cloud-assembly-schema/README.md
 */
export function readAssembly(
  directory: string,
  environment: DefaultEnvironment,
): readonly SynthesizedStack[] {
  const manifest = readJson(join(directory, 'manifest.json')) as Manifest;
  const artifacts = Object.entries(manifest.artifacts ?? {});
  const assetPaths = new Map<string, string>();
  for (const [, artifact] of artifacts) {
    if (artifact.type === 'cdk:asset-manifest') addAssets(directory, artifact, assetPaths);
  }
  return artifacts.flatMap(([id, artifact]) => {
    if (artifact.type === 'aws:cloudformation:stack') {
      return [readStack(directory, id, artifact, assetPaths, environment)];
    }
    if (artifact.type === 'cdk:cloud-assembly') {
      return readAssembly(join(directory, text(artifact, 'directoryName')), environment);
    }
    return [];
  });
}

function readStack(
  directory: string,
  id: string,
  artifact: Artifact,
  assetPaths: ReadonlyMap<string, string>,
  environment: DefaultEnvironment,
): SynthesizedStack {
  const [accountId, region] = (artifact.environment ?? '').replace(/^aws:\/\//, '').split('/');
  const stackName = artifact.properties?.['stackName'];
  return {
    stackName: typeof stackName === 'string' ? stackName : id,
    accountId: known(accountId, 'unknown-account') ?? environment.accountId,
    region: known(region, 'unknown-region') ?? environment.region,
    template: readJson(join(directory, text(artifact, 'templateFile'))) as Template,
    assetPaths,
  };
}

function addAssets(directory: string, artifact: Artifact, assetPaths: Map<string, string>): void {
  const manifest = readJson(join(directory, text(artifact, 'file'))) as AssetManifest;
  for (const { source, destinations } of Object.values(manifest.files ?? {})) {
    if (source.path === undefined) continue;
    for (const { objectKey } of Object.values(destinations)) {
      assetPaths.set(objectKey, resolve(directory, source.path));
    }
  }
}

function known(value: string | undefined, unknown: string): string | undefined {
  return value === undefined || value === '' || value === unknown ? undefined : value;
}

function text(artifact: Artifact, property: string): string {
  const value = artifact.properties?.[property];
  if (typeof value === 'string') return value;
  throw new TemplateError(`an artifact of type ${artifact.type} has no ${property}`);
}

function readJson(file: string): unknown {
  if (!existsSync(file)) throw new TemplateError(`${file} is missing: synthesize the app again`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
