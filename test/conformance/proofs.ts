import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import { OPERATION_CASES } from '../iam/operation-cases';

/*
 * Which operations each of AWS's clients really calls in the tests: read from the tests themselves, or recorded by them. An operation
 * is `iam:CreateUser`.
 */

const OPERATIONS = [IAM_OPERATIONS, STS_OPERATIONS].flatMap(({ service, operations }) =>
  operations.map(({ name }) => ({ service, name, operation: `${service}:${name}` })),
);

const RECORD_FILE = path.join(__dirname, 'recorded-calls.json');

/** What clients were seen to call, by the script or client; each one's test holds it against what it sees. */
const recorded = JSON.parse(readFileSync(RECORD_FILE, 'utf8')) as Record<string, string[]>;

/** What `client` is said to call. With RECORD=true in the environment it is said from now on to call what it was `seen` to call. */
export function readRecordedCalls(client: string, seen: readonly string[]): readonly string[] {
  if (process.env['RECORD'] === 'true') {
    recorded[client] = [...seen];
    writeFileSync(RECORD_FILE, `${JSON.stringify(recorded, null, 2)}\n`);
  }
  return recorded[client] ?? [];
}

/** `create-open-id-connect-provider`: how the AWS CLI spells `CreateOpenIDConnectProvider`. */
function commandName(name: string): string {
  return name
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

/** Operations whose name, as the client spells it, stands in the texts. */
function findMentioned(
  texts: readonly string[],
  mention: (service: string, name: string) => RegExp,
): ReadonlySet<string> {
  return new Set(
    OPERATIONS.filter(({ service, name }) => {
      const pattern = mention(service, name);
      return texts.some((text) => pattern.test(text));
    }).map(({ operation }) => operation),
  );
}

const read = (file: string): string => readFileSync(path.join(__dirname, file), 'utf8');

function calledByJavaScript(): ReadonlySet<string> {
  const folder = path.join(__dirname, '..', 'sts');
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const sts = findMentioned(texts, (service, name) =>
    service === 'sts' ? new RegExp(`new ${name}Command\\(`) : /(?!)/,
  );
  // sdk.conformance.ts calls whatever has a case.
  return new Set([...Object.keys(OPERATION_CASES).map((name) => `iam:${name}`), ...sts]);
}

export const BOTO3_SCRIPTS = readdirSync(__dirname).filter((file) => /^boto3-.*\.py$/.test(file));

function calledByCli(): ReadonlySet<string> {
  return findMentioned(
    [read('aws-cli.conformance.ts')],
    (service, name) => new RegExp(`'${service}',\\s*'${commandName(name)}'`),
  );
}

/** Client → what it is seen to call. */
export const PROOFS: Readonly<Record<string, ReadonlySet<string>>> = {
  'SDK v3': calledByJavaScript(),
  boto3: new Set(BOTO3_SCRIPTS.flatMap((script) => recorded[script] ?? [])),
  CLI: calledByCli(),
  Terraform: new Set(recorded['Terraform']),
};
