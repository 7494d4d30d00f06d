/**
 * Whether what concurrent callers saw of one object could have been seen had each call happened at one instant between its start and
 * its end.
 *
 * Source: J. M. Wing, C. Gong, "Testing and Verifying Concurrent Objects", 1993; and the search by just-in-time linearization of
 * G. Lowe, "Testing for linearizability", 2017.
 */

/** One call on an object, and what it was answered. */
export interface Observation<Operation> {
  /** Position of its start and of its end among the starts and ends of all calls; no two are the same. */
  readonly start: number;
  readonly end: number;
  readonly operation: Operation;
}

/** What an object is: its state as text, and the state after an operation; undefined where it cannot have had this answer. */
export interface Specification<Operation> {
  readonly initial: string;
  readonly apply: (state: string, operation: Operation) => string | undefined;
}

/** How the object may stand: its state, and which of the calls under way have happened already. */
interface Standing {
  readonly state: string;
  readonly happened: readonly number[];
}

/** The first call whose answer no order explains; undefined where there is none. */
export function findViolation<Operation>(
  history: readonly Observation<Operation>[],
  { initial, apply }: Specification<Operation>,
): Observation<Operation> | undefined {
  const events = history
    .flatMap((call, index) => [
      { time: call.start, index, isEnd: false },
      { time: call.end, index, isEnd: true },
    ])
    .sort((left, right) => left.time - right.time);
  const underWay = new Map<number, Operation>();
  let standings: readonly Standing[] = [{ state: initial, happened: [] }];
  for (const { index, isEnd } of events) {
    const call = history[index];
    if (call === undefined) throw new RangeError('an event is of a call');
    if (!isEnd) {
      underWay.set(index, call.operation);
      continue;
    }
    standings = settle(standings, underWay, index, apply);
    underWay.delete(index);
    if (standings.length === 0) return call;
  }
  return undefined;
}

/** Every way to stand after the call has happened, by any order of those that are under way. */
function settle<Operation>(
  standings: readonly Standing[],
  underWay: ReadonlyMap<number, Operation>,
  ended: number,
  apply: Specification<Operation>['apply'],
): readonly Standing[] {
  const seen = new Set<string>();
  const settled = new Map<string, Standing>();
  const open = [...standings];
  for (let standing = open.pop(); standing !== undefined; standing = open.pop()) {
    const name = JSON.stringify(standing);
    if (seen.has(name)) continue;
    seen.add(name);
    if (standing.happened.includes(ended)) {
      const happened = standing.happened.filter((index) => index !== ended);
      const kept = { state: standing.state, happened };
      settled.set(JSON.stringify(kept), kept);
      continue;
    }
    for (const [index, operation] of underWay) {
      if (standing.happened.includes(index)) continue;
      const state = apply(standing.state, operation);
      if (state === undefined) continue;
      const happened = [...standing.happened, index].sort((left, right) => left - right);
      open.push({ state, happened });
    }
  }
  return [...settled.values()];
}
