import {
  KeyInUse,
  listDataKeys,
  retireDataKey,
  sealAgain,
  type RotationScope,
  type SealedAgain,
} from '../../lambdas/identity/key-rotation';
import { openOperatorStore } from './operator-store';

export interface RotateKeysOptions {
  /** Whether a new key is made first. */
  readonly newKey: boolean;
  /** Whether keys that nothing needs any more are removed. */
  readonly retire: boolean;
}

/** Makes a new data key, seals every kept secret again under it, and removes old keys that nothing is sealed under. */
export async function runRotateKeys(options: RotateKeysOptions): Promise<void> {
  const { close, ...operator } = openOperatorStore(process.env);
  const scope: RotationScope = {
    ...operator,
    now: Date.now(),
    onProgress: (progress) => {
      report(progress);
    },
  };
  try {
    if (options.newKey) {
      const { number } = await operator.dataKeys.rotate();
      print(`data key ${number} seals from now on; running functions follow within an hour`);
    }
    const sealed = await sealAgain(scope);
    report(sealed);
    if (sealed.changedMeanwhile > 0) {
      print('rows changed meanwhile: run rotate-keys --keep again');
    }
    if (options.retire) await retireKeys(scope);
  } finally {
    close();
  }
}

async function retireKeys(scope: RotationScope): Promise<void> {
  const numbers = await listDataKeys(scope.store);
  for (const number of numbers.slice(0, -1)) {
    try {
      await retireDataKey(scope, number);
      print(`data key ${number} is gone`);
    } catch (error) {
      if (!(error instanceof KeyInUse)) throw error;
      print(`data key ${number} stays: ${error.message}`);
    }
  }
}

function report({ items, sealedAgain }: SealedAgain): void {
  print(`${items} rows looked at, ${sealedAgain} secrets sealed again`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
