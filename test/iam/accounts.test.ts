import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  AddRoleToInstanceProfileCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteAccountAliasCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountPropertiesCommand,
  GetAccountSummaryCommand,
  ListAccountAliasesCommand,
  PutAccountPropertiesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SetSecurityTokenServicePreferencesCommand,
  type GetAccountAuthorizationDetailsCommandInput,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { accountAliasKey } from '../../lambdas/store/keys';
import { ACCOUNT, deployAdmin, ROOT, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { HARMLESS } from '../operations/scenery';
import { TRUST } from './role-cases';

let deployment: AdminDeployment;
let root: IAMClient;
let now: number;

beforeEach(async () => {
  // Behind the clients' clock, so that it can run on before their signatures expire.
  now = Date.now() - 10 * MINUTE;
  deployment = await deployAdmin({ now: () => now });
  root = deployment.iam();
});

afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
});

const MINUTE = 60_000;

describe('account aliases', () => {
  const create = (AccountAlias: string) =>
    root.send(new CreateAccountAliasCommand({ AccountAlias }));
  const remove = (AccountAlias: string) =>
    root.send(new DeleteAccountAliasCommand({ AccountAlias }));
  const list = async () => (await root.send(new ListAccountAliasesCommand({}))).AccountAliases;

  test('an account has none, then one, then the one that was made last', async () => {
    expect(await list()).toEqual([]);
    await create('first-alias');
    expect(await list()).toEqual(['first-alias']);
    await create('second-alias');
    expect(await list()).toEqual(['second-alias']);
    await create('first-alias');
    await remove('first-alias');
    expect(await list()).toEqual([]);
  });

  test('an alias that the account or another one has is taken', async () => {
    const taken = {
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
      message: 'The account alias mine already exists.',
    };
    await create('mine');
    expect(await refusal(create('mine'))).toEqual(taken);
    await deployment.store.transact(
      [
        {
          kind: 'put',
          key: accountAliasKey('theirs'),
          attributes: { AccountId: '999988887777' },
          condition: { exists: false },
        },
      ],
      { token: 'another account' },
    );
    expect(await refusal(create('theirs'))).toMatchObject({ code: taken.code });
    expect(await list()).toEqual(['mine']);
  });

  test('an alias that the account has not cannot be deleted', async () => {
    await create('mine');
    expect(await refusal(remove('other'))).toMatchObject({
      statusCode: 404,
      code: 'NoSuchEntityException',
    });
  });

  test.each(['UPPER', 'ab', '-begins', 'two--hyphens'])('%s can be no alias', async (alias) => {
    expect(await refusal(create(alias))).toMatchObject({ code: 'ValidationError' });
  });
});

describe('the summary of an account', () => {
  const summary = async () => (await root.send(new GetAccountSummaryCommand({}))).SummaryMap;

  test('of a new account names its root key and its quotas, and counts nothing', async () => {
    expect(await summary()).toEqual({
      Users: 0,
      Groups: 0,
      Roles: 0,
      InstanceProfiles: 0,
      Policies: 0,
      PolicyVersionsInUse: 0,
      ServerCertificates: 0,
      Providers: 0,
      MFADevices: 0,
      MFADevicesInUse: 0,
      AccountAccessKeysPresent: 1,
      AccountMFAEnabled: 0,
      AccountPasswordPresent: 0,
      AccountSigningCertificatesPresent: 0,
      GlobalEndpointTokenVersion: 1,
      UsersQuota: 5000,
      GroupsQuota: 300,
      RolesQuota: 1000,
      InstanceProfilesQuota: 1000,
      PoliciesQuota: 1500,
      ServerCertificatesQuota: 20,
      GroupsPerUserQuota: 10,
      AccessKeysPerUserQuota: 2,
      SigningCertificatesPerUserQuota: 2,
      AttachedPoliciesPerUserQuota: 10,
      AttachedPoliciesPerGroupQuota: 10,
      AttachedPoliciesPerRoleQuota: 10,
      VersionsPerPolicyQuota: 5,
      UserPolicySizeQuota: 2048,
      GroupPolicySizeQuota: 5120,
      RolePolicySizeQuota: 10_240,
      PolicySizeQuota: 6144,
      AssumeRolePolicySizeQuota: 2048,
      PolicyVersionsInUseQuota: 10_000,
    });
  });

  test('counts what there is, and knows the token version that was chosen', async () => {
    await furnish();
    await root.send(
      new SetSecurityTokenServicePreferencesCommand({ GlobalEndpointTokenVersion: 'v2Token' }),
    );
    expect(await summary()).toMatchObject({
      Users: 2,
      Groups: 1,
      Roles: 1,
      InstanceProfiles: 1,
      Policies: 1,
      PolicyVersionsInUse: 2,
      GlobalEndpointTokenVersion: 2,
    });
  });
});

const MANAGED = 'arn:aws:iam::aws:policy/AdministratorAccess';
const LOCAL = `arn:aws:iam::${ACCOUNT}:policy/local`;
const document = encodeURIComponent(HARMLESS).replaceAll('*', '%2A');

/** Two users, a group, a role in a profile, a policy of two versions, and one of AWS's in use. */
async function furnish(): Promise<void> {
  const policy = { PolicyName: 'inline', PolicyDocument: HARMLESS };
  await root.send(new CreateUserCommand({ UserName: 'alice', Tags: [{ Key: 'a', Value: 'b' }] }));
  await root.send(new CreateUserCommand({ UserName: 'bob' }));
  await root.send(new CreateGroupCommand({ GroupName: 'staff' }));
  await root.send(new AddUserToGroupCommand({ UserName: 'alice', GroupName: 'staff' }));
  await root.send(
    new CreatePolicyCommand({ ...policy, PolicyName: 'local', Description: 'described' }),
  );
  await root.send(new CreatePolicyVersionCommand({ PolicyArn: LOCAL, PolicyDocument: HARMLESS }));
  await root.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: TRUST }));
  await root.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
  await root.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: 'app' }),
  );
  await root.send(new PutUserPolicyCommand({ UserName: 'alice', ...policy }));
  await root.send(new PutGroupPolicyCommand({ GroupName: 'staff', ...policy }));
  await root.send(new PutRolePolicyCommand({ RoleName: 'app', ...policy }));
  await root.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: LOCAL }));
  await root.send(new AttachGroupPolicyCommand({ GroupName: 'staff', PolicyArn: LOCAL }));
  await root.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: MANAGED }));
  await root.send(
    new PutUserPermissionsBoundaryCommand({ UserName: 'alice', PermissionsBoundary: LOCAL }),
  );
}

describe('the authorization details of an account', () => {
  beforeEach(furnish);

  const details = async (input: GetAccountAuthorizationDetailsCommandInput = {}) => {
    const answer = await root.send(new GetAccountAuthorizationDetailsCommand(input));
    const { $metadata, ...rest } = answer;
    expect($metadata.httpStatusCode).toBe(200);
    return rest;
  };

  const inline = [{ PolicyName: 'inline', PolicyDocument: document }];
  const local = [{ PolicyName: 'local', PolicyArn: LOCAL }];
  const date = expect.any(Date) as Date;
  const id = expect.stringMatching(/^A[A-Z]{3}[A-Z2-7]{17}$/) as string;

  test('are everything about users and groups', async () => {
    const { UserDetailList, GroupDetailList } = await details();
    expect(UserDetailList).toEqual([
      {
        Path: '/',
        UserName: 'alice',
        UserId: id,
        Arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
        CreateDate: date,
        UserPolicyList: inline,
        GroupList: ['staff'],
        AttachedManagedPolicies: local,
        PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: LOCAL },
        Tags: [{ Key: 'a', Value: 'b' }],
      },
      {
        Path: '/',
        UserName: 'bob',
        UserId: id,
        Arn: `arn:aws:iam::${ACCOUNT}:user/bob`,
        CreateDate: date,
        UserPolicyList: [],
        GroupList: [],
        AttachedManagedPolicies: [],
        Tags: [],
      },
    ]);
    expect(GroupDetailList).toEqual([
      {
        Path: '/',
        GroupName: 'staff',
        GroupId: id,
        Arn: `arn:aws:iam::${ACCOUNT}:group/staff`,
        CreateDate: date,
        GroupPolicyList: inline,
        AttachedManagedPolicies: local,
      },
    ]);
  });

  test('are everything about roles, with their instance profiles', async () => {
    const { RoleDetailList } = await details();
    const bare = {
      Path: '/',
      RoleName: 'app',
      RoleId: id,
      Arn: `arn:aws:iam::${ACCOUNT}:role/app`,
      CreateDate: date,
      AssumeRolePolicyDocument: encodeURIComponent(TRUST),
    };
    expect(RoleDetailList).toEqual([
      {
        ...bare,
        InstanceProfileList: [
          {
            Path: '/',
            InstanceProfileName: 'web',
            InstanceProfileId: id,
            Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/web`,
            CreateDate: date,
            Roles: [bare],
          },
        ],
        RolePolicyList: inline,
        AttachedManagedPolicies: [{ PolicyName: 'AdministratorAccess', PolicyArn: MANAGED }],
        Tags: [],
        RoleLastUsed: {},
      },
    ]);
  });

  test("are the account's policies with their versions, and those of AWS that it uses", async () => {
    const { Policies = [] } = await details();
    expect(Policies.map((policy) => policy.Arn)).toEqual([LOCAL, MANAGED]);
    expect(Policies[0]).toMatchObject({
      PolicyName: 'local',
      Description: 'described',
      DefaultVersionId: 'v1',
      AttachmentCount: 2,
      PermissionsBoundaryUsageCount: 1,
      IsAttachable: true,
      PolicyVersionList: [
        { VersionId: 'v2', IsDefaultVersion: false, Document: document },
        { VersionId: 'v1', IsDefaultVersion: true, Document: document },
      ],
    });
    expect(Policies[1]?.PolicyVersionList).toHaveLength(1);
  });

  test.each([
    ['User', [2, 0, 0, 0]],
    ['Group', [0, 1, 0, 0]],
    ['Role', [0, 0, 1, 0]],
    ['LocalManagedPolicy', [0, 0, 0, 1]],
    ['AWSManagedPolicy', [0, 0, 0, 1]],
  ] as const)('are only those of the kind %s where that is asked for', async (kind, lengths) => {
    const answer = await details({ Filter: [kind] });
    const lists = [
      answer.UserDetailList,
      answer.GroupDetailList,
      answer.RoleDetailList,
      answer.Policies,
    ];
    expect(lists.map((list) => list?.length)).toEqual(lengths);
  });

  test.each([1, 2, 4])('come whole and once in pages of %i', async (MaxItems) => {
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await details({ MaxItems, Marker });
      const arns = [
        ...(page.UserDetailList ?? []),
        ...(page.GroupDetailList ?? []),
        ...(page.RoleDetailList ?? []),
        ...(page.Policies ?? []),
      ].map((entity) => entity.Arn);
      expect(arns.length).toBeLessThanOrEqual(MaxItems);
      seen.push(...arns);
      Marker = page.Marker;
      expect(page.IsTruncated).toBe(Marker !== undefined);
    } while (Marker !== undefined);
    const whole = await details();
    expect(whole.IsTruncated).toBe(false);
    expect(seen).toEqual(
      ['user/alice', 'user/bob', 'group/staff', 'role/app', 'policy/local']
        .map((resource) => `arn:aws:iam::${ACCOUNT}:${resource}`)
        .concat(MANAGED),
    );
  });
});

describe('the last use of an access key', () => {
  const lastUsed = async (AccessKeyId: string) => {
    const { $metadata, ...answer } = await root.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId }),
    );
    expect($metadata.httpStatusCode).toBe(200);
    return answer;
  };

  async function keyOf(UserName: string) {
    await root.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName }));
    return {
      accessKeyId: String(AccessKey?.AccessKeyId),
      secretAccessKey: String(AccessKey?.SecretAccessKey),
    };
  }

  const seconds = () => new Date(Math.floor(now / 1000) * 1000);

  test('is none at first, then that of a call, refused or not, by a quarter of an hour', async () => {
    const key = await keyOf('alice');
    const alice = deployment.iam(key);
    const use = () => refusal(alice.send(new GetAccountSummaryCommand({})));
    expect(await lastUsed(key.accessKeyId)).toEqual({
      UserName: 'alice',
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    });
    expect(await use()).toMatchObject({ statusCode: 403 });
    const first = {
      UserName: 'alice',
      AccessKeyLastUsed: {
        LastUsedDate: seconds(),
        ServiceName: 'iam',
        Region: 'eu-central-1',
      },
    };
    expect(await lastUsed(key.accessKeyId)).toEqual(first);
    now += 14 * MINUTE;
    await use();
    expect(await lastUsed(key.accessKeyId)).toEqual(first);
    now += MINUTE;
    await use();
    const { AccessKeyLastUsed } = await lastUsed(key.accessKeyId);
    expect(AccessKeyLastUsed?.LastUsedDate).toEqual(seconds());
  });

  test('of the root user names no user', async () => {
    await root.send(new GetAccountSummaryCommand({}));
    expect(await lastUsed(ROOT.accessKeyId)).toEqual({
      AccessKeyLastUsed: {
        LastUsedDate: seconds(),
        ServiceName: 'iam',
        Region: 'eu-central-1',
      },
    });
  });

  test('goes with its key', async () => {
    const key = await keyOf('alice');
    await refusal(deployment.iam(key).send(new GetAccountSummaryCommand({})));
    const { accessKeyId: AccessKeyId } = key;
    await root.send(new DeleteAccessKeyCommand({ UserName: 'alice', AccessKeyId }));
    const gone = root.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect(await refusal(gone)).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: `The Access Key with id ${AccessKeyId} cannot be found.`,
    });
  });
});

describe('the properties of an account', () => {
  const put = (Properties: Record<string, string>) =>
    root.send(new PutAccountPropertiesCommand({ Properties }));

  test('are none', async () => {
    expect((await root.send(new GetAccountPropertiesCommand({}))).Properties ?? {}).toEqual({});
  });

  test.each([
    [{ NoNamespace: 'true' }, 'The property name NoNamespace is not valid.'],
    [{ 'A/B/C': 'true' }, 'The property name A/B/C is not valid.'],
    [{ 'A/B': '' }, 'The value of the property A/B is not valid.'],
    [{ 'A/B': '1', 'C/D': '1' }, 'All properties must belong to the same namespace.'],
    [{ 'A/B': '1' }, 'The property A/B is not supported.'],
  ] as const)('%j is refused', async (properties, message) => {
    expect(await refusal(put({ ...properties }))).toMatchObject({
      statusCode: 400,
      code: 'InvalidInputException',
      message,
    });
  });
});
