import type { AccountRecord } from '../identity/entities';
import { readAccount } from '../identity/records';
import type { Step } from '../operations/commit';
import type { Authorization, Call } from '../operations/operation';
import { accountKey } from '../store/keys';
import type { Attributes, Key } from '../store/store';

/** The caller's account as it was read. */
export interface FoundAccount {
  readonly entity: AccountRecord;
  readonly key: Key;
  readonly revision: number;
}

export async function readCallersAccount(call: Call): Promise<FoundAccount> {
  const item = await call.store.get(accountKey(call.accountId), { consistent: true });
  if (item === undefined) {
    throw new Error('the account of a caller has a row');
  }
  return { entity: readAccount(item), key: item.key, revision: item.revision };
}

/** The revision: what was read is what is changed. */
export function changeAccountStep(
  { key, revision }: FoundAccount,
  change: { readonly set: Attributes } | { readonly remove: readonly string[] },
): Step {
  return { write: { kind: 'update', key, ...change, condition: { exists: true, revision } } };
}

/** For operations on the account as a whole, for which AWS knows no resource. */
export function onAccount<Input>(
  action: string,
  details: Partial<Pick<Authorization<Input>, 'conditionKeys' | 'context'>> = {},
): Authorization<Input> {
  return {
    action,
    resourceType: '*',
    resources: () => ['*'],
    conditionKeys: details.conditionKeys ?? [],
    context: details.context,
  };
}
