import type { IamError } from '../protocol/errors';
import type { Write } from '../store/store';

/** One write of a transaction, and what it means for the caller when its condition does not hold. */
export interface Step {
  readonly write: Write;
  /** Without it, the failed condition means that somebody else changed what the decision was made on. */
  readonly refusal?: IamError;
}
