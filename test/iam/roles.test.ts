import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  UpdateUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { roleLastUsedKey } from '../../lambdas/store/keys';
import { refusal } from '../operations/refusal';
import { HARMLESS } from '../operations/scenery';
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

const ROLE_ID = /^AROA[A-Z2-7]{17}$/;
const arn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;

const trustOf = (principal: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  });

async function createRole(RoleName: string, AssumeRolePolicyDocument = TRUST) {
  const { Role } = await root.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return Role;
}

async function trustPolicyOf(RoleName: string): Promise<string> {
  const { Role } = await root.send(new GetRoleCommand({ RoleName }));
  return decodeURIComponent(String(Role?.AssumeRolePolicyDocument));
}

describe('what an answer about a role has', () => {
  const bare = {
    Path: '/',
    RoleName: 'app',
    RoleId: expect.stringMatching(ROLE_ID) as string,
    Arn: arn('role/app'),
    CreateDate: expect.any(Date) as Date,
    AssumeRolePolicyDocument: encodeURIComponent(TRUST),
  };

  test('a role made of name and trust policy comes back with the six members that AWS gives', async () => {
    expect(await createRole('app')).toEqual(bare);
  });

  test('GetRole adds the session duration, and a last use even where there is none', async () => {
    await createRole('app');
    const { Role } = await root.send(new GetRoleCommand({ RoleName: 'app' }));
    expect(Role).toEqual({ ...bare, MaxSessionDuration: 3600, RoleLastUsed: {} });
  });

  test('GetRole tells when and where credentials of the role were used last', async () => {
    const role = await createRole('app');
    const LastUsedDate = Date.UTC(2026, 0, 2);
    await deployment.store.transact(
      [
        {
          kind: 'put',
          key: roleLastUsedKey(ACCOUNT, role?.RoleId ?? ''),
          attributes: { LastUsedDate, Region: 'eu-central-1' },
          condition: { exists: false },
        },
      ],
      { token: 'use' },
    );
    const { Role } = await root.send(new GetRoleCommand({ RoleName: 'app' }));
    expect(Role?.RoleLastUsed).toEqual({
      LastUsedDate: new Date(LastUsedDate),
      Region: 'eu-central-1',
    });
  });

  test('what CreateRole was given it answers, and lists leave out tags and boundary', async () => {
    const { Policy } = await root.send(
      new CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument: HARMLESS }),
    );
    const given = { Description: 'runs the app', MaxSessionDuration: 7200 };
    const Tags = [{ Key: 'team', Value: 'blue' }];
    const { Role } = await root.send(
      new CreateRoleCommand({
        RoleName: 'app',
        AssumeRolePolicyDocument: TRUST,
        PermissionsBoundary: String(Policy?.Arn),
        Tags,
        ...given,
      }),
    );
    const PermissionsBoundary = {
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: Policy?.Arn,
    };
    expect(Role).toEqual({ ...bare, ...given, Tags, PermissionsBoundary });
    const got = await root.send(new GetRoleCommand({ RoleName: 'APP' }));
    expect(got.Role).toEqual({ ...bare, ...given, Tags, PermissionsBoundary, RoleLastUsed: {} });
    const { Roles, IsTruncated } = await root.send(new ListRolesCommand({}));
    expect(Roles).toEqual([{ ...bare, ...given }]);
    expect(IsTruncated).toBe(false);
  });
});

describe('making and listing roles', () => {
  test('a name is taken once, in whatever case', async () => {
    await createRole('app');
    expect(await refusal(createRole('APP'))).toEqual({
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
      message: 'Role with name APP already exists.',
    });
  });

  test.each([
    ['is no JSON', '{"Version": "2012-10-17",}', 'This policy contains invalid Json'],
    [
      'names a resource',
      TRUST.replace('"Action"', '"Resource":"*","Action"'),
      'Has prohibited field Resource',
    ],
    [
      'allows another action',
      TRUST.replace('sts:AssumeRole', 'iam:CreateUser'),
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
  ])('a trust policy that %s is refused', async (_what, document, message) => {
    expect(await refusal(createRole('app', document))).toEqual({
      statusCode: 400,
      code: 'MalformedPolicyDocumentException',
      message,
    });
  });

  test('a trust policy above 2048 characters without white space is beyond a quota', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `service-number-${index}.amazonaws.com`);
    const long = trustOf({ Service: [...many, ...many] });
    expect(await refusal(createRole('app', long))).toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    });
  });

  test('the quota of roles holds', async () => {
    await deployment.close();
    deployment = await deployAdmin({ quotas: { RolesPerAccount: 1 } });
    root = deployment.iam();
    await createRole('first');
    expect(await refusal(createRole('second'))).toMatchObject({
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for RolesPerAccount: 1',
    });
    await root.send(new DeleteRoleCommand({ RoleName: 'first' }));
    await createRole('second');
  });

  test('a path under which services have their roles is refused', async () => {
    const call = root.send(
      new CreateRoleCommand({
        RoleName: 'app',
        Path: '/aws-service-role/batch.amazonaws.com/',
        AssumeRolePolicyDocument: TRUST,
      }),
    );
    expect(await refusal(call)).toMatchObject({ statusCode: 400, code: 'InvalidInputException' });
  });

  test('a list pages by name, and a path prefix leaves the others out', async () => {
    for (const [RoleName, Path] of [
      ['a', '/x/'],
      ['b', '/y/'],
      ['c', '/x/'],
    ] as const) {
      await root.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: TRUST }));
    }
    const first = await root.send(new ListRolesCommand({ PathPrefix: '/x/', MaxItems: 1 }));
    expect(first.Roles?.map((role) => role.RoleName)).toEqual(['a']);
    expect(first.IsTruncated).toBe(true);
    const { Marker } = first;
    const rest = await root.send(new ListRolesCommand({ PathPrefix: '/x/', MaxItems: 1, Marker }));
    expect(rest.Roles?.map((role) => role.RoleName)).toEqual(['c']);
    expect(rest.IsTruncated).toBe(false);
  });

  test('a role that is not there is named in the refusal', async () => {
    expect(await refusal(root.send(new GetRoleCommand({ RoleName: 'nobody' })))).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: 'The role with name nobody cannot be found.',
    });
  });
});

describe('changing a role', () => {
  beforeEach(() => createRole('app'));

  test('UpdateRole changes what it is given and keeps the rest', async () => {
    await root.send(new UpdateRoleCommand({ RoleName: 'app', Description: 'first' }));
    await root.send(new UpdateRoleCommand({ RoleName: 'app', MaxSessionDuration: 43_200 }));
    await root.send(new UpdateRoleCommand({ RoleName: 'app' }));
    const { Role } = await root.send(new GetRoleCommand({ RoleName: 'app' }));
    expect(Role).toMatchObject({ Description: 'first', MaxSessionDuration: 43_200 });
  });

  test.each([3599, 43_201])('a session of %i seconds is refused', async (MaxSessionDuration) => {
    const call = root.send(new UpdateRoleCommand({ RoleName: 'app', MaxSessionDuration }));
    expect(await refusal(call)).toMatchObject({ statusCode: 400, code: 'ValidationError' });
  });

  test('UpdateRoleDescription answers the role as it is now', async () => {
    const { Role } = await root.send(
      new UpdateRoleDescriptionCommand({ RoleName: 'app', Description: 'second' }),
    );
    expect(Role).toMatchObject({ RoleName: 'app', Description: 'second' });
    const got = await root.send(new GetRoleCommand({ RoleName: 'app' }));
    expect(got.Role?.Description).toBe('second');
  });

  test('tags are merged without regard to case, listed and taken away', async () => {
    const tag = (Key: string, Value: string) =>
      root.send(new TagRoleCommand({ RoleName: 'app', Tags: [{ Key, Value }] }));
    await tag('team', 'blue');
    await tag('Team', 'red');
    await tag('stage', 'test');
    const { Tags, IsTruncated } = await root.send(new ListRoleTagsCommand({ RoleName: 'app' }));
    expect(Tags).toEqual([
      { Key: 'Team', Value: 'red' },
      { Key: 'stage', Value: 'test' },
    ]);
    expect(IsTruncated).toBe(false);
    await root.send(new UntagRoleCommand({ RoleName: 'app', TagKeys: ['TEAM'] }));
    const left = await root.send(new ListRoleTagsCommand({ RoleName: 'app' }));
    expect(left.Tags).toEqual([{ Key: 'stage', Value: 'test' }]);
  });

  test('inline policies are put, read, listed and deleted', async () => {
    const policy = { RoleName: 'app', PolicyName: 'inline' };
    await root.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: HARMLESS }));
    const { $metadata, ...got } = await root.send(new GetRolePolicyCommand(policy));
    expect($metadata.httpStatusCode).toBe(200);
    const PolicyDocument = decodeURIComponent(String(got.PolicyDocument));
    expect({ ...got, PolicyDocument }).toEqual({ ...policy, PolicyDocument: HARMLESS });
    const { PolicyNames } = await root.send(new ListRolePoliciesCommand({ RoleName: 'app' }));
    expect(PolicyNames).toEqual(['inline']);
    await root.send(new DeleteRolePolicyCommand(policy));
    expect(await refusal(root.send(new GetRolePolicyCommand(policy)))).toMatchObject({
      code: 'NoSuchEntityException',
      message: 'The role policy with name inline cannot be found.',
    });
  });

  test('inline policies of more than 10,240 characters together are refused', async () => {
    const PolicyDocument = (length: number) =>
      HARMLESS.replace('orders:GetOrder', `orders:Get${'x'.repeat(length)}`);
    const put = (PolicyName: string, document: string) =>
      root.send(
        new PutRolePolicyCommand({ RoleName: 'app', PolicyName, PolicyDocument: document }),
      );
    await put('first', PolicyDocument(9000));
    expect(await refusal(put('second', PolicyDocument(2000)))).toMatchObject({
      code: 'LimitExceededException',
      message: 'Maximum policy size of 10240 bytes exceeded for role app',
    });
  });

  test('a policy is attached once, listed on both sides and detached', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const attachment = { RoleName: 'app', PolicyArn };
    await root.send(new AttachRolePolicyCommand(attachment));
    await root.send(new AttachRolePolicyCommand(attachment));
    const { AttachedPolicies } = await root.send(
      new ListAttachedRolePoliciesCommand({ RoleName: 'app' }),
    );
    expect(AttachedPolicies).toEqual([{ PolicyArn, PolicyName: 'AdministratorAccess' }]);
    const { PolicyRoles, PolicyUsers, PolicyGroups } = await root.send(
      new ListEntitiesForPolicyCommand({ PolicyArn, EntityFilter: 'Role' }),
    );
    expect(PolicyRoles).toEqual([
      { RoleName: 'app', RoleId: expect.stringMatching(ROLE_ID) as string },
    ]);
    expect([PolicyUsers, PolicyGroups]).toEqual([[], []]);
    const others = await root.send(
      new ListEntitiesForPolicyCommand({ PolicyArn, EntityFilter: 'User' }),
    );
    expect(others.PolicyRoles).toEqual([]);
    await root.send(new DetachRolePolicyCommand(attachment));
    expect(await refusal(root.send(new DetachRolePolicyCommand(attachment)))).toMatchObject({
      code: 'NoSuchEntityException',
    });
  });

  test('what is no ARN is not attached', async () => {
    const PolicyArn = 'longpolicynamebutnoarn';
    const call = root.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn }));
    expect(await refusal(call)).toEqual({
      statusCode: 400,
      code: 'ValidationError',
      message: 'Invalid ARN:  Could not be parsed!',
    });
  });

  test('a boundary is set, replaced, counted and removed', async () => {
    const boundary = async (PolicyName: string): Promise<string> => {
      const { Policy } = await root.send(
        new CreatePolicyCommand({ PolicyName, PolicyDocument: HARMLESS }),
      );
      const PermissionsBoundary = String(Policy?.Arn);
      await root.send(
        new PutRolePermissionsBoundaryCommand({ RoleName: 'app', PermissionsBoundary }),
      );
      return PermissionsBoundary;
    };
    const first = await boundary('first');
    const second = await boundary('second');
    const rolesOf = async (PolicyArn: string) => {
      const { PolicyRoles } = await root.send(
        new ListEntitiesForPolicyCommand({ PolicyArn, PolicyUsageFilter: 'PermissionsBoundary' }),
      );
      return PolicyRoles?.map((role) => role.RoleName);
    };
    expect(await rolesOf(first)).toEqual([]);
    expect(await rolesOf(second)).toEqual(['app']);
    await root.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'app' }));
    expect(await rolesOf(second)).toEqual([]);
    const { Role } = await root.send(new GetRoleCommand({ RoleName: 'app' }));
    expect(Role?.PermissionsBoundary).toBeUndefined();
    const again = root.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'app' }));
    expect(await refusal(again)).toMatchObject({ code: 'NoSuchEntityException' });
  });
});

describe('deleting a role', () => {
  test('waits until nothing hangs under it, and frees the name for another role', async () => {
    const before = await createRole('app');
    const attachment = {
      RoleName: 'app',
      PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    };
    await root.send(new AttachRolePolicyCommand(attachment));
    const remove = () => root.send(new DeleteRoleCommand({ RoleName: 'app' }));
    expect(await refusal(remove())).toEqual({
      statusCode: 409,
      code: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
    });
    await root.send(new DetachRolePolicyCommand(attachment));
    const policy = { RoleName: 'app', PolicyName: 'inline' };
    await root.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: HARMLESS }));
    expect(await refusal(remove())).toMatchObject({
      message: 'Cannot delete entity, must delete policies first.',
    });
    await root.send(new DeleteRolePolicyCommand(policy));
    await remove();
    expect(await refusal(remove())).toMatchObject({ code: 'NoSuchEntityException' });
    const after = await createRole('app');
    expect(after?.RoleId).not.toBe(before?.RoleId);
  });
});

describe('whom a role trusts', () => {
  const user = (UserName: string) => root.send(new CreateUserCommand({ UserName, Path: '/ops/' }));

  test('a user is shown by its ARN while it lives, also by a new one', async () => {
    await user('alice');
    const document = trustOf({ AWS: [arn('user/ops/alice'), arn('root')] });
    const made = await createRole('app', document);
    expect(decodeURIComponent(String(made?.AssumeRolePolicyDocument))).toBe(document);
    await root.send(new UpdateUserCommand({ UserName: 'alice', NewUserName: 'alina' }));
    expect(await trustPolicyOf('app')).toBe(document.replace('alice', 'alina'));
  });

  test('a user that is gone is shown by its id, and another one of its name is not trusted', async () => {
    const { User } = await user('alice');
    await createRole('app', trustOf({ AWS: arn('user/ops/alice') }));
    await root.send(new DeleteUserCommand({ UserName: 'alice' }));
    await user('alice');
    const bare = trustOf({ AWS: User?.UserId });
    expect(await trustPolicyOf('app')).toBe(bare);
    const { Roles } = await root.send(new ListRolesCommand({}));
    expect(decodeURIComponent(String(Roles?.[0]?.AssumeRolePolicyDocument))).toBe(bare);
    const save = root.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument: bare }),
    );
    expect(await refusal(save)).toEqual({
      statusCode: 400,
      code: 'MalformedPolicyDocumentException',
      message: `Invalid principal in policy: "AWS":"${User?.UserId}"`,
    });
  });

  test('a role, its session and an account are understood, and so is an id of somebody who lives', async () => {
    const { User } = await user('alice');
    await createRole('caller');
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/caller/night`;
    const named = [arn('role/caller'), session, String(User?.UserId), '999988887777'];
    await createRole('app', trustOf({ AWS: named }));
    expect(await trustPolicyOf('app')).toBe(
      trustOf({
        AWS: [arn('role/caller'), session, arn('user/ops/alice'), 'arn:aws:iam::999988887777:root'],
      }),
    );
    await root.send(new DeleteRoleCommand({ RoleName: 'caller' }));
    expect(await trustPolicyOf('app')).toMatch(/"AROA[A-Z2-7]{17}","AROA[A-Z2-7]{17}:night","arn:/);
  });

  test.each([
    ['a user that is not there', arn('user/nobody')],
    ['a user under another path', arn('user/alice')],
    ['a user in another case', arn('user/ops/Alice')],
    ['a role that is not there', arn('role/nobody')],
    ['a session of a role that is not there', `arn:aws:sts::${ACCOUNT}:assumed-role/nobody/x`],
    ['a user of an account that nobody knows', 'arn:aws:iam::999988887777:user/alice'],
    ['the root of another partition', `arn:aws-cn:iam::${ACCOUNT}:root`],
    ['an id that nobody has', 'AIDAAAAAAAAAAAAAAAAAA'],
    ['the id of a group', 'AGPAAAAAAAAAAAAAAAAAA'],
  ])('%s is refused', async (_what, principal) => {
    await user('alice');
    expect(await refusal(createRole('app', trustOf({ AWS: principal })))).toEqual({
      statusCode: 400,
      code: 'MalformedPolicyDocumentException',
      message: `Invalid principal in policy: "AWS":"${principal}"`,
    });
  });

  test('a policy keeps its form, its other parts and its escapes', async () => {
    await user('alice');
    const document = `{ "Version" : "2012-10-17",\n  "Statement" : [ { "Sid":"A", "Effect":"Allow",
      "Principal":{"AWS":"arn:aws:iam::${ACCOUNT}:user\\/ops/alice"}, "Action":"sts:AssumeRole",
      "Condition":{"StringEquals":{"aws:PrincipalArn":"${arn('user/ops/alice')}","sts:ExternalId":"a%3Ab"}} } ] }`;
    await createRole('app', document);
    expect(await trustPolicyOf('app')).toBe(document.replace('user\\/ops', 'user/ops'));
  });
});
