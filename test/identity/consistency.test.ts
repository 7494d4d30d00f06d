import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  PutUserPermissionsBoundaryCommand,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { readName } from '../../lambdas/identity/records';
import {
  accessKeyKey,
  accountKey,
  attachedToKey,
  attachmentKey,
  inlinePolicyKey,
  memberKey,
  membershipKey,
  nameKey,
  policyKey,
  policyVersionKey,
  principalKey,
} from '../../lambdas/store/keys';
import type { Attributes, Key } from '../../lambdas/store/store';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { Scenery } from '../operations/scenery';

let deployment: AdminDeployment;
let ids: { user: string; group: string; policy: string; userName: string; accessKey: string };

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
  const idOf = async (kind: 'User' | 'Group' | 'Policy', name: string) => {
    const item = await deployment.store.get(nameKey(kind, ACCOUNT, name));
    if (item === undefined) throw new Error(`${name} has no row`);
    return readName(item).Id;
  };
  ids = {
    user: await idOf('User', UserName),
    group: await idOf('Group', GroupName),
    policy: await idOf('Policy', PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1)),
    userName: UserName,
    accessKey: accessKeyId,
  };
});

afterEach(async () => {
  await deployment.close();
});

const remove = (key: Key) =>
  deployment.store.transact([{ kind: 'delete', key, condition: { exists: true } }], {
    token: 'damage',
  });

const change = (key: Key, set: Attributes) =>
  deployment.store.transact([{ kind: 'update', key, set, condition: { exists: true } }], {
    token: 'damage',
  });

test('an account that only its operations have written is sound', async () => {
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
});

test.each<readonly [string, () => Promise<void>]>([
  ['the account', () => remove(accountKey(ACCOUNT))],
  ['a user', () => remove(principalKey('User', ACCOUNT, ids.user))],
  ['the name of a user', () => remove(nameKey('User', ACCOUNT, ids.userName))],
  ['a group', () => remove(principalKey('Group', ACCOUNT, ids.group))],
  ["the user's side of a membership", () => remove(membershipKey(ACCOUNT, ids.user, ids.group))],
  ["the group's side of a membership", () => remove(memberKey(ACCOUNT, ids.group, ids.user))],
  ['an attachment', () => remove(attachmentKey('User', ACCOUNT, ids.user, ids.policy))],
  [
    "the policy's side of an attachment",
    () => remove(attachedToKey(ACCOUNT, ids.policy, 'PermissionsPolicy', 'User', ids.user)),
  ],
  [
    "the policy's side of a boundary",
    () => remove(attachedToKey(ACCOUNT, ids.policy, 'PermissionsBoundary', 'User', ids.user)),
  ],
  ['an inline policy', () => remove(inlinePolicyKey('User', ACCOUNT, ids.user, 'inline-2'))],
  ['a policy', () => remove(policyKey(ACCOUNT, ids.policy))],
  ['a version', () => remove(policyVersionKey(ACCOUNT, ids.policy, 1))],
  ['an access key', () => remove(accessKeyKey(ids.accessKey))],
])('%s that is gone is found out', async (_what, damage) => {
  await damage();
  expect(await findInconsistencies(deployment.store, ACCOUNT)).not.toEqual([]);
});

test.each<readonly [string, () => Promise<void>]>([
  ['a count', () => change(accountKey(ACCOUNT), { UserCount: 7 })],
  ['a size', () => change(principalKey('User', ACCOUNT, ids.user), { InlinePolicySize: 1 })],
  ['a path', () => change(principalKey('User', ACCOUNT, ids.user), { Path: '/other/' })],
  ['the groups of a key', () => change(accessKeyKey(ids.accessKey), { GroupIds: [] })],
  ['the status of a key', () => change(accessKeyKey(ids.accessKey), { Status: 'Inactive' })],
  ['a default document', () => change(policyKey(ACCOUNT, ids.policy), { DefaultDocument: '{}' })],
])('%s that is wrong is found out', async (_what, damage) => {
  await damage();
  expect(await findInconsistencies(deployment.store, ACCOUNT)).not.toEqual([]);
});
