/** One kind of call: what was measured of it. */
export interface Measured {
  readonly name: string;
  readonly calls: number;
  readonly elapsedMilliseconds: number;
  /** Milliseconds that callers waited, and that the authorizer's function ran, call by call. */
  readonly waits: readonly number[];
  readonly durations: readonly number[];
  readonly storeRequests: number;
  readonly wrongAnswers: number;
}

/** `share` is between 0 and 1; the smallest value that so many of the values do not exceed. NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

const milliseconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

const COLUMNS: readonly (readonly [string, (measured: Measured) => string])[] = [
  ['calls', ({ name }) => name],
  ['number', ({ calls }) => String(calls)],
  [
    'per second',
    ({ calls, elapsedMilliseconds }) => ((calls * 1000) / elapsedMilliseconds).toFixed(0),
  ],
  ['caller p50', ({ waits }) => milliseconds(quantile(waits, 0.5))],
  ['p99', ({ waits }) => milliseconds(quantile(waits, 0.99))],
  ['authorizer p50', ({ durations }) => milliseconds(quantile(durations, 0.5))],
  ['p99', ({ durations }) => milliseconds(quantile(durations, 0.99))],
  ['store requests a call', ({ calls, storeRequests }) => (storeRequests / calls).toFixed(3)],
  ['wrong answers', ({ wrongAnswers }) => String(wrongAnswers)],
];

/** A table in Markdown, times in milliseconds. */
export function drawTable(rows: readonly Measured[]): string {
  const cells = [
    COLUMNS.map(([title]) => title),
    ...rows.map((row) => COLUMNS.map(([, write]) => write(row))),
  ];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const [head, ...body] = cells.map((line) => `| ${line.map(pad).join(' | ')} |`);
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [head, rule, ...body].join('\n');
}

const BOUNDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
const BAR_WIDTH = 40;

/** How many of these milliseconds fall between the powers of two: one bar each. */
export function drawDistribution(values: readonly number[]): string {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0);
  for (const value of values) {
    const place = BOUNDS.findIndex((bound) => value <= bound);
    const index = place === -1 ? BOUNDS.length : place;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const most = Math.max(...counts, 1);
  const last = counts.findLastIndex((count) => count > 0);
  return counts
    .slice(0, last + 1)
    .map((count, index) => {
      const bound = BOUNDS[index];
      const label = bound === undefined ? `> ${BOUNDS.at(-1) ?? ''}` : `≤ ${bound}`;
      const share = ((100 * count) / values.length).toFixed(1);
      return `${`${label} ms`.padStart(10)} │${'█'.repeat(Math.ceil((BAR_WIDTH * count) / most)).padEnd(BAR_WIDTH)} ${share} %`;
    })
    .join('\n');
}
