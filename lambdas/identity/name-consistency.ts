import {
  accountKey,
  encodeParts,
  foldName,
  instanceProfileKey,
  nameKey,
  namePartition,
  policyKey,
  principalKey,
  serverCertificateKey,
  type NamedKind,
} from '../store/keys';
import type { Item, Key } from '../store/store';
import { change, put, remove, unchanged, type AccountRows } from './account-rows';
import { readServerCertificate } from './certificate-records';
import type { NameRecord } from './entities';
import { readGroup, readName, readPolicy, readUser, toAttributes } from './records';
import { readInstanceProfile, readRole } from './role-entities';

/** How the entities of a kind are found, named and counted. */
interface Naming {
  readonly kind: NamedKind;
  readonly counter: string;
  readonly keyOf: (accountId: string, id: string) => Key;
  readonly read: (item: Item) => NameRecord;
}

const NAMINGS: readonly Naming[] = [
  {
    kind: 'User',
    counter: 'UserCount',
    keyOf: (accountId, id) => principalKey('User', accountId, id),
    read: (item) => {
      const { UserId, UserName, Path } = readUser(item);
      return { Id: UserId, Name: UserName, Path };
    },
  },
  {
    kind: 'Group',
    counter: 'GroupCount',
    keyOf: (accountId, id) => principalKey('Group', accountId, id),
    read: (item) => {
      const { GroupId, GroupName, Path } = readGroup(item);
      return { Id: GroupId, Name: GroupName, Path };
    },
  },
  {
    kind: 'Role',
    counter: 'RoleCount',
    keyOf: (accountId, id) => principalKey('Role', accountId, id),
    read: (item) => {
      const { RoleId, RoleName, Path } = readRole(item);
      return { Id: RoleId, Name: RoleName, Path };
    },
  },
  {
    kind: 'InstanceProfile',
    counter: 'InstanceProfileCount',
    keyOf: instanceProfileKey,
    read: (item) => {
      const { InstanceProfileId, InstanceProfileName, Path } = readInstanceProfile(item);
      return { Id: InstanceProfileId, Name: InstanceProfileName, Path };
    },
  },
  {
    kind: 'ServerCertificate',
    counter: 'ServerCertificateCount',
    keyOf: serverCertificateKey,
    read: (item) => {
      const { ServerCertificateId, ServerCertificateName, Path } = readServerCertificate(item);
      return { Id: ServerCertificateId, Name: ServerCertificateName, Path };
    },
  },
  {
    kind: 'Policy',
    counter: 'PolicyCount',
    keyOf: policyKey,
    read: (item) => {
      const { PolicyId, PolicyName, Path } = readPolicy(item);
      return { Id: PolicyId, Name: PolicyName, Path };
    },
  },
];

/** Every name leads to an entity of that name, every entity has its name, and all of them are counted. */
export function inspectNames(rows: AccountRows): void {
  const account = rows.get(accountKey(rows.accountId));
  for (const naming of NAMINGS) {
    const { table, partition } = namePartition(naming.kind, rows.accountId);
    for (const name of rows.list(table, partition)) {
      rows.inspect(name, (item) => {
        inspectName(rows, naming, item);
      });
    }
    const entities = entitiesOf(rows, naming);
    for (const entity of entities) {
      rows.inspect(entity, (item) => {
        inspectEntity(rows, naming, item);
      });
    }
    if (account !== undefined) rows.expectCount(account, naming.counter, entities.length);
  }
}

function entitiesOf(rows: AccountRows, { kind, keyOf }: Naming): readonly Item[] {
  const { table } = namePartition(kind, rows.accountId);
  return rows.partitionsOf(table, kind).flatMap(([id]) => {
    const entity = rows.get(keyOf(rows.accountId, id));
    return entity === undefined ? [] : [entity];
  });
}

function inspectName(rows: AccountRows, { kind, keyOf, read }: Naming, item: Item): void {
  const name = readName(item);
  const key = keyOf(rows.accountId, name.Id);
  const entity = rows.get(key);
  if (entity === undefined) {
    const message = `the name ${name.Name} leads to no ${kind}`;
    rows.report(message, [item, key], [remove(item), unchanged(key, undefined)]);
    return;
  }
  const actual = read(entity);
  const isItsName = encodeParts(foldName(actual.Name)) === item.key.sort;
  if (isItsName && (actual.Name !== name.Name || actual.Path !== name.Path)) {
    const { Name, Path } = actual;
    const message = `the name ${name.Path}${name.Name} leads to ${name.Id}, which is ${Path}${Name}`;
    rows.report(message, [item, entity], [change(item, { Name, Path }), unchanged(key, entity)]);
  }
  if (!isItsName) {
    const message = `the name ${name.Name} leads to ${name.Id}, whose name is ${actual.Name}`;
    rows.report(message, [item, entity], [remove(item), unchanged(key, entity)]);
  }
}

function inspectEntity(rows: AccountRows, { kind, read }: Naming, item: Item): void {
  const actual = read(item);
  const key = nameKey(kind, rows.accountId, actual.Name);
  const name = rows.get(key);
  if (name === undefined) {
    const repair = [put(key, toAttributes(actual)), unchanged(item.key, item)];
    rows.report(`no name leads to the ${kind} ${actual.Id}, ${actual.Name}`, [item, key], repair);
  } else if (name.attributes['Id'] !== actual.Id) {
    const message = `the name ${actual.Name} of ${actual.Id} leads to another ${kind}`;
    rows.report(message, [item, name]);
  }
}
