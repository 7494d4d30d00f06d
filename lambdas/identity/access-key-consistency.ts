import {
  accessKeyKey,
  accountKey,
  accountPartition,
  CHILD_PREFIX,
  ownedAccessKeyKey,
  principalKey,
  principalPartition,
} from '../store/keys';
import type { Item, Key } from '../store/store';
import { change, put, remove, unchanged, type AccountRows } from './account-rows';
import { readAccessKey, readMembership, readOwnedAccessKey } from './records';

/** What an owner's list says of its keys is what authentication finds. */
export function inspectAccessKeys(rows: AccountRows): void {
  const owners = [
    {
      id: rows.accountId,
      key: accountKey(rows.accountId),
      partition: accountPartition(rows.accountId),
    },
    ...rows.partitionsOf('identities', 'User').map(([id]) => ({
      id,
      key: principalKey('User', rows.accountId, id),
      partition: principalPartition('User', rows.accountId, id),
    })),
  ];
  for (const { id, key, partition } of owners) {
    const listed = rows.list('identities', partition, CHILD_PREFIX.accessKey);
    for (const row of listed) {
      rows.inspect(row, (item) => {
        inspectListed(rows, id, item);
      });
    }
    const owner = rows.get(key);
    if (owner !== undefined) rows.expectCount(owner, 'AccessKeyCount', listed.length);
  }
  for (const row of rows.rowsOf('identities', 'AccessKey')) {
    if (row.key.sort === 'AccessKey' && row.attributes['AccountId'] === rows.accountId) {
      rows.inspect(row, (item) => {
        inspectKey(rows, item);
      });
    }
  }
}

function inspectListed(rows: AccountRows, ownerId: string, item: Item): void {
  const listed = readOwnedAccessKey(item);
  const key = accessKeyKey(listed.AccessKeyId);
  const found = rows.get(key);
  if (found === undefined) {
    const repair = [remove(item), unchanged(key, undefined)];
    rows.report(
      `${ownerId} lists the key ${listed.AccessKeyId}, which is gone`,
      [item, key],
      repair,
    );
    return;
  }
  const { OwnerId, Status } = readAccessKey(found);
  if (OwnerId !== ownerId) {
    rows.report(`${ownerId} lists the key ${listed.AccessKeyId} of ${OwnerId}`, [item, found]);
  } else if (Status !== listed.Status) {
    const message = `${listed.AccessKeyId} is ${Status}, and listed as ${listed.Status}`;
    rows.report(message, [item, found], [change(item, { Status }), unchanged(key, found)]);
  }
}

function inspectKey(rows: AccountRows, item: Item): void {
  const { AccessKeyId, OwnerKind, OwnerId, Status, CreateDate, GroupIds } = readAccessKey(item);
  const isRoot = OwnerKind === 'Root';
  const owner: Key = isRoot
    ? accountKey(rows.accountId)
    : principalKey('User', rows.accountId, OwnerId);
  if (rows.get(owner) === undefined) {
    const message = `the key ${AccessKeyId} is of ${OwnerId}, which is gone`;
    rows.report(message, [item, owner], [remove(item), unchanged(owner, undefined)]);
    return;
  }
  const listed = ownedAccessKeyKey(owner.partition, AccessKeyId);
  if (rows.get(listed) === undefined) {
    const repair = [put(listed, { AccessKeyId, Status, CreateDate }), unchanged(item.key, item)];
    rows.report(`the key ${AccessKeyId} is not listed for ${OwnerId}`, [item, listed], repair);
  }
  const memberships = isRoot
    ? []
    : rows.list('identities', owner.partition, CHILD_PREFIX.membership);
  const groupIds = memberships.map((row) => readMembership(row).GroupId).sort();
  if (groupIds.join() !== [...GroupIds].sort().join()) {
    const message = `the key ${AccessKeyId} names other groups than ${OwnerId} is in`;
    rows.report(message, [item, ...memberships], [change(item, { GroupIds: groupIds })]);
  }
}
