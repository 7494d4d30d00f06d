import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteUserCommand,
  AttachUserPolicyCommand,
  AddUserToGroupCommand,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { createRandom } from '../harness/random';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { HARMLESS, Scenery } from '../operations/scenery';
import { commandOf } from './command';

let deployment: AdminDeployment;
let scenery: Scenery;

beforeEach(async () => {
  deployment = await deployAdmin();
  scenery = new Scenery(deployment.iam());
});

afterEach(async () => {
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  expect(deployment.failures).toEqual([]);
  await deployment.close();
});

/** The codes of the calls that were refused, one after another, and how many were not. */
async function outcomes(calls: readonly Promise<unknown>[]): Promise<{
  answered: number;
  codes: readonly string[];
}> {
  const settled = await Promise.all(
    calls.map(async (call) => {
      const refused = await refusal(call).catch(() => undefined);
      return refused?.code;
    }),
  );
  const codes = settled.filter((code) => code !== undefined);
  return { answered: settled.length - codes.length, codes };
}

function repeat<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

test('of twenty access keys made at once, two are', async () => {
  const UserName = await scenery.user();
  const { answered, codes } = await outcomes(
    repeat(20, () => scenery.root.send(new CreateAccessKeyCommand({ UserName }))),
  );
  expect(answered).toBe(2);
  expect(new Set(codes)).toEqual(new Set(['LimitExceededException']));
  const { AccessKeyMetadata } = await scenery.root.send(new ListAccessKeysCommand({ UserName }));
  expect(AccessKeyMetadata).toHaveLength(2);
});

test('of many policies attached at once, the quota decides', async () => {
  const UserName = await scenery.user();
  const policies = await Promise.all(repeat(16, () => scenery.policy()));
  const { answered, codes } = await outcomes(
    policies.map((PolicyArn) =>
      scenery.root.send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
    ),
  );
  expect(answered).toBeLessThanOrEqual(10);
  expect(answered + codes.length).toBe(16);
  for (const code of codes) {
    expect(['LimitExceededException', 'ConcurrentModificationException']).toContain(code);
  }
});

test('the quota of users holds for users made at once', async () => {
  await deployment.close();
  deployment = await deployAdmin({ quotas: { UsersPerAccount: 5 } });
  const root = deployment.iam();
  const { answered, codes } = await outcomes(
    repeat(30, (index) => root.send(new CreateUserCommand({ UserName: `user-${index}` }))),
  );
  expect(answered).toBe(5);
  expect(new Set(codes)).toEqual(new Set(['LimitExceededException']));
});

test('a user that is deleted while it is given rights leaves none behind', async () => {
  for (let round = 0; round < 20; round += 1) {
    const UserName = await scenery.user();
    const PolicyArn = await scenery.policy();
    const GroupName = await scenery.group();
    await outcomes([
      scenery.root.send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
      scenery.root.send(new DeleteUserCommand({ UserName })),
      scenery.root.send(new AddUserToGroupCommand({ UserName, GroupName })),
    ]);
    expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  }
});

const NAMES = ['a', 'b', 'c'];

/** Any change at all, of few entities, so that changes meet. */
function anyChange(random: (below: number) => number): readonly [string, object] {
  const name = () => String(NAMES[random(NAMES.length)]);
  const UserName = name();
  const GroupName = name();
  const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/${name()}`;
  const PolicyDocument = HARMLESS;
  const changes: readonly (readonly [string, object])[] = [
    ['CreateUser', { UserName }],
    ['DeleteUser', { UserName }],
    ['UpdateUser', { UserName, NewUserName: name() }],
    ['CreateGroup', { GroupName }],
    ['DeleteGroup', { GroupName }],
    ['AddUserToGroup', { GroupName, UserName }],
    ['AddUserToGroup', { GroupName, UserName }],
    ['RemoveUserFromGroup', { GroupName, UserName }],
    ['CreatePolicy', { PolicyName: name(), PolicyDocument }],
    ['DeletePolicy', { PolicyArn }],
    ['CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: true }],
    ['DeletePolicyVersion', { PolicyArn, VersionId: 'v1' }],
    ['AttachUserPolicy', { UserName, PolicyArn }],
    ['DetachUserPolicy', { UserName, PolicyArn }],
    ['AttachGroupPolicy', { GroupName, PolicyArn }],
    ['DetachGroupPolicy', { GroupName, PolicyArn }],
    ['PutUserPolicy', { UserName, PolicyName: name(), PolicyDocument }],
    ['DeleteUserPolicy', { UserName, PolicyName: name() }],
    ['PutUserPermissionsBoundary', { UserName, PermissionsBoundary: PolicyArn }],
    ['DeleteUserPermissionsBoundary', { UserName }],
    ['TagUser', { UserName, Tags: [{ Key: name(), Value: name() }] }],
    ['CreateAccessKey', { UserName }],
  ];
  return changes[random(changes.length)] ?? ['CreateUser', { UserName }];
}

test.each([1, 2])('after 400 changes by 16 callers at once all rows agree (%i)', async (seed) => {
  const random = createRandom(seed);
  let answered = 0;
  const callers = repeat(16, async () => {
    for (let change = 0; change < 400 / 16; change += 1) {
      const [name, input] = anyChange(random);
      const result = await outcomes([scenery.root.send(commandOf(name, input))]);
      answered += result.answered;
      expect(result.codes.filter((code) => /Failure|Unavailable|Denied/.test(code))).toEqual([]);
    }
  });
  await Promise.all(callers);
  expect(answered).toBeGreaterThan(100);
});
