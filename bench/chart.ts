/** One engine's line of the chart: nanoseconds a decision by workload, where it answers that workload. */
export interface Series {
  readonly engine: string;
  readonly nanoseconds: ReadonlyMap<string, number>;
}

const COLOURS: Readonly<Record<string, string>> = {
  portcullis: '#0b6e4f',
  bound: '#8a8f98',
  casl: '#3a6ea5',
  casbin: '#b5651d',
  cedar: '#7b3fa0',
};
const WIDTH = 960;
const HEIGHT = 400;
const TOP = 60;
const BOTTOM = 340;
const LEAST_NANOSECONDS = 100;
const MOST_NANOSECONDS = 1e9;

/** Logarithmic: every gridline is ten times the one below it. */
function heightOf(nanoseconds: number): number {
  const share =
    Math.log(nanoseconds / LEAST_NANOSECONDS) / Math.log(MOST_NANOSECONDS / LEAST_NANOSECONDS);
  return BOTTOM - Math.min(1, Math.max(0, share)) * (BOTTOM - TOP);
}

export function formatTime(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(0)} ns`;
  if (nanoseconds < 1e4) return `${(nanoseconds / 1e3).toPrecision(2)} µs`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(0)} µs`;
  return `${(nanoseconds / 1e6).toPrecision(3)} ms`;
}

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${content}</text>`;

function drawGrid(): string {
  const decades = Math.round(Math.log10(MOST_NANOSECONDS / LEAST_NANOSECONDS));
  return Array.from({ length: decades + 1 }, (_, decade) => {
    const nanoseconds = LEAST_NANOSECONDS * 10 ** decade;
    const y = heightOf(nanoseconds);
    return (
      `<line x1="70" x2="${WIDTH - 20}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="#e3e5e8"/>` +
      text(62, y + 4, formatTime(nanoseconds), 'text-anchor="end"')
    );
  }).join('\n');
}

function drawPanel(
  series: readonly Series[],
  title: string,
  workloads: readonly (readonly [string, string])[],
  left: number,
  right: number,
): string {
  const step = (right - left) / Math.max(1, workloads.length);
  const places = workloads.map(([name, label], index) => ({
    name,
    label,
    x: left + step * (index + 0.5),
  }));
  const labels = places.map(({ x, label }) => text(x, BOTTOM + 18, label, 'text-anchor="middle"'));
  const lines = series.map(({ engine, nanoseconds }) => {
    const points = places.flatMap(({ name, x }) => {
      const time = nanoseconds.get(name);
      return time === undefined ? [] : [`${x.toFixed(1)},${heightOf(time).toFixed(1)}`];
    });
    const colour = COLOURS[engine] ?? '#000';
    const dots = points
      .map((point) => point.split(','))
      .map(([x = '', y = '']) => `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`);
    const line = `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    return line + dots.join('');
  });
  const heading = text(
    (left + right) / 2,
    TOP - 18,
    title,
    'text-anchor="middle" font-weight="bold"',
  );
  return [heading, ...labels, ...lines].join('\n');
}

function drawLegend(series: readonly Series[]): string {
  return series
    .map(({ engine }, index) => {
      const x = 80 + index * 130;
      const square = `<rect x="${x}" y="${HEIGHT - 26}" width="12" height="12" fill="${COLOURS[engine] ?? '#000'}"/>`;
      return square + text(x + 18, HEIGHT - 16, engine);
    })
    .join('\n');
}

/** The chart of a run as an SVG document. */
export function drawChart(series: readonly Series[]): string {
  const growth = (kind: string): readonly (readonly [string, string])[] =>
    ['10', '100', '1000', '10000'].map((count) => [`W4-${kind}-${count}`, count] as const);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#24292f">`,
    '<title>Time of one decision, logarithmic: lower is faster</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(
      WIDTH / 2,
      20,
      'Time of one decision (logarithmic, lower is faster)',
      'text-anchor="middle" font-size="15"',
    ),
    drawGrid(),
    drawPanel(
      series,
      'typical',
      [
        ['W1', 'W1'],
        ['W3', 'W3'],
      ],
      80,
      270,
    ),
    drawPanel(series, 'statements, spread over actions', growth('spread'), 300, 600),
    drawPanel(series, 'statements on the same action', growth('same'), 640, 940),
    drawLegend(series),
    '</svg>',
    '',
  ].join('\n');
}
