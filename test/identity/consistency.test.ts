import { randomUUID } from 'node:crypto';
import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccountAliasCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  PutUserPermissionsBoundaryCommand,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { repairInconsistencies } from '../../lambdas/identity/repair';
import { awsManagedPolicy } from '../../lambdas/identity/aws-managed-policies';
import { readName } from '../../lambdas/identity/records';
import {
  accessKeyKey,
  accountAliasKey,
  accountKey,
  attachedToKey,
  attachmentKey,
  inlinePolicyKey,
  instanceProfileKey,
  memberKey,
  membershipKey,
  nameKey,
  ownedAccessKeyKey,
  policyKey,
  policyUsageKey,
  policyVersionKey,
  principalKey,
  principalPartition,
  usedInKey,
  type NamedKind,
} from '../../lambdas/store/keys';
import type { Attributes, Key, Store } from '../../lambdas/store/store';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { Scenery } from '../operations/scenery';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
});

let deployment: AdminDeployment;
let ids: Readonly<
  Record<
    | 'user'
    | 'group'
    | 'policy'
    | 'role'
    | 'profile'
    | 'awsPolicy'
    | 'userName'
    | 'otherUserName'
    | 'accessKey',
    string
  >
>;

beforeEach(async () => {
  deployment = await deployAdmin();
  const scenery = new Scenery(deployment.iam());
  const { UserName, PolicyName } = await scenery.userWithInlinePolicy();
  expect(PolicyName).toBe('inline-2');
  const GroupName = await scenery.group();
  const PolicyArn = await scenery.policy();
  const { accessKeyId } = await scenery.keyOf(UserName);
  await scenery.root.send(new AddUserToGroupCommand({ UserName, GroupName }));
  await scenery.root.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  await scenery.root.send(
    new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: PolicyArn }),
  );
  const otherUserName = await scenery.user();
  const AwsPolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  await scenery.root.send(new AttachUserPolicyCommand({ UserName, PolicyArn: AwsPolicyArn }));
  await scenery.root.send(new CreateAccountAliasCommand({ AccountAlias: 'the-alias' }));
  await scenery.root.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'profile' }));
  await scenery.root.send(
    new CreateRoleCommand({ RoleName: 'role', AssumeRolePolicyDocument: TRUST }),
  );
  await scenery.root.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'profile', RoleName: 'role' }),
  );
  const idOf = async (kind: NamedKind, name: string) => {
    const item = await deployment.store.get(nameKey(kind, ACCOUNT, name));
    if (item === undefined) throw new Error(`${name} has no row`);
    return readName(item).Id;
  };
  ids = {
    user: await idOf('User', UserName),
    group: await idOf('Group', GroupName),
    policy: await idOf('Policy', PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1)),
    role: await idOf('Role', 'role'),
    profile: await idOf('InstanceProfile', 'profile'),
    awsPolicy: awsManagedPolicy(AwsPolicyArn)?.PolicyId ?? '',
    userName: UserName,
    otherUserName,
    accessKey: accessKeyId,
  };
});

afterEach(async () => {
  await deployment.close();
});

const remove = (key: Key) =>
  deployment.store.transact([{ kind: 'delete', key, condition: { exists: true } }], {
    token: randomUUID(),
  });

const change = (key: Key, set: Attributes) =>
  deployment.store.transact([{ kind: 'update', key, set, condition: { exists: true } }], {
    token: randomUUID(),
  });

test('an account that only its operations have written is sound', async () => {
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
});

/** Whether a repair brings all of it in order, only one that widens access does, or none. */
type Outcome = 'repaired' | 'widened' | 'left';

const repair = (widenAccess: boolean) =>
  repairInconsistencies(deployment.store, deployment.store, {
    accountId: ACCOUNT,
    widenAccess,
    createToken: randomUUID,
  });

async function expectOutcome(outcome: Outcome): Promise<void> {
  const found = await findInconsistencies(deployment.store, ACCOUNT);
  expect(found).not.toEqual([]);
  for (const { message, rows } of found) {
    expect(message).not.toBe('');
    expect(rows).not.toEqual([]);
  }
  const safely = await repair(false);
  expect(safely.left.length > 0).toBe(outcome !== 'repaired');
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual(safely.left);
  const { left } = await repair(true);
  expect(left.length > 0).toBe(outcome === 'left');
  expect(left.filter((each) => each.repair !== undefined)).toEqual([]);
}

const idsOf = (kind: 'attached' | 'group') =>
  kind === 'attached'
    ? attachmentKey('User', ACCOUNT, ids.user, ids.policy)
    : membershipKey(ACCOUNT, ids.user, ids.group);

test.each<readonly [string, Outcome, () => Promise<void>]>([
  ['the account', 'left', () => remove(accountKey(ACCOUNT))],
  ['a user', 'repaired', () => remove(principalKey('User', ACCOUNT, ids.user))],
  ['the name of a user', 'repaired', () => remove(nameKey('User', ACCOUNT, ids.userName))],
  ['a group', 'widened', () => remove(principalKey('Group', ACCOUNT, ids.group))],
  ["the user's side of a membership", 'repaired', () => remove(idsOf('group'))],
  [
    "the group's side of a membership",
    'repaired',
    () => remove(memberKey(ACCOUNT, ids.group, ids.user)),
  ],
  ['an attachment', 'repaired', () => remove(idsOf('attached'))],
  [
    "the policy's side of an attachment",
    'repaired',
    () => remove(attachedToKey(ACCOUNT, ids.policy, 'PermissionsPolicy', 'User', ids.user)),
  ],
  [
    "the policy's side of a boundary",
    'repaired',
    () => remove(attachedToKey(ACCOUNT, ids.policy, 'PermissionsBoundary', 'User', ids.user)),
  ],
  [
    'an inline policy',
    'repaired',
    () => remove(inlinePolicyKey('User', ACCOUNT, ids.user, 'inline-2')),
  ],
  ['a policy, also a boundary,', 'left', () => remove(policyKey(ACCOUNT, ids.policy))],
  ['a version', 'left', () => remove(policyVersionKey(ACCOUNT, ids.policy, 1))],
  ['an access key', 'repaired', () => remove(accessKeyKey(ids.accessKey))],
  [
    "an access key in its owner's list",
    'repaired',
    () => remove(ownedAccessKeyKey(principalPartition('User', ACCOUNT, ids.user), ids.accessKey)),
  ],
  ['an alias', 'repaired', () => remove(accountAliasKey('the-alias'))],
  [
    'the role of an instance profile',
    'repaired',
    () => remove(principalKey('Role', ACCOUNT, ids.role)),
  ],
  [
    "the role's side of an instance profile",
    'repaired',
    () => remove(usedInKey(ACCOUNT, ids.role, ids.profile)),
  ],
  ['an instance profile', 'repaired', () => remove(instanceProfileKey(ACCOUNT, ids.profile))],
  [
    "one of AWS's policies that somebody has",
    'widened',
    () => remove(policyKey('aws', ids.awsPolicy)),
  ],
  [
    "the count of the uses of one of AWS's policies",
    'repaired',
    () => remove(policyUsageKey(ACCOUNT, ids.awsPolicy)),
  ],
  [
    "the list entry of a use of one of AWS's policies",
    'repaired',
    () => remove(attachedToKey(ACCOUNT, ids.awsPolicy, 'PermissionsPolicy', 'User', ids.user)),
  ],
])('%s that is gone is found out, and then: %s', async (_what, outcome, damage) => {
  await damage();
  await expectOutcome(outcome);
});

test.each<readonly [string, Outcome, () => Promise<void>]>([
  ['a count', 'repaired', () => change(accountKey(ACCOUNT), { UserCount: 7 })],
  [
    'a size',
    'repaired',
    () => change(principalKey('User', ACCOUNT, ids.user), { InlinePolicySize: 1 }),
  ],
  [
    'a path',
    'repaired',
    () => change(principalKey('User', ACCOUNT, ids.user), { Path: '/other/' }),
  ],
  [
    'a name',
    'repaired',
    () => change(principalKey('User', ACCOUNT, ids.user), { UserName: 'other' }),
  ],
  [
    'the id of a name',
    'repaired',
    () => change(nameKey('User', ACCOUNT, ids.userName), { Id: 'AIDAGONE' }),
  ],
  [
    'a name that is taken',
    'left',
    () => change(principalKey('User', ACCOUNT, ids.user), { UserName: ids.otherUserName }),
  ],
  ['the groups of a key', 'repaired', () => change(accessKeyKey(ids.accessKey), { GroupIds: [] })],
  [
    'the status of a key',
    'repaired',
    () => change(accessKeyKey(ids.accessKey), { Status: 'Inactive' }),
  ],
  ['the owner of a key', 'repaired', () => change(accessKeyKey(ids.accessKey), { OwnerId: 'X' })],
  [
    'a default document',
    'left',
    () => change(policyKey(ACCOUNT, ids.policy), { DefaultDocument: '{}' }),
  ],
  [
    "the text of one of AWS's policies",
    'widened',
    () => change(policyKey('aws', ids.awsPolicy), { DefaultDocument: '{}' }),
  ],
  ['a text', 'left', () => change(principalKey('User', ACCOUNT, ids.user), { UserName: 7 })],
  ['the owner of an alias', 'repaired', () => change(accountKey(ACCOUNT), { AccountAlias: 'b' })],
])('%s that is wrong is found out, and then: %s', async (_what, outcome, damage) => {
  await damage();
  await expectOutcome(outcome);
});

test('a repair gives back the very rows that were lost, and no right', async () => {
  const key = nameKey('User', ACCOUNT, ids.userName);
  const before = await deployment.store.get(key);
  await remove(key);
  const { repaired } = await repair(true);
  expect(repaired).toHaveLength(1);
  expect((await deployment.store.get(key))?.attributes).toEqual(before?.attributes);
});

test('an access key that is lost on one side is taken from its owner, never given to it', async () => {
  await remove(accessKeyKey(ids.accessKey));
  await repair(true);
  expect(await deployment.store.get(accessKeyKey(ids.accessKey))).toBeUndefined();
});

test('what is referred to and gone is removed only where that is asked for', async () => {
  await remove(principalKey('Group', ACCOUNT, ids.group));
  await repair(false);
  expect(await deployment.store.get(idsOf('group'))).toBeDefined();
  await repair(true);
  expect(await deployment.store.get(idsOf('group'))).toBeUndefined();
});

test("one of AWS's policies has today's text again after a repair, and one in use is there", async () => {
  const key = policyKey('aws', ids.awsPolicy);
  const before = await deployment.store.get(key);
  await change(key, { DefaultDocument: '{}' });
  await repair(true);
  expect((await deployment.store.get(key))?.attributes).toEqual(before?.attributes);
  await remove(key);
  await repair(true);
  expect((await deployment.store.get(key))?.attributes).toEqual(before?.attributes);
});

test('a repair that meets a row which others have changed leaves it, and finds it again', async () => {
  await change(accountKey(ACCOUNT), { UserCount: 7 });
  let raced = false;
  const racing: Pick<Store, 'transact'> = {
    transact: async (writes, options) => {
      if (!raced) await change(accountKey(ACCOUNT), { GroupCount: 9 });
      raced = true;
      await deployment.store.transact(writes, options);
    },
  };
  const options = { accountId: ACCOUNT, widenAccess: false, createToken: randomUUID };
  await repairInconsistencies(deployment.store, racing, options);
  const { left } = await repair(false);
  expect(left).toEqual([]);
});
