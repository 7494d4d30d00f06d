import { holdCallers } from '../../bench/callers';

test('callers who come once each take no more memory than the caches’ bounds, however many they are', async () => {
  const held: number[] = [];
  for await (const { megabytes } of holdCallers(7_500, 3)) held.push(megabytes);
  const [first = 0, second = 0, third = 0] = held;
  // The bound of principals lies at 5,000: until there each one adds its share, behind it hardly any.
  expect(second - first).toBeGreaterThan(2);
  expect(third - second).toBeLessThan((second - first) / 2);
});
