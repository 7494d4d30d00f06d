import { expectOutcome } from './expected-outcome';
import { callWithFault, describeFaults, makeCase, send } from './faulty-calls';

/* Every operation with one fault of each kind; test/conformance/faults.conformance.ts has every call of the store fail. */

describeFaults((name) => {
  test('a first call of the store that fails is told, and the next try works', async () => {
    const known = await makeCase(name);
    expect(await callWithFault(name, known, { at: 1, fault: 'error' })).toBe(true);
    const late = { at: 2, fault: 'timeout', delayMilliseconds: 1 } as const;
    await callWithFault(name, known, late);
    await expectOutcome(send(name, known), known);
  });

  test('a first write that is done and reported as failed is not claimed, and is whole', async () => {
    const known = await makeCase(name);
    const plan = { at: 1, fault: 'commit-then-error', calls: 'writes' } as const;
    const isWrite = await callWithFault(name, known, plan);
    // Whatever reads only is answered.
    if (!isWrite) await expectOutcome(send(name, known), known);
  });
});
