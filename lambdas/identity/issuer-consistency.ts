import { issuerKey, outboundFederationKey, SIGNING_KEY_PREFIX } from '../store/keys';
import type { Item } from '../store/store';
import { put, remove, type AccountRows } from './account-rows';
import { readOutboundFederation, readSigningKey } from './issuer-entities';
import { toAttributes } from './records';

/** The account's issuer of tokens: the account says which it is, and the issuer whose. Others read what lies under the issuer's id. */
export function inspectIssuer(rows: AccountRows): void {
  const federation = rows.get(outboundFederationKey(rows.accountId));
  let issuerId: string | undefined;
  rows.inspect(federation, (item) => {
    const { IssuerId, CreateDate } = readOutboundFederation(item);
    issuerId = IssuerId;
    const key = issuerKey(IssuerId);
    const issuer = rows.get(key);
    if (issuer === undefined) {
      const owner = toAttributes({ AccountId: rows.accountId, CreateDate });
      rows.report(`the issuer ${IssuerId} leads nowhere`, [item, key], [put(key, owner)]);
    } else if (issuer.attributes['AccountId'] !== rows.accountId) {
      rows.report(`the issuer ${IssuerId} is another account's`, [item, issuer]);
    }
  });
  // Whoever cannot read which issuer it is does not know which others are left over.
  if (federation !== undefined && issuerId === undefined) return;
  for (const row of rows.rowsOf('identities', 'Issuer')) {
    const isOwn = row.key.sort === 'Issuer' && row.attributes['AccountId'] === rows.accountId;
    if (isOwn && row.key.partition !== issuerKey(issuerId ?? '').partition) {
      reportLeftOver(rows, row, issuerId !== undefined);
    }
  }
  if (issuerId !== undefined) {
    const { partition } = issuerKey(issuerId);
    for (const row of rows.list('identities', partition, SIGNING_KEY_PREFIX)) {
      rows.inspect(row, readSigningKey);
    }
  }
}

/** Where the account has none, its own row may be what is lost, and keys that are removed do not come back. */
function reportLeftOver(rows: AccountRows, row: Item, hasAnother: boolean): void {
  const items = rows.list('identities', row.key.partition);
  rows.report(
    `${row.key.partition} is an issuer of account ${rows.accountId}, which has ${hasAnother ? 'another' : 'none'}`,
    items,
    hasAnother ? items.map(remove) : undefined,
  );
}
