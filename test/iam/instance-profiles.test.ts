import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  GetInstanceProfileCommand,
  ListInstanceProfilesCommand,
  ListInstanceProfilesForRoleCommand,
  ListInstanceProfileTagsCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';
import { TRUST } from './role-cases';

let deployment: AdminDeployment;
let root: IAMClient;

beforeEach(async () => {
  deployment = await deployAdmin();
  root = deployment.iam();
});

afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
});

const Tags = [{ Key: 'team', Value: 'blue' }];
const held = { InstanceProfileName: 'web', RoleName: 'app' };

const createProfile = (InstanceProfileName = 'web', more: object = {}) =>
  root.send(new CreateInstanceProfileCommand({ InstanceProfileName, ...more }));

const createRole = (RoleName = 'app') =>
  root.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));

const addRole = (client = root) => client.send(new AddRoleToInstanceProfileCommand(held));

const BARE = {
  Path: '/',
  InstanceProfileName: 'web',
  InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/) as string,
  Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/web`,
  CreateDate: expect.any(Date) as Date,
};

describe('instance profiles', () => {
  test('one is made without a role, with the tags it was given', async () => {
    const { InstanceProfile } = await createProfile('web', { Tags });
    expect(InstanceProfile).toEqual({ ...BARE, Roles: [], Tags });
    const { InstanceProfile: plain } = await createProfile('plain');
    expect(plain).not.toHaveProperty('Tags');
  });

  test('one is shown with its role, by name and in both lists', async () => {
    await createProfile();
    const { Role } = await createRole();
    await addRole();
    const Roles = [Role];
    const got = await root.send(new GetInstanceProfileCommand({ InstanceProfileName: 'WEB' }));
    expect(got.InstanceProfile).toEqual({ ...BARE, Roles, Tags: [] });
    const all = await root.send(new ListInstanceProfilesCommand({}));
    expect(all.InstanceProfiles).toEqual([{ ...BARE, Roles }]);
    const ofRole = await root.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'app' }));
    expect(ofRole.InstanceProfiles).toEqual([{ ...BARE, Roles }]);
    expect([all.IsTruncated, ofRole.IsTruncated]).toEqual([false, false]);
  });

  test('a name is taken once, in whatever case', async () => {
    await createProfile('web');
    expect(await refusal(createProfile('WEB'))).toEqual({
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
      message: 'Instance Profile WEB already exists.',
    });
  });

  test('a list keeps to its path and goes on behind its marker', async () => {
    for (const [name, Path] of [
      ['a', '/x/'],
      ['b', '/y/'],
      ['c', '/x/'],
    ] as const) {
      await createProfile(name, { Path });
    }
    const list = async (Marker?: string) =>
      root.send(new ListInstanceProfilesCommand({ PathPrefix: '/x/', MaxItems: 1, Marker }));
    const first = await list();
    const second = await list(first.Marker);
    const names = [first, second].map((page) =>
      page.InstanceProfiles?.map((profile) => profile.InstanceProfileName),
    );
    expect(names).toEqual([['a'], ['c']]);
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
  });

  test('the quota of profiles holds', async () => {
    await deployment.close();
    deployment = await deployAdmin({ quotas: { InstanceProfilesPerAccount: 1 } });
    root = deployment.iam();
    await createProfile('first');
    expect(await refusal(createProfile('second'))).toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for InstanceProfilesPerAccount: 1',
    });
  });

  test('tags are added and listed', async () => {
    await createProfile();
    await root.send(new TagInstanceProfileCommand({ InstanceProfileName: 'web', Tags }));
    const list = new ListInstanceProfileTagsCommand({ InstanceProfileName: 'web' });
    expect((await root.send(list)).Tags).toEqual(Tags);
  });

  test('one that is not there is named in the refusal', async () => {
    const get = root.send(new GetInstanceProfileCommand({ InstanceProfileName: 'web' }));
    expect(await refusal(get)).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: 'Instance Profile web cannot be found.',
    });
  });
});

describe('the role of an instance profile', () => {
  beforeEach(async () => {
    await createProfile();
    await createRole();
  });

  test('is one at most', async () => {
    await addRole();
    expect(await refusal(addRole())).toEqual({
      statusCode: 409,
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
    });
  });

  test('is given by whoever may also pass it to EC2, and by nobody else', async () => {
    const scenery = new Scenery(root);
    const add = { Effect: 'Allow', Action: 'iam:AddRoleToInstanceProfile', Resource: '*' };
    const pass = (service: string) => ({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: `arn:aws:iam::${ACCOUNT}:role/app`,
      Condition: { StringEquals: { 'iam:PassedToService': service } },
    });
    const caller = await scenery.caller(add);
    const client = deployment.iam(caller.credentials);
    expect(await refusal(addRole(client))).toMatchObject({
      statusCode: 403,
      message: `User: arn:aws:iam::${ACCOUNT}:user/callers/${caller.UserName} is not authorized to perform: iam:PassRole on resource: arn:aws:iam::${ACCOUNT}:role/app because no identity-based policy allows the iam:PassRole action`,
    });
    await scenery.permit(caller.UserName, add, pass('lambda.amazonaws.com'));
    expect(await refusal(addRole(client))).toMatchObject({ statusCode: 403 });
    await scenery.permit(caller.UserName, add, pass('ec2.amazonaws.com'));
    await addRole(client);
  });

  test('keeps role and profile from being deleted until it is removed', async () => {
    await addRole();
    const message = 'Cannot delete entity, must remove roles from instance profile first.';
    const deleteRole = () => root.send(new DeleteRoleCommand({ RoleName: 'app' }));
    const deleteProfile = () =>
      root.send(new DeleteInstanceProfileCommand({ InstanceProfileName: 'web' }));
    const removeRole = () => root.send(new RemoveRoleFromInstanceProfileCommand(held));
    for (const remove of [deleteRole, deleteProfile]) {
      const refused = { statusCode: 409, code: 'DeleteConflictException', message };
      expect(await refusal(remove())).toEqual(refused);
    }
    await removeRole();
    expect(await refusal(removeRole())).toMatchObject({ code: 'NoSuchEntityException' });
    await deleteRole();
    await deleteProfile();
    expect(await refusal(deleteProfile())).toMatchObject({ code: 'NoSuchEntityException' });
  });

  test('of a role and its profile changed at once, nothing half is left', async () => {
    for (let round = 0; round < 10; round += 1) {
      await Promise.allSettled([
        addRole(),
        root.send(new DeleteRoleCommand({ RoleName: 'app' })),
        root.send(new DeleteInstanceProfileCommand({ InstanceProfileName: 'web' })),
      ]);
      expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
      await Promise.allSettled([
        root.send(new RemoveRoleFromInstanceProfileCommand(held)),
        createRole(),
        createProfile(),
      ]);
    }
  });
});
