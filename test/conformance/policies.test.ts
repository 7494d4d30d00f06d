import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  ListUserPoliciesCommand,
  ListUserTagsCommand,
  ListUsersCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  TagUserCommand,
  UntagUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { HARMLESS, Scenery } from '../operations/scenery';

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

const allow = (Action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } });

describe('managed policies', () => {
  test('create, get and list give different members, as on AWS', async () => {
    const { Policy: created } = await root.send(
      new CreatePolicyCommand({
        PolicyName: 'p',
        Path: '/x/',
        Description: 'what it is for',
        PolicyDocument: HARMLESS,
      }),
    );
    const listed = {
      PolicyName: 'p',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/) as string,
      Arn: `arn:aws:iam::${ACCOUNT}:policy/x/p`,
      Path: '/x/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: expect.any(Date) as Date,
      UpdateDate: expect.any(Date) as Date,
    };
    expect(created).toEqual(listed);
    const { Policy: read } = await root.send(new GetPolicyCommand({ PolicyArn: created?.Arn }));
    expect(read).toEqual({ ...listed, Description: 'what it is for', Tags: [] });
    const { Policies } = await root.send(new ListPoliciesCommand({ Scope: 'Local' }));
    expect(Policies).toEqual([listed]);
  });

  test('a name is taken once', async () => {
    const policy = { PolicyName: 'p', PolicyDocument: HARMLESS };
    await root.send(new CreatePolicyCommand(policy));
    expect(await refusal(root.send(new CreatePolicyCommand({ ...policy, Path: '/x/' })))).toEqual({
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
      message: 'A policy called p already exists. Duplicate names are not allowed.',
    });
  });

  test.each([
    ['{"Version": "2012-10-17", "Statement": [],}', 'Syntax errors in policy.'],
    [
      JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Resource: '*' } }),
      'Policy statement must contain actions.',
    ],
    [
      JSON.stringify({
        Statement: { Effect: 'Allow', Action: 'orders:GetOrder', Resource: '*' },
      }),
      'Policy document must be version 2012-10-17 or greater.',
    ],
    [
      '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"a:b","Resource":"*"}}',
      'Syntax errors in policy.',
    ],
  ])("%s is refused with AWS's message", async (PolicyDocument, message) => {
    const command = new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument });
    expect(await refusal(root.send(command))).toEqual({
      statusCode: 400,
      code: 'MalformedPolicyDocumentException',
      message,
    });
    expect((await root.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies).toEqual([]);
  });

  test('a document counts without its white space', async () => {
    const statement = (Sid: string) => ({
      Sid,
      Effect: 'Allow',
      Action: 'orders:GetOrder',
      Resource: '*',
    });
    const documentOf = (length: number): string => {
      const empty = JSON.stringify({ Version: '2012-10-17', Statement: [statement('')] }).length;
      const Statement = [statement('a'.repeat(length - empty))];
      return JSON.stringify({ Version: '2012-10-17', Statement }, undefined, 8);
    };
    const fits = new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: documentOf(6144) });
    expect((await root.send(fits)).Policy?.PolicyName).toBe('p');
    const large = new CreatePolicyCommand({ PolicyName: 'q', PolicyDocument: documentOf(6145) });
    expect(await refusal(root.send(large))).toEqual({
      statusCode: 409,
      code: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
    });
  });

  test('versions are numbered for good, and the default one decides', async () => {
    const PolicyArn = await scenery.policy(allow('orders:GetOrder'));
    const caller = await scenery.caller();
    await root.send(new AttachUserPolicyCommand({ UserName: caller.UserName, PolicyArn }));
    const client = deployment.iam(caller.credentials);
    const question = () => client.send(new GetUserCommand({}));
    expect(await refusal(question())).toMatchObject({ code: 'AccessDenied' });
    const second = await root.send(
      new CreatePolicyVersionCommand({
        PolicyArn,
        PolicyDocument: allow('iam:GetUser'),
        SetAsDefault: true,
      }),
    );
    expect(second.PolicyVersion).toEqual({
      VersionId: 'v2',
      IsDefaultVersion: true,
      CreateDate: expect.any(Date) as Date,
    });
    expect((await question()).User?.UserName).toBe(caller.UserName);
    const isDefault = new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' });
    expect(await refusal(root.send(isDefault))).toMatchObject({
      code: 'DeleteConflictException',
      message: 'Cannot delete the default version of a policy.',
    });
    await root.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(await refusal(question())).toMatchObject({ code: 'AccessDenied' });
    await root.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    const third = await root.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: HARMLESS }),
    );
    expect(third.PolicyVersion?.VersionId).toBe('v3');
    const { Versions } = await root.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map((version) => [version.VersionId, version.IsDefaultVersion])).toEqual([
      ['v3', false],
      ['v1', true],
    ]);
    const gone = new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' });
    expect(await refusal(root.send(gone))).toMatchObject({
      statusCode: 404,
      message: `Policy ${PolicyArn} version v2 does not exist or is not attachable.`,
    });
  });

  test('a policy has at most five versions', async () => {
    const PolicyArn = await scenery.policy();
    const another = () =>
      root.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: HARMLESS }));
    await Promise.all([another(), another(), another(), another()]);
    expect(await refusal(another())).toMatchObject({
      statusCode: 409,
      code: 'LimitExceededException',
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    });
    expect(await refusal(root.send(new DeletePolicyCommand({ PolicyArn })))).toMatchObject({
      code: 'DeleteConflictException',
    });
  });

  test('a document comes back as it was sent, escapes and all', async () => {
    const PolicyDocument = `{\n  "Version":"2012-10-17",\t"Statement":{"Effect":"Allow","Action":"orders:*",
      "Resource":"arn:aws:orders:::a%3Ab/<é>&\\"x"}}`;
    const PolicyArn = await scenery.policy(PolicyDocument);
    const version = await root.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(decodeURIComponent(String(version.PolicyVersion?.Document))).toBe(PolicyDocument);
  });

  test('a policy that is attached, or bounds a user, cannot be deleted', async () => {
    const { PolicyArn, UserName } = await scenery.attachedToUser();
    const conflict = {
      statusCode: 409,
      code: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    };
    expect(await refusal(root.send(new DeletePolicyCommand({ PolicyArn })))).toEqual(conflict);
    await root.send(
      new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: PolicyArn }),
    );
    await root.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
    expect(await refusal(root.send(new DeletePolicyCommand({ PolicyArn })))).toEqual(conflict);
    await root.send(new DeleteUserCommand({ UserName }));
    await root.send(new DeletePolicyCommand({ PolicyArn }));
    expect(await refusal(root.send(new GetPolicyCommand({ PolicyArn })))).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
    });
  });

  test.each([
    ['longpolicynamebutnoarn', 400, 'ValidationError', 'Invalid ARN:  Could not be parsed!'],
    [
      `arn:aws:iam::${ACCOUNT}:policy/none`,
      404,
      'NoSuchEntityException',
      `Policy arn:aws:iam::${ACCOUNT}:policy/none does not exist or is not attachable.`,
    ],
    [
      `arn:aws:iam::${ACCOUNT}:user/alice`,
      400,
      'InvalidInputException',
      `ARN arn:aws:iam::${ACCOUNT}:user/alice is not valid.`,
    ],
  ])('%s cannot be attached', async (PolicyArn, statusCode, code, message) => {
    const UserName = await scenery.user();
    const command = new AttachUserPolicyCommand({ UserName, PolicyArn });
    expect(await refusal(root.send(command))).toEqual({ statusCode, code, message });
  });
});

describe('attachments', () => {
  test('attaching twice counts once, and detaching what is not attached is refused', async () => {
    const attachment = await scenery.attachedToUser();
    const { UserName, PolicyArn } = attachment;
    await root.send(new AttachUserPolicyCommand(attachment));
    const { Policy } = await root.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy?.AttachmentCount).toBe(1);
    const listed = await root.send(new ListAttachedUserPoliciesCommand({ UserName }));
    expect(listed).toMatchObject({
      AttachedPolicies: [{ PolicyArn, PolicyName: Policy?.PolicyName }],
      IsTruncated: false,
    });
    await root.send(new DetachUserPolicyCommand(attachment));
    expect(await refusal(root.send(new DetachUserPolicyCommand(attachment)))).toMatchObject({
      statusCode: 404,
      message: `Policy ${PolicyArn} was not found.`,
    });
  });

  test('a policy knows whom it is attached to and whom it bounds', async () => {
    const { PolicyArn, UserName } = await scenery.attachedToUser();
    const bounded = await scenery.user('/bounded/');
    for (const name of [UserName, bounded]) {
      await root.send(
        new PutUserPermissionsBoundaryCommand({ UserName: name, PermissionsBoundary: PolicyArn }),
      );
    }
    const list = async (more: object) => {
      const entities = await root.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...more }));
      return entities.PolicyUsers?.map((user) => user.UserName).sort();
    };
    expect(await list({})).toEqual([UserName, bounded].sort());
    expect(await list({ PolicyUsageFilter: 'PermissionsPolicy' })).toEqual([UserName]);
    expect(await list({ PathPrefix: '/bounded/' })).toEqual([bounded]);
    expect(await list({ EntityFilter: 'Group' })).toEqual([]);
  });

  test('policies that AWS manages are listed, read, attached and never changed', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
    const { Policies } = await root.send(new ListPoliciesCommand({ Scope: 'AWS', MaxItems: 1000 }));
    const names = Policies?.map((policy) => policy.PolicyName) ?? [];
    expect(names).toEqual([...names].sort());
    expect(names).toContain('AdministratorAccess');
    const caller = await scenery.caller();
    await root.send(new AttachUserPolicyCommand({ UserName: caller.UserName, PolicyArn }));
    const client = deployment.iam(caller.credentials);
    expect((await client.send(new GetUserCommand({}))).User?.UserName).toBe(caller.UserName);
    const { Policy } = await root.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ Arn: PolicyArn, AttachmentCount: 1, DefaultVersionId: 'v1' });
    const version = await root.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(decodeURIComponent(String(version.PolicyVersion?.Document))).toContain('iam:Get*');
    const entities = await root.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(entities.PolicyUsers?.map((user) => user.UserName)).toEqual([caller.UserName]);
    const attached = await root.send(new ListPoliciesCommand({ OnlyAttached: true }));
    expect(attached.Policies?.map((policy) => policy.Arn)).toEqual([PolicyArn]);
    expect(await refusal(root.send(new DeletePolicyCommand({ PolicyArn })))).toMatchObject({
      statusCode: 403,
    });
  });

  test('a list of both kinds goes on from one kind to the other', async () => {
    const own = await scenery.policy();
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await root.send(new ListPoliciesCommand({ MaxItems: 150, Marker }));
      expect(page.Policies?.length).toBeLessThanOrEqual(150);
      seen.push(...(page.Policies ?? []).map((policy) => policy.Arn));
      Marker = page.Marker;
      expect(page.IsTruncated).toBe(Marker !== undefined);
    } while (Marker !== undefined);
    const { Policies: all } = await root.send(new ListPoliciesCommand({ MaxItems: 1000 }));
    expect(seen).toEqual(all?.map((policy) => policy.Arn));
    expect(seen[0]).toBe(own);
    expect(seen.length).toBeGreaterThan(600);
  });
});

describe('inline policies', () => {
  test('a policy is put, read, replaced, listed and deleted', async () => {
    const UserName = await scenery.user();
    const put = (PolicyName: string, PolicyDocument: string) =>
      root.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
    await put('a', HARMLESS);
    await put('b', allow('a:b'));
    await put('a', allow('iam:GetUser'));
    const read = await root.send(new GetUserPolicyCommand({ UserName, PolicyName: 'a' }));
    expect(read).toMatchObject({
      UserName,
      PolicyName: 'a',
      PolicyDocument: encodeURIComponent(allow('iam:GetUser')).replace('*', '%2A'),
    });
    const listed = await root.send(new ListUserPoliciesCommand({ UserName }));
    expect(listed).toMatchObject({ PolicyNames: ['a', 'b'], IsTruncated: false });
    expect(await refusal(root.send(new DeleteUserCommand({ UserName })))).toMatchObject({
      message: 'Cannot delete entity, must delete policies first.',
    });
    for (const PolicyName of ['a', 'b']) {
      await root.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
    }
    const gone = new DeleteUserPolicyCommand({ UserName, PolicyName: 'a' });
    expect(await refusal(root.send(gone))).toMatchObject({
      message: 'The user policy with name a cannot be found.',
    });
    await root.send(new DeleteUserCommand({ UserName }));
  });

  test('all inline policies of a user together have a size', async () => {
    const UserName = await scenery.user();
    const sized = (size: number): string => {
      const Sid = 'a'.repeat(size - withSid('').length);
      return withSid(Sid);
    };
    const withSid = (Sid: string): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: { Sid, Effect: 'Allow', Action: 'a:b', Resource: '*' },
      });
    const put = (PolicyName: string, size: number) =>
      root.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: sized(size) }));
    await put('a', 1024);
    await put('b', 1024);
    await put('a', 1000);
    await put('a', 1024);
    expect(await refusal(put('a', 1025))).toEqual({
      statusCode: 409,
      code: 'LimitExceededException',
      message: `Maximum policy size of 2048 bytes exceeded for user ${UserName}`,
    });
  });
});

describe('permissions boundaries', () => {
  test('a boundary limits what identity policies allow, and is shown as AWS shows it', async () => {
    const boundary = await scenery.policy(allow('iam:ListUsers'));
    const caller = await scenery.caller({ Effect: 'Allow', Action: 'iam:*', Resource: '*' });
    const { UserName } = caller;
    const client = deployment.iam(caller.credentials);
    const bound = { UserName, PermissionsBoundary: boundary };
    await root.send(new PutUserPermissionsBoundaryCommand(bound));
    await root.send(new PutUserPermissionsBoundaryCommand(bound));
    expect((await client.send(new ListUsersCommand({}))).Users).toHaveLength(1);
    expect((await refusal(client.send(new GetUserCommand({})))).message).toMatch(
      /because no permissions boundary allows the iam:GetUser action$/,
    );
    const { User } = await root.send(new GetUserCommand({ UserName }));
    expect(User?.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: boundary,
    });
    const { Users } = await root.send(new ListUsersCommand({}));
    expect(Users?.[0]).not.toHaveProperty('PermissionsBoundary');
    const { Policy } = await root.send(new GetPolicyCommand({ PolicyArn: boundary }));
    expect(Policy).toMatchObject({ AttachmentCount: 0, PermissionsBoundaryUsageCount: 1 });
    await root.send(new DeleteUserPermissionsBoundaryCommand({ UserName }));
    expect((await client.send(new GetUserCommand({}))).User).not.toHaveProperty(
      'PermissionsBoundary',
    );
    await root.send(new DeletePolicyCommand({ PolicyArn: boundary }));
  });

  test('whoever may create users only with a boundary cannot create one without it', async () => {
    const boundary = await scenery.policy();
    const { credentials } = await scenery.caller({
      Effect: 'Allow',
      Action: ['iam:CreateUser', 'iam:AttachUserPolicy', 'iam:DeleteUserPermissionsBoundary'],
      Resource: '*',
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    });
    const client = deployment.iam(credentials);
    const create = (more: object) =>
      client.send(new CreateUserCommand({ UserName: 'new', ...more }));
    expect(await refusal(create({}))).toMatchObject({ code: 'AccessDenied' });
    const other = await scenery.policy();
    expect(await refusal(create({ PermissionsBoundary: other }))).toMatchObject({
      code: 'AccessDenied',
    });
    await create({ PermissionsBoundary: boundary });
    const attach = (UserName: string) =>
      client.send(new AttachUserPolicyCommand({ UserName, PolicyArn: other }));
    await attach('new');
    expect(await refusal(attach(await scenery.user()))).toMatchObject({ code: 'AccessDenied' });
  });

  test('a boundary that does not exist is refused', async () => {
    const PermissionsBoundary = `arn:aws:iam::${ACCOUNT}:policy/none`;
    const command = new CreateUserCommand({ UserName: 'new', PermissionsBoundary });
    expect(await refusal(root.send(command))).toMatchObject({
      statusCode: 404,
      message: `Scope ARN: ${PermissionsBoundary} does not exist or is not attachable.`,
    });
  });
});

describe('tags', () => {
  test('a tag replaces the one whose key differs in case only', async () => {
    const UserName = await scenery.user();
    const tag = (Key: string, Value: string) =>
      root.send(new TagUserCommand({ UserName, Tags: [{ Key, Value }] }));
    await tag('Team', 'blue');
    await tag('stage', '');
    await tag('team', 'red');
    const listed = await root.send(new ListUserTagsCommand({ UserName }));
    expect(listed.Tags).toEqual([
      { Key: 'stage', Value: '' },
      { Key: 'team', Value: 'red' },
    ]);
    const { User } = await root.send(new GetUserCommand({ UserName }));
    expect(User?.Tags).toHaveLength(2);
    await root.send(new UntagUserCommand({ UserName, TagKeys: ['TEAM', 'none'] }));
    const rest = await root.send(new ListUserTagsCommand({ UserName, MaxItems: 1 }));
    expect(rest).toMatchObject({ Tags: [{ Key: 'stage', Value: '' }], IsTruncated: false });
  });

  test.each([
    [
      [
        { Key: 'a', Value: '1' },
        { Key: 'A', Value: '2' },
      ],
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [[{ Key: 'aws:x', Value: '1' }], 'Tag keys that begin with aws: are reserved.'],
  ])('%j are refused', async (Tags, message) => {
    const expected = { statusCode: 400, code: 'InvalidInputException', message };
    const PolicyArn = await scenery.policy();
    const UserName = await scenery.user();
    expect(await refusal(root.send(new TagUserCommand({ UserName, Tags })))).toEqual(expected);
    expect(await refusal(root.send(new TagPolicyCommand({ PolicyArn, Tags })))).toEqual(expected);
    const create = new CreateUserCommand({ UserName: 'new', Tags });
    expect(await refusal(root.send(create))).toEqual(expected);
  });

  test('an entity has at most fifty tags', async () => {
    const PolicyArn = await scenery.policy();
    const tags = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${from + index}`, Value: 'v' }));
    await root.send(new TagPolicyCommand({ PolicyArn, Tags: tags(0, 50) }));
    expect(
      await refusal(root.send(new TagPolicyCommand({ PolicyArn, Tags: tags(50, 1) }))),
    ).toMatchObject({ statusCode: 409, code: 'LimitExceededException' });
    expect(
      await refusal(root.send(new TagPolicyCommand({ PolicyArn, Tags: tags(0, 51) }))),
    ).toMatchObject({ statusCode: 400, code: 'ValidationError' });
    const listed = await root.send(new ListPolicyTagsCommand({ PolicyArn, MaxItems: 20 }));
    expect(listed.Tags).toHaveLength(20);
    expect(listed.IsTruncated).toBe(true);
  });

  test('the tags of the request and of the user decide', async () => {
    const { credentials } = await scenery.caller(
      {
        Effect: 'Allow',
        Action: 'iam:TagUser',
        Resource: '*',
        Condition: {
          StringEquals: { 'aws:RequestTag/team': 'blue' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
        },
      },
      {
        Effect: 'Allow',
        Action: 'iam:GetUser',
        Resource: '*',
        Condition: { StringEquals: { 'iam:ResourceTag/team': 'blue' } },
      },
    );
    const client = deployment.iam(credentials);
    const UserName = await scenery.user();
    const tag = (...Tags: { Key: string; Value: string }[]) =>
      client.send(new TagUserCommand({ UserName, Tags }));
    const read = () => client.send(new GetUserCommand({ UserName }));
    expect(await refusal(read())).toMatchObject({ code: 'AccessDenied' });
    expect(await refusal(tag({ Key: 'team', Value: 'red' }))).toMatchObject({
      code: 'AccessDenied',
    });
    expect(
      await refusal(tag({ Key: 'team', Value: 'blue' }, { Key: 'admin', Value: 'yes' })),
    ).toMatchObject({ code: 'AccessDenied' });
    await tag({ Key: 'team', Value: 'blue' });
    expect((await read()).User?.UserName).toBe(UserName);
  });
});
