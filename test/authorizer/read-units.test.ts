import { readFileSync } from 'node:fs';
import path from 'node:path';
import { measureReads } from './read-units';

test('a guarded call reads what the page on cost says', async () => {
  const page = readFileSync(path.join(__dirname, '../../docs/limits-and-cost.md'), 'utf8');
  const rows = page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name, readUnits, calls]) => ({
      name,
      readUnits: Number(readUnits),
      calls: Number(calls),
    }));
  const measured = await measureReads();
  expect(rows).toEqual(
    expect.arrayContaining(
      measured.map(({ name, readUnits, calls }) => ({ name, readUnits, calls })),
    ),
  );
  for (const { logBytes } of measured) expect(logBytes).toBeLessThan(1024);
});
