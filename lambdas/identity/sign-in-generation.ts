import type { Condition, Key, Write } from '../store/store';

/*
 * Sessions that were signed in to with a password name the generation of their owner: a number in the row that every load of the
 * owner reads anyway. One more, and all sessions of before are over, at once and without a clock.
 */

/** Ends every session of an owner; `ownerKey` is the row of the user, or of root's account. */
export function endSessions(ownerKey: Key): Write {
  return {
    kind: 'update',
    key: ownerKey,
    add: { SignInGeneration: 1 },
    condition: { exists: true },
  };
}

/** Whether the owner's row is still of this generation. Numbers only grow, so that below the next one is this one. */
export function isOfGeneration(generation: number): Condition {
  return { exists: true, below: { SignInGeneration: generation + 1 } };
}
