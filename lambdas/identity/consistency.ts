import { accountAliasKey, accountKey } from '../store/keys';
import type { RowSource } from '../store/store';
import { AccountRows, changeWithout, put, remove, type Inconsistency } from './account-rows';
import { inspectAccessKeys } from './access-key-consistency';
import { inspectCredentials } from './credential-consistency';
import { toAttributes } from './records';
import { inspectIssuer } from './issuer-consistency';
import { inspectNames } from './name-consistency';
import { inspectPolicies } from './policy-consistency';
import { inspectPrincipals } from './principal-consistency';

/**
 * Everything in an account's rows that contradicts something else in them; none where the account is sound. For operators, after a
 * restore, and for tests. Reads every row of both tables; other calls must rest meanwhile.
 *
 * Invariant: what decisions and sign-ins read is right; what only lists, counts or finds is made to agree with it. So no repair
 * gives anybody a right, but those that say so (`widensAccess`).
 *
 * Errors: StoreUnavailable.
 */
export async function findInconsistencies(
  source: RowSource,
  accountId: string,
): Promise<readonly Inconsistency[]> {
  const rows = await AccountRows.read(source, accountId);
  inspectAlias(rows);
  inspectNames(rows);
  inspectPrincipals(rows);
  inspectPolicies(rows);
  inspectAccessKeys(rows);
  inspectCredentials(rows);
  inspectIssuer(rows);
  return rows.found;
}

/** The account's row says which alias it has. */
function inspectAlias(rows: AccountRows): void {
  const account = rows.get(accountKey(rows.accountId));
  if (account === undefined) {
    rows.report(`account ${rows.accountId} has no row`, [accountKey(rows.accountId)]);
    return;
  }
  const alias = account.attributes['AccountAlias'];
  for (const row of rows.rowsOf('identities', 'AccountAlias')) {
    const isOwn = row.attributes['AccountId'] === rows.accountId;
    if (
      isOwn &&
      (typeof alias !== 'string' || accountAliasKey(alias).partition !== row.key.partition)
    ) {
      rows.report(
        `${row.key.partition} is held for an account of another alias`,
        [row],
        [remove(row)],
      );
    }
  }
  if (typeof alias !== 'string') return;
  const key = accountAliasKey(alias);
  const holder = rows.get(key);
  if (holder === undefined) {
    const owner = toAttributes({ AccountId: rows.accountId });
    rows.report(`the alias ${alias} leads nowhere`, [account, key], [put(key, owner)]);
  } else if (holder.attributes['AccountId'] !== rows.accountId) {
    rows.report(
      `the alias ${alias} is another account's`,
      [account, holder],
      [changeWithout(account, 'AccountAlias')],
    );
  }
}
