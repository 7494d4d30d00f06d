import path from 'node:path';

import { Command } from 'commander';

import { startDeployableRun } from '../local/cloud/deployable-run';
import type { DeployableRun } from '../local/cloud/deployable-run';
import { readContextFlags } from '../local/context-flags';
import type { RootCredentials } from '../local/deployment-outputs';
import type { FoundationOptions } from '../local/foundation';
import { startLocalRun } from '../local/local-run';
import type { LocalRun, LocalRunOptions } from '../local/local-run';

interface Flags {
  readonly ephemeral?: boolean;
  readonly allowReset?: boolean;
  readonly verbose?: boolean;
  readonly directory?: string;
  readonly app?: readonly string[];
  readonly context: readonly string[];
  readonly deployable?: boolean;
  readonly workload?: string;
}

const PROJECT_DIRECTORY = path.join(__dirname, '..');

function readFlags(): Flags {
  return new Command('npm start --')
    .description('Serves the synthesized app and the orders example on 127.0.0.1.')
    .option('--ephemeral', 'keep nothing: no data of an earlier run, none for a later one')
    .option('--directory <path>', 'where data is kept (.portcullis)')
    .option('--app <folder...>', 'CDK apps to serve beside the project (examples/orders)')
    .option(
      '-c, --context <name=value>',
      'CDK context for every app, as cdk takes it; may be repeated',
      (assignment: string, earlier: readonly string[]) => [...earlier, assignment],
      [],
    )
    .option('--deployable', 'serve what cdk bootstrap and cdk deploy bring, with AWS_ENDPOINT_URL')
    .option(
      '--workload <arn>',
      'give programs here the credentials of a role or instance profile, as on an instance and in a container',
    )
    .option('--allow-reset', 'let POST /_local/reset on the admin port empty everything')
    .option('--verbose', 'print what functions and gateways log (always in .portcullis/logs)')
    .addHelpText(
      'after',
      [
        '',
        'Environment:',
        '  PORT                                the admin API; the other APIs follow it (4000)',
        '  CLOUD_PORT                          AWS_ENDPOINT_URL of --deployable (4566)',
        '  PORTCULLIS_ACCOUNT_ID               the account, 12 digits (123456789012)',
        '  AWS_REGION                          the region in ARNs (us-east-1)',
        '  PORTCULLIS_ROOT_ACCESS_KEY_ID,',
        '  PORTCULLIS_ROOT_SECRET_ACCESS_KEY   the root access key (made at the first start)',
        '  DYNAMODB_ENDPOINT                   another DynamoDB engine than the embedded one',
      ].join('\n'),
    )
    .parse()
    .opts<Flags>();
}

function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

function readPort(name: string, absent: number): number {
  const port = Number(variable(name) ?? absent);
  if (Number.isInteger(port) && port >= 0 && port < 65_000) return port;
  throw new Error(`${name} must be a whole number below 65000, not ${variable(name) ?? ''}`);
}

function readRootCredentials(): RootCredentials | undefined {
  const accessKeyId = variable('PORTCULLIS_ROOT_ACCESS_KEY_ID');
  const secretAccessKey = variable('PORTCULLIS_ROOT_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { accessKeyId, secretAccessKey };
  throw new Error(
    'PORTCULLIS_ROOT_ACCESS_KEY_ID and PORTCULLIS_ROOT_SECRET_ACCESS_KEY must be set both or not at all',
  );
}

function dataDirectoryOf(flags: Flags): string | undefined {
  if (flags.ephemeral !== true) {
    return path.resolve(flags.directory ?? path.join(PROJECT_DIRECTORY, '.portcullis'));
  }
  if (flags.directory === undefined) return undefined;
  throw new Error('--ephemeral keeps nothing, so it has no --directory');
}

function readOptions(flags: Flags): LocalRunOptions {
  return {
    ...readFoundation(flags),
    projectDirectory: PROJECT_DIRECTORY,
    ...(flags.app === undefined
      ? {}
      : {
          appDirectories: [
            PROJECT_DIRECTORY,
            ...flags.app.map((folder) => path.resolve(PROJECT_DIRECTORY, folder)),
          ],
        }),
    context: readContextFlags(flags.context),
    allowReset: flags.allowReset === true,
    ...(flags.workload === undefined ? {} : { workload: flags.workload }),
  };
}

function readFoundation(flags: Flags): FoundationOptions {
  return {
    dataDirectory: dataDirectoryOf(flags),
    port: readPort('PORT', 4000),
    accountId: variable('PORTCULLIS_ACCOUNT_ID'),
    region: variable('AWS_REGION'),
    dynamoDbEndpoint: variable('DYNAMODB_ENDPOINT'),
    rootCredentials: readRootCredentials(),
    onProgress: (line) => {
      console.log(line);
    },
    ...(flags.verbose === true
      ? {
          onLog: (source: string, line: string) => {
            console.error(`${source} ${line}`);
          },
        }
      : {}),
  };
}

function describeRun(run: LocalRun, flags: Flags, seconds: string): string {
  const { accessKeyId, secretAccessKey } = run.rootCredentials;
  const width = Math.max(...run.apis.map(({ name }) => name.length));
  const orders = run.apis[1]?.url ?? run.adminEndpoint;
  return [
    `Portcullis is ready (${seconds} s).`,
    '',
    ...run.apis.map(({ name, url }) => `  ${name.padEnd(width)}  ${url}`),
    '',
    `  account            ${run.accountId}, region ${run.region}`,
    `  root access key    ${accessKeyId}`,
    `  root secret key    ${secretAccessKey}`,
    ...(run.samlAudience === undefined ? [] : [`  SAML audience      ${run.samlAudience}`]),
    `  data               ${dataDirectoryOf(flags) ?? 'in memory'}`,
    `  DynamoDB           ${run.store.endpoint}, tables ${Object.values(run.store.tables ?? {}).join(' and ')}`,
    '',
    'Paste into another terminal:',
    '',
    `export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${run.region} AWS_DEFAULT_REGION=${run.region} AWS_PAGER= AWS_ENDPOINT_URL_IAM=${run.adminEndpoint}/iam AWS_ENDPOINT_URL_STS=${run.adminEndpoint}/sts && aws iam create-user --user-name alice`,
    '',
    'aws sts get-caller-identity',
    '',
    `curl --aws-sigv4 aws:amz:${run.region}:execute-api --user ${accessKeyId}:${secretAccessKey} ${orders}/orders`,
    '',
    ...describeWorkload(run),
    'Ctrl-C stops it.',
  ].join('\n');
}

function describeWorkload({ workloadEnvironment, adminEndpoint, region }: LocalRun): string[] {
  if (workloadEnvironment === undefined) return [];
  const common = { AWS_REGION: region, AWS_ENDPOINT_URL_STS: `${adminEndpoint}/sts` };
  const toExport = (variables: Readonly<Record<string, string>>): string =>
    `export ${Object.entries({ ...variables, ...common })
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`;
  return [
    'For a workload, in a terminal without an access key; as on an instance, and as in a container:',
    '',
    toExport(workloadEnvironment.instance),
    '',
    toExport(workloadEnvironment.container),
    '',
  ];
}

function describeDeployable(run: DeployableRun): string {
  const { cloudEndpoint, accessKeyId, accountId, region } = run;
  return [
    'Ready to be deployed to.',
    '',
    `  admin API, once deployed   ${run.adminEndpoint}`,
    '',
    'Paste into another terminal:',
    '',
    `export AWS_ENDPOINT_URL=${cloudEndpoint} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=local AWS_REGION=${region}`,
    '',
    `npx cdk bootstrap aws://${accountId}/${region} && npx cdk deploy --all -c sandbox=true --require-approval never`,
    '',
    'Ctrl-C stops it.',
  ].join('\n');
}

/** Ends the process when it is told to, also while it is still starting. */
function stopOnSignals(started: Promise<{ stop: () => Promise<void> }>): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), 2000).unref();
    void started
      .then((run) => run.stop())
      .catch(() => undefined)
      .finally(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function main(): Promise<void> {
  const startedAt = Date.now();
  // It is for whoever writes SDK code; here it would hide what the reader looks for.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const flags = readFlags();
  if (flags.deployable === true) {
    if (flags.workload !== undefined) throw new Error('--workload is not for --deployable');
    if (flags.context.length > 0) {
      throw new Error('--context is not for --deployable: cdk deploy takes it');
    }
    const deployable = startDeployableRun({
      ...readFoundation(flags),
      cloudPort: readPort('CLOUD_PORT', 4566),
    });
    stopOnSignals(deployable);
    console.log(describeDeployable(await deployable));
    return;
  }
  const started = startLocalRun(readOptions(flags));
  stopOnSignals(started);
  const run = await started;
  console.log(describeRun(run, flags, ((Date.now() - startedAt) / 1000).toFixed(1)));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
