import path from 'node:path';
import { runTool } from '../harness/tools';

const MEMORY = path.join(__dirname, '..', '..', 'bench', 'memory.ts');

// In a process of its own: what other tests leave to be collected would be counted too.
test('callers who come once each take no more memory than the caches’ bounds, however many they are', async () => {
  const { stdout } = await runTool(process.execPath, ['--import', 'tsx', MEMORY, '10000'], {});
  const held = new Map(
    [...stdout.matchAll(/^\| ([\d,]+) \| ([\d.]+) \|$/gm)].map(([, callers = '', megabytes]) => [
      Number(callers.replaceAll(',', '')),
      Number(megabytes),
    ]),
  );
  const at = (callers: number): number => held.get(callers) ?? Number.NaN;
  // The bound of principals lies at 5,000: until there each one adds its share, behind it hardly any.
  const growth = at(5000) - at(1000);
  expect(growth).toBeGreaterThan(2);
  expect(at(10_000) - at(6000)).toBeLessThan(growth / 2);
});
