import type { AccountRecord } from '../identity/entities';
import type { Step } from '../operations/commit';
import type { Call } from '../operations/operation';
import { quotaExceeded } from '../protocol/error-messages';
import { accountKey } from '../store/keys';

/** What an account counts. */
type AccountCounter = Extract<keyof AccountRecord, `${string}Count`>;

/** The step that counts one more, as long as the quota lets it; `quota` is AWS's word, e.g. `UsersPerAccount`. */
export function countStep(call: Call, counter: AccountCounter, quota: string, limit: number): Step {
  return {
    write: {
      kind: 'update',
      key: accountKey(call.accountId),
      add: { [counter]: 1 },
      condition: { exists: true, below: { [counter]: limit } },
    },
    refusal: quotaExceeded(quota, limit),
  };
}

export function discountStep(call: Call, counter: AccountCounter): Step {
  return {
    write: {
      kind: 'update',
      key: accountKey(call.accountId),
      add: { [counter]: -1 },
      condition: { exists: true },
    },
  };
}
