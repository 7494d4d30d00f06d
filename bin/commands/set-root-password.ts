import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setRootPassword } from '../../lambdas/identity/root-password';
import { openOperatorStore } from './operator-store';

/** Gives the root user of an account the password that stands in the first line of standard input. */
export async function runSetRootPassword(accountId: string): Promise<void> {
  const [password = ''] = (await text(process.stdin)).split('\n');
  const { store, close } = openOperatorStore(process.env);
  try {
    await setRootPassword(store, {
      accountId,
      password,
      now: Date.now(),
      randomBytes: (length) => randomBytes(length),
    });
  } finally {
    close();
  }
  process.stdout.write(`root of ${accountId} has a new password; its sessions are over\n`);
}
