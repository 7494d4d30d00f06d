import { createInterface } from 'node:readline';

import { createBound } from './bound';
import { isRight } from './engines/engine';
import type { Engine, EngineFactory } from './engines/engine';
import { timeDecisions } from './measurement';
import { readWorkload } from './workload';

/*
 * One engine in a process of its own. Reads a command a line, answers a line:
 *   { "load": PATH }             → { "mismatches": n } or { "unsupported": true }
 *   { "milliseconds": n }        → { "nanoseconds": n, "nanosecondsWithReasons"?: n }
 */

const FACTORIES: Readonly<Record<string, () => Promise<EngineFactory>>> = {
  portcullis: async () => (await import('./engines/portcullis.js')).createPortcullis,
  bound: () => Promise.resolve(createBound),
  casl: async () => (await import('./engines/casl.js')).createCasl,
  casbin: async () => (await import('./engines/casbin.js')).createCasbin,
  cedar: async () => (await import('./engines/cedar.js')).createCedar,
};

interface Command {
  readonly load?: string;
  readonly milliseconds?: number;
}

interface Loaded {
  readonly engine: Engine;
  readonly places: number;
}

async function load(name: string, path: string): Promise<[Loaded | undefined, object]> {
  const workload = readWorkload(path);
  const factory = await FACTORIES[name]?.();
  if (factory === undefined) throw new Error(`no engine is called ${name}`);
  const engine = await factory(workload);
  if (engine === undefined) return [undefined, { unsupported: true }];
  const mismatches = workload.requests.filter(
    ({ expected }, place) =>
      !isRight(engine.decide(place), expected) ||
      (engine.explain !== undefined && !isRight(engine.explain(place), expected)),
  ).length;
  return [{ engine, places: workload.requests.length }, { mismatches }];
}

function time({ engine, places }: Loaded, milliseconds: number): object {
  const nanoseconds = timeDecisions(engine.decide, places, milliseconds);
  const { explain } = engine;
  if (explain === undefined) return { nanoseconds };
  return { nanoseconds, nanosecondsWithReasons: timeDecisions(explain, places, milliseconds) };
}

async function main(): Promise<void> {
  const [name = ''] = process.argv.slice(2);
  let loaded: Loaded | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as Command;
    let answer: object = {};
    if (command.load !== undefined) [loaded, answer] = await load(name, command.load);
    else if (loaded !== undefined) answer = time(loaded, command.milliseconds ?? 100);
    console.log(JSON.stringify(answer));
  }
}

void main();
