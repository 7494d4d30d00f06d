import { ConditionFailed, type RowSource, type Store } from '../store/store';
import type { Inconsistency } from './account-rows';
import { findInconsistencies } from './consistency';

/** One repair may bring the next to light; more of them than this is a fault of ours. */
const MAX_ROUNDS = 50;

export interface RepairOptions {
  readonly accountId: string;
  /** Also what gives somebody back what it may do; see {@link Inconsistency.widensAccess}. */
  readonly widenAccess: boolean;
  /** Another token at each time. */
  readonly createToken: () => string;
}

export interface RepairReport {
  readonly repaired: readonly Inconsistency[];
  readonly left: readonly Inconsistency[];
}

/**
 * Repairs what can be repaired, one transaction an inconsistency, each on the condition that the rows are as they were read, until
 * nothing is found that can be. Can be broken off and run again at any time.
 *
 * Errors: StoreUnavailable.
 */
export async function repairInconsistencies(
  source: RowSource,
  store: Pick<Store, 'transact'>,
  { accountId, widenAccess, createToken }: RepairOptions,
): Promise<RepairReport> {
  const repaired: Inconsistency[] = [];
  for (let round = 1; ; round += 1) {
    const found = await findInconsistencies(source, accountId);
    let done = 0;
    for (const inconsistency of found) {
      const { repair, widensAccess = false } = inconsistency;
      if (repair === undefined || (widensAccess && !widenAccess)) continue;
      try {
        await store.transact(repair, { token: createToken() });
      } catch (error) {
        // Another repair has changed the row: what is still wrong is found in the next round.
        if (!(error instanceof ConditionFailed)) throw error;
        continue;
      }
      repaired.push(inconsistency);
      done += 1;
    }
    if (done === 0 || round === MAX_ROUNDS) return { repaired, left: found };
  }
}
