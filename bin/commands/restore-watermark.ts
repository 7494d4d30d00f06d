import {
  deactivateKey,
  setRestoreWatermark,
  type RestoredTables,
  type RestoreReview,
  type WorkingKey,
} from '../../lambdas/identity/restore-watermark';
import { openOperatorStore } from './operator-store';

export interface RestoreWatermarkOptions {
  /** Whether long-term keys stop working until somebody has reviewed them. */
  readonly deactivateKeys: boolean;
  /** Ids of keys that go on working. The deployment's own root key always does: its secret is not in the tables. */
  readonly keep: readonly string[];
}

/**
 * Ends every session of before a restore, and says which long-term credentials could live again.
 *
 * @returns the exit code: 0, or 1 where a key that should stop working could not be made to.
 */
export async function runRestoreWatermark(options: RestoreWatermarkOptions): Promise<number> {
  const { close, ...tables } = openOperatorStore(process.env);
  try {
    return await restoreWatermark(tables, options, (line) => process.stdout.write(`${line}\n`));
  } finally {
    close();
  }
}

/** The command without the process around it. */
export async function restoreWatermark(
  tables: RestoredTables,
  options: RestoreWatermarkOptions,
  print: (line: string) => void,
): Promise<number> {
  const review = await setRestoreWatermark(tables);
  print(
    `every session and sign-in of before is over; data key ${review.dataKeyNumber} seals from now on. Restart the functions: what has read the older keys goes on with them for up to an hour`,
  );
  let failed = 0;
  for (const key of review.keys) {
    const stays =
      !options.deactivateKeys || key.isDeployed || options.keep.includes(key.accessKeyId);
    const isDone = stays || (await deactivateKey(tables.store, key));
    if (!isDone) failed += 1;
    print(renderKey(key, stays ? 'works' : isDone ? 'deactivated' : 'NOT DEACTIVATED'));
  }
  printPasswords(review, print);
  return failed === 0 ? 0 : 1;
}

function renderKey(key: WorkingKey, state: string): string {
  const { accessKeyId, ownerKind, ownerId, accountId, createDate, isDeployed } = key;
  const owner = ownerKind === 'Root' ? `root of ${accountId}` : `user ${ownerId} of ${accountId}`;
  const note = isDeployed ? ' (the deployment’s own: rotate it through its secret)' : '';
  return `[${state}] ${accessKeyId}, ${owner}, of ${new Date(createDate).toISOString()}${note}`;
}

function printPasswords({ passwords }: RestoreReview, print: (line: string) => void): void {
  for (const { accountId, ownerId } of passwords) {
    const owner = ownerId === accountId ? 'root' : `user ${ownerId}`;
    print(`[password] ${owner} of ${accountId}: the one that was valid then is valid again`);
  }
}
