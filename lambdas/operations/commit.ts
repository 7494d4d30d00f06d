import { ConditionFailed } from '../store/store';
import type { Call } from './operation';
import type { Step } from './step';

export type { Step } from './step';

/** Somebody else changed what this attempt had read. Nothing was written; the call is tried again from its beginning. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';
}

/**
 * Writes all steps or none, as one transaction. An operation that answers with what it wrote makes its answer of what it knows, and
 * does not read it back.
 *
 * Errors: the `refusal` of the first step that has one among those that failed; {@link ConcurrentChange} where none has;
 * `StoreUnavailable`.
 */
export async function commit(
  call: Pick<Call, 'store' | 'createToken' | 'holdCommit'>,
  steps: readonly Step[],
): Promise<void> {
  await (call.holdCommit === undefined ? writeSteps(call, steps) : call.holdCommit(steps));
}

/** {@link commit}, at once. */
export async function writeSteps(
  call: Pick<Call, 'store' | 'createToken'>,
  steps: readonly Step[],
): Promise<void> {
  try {
    await call.store.transact(
      steps.map((step) => step.write),
      { token: call.createToken() },
    );
  } catch (error) {
    if (!(error instanceof ConditionFailed)) {
      throw error;
    }
    const failed = new Set(error.failed);
    const refused = steps.find((step, position) => failed.has(position) && step.refusal);
    throw refused?.refusal ?? new ConcurrentChange(error.message);
  }
}
