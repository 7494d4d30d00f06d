import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDynamoDb } from '../local/dynamodb/server';
import { type LocalRun, startLocalRun } from '../local/local-run';
import { createCallers, type Callers } from './load/callers';
import { drawDistribution, drawTable, type Measured } from './load/report';
import type { Sending, Sent } from './load/sender';
import { signGet, type AccessKey, type LoadRequest } from './load/signed-request';

/*
 * npm run load                                              the guarded orders API of the local run under load
 * npm run load -- --seconds 20 --connections 16 --users 500
 */

const PROJECT = join(__dirname, '..');
const LIMITS = { seconds: 120, connections: 64, users: 5000 };
/** So few that each is read again by each authorizer only when what was read of it is stale. */
const REGULARS = 10;
/** One that the example has. */
const PATH = '/orders/42';

type Settings = typeof LIMITS;

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '8' },
      users: { type: 'string', default: '200' },
    },
  });
  const read = (name: keyof Settings): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0 && value <= LIMITS[name]) return value;
    throw new Error(`--${name} must be a whole number from 1 to ${LIMITS[name]}`);
  };
  return { seconds: read('seconds'), connections: read('connections'), users: read('users') };
}

/** What the run says of itself while calls come. */
class Observation {
  storeRequests = 0;
  durations: number[] = [];
  mostMegabytes = 0;

  /** Takes the lines in which Lambda reports an invocation of the authorizer. */
  note(source: string, line: string): void {
    if (!source.includes('Authorizer') || !line.includes('platform.report')) return;
    const { record } = JSON.parse(line) as {
      record: { metrics: { durationMs: number; maxMemoryUsedMB: number } };
    };
    this.durations.push(record.metrics.durationMs);
    this.mostMegabytes = Math.max(this.mostMegabytes, record.metrics.maxMemoryUsedMB);
  }

  begin(): void {
    this.storeRequests = 0;
    this.durations = [];
  }
}

interface Phase {
  readonly name: string;
  readonly requests: readonly LoadRequest[];
  /** undefined: every request once. */
  readonly seconds: number | undefined;
  readonly expectedStatus: number;
}

function phasesOf(
  { readers, stranger }: Callers,
  target: { readonly host: string; readonly region: string },
  { seconds }: Settings,
): readonly Phase[] {
  const sign = (key: AccessKey): LoadRequest => signGet(PATH, { ...target, key });
  const regulars = readers.slice(0, REGULARS);
  return [
    {
      name: 'users never seen',
      requests: readers.map(sign),
      seconds: undefined,
      expectedStatus: 200,
    },
    { name: 'allowed', requests: regulars.map(sign), seconds, expectedStatus: 200 },
    { name: 'not allowed', requests: [sign(stranger)], seconds, expectedStatus: 403 },
    {
      name: 'forged',
      requests: [sign({ ...stranger, secretAccessKey: 'forged' })],
      seconds,
      expectedStatus: 401,
    },
  ];
}

async function runSender(sending: Sending): Promise<Sent> {
  const child = fork(join(__dirname, 'load', 'sender.ts'), { execArgv: ['--import', 'tsx'] });
  try {
    child.send(sending);
    const [sent] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error('the sender ended before it had sent everything');
      }),
    ])) as [Sent];
    return sent;
  } finally {
    child.kill();
  }
}

async function measure(
  phase: Phase,
  { url, connections }: { readonly url: string; readonly connections: number },
  observation: Observation,
): Promise<Measured> {
  const { requests, seconds } = phase;
  observation.begin();
  const sent = await runSender({ url, requests, connections, seconds });
  return {
    name: phase.name,
    calls: sent.waits.length,
    elapsedMilliseconds: sent.elapsedMilliseconds,
    waits: sent.waits,
    durations: observation.durations,
    storeRequests: observation.storeRequests,
    wrongAnswers: sent.waits.length - (sent.statuses[phase.expectedStatus] ?? 0),
  };
}

async function load(run: LocalRun, settings: Settings, observation: Observation): Promise<void> {
  const url = run.apis[1]?.url;
  if (url === undefined) throw new Error('the run serves no guarded API');
  console.log(`${settings.users} users are made …`);
  const callers = await createCallers(run, settings.users);
  const target = { host: new URL(url).host, region: run.region };
  const rows: Measured[] = [];
  for (const phase of phasesOf(callers, target, settings)) {
    console.log(`calls: ${phase.name} …`);
    rows.push(await measure(phase, { url, connections: settings.connections }, observation));
  }
  console.log(`\nTimes in milliseconds; ${settings.connections} connections.\n`);
  console.log(drawTable(rows));
  const allowed = rows.find(({ name }) => name === 'allowed')?.durations ?? [];
  console.log(
    `\nThe authorizer's own time, calls that are allowed:\n\n${drawDistribution(allowed)}`,
  );
  console.log(`\nmost memory of one authorizer: ${observation.mostMegabytes} MB`);
  if (rows.some(({ wrongAnswers }) => wrongAnswers > 0)) process.exitCode = 1;
}

async function main(): Promise<void> {
  const settings = readSettings();
  const observation = new Observation();
  const dynamoDb = await startDynamoDb({
    directory: undefined,
    onRequest: () => (observation.storeRequests += 1),
  });
  try {
    const run = await startLocalRun({
      projectDirectory: PROJECT,
      dataDirectory: undefined,
      port: 0,
      dynamoDbEndpoint: dynamoDb.endpoint,
      onLog: (source, line) => {
        observation.note(source, line);
      },
    });
    try {
      await load(run, settings, observation);
    } finally {
      await run.stop();
    }
  } finally {
    await dynamoDb.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
