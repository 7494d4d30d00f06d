#!/usr/bin/env node
import { Command, Option } from 'commander';
import type { PolicyKind } from '../lambdas/core/validate';
import { WORKLOAD_SERVICES } from '../lambdas/identity/workload-services';
import type { CredentialsOptions } from './commands/credentials';
import type { FsckOptions } from './commands/fsck';
import type { RestoreWatermarkOptions } from './commands/restore-watermark';
import { runCacheSafety, type CacheSafetyOptions } from './commands/cache-safety';
import { runEvaluate } from './commands/evaluate';
import { runExplain } from './commands/explain';
import { runLint } from './commands/lint';
import { runTest } from './commands/test';

const program = new Command('portcullis').description(
  'IAM for your own APIs: decide, explain and check policies from the command line.',
);

program
  .command('evaluate')
  .description(
    'decide JSON lines {id, request, policies}; writes JSON lines {id, decision, because}',
  )
  .argument('[files...]', 'files of JSON lines; standard input without any, or for -')
  .action(async (files: string[]) => {
    process.exitCode = await runEvaluate(files);
  });

program
  .command('explain')
  .description('decide scenarios and say why, for a person')
  .argument('<files...>', 'scenario files (.json or .jsonl); - is standard input')
  .action((files: string[]) => {
    process.exitCode = runExplain(files);
  });

program
  .command('test')
  .description('run scenarios with expected decisions; for your CI')
  .argument('<files...>', 'scenario files (.json or .jsonl)')
  .option('--quiet', 'print failures only', false)
  .action((files: string[], options: { quiet: boolean }) => {
    process.exitCode = runTest(files, options);
  });

program
  .command('cache-safety')
  .description('whether a gateway may keep the decisions of scenarios, and what stands in the way')
  .argument('<files...>', 'scenario files; {name} in a resource is a path parameter')
  .addOption(
    new Option('--key <key>', 'what answers are kept under')
      .choices(['request', 'caller'])
      .default('request'),
  )
  .addOption(
    new Option('--seconds <seconds>', 'the longest time for which an answer is kept')
      .default(300)
      .argParser(Number),
  )
  .option('--changing <keys...>', 'condition keys that come from headers or the query', [])
  .action((files: string[], options: CacheSafetyOptions) => {
    process.exitCode = runCacheSafety(files, options);
  });

program
  .command('lint')
  .description('validate policy documents; findings with line and column')
  .argument('<files...>', 'policy documents; - is standard input')
  .addOption(
    new Option('--kind <kind>', 'what the policy is for')
      .choices(['identity', 'managed', 'resource', 'trust', 'scp', 'rcp', 'session'])
      .default('managed'),
  )
  .option('--json', 'as JSON', false)
  .option('--strict', 'advice fails too, all but suggestions', false)
  .action((files: string[], options: { kind: PolicyKind; json: boolean; strict: boolean }) => {
    process.exitCode = runLint(files, options);
  });

program
  .command('operations')
  .description('the table of admin operations: permission, resource, condition keys, REST route')
  .option('--json', 'as JSON instead of a table', false)
  .action(async (options: { json: boolean }) => {
    // The table pulls in every operation; the other commands need none.
    const { runOperations } = await import('./commands/operations.js');
    runOperations(options);
  });

program
  .command('routes')
  .description('the route catalogue of an OpenAPI document with x-portcullis-action, as a table')
  .argument('<file>', 'OpenAPI 3.0 or 3.1, in YAML or JSON')
  .option('--json', 'as JSON instead of a table', false)
  .option('--allow-unmapped', 'operations without x-portcullis-action are no failure', false)
  .action(async (file: string, options: { json: boolean; allowUnmapped: boolean }) => {
    // It reads YAML; the other commands do not.
    const { runRoutes } = await import('./commands/routes.js');
    process.exitCode = runRoutes(file, options);
  });

program
  .command('fsck')
  .description('find what contradicts itself in the rows of an account; repair it with --repair')
  .requiredOption('--account <id>', 'the account, 12 digits')
  .addOption(
    new Option('--identities-table <name>', 'output IdentitiesTableName of the deployment')
      .env('IDENTITIES_TABLE')
      .makeOptionMandatory(),
  )
  .addOption(
    new Option('--policies-table <name>', 'output PoliciesTableName of the deployment')
      .env('POLICIES_TABLE')
      .makeOptionMandatory(),
  )
  .option('--endpoint <url>', 'of DynamoDB, e.g. of a local run; else as the SDK finds it')
  .option('--repair', 'mend what can be mended without giving anybody a right', false)
  .option(
    '--widen-access',
    'with --repair: also remove references to policies and groups that are gone, for which those who have them may do nothing',
    false,
  )
  .option('--json', 'as JSON', false)
  .action(async (options: FsckOptions) => {
    const { runFsck } = await import('./commands/fsck.js');
    process.exitCode = await runFsck(options);
  });

program
  .command('rotate-keys')
  .description('for operators: a new data key, and every kept secret sealed again under it')
  .option('--keep', 'make no new key, only go on with sealing again', false)
  .option('--retire', 'then remove old keys that nothing is sealed under', false)
  .action(async (options: { keep: boolean; retire: boolean }) => {
    const { runRotateKeys } = await import('./commands/rotate-keys.js');
    await runRotateKeys({ newKey: !options.keep, retire: options.retire });
  });

program
  .command('restore-watermark')
  .description('for operators, after a restore: ends all sessions, lists the keys to review')
  .option('--deactivate-keys', 'long-term keys stop working until they are reviewed', false)
  .option('--keep <id...>', 'keys that go on working', [])
  .action(async (options: RestoreWatermarkOptions) => {
    const { runRestoreWatermark } = await import('./commands/restore-watermark.js');
    process.exitCode = await runRestoreWatermark(options);
  });

program
  .command('set-root-password')
  .description('for operators: gives root a password, from the first line of standard input')
  .argument('<account-id>', 'the twelve digits of the account')
  .action(async (accountId: string) => {
    const { runSetRootPassword } = await import('./commands/set-root-password.js');
    await runSetRootPassword(accountId);
  });

program
  .command('credentials')
  .description('credentials of a role for the workload that runs this; for credential_process')
  .requiredOption('--function-arn <arn>', 'output WorkloadFunctionArn of the deployment')
  .requiredOption('--role <arn>', 'the role, or the instance profile of an instance')
  .addOption(
    new Option('--service <name>', 'what runs the workload; the role must trust it')
      .choices([...WORKLOAD_SERVICES])
      .default('lambda.amazonaws.com'),
  )
  .option('--session-name <name>', 'tells the sessions of one role apart', 'workload')
  .action(async (options: CredentialsOptions) => {
    const { runCredentials } = await import('./commands/credentials.js');
    process.stdout.write(`${await runCredentials(options)}\n`);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`portcullis: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
