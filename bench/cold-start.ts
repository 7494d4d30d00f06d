import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { BUNDLING, REPLACED, lambdaEntry } from '../lib/portcullis-function';

/*
 * What a cold start costs before the first call: `node bundle` in fresh processes, one subject after the other in turns. An empty
 * handler is what every function pays; the SDK's DynamoDB client, whole and as it is bundled here, is what its users pay.
 */

const ROUNDS = Number(process.argv[2] ?? 25);

const EMPTY = 'exports.handler = async () => ({});';
const CLIENT = `
  import { DynamoDBClient, GetItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
  export const handler = async () => new DynamoDBClient({}).send(new GetItemCommand({}));
  export const commands = [QueryCommand, TransactWriteItemsCommand];
`;

interface Subject {
  readonly name: string;
  readonly code: string;
}

function bundle(source: { readonly entry: string } | { readonly text: string }, whole = false) {
  const { outputFiles } = buildSync({
    ...('entry' in source
      ? { entryPoints: [source.entry] }
      : { stdin: { contents: source.text, resolveDir: path.join(__dirname, '..') } }),
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: [...(BUNDLING.mainFields ?? [])],
    ...(whole ? {} : { external: [...(BUNDLING.externalModules ?? [])], alias: { ...REPLACED } }),
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

const SUBJECTS: readonly Subject[] = [
  { name: 'an empty handler', code: EMPTY },
  {
    name: 'the SDK’s DynamoDB client alone, as its package is',
    code: bundle({ text: CLIENT }, true),
  },
  { name: 'the same client, as functions here bundle it', code: bundle({ text: CLIENT }) },
  { name: 'the authorizer', code: bundle({ entry: lambdaEntry('authorizer/handler.ts') }) },
];

/** Milliseconds of loading a file in a process of its own. */
function load(file: string): number {
  const script = `const t = process.hrtime.bigint(); require(process.argv[1]); console.log(Number(process.hrtime.bigint() - t) / 1e6);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, file], {
    encoding: 'utf8',
    env: {},
  });
  const milliseconds = Number(stdout);
  if (stdout === '' || Number.isNaN(milliseconds)) throw new Error(stderr);
  return milliseconds;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

function main(): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-cold-start-'));
  try {
    const measured = SUBJECTS.map((subject, index) => {
      const folder = path.join(directory, String(index));
      mkdirSync(folder);
      const file = path.join(folder, 'index.js');
      writeFileSync(file, subject.code);
      return { ...subject, file, times: [] as number[] };
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { file, times } of measured) times.push(load(file));
    }
    const client = median(measured[1]?.times ?? []);
    process.stdout.write(
      `| ${ROUNDS} fresh processes each | bytes | ms | × client |\n|---|---|---|---|\n`,
    );
    for (const { name, code, times } of measured) {
      const time = median(times);
      const columns = [name, Buffer.byteLength(code), time.toFixed(1), (time / client).toFixed(2)];
      process.stdout.write(`| ${columns.join(' | ')} |\n`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

main();
