import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { readAccountDetails } from './account-details';
import { importAccount, type Outcome } from './import-account';

const USAGE = `npx tsx examples/import-from-aws/import.ts DETAILS.json [--apply]

Imports what \`aws iam get-account-authorization-details\` has printed. Without --apply nothing is written.
AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL_STS name the deployment, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY its administrator.
`;

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { apply: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  // Without an endpoint the SDK would call AWS itself, and change the account that is to be imported.
  for (const name of ['AWS_ENDPOINT_URL_IAM', 'AWS_ENDPOINT_URL_STS']) {
    if ((process.env[name] ?? '') === '') throw new Error(`${name} is missing`);
  }
  const region = process.env['AWS_REGION'] ?? 'us-east-1';
  const details = readAccountDetails(readFileSync(file, 'utf8'));
  const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  const outcomes = await importAccount(details, {
    client: new IAMClient({ region }),
    accountId: Account ?? '',
    isApplied: values.apply,
  });
  process.stdout.write(render(outcomes, values.apply));
  return outcomes.some(({ isFailure }) => isFailure) ? 1 : 0;
}

function render(outcomes: readonly Outcome[], isApplied: boolean): string {
  const kindWidth = Math.max(0, ...outcomes.map(({ kind }) => kind.length));
  const nameWidth = Math.max(0, ...outcomes.map(({ name }) => name.length));
  const lines = outcomes.map(
    ({ kind, name, outcome }) =>
      `${kind.padEnd(kindWidth)}  ${name.padEnd(nameWidth)}  ${outcome}\n`,
  );
  const failures = outcomes.filter(({ isFailure }) => isFailure).length;
  const last = isApplied
    ? 'Passwords, access keys and MFA devices are no part of the file: make new ones.'
    : 'Nothing was written: --apply does it.';
  return `${lines.join('')}\n${outcomes.length} things, ${failures} failed. ${last}\n`;
}

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`import: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
