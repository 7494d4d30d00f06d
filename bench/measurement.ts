/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** What the timed loops leave behind, so that no compiler can leave their work out. */
export const sink = { allowed: 0 };

/**
 * Nanoseconds a decision, over as many decisions as fit into the time, one place after another and round again.
 */
export function timeDecisions(
  decide: (place: number) => string,
  places: number,
  budgetMilliseconds: number,
): number {
  const start = process.hrtime.bigint();
  const end = start + BigInt(Math.round(budgetMilliseconds * 1e6));
  let decisions = 0;
  let place = 0;
  let batch = 1;
  let now = start;
  while (now < end) {
    for (let count = 0; count < batch; count += 1) {
      if (decide(place) === 'Allow') sink.allowed += 1;
      place = place + 1 === places ? 0 : place + 1;
    }
    decisions += batch;
    now = process.hrtime.bigint();
    // Small batches for slow engines, so that one round cannot take minutes.
    if (now - start < (end - start) / 8n) batch *= 2;
  }
  return Number(now - start) / decisions;
}
