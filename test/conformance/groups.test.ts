import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  GetGroupCommand,
  GetUserCommand,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  PutGroupPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateGroupCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { readAccessKey } from '../../lambdas/identity/records';
import { accessKeyKey } from '../../lambdas/store/keys';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';

let deployment: AdminDeployment;
let root: IAMClient;
let scenery: Scenery;

beforeEach(async () => {
  deployment = await deployAdmin();
  root = deployment.iam();
  scenery = new Scenery(root);
});

afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

test('a created group comes back with exactly the members that AWS gives', async () => {
  const { Group } = await root.send(new CreateGroupCommand({ GroupName: 'devs' }));
  expect(Group).toEqual({
    Path: '/',
    GroupName: 'devs',
    GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/) as string,
    Arn: `arn:aws:iam::${ACCOUNT}:group/devs`,
    CreateDate: expect.any(Date) as Date,
  });
  const answer = await root.send(new GetGroupCommand({ GroupName: 'devs' }));
  expect(answer).toMatchObject({ Group, Users: [], IsTruncated: false });
  expect((await root.send(new ListGroupsCommand({}))).Groups).toEqual([Group]);
});

test('what a group may do, its members may do, and nobody else', async () => {
  const GroupName = await scenery.group();
  const caller = await scenery.caller();
  const client = deployment.iam(caller.credentials);
  const question = () => client.send(new GetUserCommand({}));
  await root.send(
    new PutGroupPolicyCommand({
      GroupName,
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' },
      }),
    }),
  );
  expect(await refusal(question())).toMatchObject({ code: 'AccessDenied' });
  const membership = { GroupName, UserName: caller.UserName };
  await root.send(new AddUserToGroupCommand(membership));
  expect((await question()).User?.UserName).toBe(caller.UserName);
  await root.send(new RemoveUserFromGroupCommand(membership));
  expect(await refusal(question())).toMatchObject({ code: 'AccessDenied' });
});

test('the access keys of a user name the groups that it is in', async () => {
  const UserName = await scenery.user();
  const early = await scenery.keyOf(UserName);
  const GroupName = await scenery.group();
  const { Group } = await root.send(new GetGroupCommand({ GroupName }));
  const groupsOf = async (accessKeyId: string) => {
    const item = await deployment.store.get(accessKeyKey(accessKeyId));
    return item && readAccessKey(item).GroupIds;
  };
  await root.send(new AddUserToGroupCommand({ GroupName, UserName }));
  const late = await scenery.keyOf(UserName);
  expect(await groupsOf(early.accessKeyId)).toEqual([Group?.GroupId]);
  expect(await groupsOf(late.accessKeyId)).toEqual([Group?.GroupId]);
  await root.send(new RemoveUserFromGroupCommand({ GroupName, UserName }));
  expect(await groupsOf(early.accessKeyId)).toEqual([]);
  expect(await groupsOf(late.accessKeyId)).toEqual([]);
});

test('adding a member again changes nothing; removing who is no member is refused', async () => {
  const membership = await scenery.member();
  await root.send(new AddUserToGroupCommand(membership));
  const { GroupName, UserName } = membership;
  const { Users } = await root.send(new GetGroupCommand({ GroupName }));
  expect(Users?.map((user) => user.UserName)).toEqual([UserName]);
  const { Groups } = await root.send(new ListGroupsForUserCommand({ UserName }));
  expect(Groups?.map((group) => group.GroupName)).toEqual([GroupName]);
  await root.send(new RemoveUserFromGroupCommand(membership));
  expect(await refusal(root.send(new RemoveUserFromGroupCommand(membership)))).toMatchObject({
    statusCode: 404,
    code: 'NoSuchEntityException',
  });
});

test('neither a member nor its group can be deleted before they are parted', async () => {
  const membership = await scenery.member();
  const { GroupName, UserName } = membership;
  const conflict = { statusCode: 409, code: 'DeleteConflictException' };
  expect(await refusal(root.send(new DeleteGroupCommand({ GroupName })))).toMatchObject(conflict);
  expect(await refusal(root.send(new DeleteUserCommand({ UserName })))).toMatchObject(conflict);
  await root.send(new RemoveUserFromGroupCommand(membership));
  await root.send(new DeleteGroupCommand({ GroupName }));
  await root.send(new DeleteUserCommand({ UserName }));
});

test('a group with policies cannot be deleted', async () => {
  const inline = await scenery.groupWithInlinePolicy();
  const attached = await scenery.attachedToGroup();
  const refuse = async (GroupName: string) =>
    (await refusal(root.send(new DeleteGroupCommand({ GroupName })))).message;
  expect(await refuse(inline.GroupName)).toBe('Cannot delete entity, must delete policies first.');
  expect(await refuse(attached.GroupName)).toBe(
    'Cannot delete entity, must detach all policies first.',
  );
});

test('a renamed group keeps its members', async () => {
  const { GroupName, UserName } = await scenery.member();
  await root.send(new UpdateGroupCommand({ GroupName, NewGroupName: 'renamed', NewPath: '/new/' }));
  const { Group, Users } = await root.send(new GetGroupCommand({ GroupName: 'renamed' }));
  expect(Group?.Arn).toBe(`arn:aws:iam::${ACCOUNT}:group/new/renamed`);
  expect(Users?.map((user) => user.UserName)).toEqual([UserName]);
  expect(await refusal(root.send(new GetGroupCommand({ GroupName })))).toMatchObject({
    message: `The group with name ${GroupName} cannot be found.`,
  });
});

test('a user is in at most ten groups', async () => {
  const UserName = await scenery.user();
  for (let joined = 0; joined < 10; joined += 1) {
    await root.send(new AddUserToGroupCommand({ UserName, GroupName: await scenery.group() }));
  }
  const eleventh = new AddUserToGroupCommand({ UserName, GroupName: await scenery.group() });
  expect(await refusal(root.send(eleventh))).toMatchObject({
    statusCode: 409,
    code: 'LimitExceededException',
    message: 'Cannot exceed quota for GroupsPerUser: 10',
  });
});

test('a group has at most ten attached policies', async () => {
  const GroupName = await scenery.group();
  for (let attached = 0; attached < 10; attached += 1) {
    const PolicyArn = await scenery.policy();
    await root.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
  }
  const eleventh = new AttachGroupPolicyCommand({ GroupName, PolicyArn: await scenery.policy() });
  expect(await refusal(root.send(eleventh))).toMatchObject({
    message: 'Cannot exceed quota for PoliciesPerGroup: 10',
  });
});
