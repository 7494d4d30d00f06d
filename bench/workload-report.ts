import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { createBound } from './bound';
import { compileEnvironment, createPortcullis } from './engines/portcullis';
import { median, timeDecisions } from './measurement';
import type { Workload } from './workload';

const ROUNDS = 15;
const ROUND_MILLISECONDS = 60;
const WARM_UP_MILLISECONDS = 400;
const COMPILATIONS = 51;

/** What one workload file shows, Portcullis and the bound in turns in one process. */
export interface WorkloadReport {
  readonly workload: string;
  readonly mismatches: number;
  readonly boundMismatches: number;
  readonly nsPerDecision: number;
  readonly nsPerDecisionWithReasons: number;
  readonly boundNsPerDecision: number;
  /** The middle request's time, each request timed alone. */
  readonly p50NsPerDecision: number;
  readonly boundP50NsPerDecision: number;
  readonly ratio: number;
  readonly ratioWithReasons: number;
  /** Parse and compile of every policy of the workload, from text. */
  readonly compileMicroseconds: number;
  /** What the compiled policies keep on the heap, before the first request. */
  readonly heapBytes: number;
}

const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Times in turns and takes the medians of the rounds. */
export async function reportWorkload(workload: Workload): Promise<WorkloadReport> {
  const heapBytes = measureHeap(workload);
  const compileMicroseconds = measureCompilation(workload);
  const portcullis = await createPortcullis(workload);
  const bound = await createBound(workload);
  const places = workload.requests.length;
  const subjects = [portcullis.decide, portcullis.explain ?? portcullis.decide, bound.decide];

  const isWrong = (decide: (place: number) => string, place: number): boolean =>
    decide(place) !== workload.requests[place]?.expected;
  const mismatches = workload.requests.filter(
    (_, place) => isWrong(portcullis.decide, place) || isWrong(subjects[1] ?? bound.decide, place),
  ).length;
  const boundMismatches = workload.requests.filter((_, place) => isWrong(bound.decide, place));

  for (const decide of subjects) timeDecisions(decide, places, WARM_UP_MILLISECONDS);
  const times: number[][] = subjects.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, decide] of subjects.entries()) {
      times[index]?.push(timeDecisions(decide, places, ROUND_MILLISECONDS));
    }
  }
  const [own = Number.NaN, withReasons = Number.NaN, least = Number.NaN] = times.map(median);
  return {
    workload: workload.name,
    mismatches,
    boundMismatches: boundMismatches.length,
    nsPerDecision: rounded(own),
    nsPerDecisionWithReasons: rounded(withReasons),
    boundNsPerDecision: rounded(least),
    p50NsPerDecision: rounded(measureMiddleRequest(portcullis.decide, places)),
    boundP50NsPerDecision: rounded(measureMiddleRequest(bound.decide, places)),
    ratio: rounded(own / least, 2),
    ratioWithReasons: rounded(withReasons / least, 2),
    compileMicroseconds: rounded(compileMicroseconds),
    heapBytes,
  };
}

/** The median over the requests of each request's own time. */
function measureMiddleRequest(decide: (place: number) => string, places: number): number {
  const sample = Math.min(places, 200);
  return median(
    Array.from({ length: sample }, (_, place) => timeDecisions(() => decide(place), 1, 3)),
  );
}

function measureCompilation({ env }: Workload): number {
  const compile = (): number => {
    const start = process.hrtime.bigint();
    compileEnvironment(env);
    return Number(process.hrtime.bigint() - start) / 1000;
  };
  const warm = performance.now() + WARM_UP_MILLISECONDS;
  while (performance.now() < warm) compile();
  return median(Array.from({ length: COMPILATIONS }, compile));
}

function measureHeap({ env }: Workload): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  compileEnvironment(env);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = compileEnvironment(env);
  collectGarbage();
  const after = process.memoryUsage().heapUsed;
  // Used after the measurement, so that what was measured is still there.
  kept('*');
  return after - before;
}
