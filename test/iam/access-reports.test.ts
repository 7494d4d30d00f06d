import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateUserCommand,
  DeleteUserPolicyCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsWithEntitiesCommand,
  GetUserCommand,
  ListPoliciesGrantingServiceAccessCommand,
  ListUsersCommand,
  PutGroupPolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';

let deployment: AdminDeployment;
let root: IAMClient;
let scenery: Scenery;

beforeAll(async () => {
  deployment = await deployAdmin();
  root = deployment.iam();
  scenery = new Scenery(root);
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

const userArn = (name: string, path = '/team/'): string =>
  `arn:aws:iam::${ACCOUNT}:user${path}${name}`;

const allow = (...Action: string[]): object => ({ Effect: 'Allow', Action, Resource: '*' });
const deny = (...Action: string[]): object => ({ Effect: 'Deny', Action, Resource: '*' });

const policy = (...Statement: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

async function makeReport(
  Arn: string,
  Granularity: 'SERVICE_LEVEL' | 'ACTION_LEVEL' = 'SERVICE_LEVEL',
  client = root,
): Promise<string> {
  const { JobId } = await client.send(
    new GenerateServiceLastAccessedDetailsCommand({ Arn, Granularity }),
  );
  return String(JobId);
}

const details = (JobId: string, more: object = {}) =>
  root.send(new GetServiceLastAccessedDetailsCommand({ JobId, ...more }));

describe('what was accessed last', () => {
  test('a report has the services that policies grant, and what was asked for, refused or not', async () => {
    const caller = await scenery.caller(allow('iam:GetUser', 'orders:GetOrder', 'sts:*'));
    const iam = deployment.iam(caller.credentials);
    await iam.send(new GetUserCommand({}));
    await refusal(iam.send(new ListUsersCommand({})));
    const arn = userArn(caller.UserName, '/callers/');
    const job = await makeReport(arn, 'ACTION_LEVEL');
    expect(job).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const report = await details(job);
    expect(report).toMatchObject({
      JobStatus: 'COMPLETED',
      JobType: 'ACTION_LEVEL',
      IsTruncated: false,
    });
    expect(report.JobCreationDate).toEqual(report.JobCompletionDate);
    const used = {
      LastAccessedEntity: arn,
      LastAccessedTime: expect.any(Date) as Date,
      LastAccessedRegion: 'eu-central-1',
    };
    expect(report.ServicesLastAccessed).toEqual([
      {
        ServiceName: 'AWS Identity and Access Management',
        ServiceNamespace: 'iam',
        LastAuthenticated: expect.any(Date) as Date,
        LastAuthenticatedEntity: arn,
        LastAuthenticatedRegion: 'eu-central-1',
        TotalAuthenticatedEntities: 1,
        TrackedActionsLastAccessed: [
          { ActionName: 'GetUser', ...used },
          { ActionName: 'ListUsers', ...used },
        ],
      },
      { ServiceName: 'orders', ServiceNamespace: 'orders', TotalAuthenticatedEntities: 0 },
      {
        ServiceName: 'AWS Security Token Service',
        ServiceNamespace: 'sts',
        TotalAuthenticatedEntities: 0,
      },
    ]);
    const services = (await details(await makeReport(arn))).ServicesLastAccessed;
    expect(services?.[0]?.TrackedActionsLastAccessed).toBeUndefined();
  });

  test('a group counts its members, and tells who of them asked last', async () => {
    const GroupName = await scenery.group();
    await root.send(
      new PutGroupPolicyCommand({
        GroupName,
        PolicyName: 'p',
        PolicyDocument: policy(allow('iam:*')),
      }),
    );
    const idle = await scenery.user();
    const busy = await scenery.caller();
    for (const UserName of [idle, busy.UserName]) {
      await root.send(new AddUserToGroupCommand({ GroupName, UserName }));
    }
    await deployment.iam(busy.credentials).send(new ListUsersCommand({}));
    const job = await makeReport(`arn:aws:iam::${ACCOUNT}:group/team/${GroupName}`);
    expect((await details(job)).ServicesLastAccessed).toMatchObject([
      { ServiceNamespace: 'iam', TotalAuthenticatedEntities: 1 },
    ]);
    const ask = (more: object = {}) =>
      root.send(
        new GetServiceLastAccessedDetailsWithEntitiesCommand({
          JobId: job,
          ServiceNamespace: 'iam',
          ...more,
        }),
      );
    const { EntityDetailsList = [] } = await ask();
    expect(EntityDetailsList.map(({ EntityInfo }) => EntityInfo?.Name)).toEqual([
      busy.UserName,
      idle,
    ]);
    expect(EntityDetailsList[0]).toEqual({
      EntityInfo: {
        Arn: userArn(busy.UserName, '/callers/'),
        Name: busy.UserName,
        Type: 'USER',
        Id: expect.stringMatching(/^AIDA/) as string,
        Path: '/callers/',
      },
      LastAuthenticated: expect.any(Date) as Date,
    });
    expect(EntityDetailsList[1]?.LastAuthenticated).toBeUndefined();
    const first = await ask({ MaxItems: 1 });
    const second = await ask({ MaxItems: 1, Marker: first.Marker });
    expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
    expect(second.EntityDetailsList?.[0]?.EntityInfo?.Name).toBe(idle);
  });

  test("a policy's report is about whom it is attached to, directly and through groups", async () => {
    const PolicyArn = await scenery.policy(policy(allow('iam:*')));
    const direct = await scenery.caller();
    const { UserName: member, GroupName } = await scenery.member();
    await root.send(new AttachUserPolicyCommand({ UserName: direct.UserName, PolicyArn }));
    await root.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
    await deployment.iam(direct.credentials).send(new ListUsersCommand({}));
    const JobId = await makeReport(PolicyArn);
    const { EntityDetailsList = [] } = await root.send(
      new GetServiceLastAccessedDetailsWithEntitiesCommand({ JobId, ServiceNamespace: 'iam' }),
    );
    expect(EntityDetailsList.map(({ EntityInfo }) => EntityInfo?.Name)).toEqual([
      direct.UserName,
      member,
    ]);
  });

  test('a report stays as it was made, and belongs to whom it was made for', async () => {
    const caller = await scenery.caller(
      allow('iam:GenerateServiceLastAccessedDetails', 'iam:GetServiceLastAccessedDetails'),
    );
    const own = deployment.iam(caller.credentials);
    const arn = userArn(caller.UserName, '/callers/');
    const theirs = await makeReport(arn, 'SERVICE_LEVEL', own);
    expect(await refusal(details(theirs))).toMatchObject({
      statusCode: 404,
      code: 'NoSuchEntityException',
    });
    const mine = await makeReport(arn);
    await root.send(
      new DeleteUserPolicyCommand({ UserName: caller.UserName, PolicyName: 'permissions' }),
    );
    expect((await details(mine)).ServicesLastAccessed).toHaveLength(1);
    expect((await details(await makeReport(arn))).ServicesLastAccessed).toEqual([]);
    expect(await refusal(makeReport(userArn('nobody')))).toMatchObject({
      statusCode: 404,
      message: 'The user with name nobody cannot be found.',
    });
  });

  test('services are paged in the order of their names', async () => {
    const UserName = await scenery.user();
    await scenery.permit(UserName, allow('b:*', 'a:*', 'c:*'));
    const job = await makeReport(userArn(UserName));
    const first = await details(job, { MaxItems: 2 });
    const second = await details(job, { MaxItems: 2, Marker: first.Marker });
    const namesOf = ({ ServicesLastAccessed = [] }: typeof first) =>
      ServicesLastAccessed.map(({ ServiceNamespace }) => ServiceNamespace);
    expect([namesOf(first), namesOf(second)]).toEqual([['a', 'b'], ['c']]);
  });

  test('within an hour one access is noted once, and somebody of the same name is somebody else', async () => {
    const { store } = deployment;
    const caller = await scenery.caller(allow('iam:*'));
    const iam = deployment.iam(caller.credentials);
    const { User } = await iam.send(new GetUserCommand({}));
    const read = async (id: string) =>
      (await store.query('identities', `LastAccessed#${ACCOUNT}#${id}`, { consistent: true }))
        .items;
    const before = await read(String(User?.UserId));
    await iam.send(new GetUserCommand({}));
    expect(await read(String(User?.UserId))).toEqual(before);
    expect(before).toHaveLength(1);
    const other = await root.send(new CreateUserCommand({ UserName: 'same-again' }));
    expect(await read(String(other.User?.UserId))).toEqual([]);
  });
});

describe('ListPoliciesGrantingServiceAccess', () => {
  test('each service has the policies that grant it: managed by ARN, inline by what they hang under', async () => {
    const { UserName, GroupName } = await scenery.member();
    await scenery.permit(UserName, allow('orders:Get*'), deny('iam:*'), allow('iam:GetUser'));
    const PolicyArn = await scenery.policy(policy(allow('orders:*', 'sts:AssumeRole')));
    await root.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
    await root.send(
      new PutGroupPolicyCommand({
        GroupName,
        PolicyName: 'g',
        PolicyDocument: policy(allow('iam:Get*')),
      }),
    );
    const { PoliciesGrantingServiceAccess, IsTruncated } = await root.send(
      new ListPoliciesGrantingServiceAccessCommand({
        Arn: userArn(UserName),
        ServiceNamespaces: ['orders', 'iam', 'kms', 'orders'],
      }),
    );
    expect(IsTruncated).toBe(false);
    const managed = {
      PolicyName: PolicyArn.split('/')[1],
      PolicyType: 'MANAGED',
      PolicyArn,
    };
    expect(PoliciesGrantingServiceAccess).toEqual([
      {
        ServiceNamespace: 'orders',
        Policies: [
          {
            PolicyName: 'permissions',
            PolicyType: 'INLINE',
            EntityType: 'USER',
            EntityName: UserName,
          },
          managed,
        ],
      },
      {
        ServiceNamespace: 'iam',
        Policies: [
          { PolicyName: 'g', PolicyType: 'INLINE', EntityType: 'GROUP', EntityName: GroupName },
        ],
      },
      { ServiceNamespace: 'kms', Policies: [] },
    ]);
  });
});
