import { expectOutcome } from '../iam/expected-outcome';
import { callWithFault, describeFaults, makeCase, send } from '../iam/faulty-calls';

/* Every operation × every call of the store × every fault; test/iam/faults.test.ts is the quick form. */

describeFaults((name) => {
  test('a call of the store that fails leaves nothing behind, and the next try works', async () => {
    let failures = 0;
    for (let at = 1; ; at += 1) {
      const known = await makeCase(name);
      if (!(await callWithFault(name, known, { at, fault: 'error' }))) break;
      failures += 1;
      await expectOutcome(send(name, known), known);
    }
    expect(failures).toBeGreaterThan(0);
  });

  test('a write that is done and reported as failed is not claimed, and is whole', async () => {
    for (let at = 1; ; at += 1) {
      const known = await makeCase(name);
      const plan = { at, fault: 'commit-then-error', calls: 'writes' } as const;
      if (!(await callWithFault(name, known, plan))) break;
    }
  });

  test('a call of the store that times out, read or write, leaves nothing behind', async () => {
    // Nothing is done: the very same call is made until no call of the store is left to fail.
    const known = await makeCase(name);
    let failures = 0;
    while (
      await callWithFault(name, known, { at: failures + 1, fault: 'timeout', delayMilliseconds: 1 })
    ) {
      failures += 1;
    }
    expect(failures).toBeGreaterThan(0);
    await makeCase(name).then((next) => expectOutcome(send(name, next), next));
  });
});
