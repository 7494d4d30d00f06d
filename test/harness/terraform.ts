import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasTool, runTool, skipWithout, type ToolResult } from './tools';

/** A configuration in a folder of its own, with the provider that it needs. */
export interface TerraformFolder {
  /** False where Terraform or its AWS provider is not on this machine: nothing can be run. */
  readonly isPrepared: boolean;
  readonly folder: string;
  /** One command of Terraform, with these credentials. */
  readonly run: (command: readonly string[], credentials: AccessKey) => Promise<ToolResult>;
}

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const NOT_HERE: TerraformFolder = {
  isPrepared: false,
  folder: '',
  run: () => Promise.reject(new Error('Terraform is not on this machine')),
};

/** Terraform complains about a configuration that is named and is not there. */
function withoutMissingConfiguration(): NodeJS.ProcessEnv {
  const file = process.env['TF_CLI_CONFIG_FILE'];
  return file === undefined || existsSync(file) ? {} : { TF_CLI_CONFIG_FILE: undefined };
}

/**
 * A copy of the configuration in `source`. The provider is looked for in TF_PLUGIN_DIR, or where Terraform's own configuration
 * (TF_CLI_CONFIG_FILE) has its providers from. CI must have both.
 */
export function prepareTerraform(source: string): TerraformFolder {
  if (!hasTool('terraform', ['version'])) return NOT_HERE;
  const environment = {
    ...withoutMissingConfiguration(),
    AWS_EC2_METADATA_DISABLED: 'true',
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-terraform-'));
  cpSync(source, folder, { recursive: true });
  const plugins = process.env['TF_PLUGIN_DIR'];
  const { status, stderr } = spawnSync(
    'terraform',
    ['init', '-no-color', ...(plugins === undefined ? [] : [`-plugin-dir=${plugins}`])],
    { cwd: folder, env: { ...process.env, ...environment }, encoding: 'utf8' },
  );
  if (status !== 0) {
    rmSync(folder, { recursive: true });
    skipWithout('Terraform’s AWS provider (TF_PLUGIN_DIR names its folder)', stderr);
    return NOT_HERE;
  }
  return {
    isPrepared: true,
    folder,
    run: (command, { accessKeyId, secretAccessKey }) =>
      runTool('terraform', [`-chdir=${folder}`, ...command], {
        ...environment,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: undefined,
      }),
  };
}
