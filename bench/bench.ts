import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { drawChart, formatTime } from './chart';
import type { Series } from './chart';
import { EngineClient } from './engine-client';
import { median } from './measurement';
import { readWorkload } from './workload';
import { reportWorkload } from './workload-report';
import { WORKLOADS } from './workloads';

/*
 * npm run bench                             every engine, in turns, on the generated workloads
 * npm run bench -- --workload FILE.json.gz  Portcullis and the bound on one workload file, as one JSON line
 */

const ENGINES = ['portcullis', 'bound', 'casl', 'casbin', 'cedar'] as const;
const ROUNDS = 9;
const ROUND_MILLISECONDS = 120;
const WARM_UP_MILLISECONDS = 300;
const CHART = join(__dirname, '..', 'docs', 'benchmark.svg');

interface LoadAnswer {
  readonly mismatches?: number;
}

interface TimeAnswer {
  readonly nanoseconds: number;
  readonly nanosecondsWithReasons?: number;
}

/** One engine on one workload: medians, or why there are none. */
interface Row {
  readonly engine: string;
  readonly workload: string;
  readonly mismatches: number | undefined;
  readonly nanoseconds: number | undefined;
  readonly nanosecondsWithReasons: number | undefined;
}

/** A process that answers; a newer Node where this one aborts; undefined where neither works. */
async function startEngine(name: string, probe: string): Promise<EngineClient | undefined> {
  for (const runtime of ['this Node', 'Node 24'] as const) {
    const client = EngineClient.start(name, runtime);
    const answer = await client.ask<LoadAnswer>({ load: probe });
    const timed =
      answer === undefined ? undefined : await client.ask({ milliseconds: ROUND_MILLISECONDS });
    if (timed !== undefined) {
      console.log(`${name} runs on ${runtime === 'this Node' ? process.version : runtime}`);
      return client;
    }
    client.stop();
    console.log(`${name} ends at once on ${runtime === 'this Node' ? process.version : runtime}`);
  }
  console.log(`${name} is left out`);
  return undefined;
}

/** Loads a workload; an engine that this Node cannot run on it is tried on a newer one. */
async function load(
  client: EngineClient,
  workload: string,
  path: string,
): Promise<{ client: EngineClient; mismatches: number | undefined }> {
  const answer = await client.ask<LoadAnswer>({ load: path });
  if (answer !== undefined) return { client, mismatches: answer.mismatches };
  client.stop();
  console.log(`${client.name} ended on ${workload}`);
  const newer = EngineClient.start(client.name, 'Node 24');
  const again = await newer.ask<LoadAnswer>({ load: path });
  const outcome = again === undefined ? 'ended there too' : 'does it there';
  console.log(`${client.name} is started on Node 24 and ${outcome}`);
  return { client: newer, mismatches: again?.mismatches };
}

async function measure(
  workload: string,
  path: string,
  clients: EngineClient[],
): Promise<readonly Row[]> {
  const loaded = new Map<EngineClient, number>();
  for (const [index, given] of clients.entries()) {
    const { client, mismatches } = await load(given, workload, path);
    clients[index] = client;
    if (mismatches !== undefined) loaded.set(client, mismatches);
  }
  const times = new Map([...loaded.keys()].map((client) => [client, [] as TimeAnswer[]]));
  for (const client of loaded.keys()) await client.ask({ milliseconds: WARM_UP_MILLISECONDS });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [client, answers] of times) {
      const answer = await client.ask<TimeAnswer>({ milliseconds: ROUND_MILLISECONDS });
      if (answer !== undefined) answers.push(answer);
    }
  }
  return [...times].map(([client, answers]) => ({
    engine: client.name,
    workload,
    mismatches: loaded.get(client),
    nanoseconds: median(answers.map(({ nanoseconds }) => nanoseconds)),
    nanosecondsWithReasons: medianOfDefined(
      answers.map(({ nanosecondsWithReasons }) => nanosecondsWithReasons),
    ),
  }));
}

function medianOfDefined(values: readonly (number | undefined)[]): number | undefined {
  const defined = values.filter((value) => value !== undefined);
  return defined.length === 0 ? undefined : median(defined);
}

function formatRatio(ratio: number): string {
  return ratio < 100 ? ratio.toPrecision(2) : Math.round(ratio).toLocaleString('en');
}

function printTable(workload: string, rows: readonly Row[]): void {
  const bound = rows.find(({ engine }) => engine === 'bound')?.nanoseconds;
  const own = rows.find(({ engine }) => engine === 'portcullis')?.nanoseconds;
  console.log(`\n${workload}`);
  const ratio = (time: number | undefined, of: number | undefined): string =>
    time === undefined || of === undefined ? '' : `${formatRatio(time / of)}×`;
  for (const { engine, nanoseconds, nanosecondsWithReasons, mismatches } of rows) {
    const print = (name: string, time: number | undefined): void => {
      const cells = [
        name.padEnd(24),
        formatTime(time ?? Number.NaN).padStart(10),
        `${ratio(time, bound)} the bound`.padStart(20),
        `${ratio(time, own)} Portcullis`.padStart(22),
        `${mismatches ?? '?'} wrong`.padStart(10),
      ];
      console.log(cells.join(''));
    };
    print(engine, nanoseconds);
    if (nanosecondsWithReasons !== undefined) print(`${engine}, reasons`, nanosecondsWithReasons);
  }
}

async function benchAll(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  const paths = new Map<string, string>();
  for (const [name, make] of WORKLOADS) {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(make()));
    paths.set(name, path);
  }
  const clients: EngineClient[] = [];
  for (const name of ENGINES) {
    const client = await startEngine(name, paths.get('W1') ?? '');
    if (client !== undefined) clients.push(client);
  }
  const rows: Row[] = [];
  for (const [workload, path] of paths) {
    const measured = await measure(workload, path, clients);
    printTable(workload, measured);
    rows.push(...measured);
  }
  for (const client of clients) client.stop();
  rmSync(folder, { recursive: true });
  mkdirSync(join(CHART, '..'), { recursive: true });
  writeFileSync(CHART, drawChart(seriesOf(rows)));
  console.log(`\nchart: ${CHART}`);
  return rows.every(({ mismatches }) => mismatches === 0);
}

function seriesOf(rows: readonly Row[]): readonly Series[] {
  return ENGINES.map((engine) => ({
    engine,
    nanoseconds: new Map(
      rows.flatMap((row) =>
        row.engine === engine && row.nanoseconds !== undefined
          ? [[row.workload, row.nanoseconds] as const]
          : [],
      ),
    ),
  })).filter(({ nanoseconds }) => nanoseconds.size > 0);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { workload: { type: 'string' } } });
  if (values.workload === undefined) {
    process.exitCode = (await benchAll()) ? 0 : 1;
    return;
  }
  const report = await reportWorkload(readWorkload(values.workload));
  console.log(JSON.stringify(report));
  process.exitCode = report.mismatches === 0 ? 0 : 1;
}

void main();
