import { createRandom } from '../harness/random';
import { administerThrottled } from './throttling';

/* `npx tsx scripts/throttling.ts` gives the figures of many more calls, with real waits. */

// One after the other and without waits between attempts: which requests are throttled depends on the seed alone.
beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  jest.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('admin calls succeed while 30 % of the requests to DynamoDB are throttled, and the requests stay few', async () => {
  const random = createRandom(7);
  const workload = { users: 12, clients: 1 };
  const calm = await administerThrottled({ ...workload, isThrottled: () => false });
  const throttled = await administerThrottled({
    ...workload,
    isThrottled: () => random(10) < 3,
  });
  expect(calm).toMatchObject({ calls: 108, failed: 0 });
  expect(throttled).toMatchObject({ calls: 108, failed: 0 });
  expect(throttled.requests / calm.requests).toBeGreaterThan(1.3);
  expect(throttled.requests / calm.requests).toBeLessThanOrEqual(1.5);
});

test('where every request is throttled no call succeeds, and each gives up', async () => {
  const { calls, failed, requests } = await administerThrottled({
    users: 5,
    clients: 1,
    isThrottled: () => true,
  });
  expect({ calls, failed }).toEqual({ calls: 5, failed: 5 });
  expect(requests).toBeLessThanOrEqual(5 * 8);
});
