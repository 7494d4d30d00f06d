import type { IamError } from '../protocol/errors';
import { ConditionFailed, type Write } from '../store/store';
import type { Call } from './operation';

/** One write of a transaction, and what it means for the caller when its condition does not hold. */
export interface Step {
  readonly write: Write;
  /** Without it, the failed condition means that somebody else changed what the decision was made on. */
  readonly refusal?: IamError;
}

/** Somebody else changed what this attempt had read. Nothing was written; the call is tried again from its beginning. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';
}

/**
 * Writes all steps or none, as one transaction.
 *
 * Errors: the `refusal` of the first step that has one among those that failed; {@link ConcurrentChange} where none has;
 * `StoreUnavailable`.
 */
export async function commit(call: Call, steps: readonly Step[]): Promise<void> {
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
