import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  GetAccountAuthorizationDetailsCommand,
  GetGroupCommand,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupsForUserCommand,
  ListPolicyVersionsCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { deployAdmin, type AdminDeployment } from '../operations/deployment';
import { HARMLESS, Scenery } from '../operations/scenery';

/* Ids say nothing to a reader, so that no list is in their order. */

let deployment: AdminDeployment;
let root: IAMClient;
let scenery: Scenery;
/** Clients sign with the true time. */
let aheadMilliseconds = 0;

beforeAll(async () => {
  deployment = await deployAdmin({ now: () => Date.now() + aheadMilliseconds });
  root = deployment.iam();
  scenery = new Scenery(root);
});

afterAll(async () => {
  await deployment.close();
});

async function several<Value>(make: () => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  for (let count = 0; count < 6; count += 1) made.push(await make());
  return made;
}

test('versions of a policy are listed with the newest first, over pages as well', async () => {
  const { Policy } = await root.send(
    new CreatePolicyCommand({ PolicyName: 'Versions', PolicyDocument: HARMLESS }),
  );
  const PolicyArn = Policy?.Arn;
  for (const SetAsDefault of [false, true, false]) {
    await root.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: HARMLESS, SetAsDefault }),
    );
  }
  const first = await root.send(new ListPolicyVersionsCommand({ PolicyArn, MaxItems: 3 }));
  const { Marker } = first;
  const second = await root.send(new ListPolicyVersionsCommand({ PolicyArn, Marker }));
  const listed = [first, second].flatMap(({ Versions = [] }) => Versions);
  expect(listed.map(({ VersionId }) => VersionId)).toEqual(['v4', 'v3', 'v2', 'v1']);
  expect(listed.map(({ IsDefaultVersion }) => IsDefaultVersion)).toEqual([
    false,
    true,
    false,
    false,
  ]);
  const { Policies = [] } = await root.send(
    new GetAccountAuthorizationDetailsCommand({ Filter: ['LocalManagedPolicy'] }),
  );
  expect(Policies[0]?.PolicyVersionList?.map(({ VersionId }) => VersionId)).toEqual([
    'v4',
    'v3',
    'v2',
    'v1',
  ]);
});

test('access keys are listed with the oldest first', async () => {
  const UserName = await scenery.user();
  const { AccessKey: first } = await root.send(new CreateAccessKeyCommand({ UserName }));
  aheadMilliseconds += 1000;
  const { AccessKey: second } = await root.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyMetadata = [] } = await root.send(new ListAccessKeysCommand({ UserName }));
  expect(AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId)).toEqual([
    first?.AccessKeyId,
    second?.AccessKeyId,
  ]);
});

test('what hangs together is listed by name', async () => {
  const UserName = await scenery.user();
  const policyArns = await several(() => scenery.policy());
  for (const PolicyArn of policyArns) {
    await root.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  }
  const attached = await root.send(new ListAttachedUserPoliciesCommand({ UserName }));
  expect(attached.AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)).toEqual(policyArns);

  const groups = await several(() => scenery.group());
  for (const GroupName of groups) {
    await root.send(new AddUserToGroupCommand({ UserName, GroupName }));
  }
  const { Groups } = await root.send(new ListGroupsForUserCommand({ UserName }));
  const sortedGroups = [...groups].sort();
  expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(sortedGroups);

  const users = await several(() => scenery.user());
  const [GroupName] = groups;
  const [PolicyArn] = policyArns;
  for (const member of users) {
    await root.send(new AddUserToGroupCommand({ UserName: member, GroupName }));
    await root.send(new AttachUserPolicyCommand({ UserName: member, PolicyArn }));
  }
  const { Users } = await root.send(new GetGroupCommand({ GroupName }));
  expect(Users?.map((user) => user.UserName)).toEqual([UserName, ...users].sort());
  const { PolicyUsers } = await root.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
  expect(PolicyUsers?.map((user) => user.UserName)).toEqual([UserName, ...users].sort());

  const details = await root.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User'] }));
  const detail = details.UserDetailList?.find((user) => user.UserName === UserName);
  expect(detail?.GroupList).toEqual(sortedGroups);
  expect(detail?.AttachedManagedPolicies?.map((policy) => policy.PolicyArn)).toEqual(policyArns);
});
