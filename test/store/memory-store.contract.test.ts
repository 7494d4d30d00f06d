import { MemoryStore } from '../../lambdas/store/memory-store';
import type { Store } from '../../lambdas/store/store';
import { describeStore } from '../contract/store';

describeStore('the memory store', () => {
  // One memory with the clock of whichever test opened it last: tests run one after the other.
  let now: () => number = Date.now;
  const store: Store = new MemoryStore({ now: () => now() });
  return Promise.resolve({
    openStore: (clock) => {
      now = clock;
      return store;
    },
    stop: () => Promise.resolve(),
  });
});
