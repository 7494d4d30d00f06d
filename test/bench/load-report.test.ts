import { drawDistribution, drawTable, quantile } from '../../bench/load/report';

test('a quantile is the smallest value that so many do not exceed', () => {
  expect(quantile([3, 1, 2, 4], 0.5)).toBe(2);
  expect(quantile([3, 1, 2, 4], 0.99)).toBe(4);
  expect(quantile([5], 0)).toBe(5);
  expect(quantile([], 0.5)).toBeNaN();
});

test('a row says how many calls there were, how long they took and what they read', () => {
  const table = drawTable([
    {
      name: 'allowed',
      calls: 100,
      elapsedMilliseconds: 2000,
      waits: [10, 20, 400],
      durations: [0.5],
      storeRequests: 25,
      wrongAnswers: 3,
    },
  ]);
  const [, rule, row, ...rest] = table.split('\n');
  expect(rule).toMatch(/^\|-+\|(-+:\|)+$/);
  expect(row?.split('|').map((cell) => cell.trim())).toEqual([
    '',
    'allowed',
    '100',
    '50',
    '20.0',
    '400.0',
    '0.50',
    '0.50',
    '0.250',
    '3',
    '',
  ]);
  expect(rest).toEqual([]);
});

test('a distribution has a bar for each power of two, up to the longest', () => {
  const lines = drawDistribution([0.2, 0.2, 0.3, 3]).split('\n');
  expect(lines.map((line) => line.replaceAll(/ +/g, ' ').trim())).toEqual([
    `≤ 0.25 ms │${'█'.repeat(40)} 50.0 %`,
    `≤ 0.5 ms │${'█'.repeat(20)} 25.0 %`,
    '≤ 1 ms │ 0.0 %',
    '≤ 2 ms │ 0.0 %',
    `≤ 4 ms │${'█'.repeat(20)} 25.0 %`,
  ]);
});

test('what takes longer than any bar is counted behind the last', () => {
  expect(drawDistribution([1000])).toContain('> 64 ms');
  expect(drawDistribution([64])).not.toContain('> 64 ms');
});
