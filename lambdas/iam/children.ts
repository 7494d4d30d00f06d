import { readMembership } from '../identity/records';
import type { Call } from '../operations/operation';
import { CHILD_PREFIX, principalPartition } from '../store/keys';
import type { Item, TableName } from '../store/store';

/** All rows of one kind in the partition of a principal or policy, for kinds that a quota keeps few. */
export async function readChildren<Row>(
  call: Call,
  partition: string,
  prefix: string,
  read: (item: Item) => Row,
  table: TableName = 'identities',
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await call.store.query(table, partition, {
      consistent: true,
      prefix,
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.items.map(read));
    after = page.next;
  } while (after !== undefined);
  return rows;
}

/** The groups that a user is in; good for as long as the user's row has the revision that was read before. */
export async function readGroupIds(call: Call, userId: string): Promise<readonly string[]> {
  const partition = principalPartition('User', call.accountId, userId);
  const memberships = await readChildren(call, partition, CHILD_PREFIX.membership, readMembership);
  return memberships.map((membership) => membership.GroupId);
}
