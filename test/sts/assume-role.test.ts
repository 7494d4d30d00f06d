import { createHash } from 'node:crypto';
import {
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  ListAccessKeysCommand,
  DeleteRolePolicyCommand,
  DeleteRoleCommand,
  ListRolesCommand,
  ListUsersCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import {
  ACCOUNT,
  deployAdmin,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { allow, credentialsOf, StsScenery } from './sts-scenery';

const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };
const LIST_USERS = { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' };
const policyOf = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });
const ACCOUNT_PRINCIPAL = { AWS: ACCOUNT };

let deployment: AdminDeployment;
let scenery: StsScenery;
let now = Date.now();

beforeAll(async () => {
  deployment = await deployAdmin({ now: () => now });
  scenery = new StsScenery(deployment);
});

beforeEach(() => {
  now = Date.now();
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

/** A user who may assume anything that lets it, and its ARN. */
async function assumer(): Promise<{
  UserName: string;
  arn: string;
  credentials: Credentials;
}> {
  const { UserName, credentials } = await scenery.caller({
    Effect: 'Allow',
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    Resource: '*',
  });
  return { UserName, arn: await scenery.userArn(UserName), credentials };
}

const listUsers = (credentials: Credentials) =>
  deployment.iam(credentials).send(new ListUsersCommand({}));

describe('trust', () => {
  test('whom a role names in its own account needs no permission besides', async () => {
    const { UserName, credentials } = await scenery.caller();
    const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn(UserName) })]);
    const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    const name = RoleArn.slice(RoleArn.lastIndexOf('/') + 1);
    expect(await deployment.sts(session).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/one`,
    });
  });

  test('an account only delegates: its user needs the permission as well', async () => {
    const RoleArn = await scenery.role([allow(ACCOUNT_PRINCIPAL)]);
    const permitted = await assumer();
    const { credentials } = await scenery.caller();
    await scenery.assume(permitted.credentials, { RoleArn, RoleSessionName: 'one' });
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' });
    expect(await refusal(deployment.sts(credentials).send(command))).toMatchObject({
      code: 'AccessDenied',
      statusCode: 403,
    });
  });

  test('a permission alone opens no role, and a role that is not there is denied in the same words', async () => {
    const { UserName, arn, credentials } = await assumer();
    await scenery.permit(UserName, EVERYTHING);
    const closed = await scenery.role([allow({ Service: 'ec2.amazonaws.com' })]);
    for (const RoleArn of [
      closed,
      `arn:aws:iam::${ACCOUNT}:role/nobody`,
      `arn:aws:iam::${ACCOUNT}:user/team/alice`,
      'arn:aws:iam::999999999999:role/nobody',
    ]) {
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' });
      expect(await refusal(deployment.sts(credentials).send(command))).toMatchObject({
        code: 'AccessDenied',
        message: `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      });
    }
  });

  test('a role is found by its whole ARN only, path and case included', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role([allow({ AWS: arn })], { Path: '/team/' });
    await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    for (const other of [
      RoleArn.replace('/team', ''),
      RoleArn.toUpperCase().replace('ARN:AWS:IAM', 'arn:aws:iam').replace('ROLE/', 'role/'),
    ]) {
      const command = new AssumeRoleCommand({ RoleArn: other, RoleSessionName: 'one' });
      expect((await refusal(deployment.sts(credentials).send(command))).code).toBe('AccessDenied');
    }
  });

  test.each([
    'nothing-valid-in-here',
    'arn::b:::something/test-role',
    'arn:a:a::aaaaaaaaaa:xx',
    `arn:aws-cn:iam::${ACCOUNT}:role/reader`,
    `arn:aws:sts::${ACCOUNT}:role/reader`,
  ])('a RoleArn that is none of IAM’s is invalid: %s', async (RoleArn) => {
    const { credentials } = await assumer();
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' });
    expect(await refusal(deployment.sts(credentials).send(command))).toMatchObject({
      code: 'ValidationError',
      message: `${RoleArn} is invalid`,
    });
  });

  test('root assumes no role', async () => {
    const RoleArn = await scenery.role([allow(ACCOUNT_PRINCIPAL)]);
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' });
    expect(await refusal(deployment.sts().send(command))).toMatchObject({
      code: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    });
  });

  test('an external id must be the one that the role asks for', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role([
      { ...allow({ AWS: arn }), Condition: { StringEquals: { 'sts:ExternalId': 'tenant-1' } } },
    ]);
    const input = { RoleArn, RoleSessionName: 'one' };
    await scenery.assume(credentials, { ...input, ExternalId: 'tenant-1' });
    for (const wrong of [{}, { ExternalId: 'tenant-2' }, { ExternalId: 'TENANT-1' }]) {
      const command = new AssumeRoleCommand({ ...input, ...wrong });
      expect((await refusal(deployment.sts(credentials).send(command))).code).toBe('AccessDenied');
    }
  });

  test('contexts that no trusted provider of AWS has made are refused', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role([allow({ AWS: arn }, 'sts:AssumeRole', 'sts:SetContext')]);
    const ProvidedContexts = [
      {
        ProviderArn: 'arn:aws:iam::aws:contextProvider/IdentityCenter',
        ContextAssertion: 'a.b.c',
      },
    ];
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', ProvidedContexts });
    expect(await refusal(deployment.sts(credentials).send(command))).toMatchObject({
      code: 'InvalidParameterValue',
      statusCode: 400,
    });
  });

  test('a role does not trust its own sessions without being told to', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role([allow({ AWS: arn })], { allow: EVERYTHING });
    const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'two' });
    expect((await refusal(deployment.sts(session).send(command))).code).toBe('AccessDenied');
  });

  test('a role that is made again under its name has none of the sessions of the one before', async () => {
    const { arn, credentials } = await assumer();
    const RoleName = scenery.newName('role');
    const RoleArn = await scenery.role([allow({ AWS: arn })], { RoleName, allow: LIST_USERS });
    const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    await listUsers(session);
    await scenery.root.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'permissions' }));
    await scenery.root.send(new DeleteRoleCommand({ RoleName }));
    expect((await refusal(listUsers(session))).code).toBe('InvalidClientTokenId');
    await scenery.role([allow({ AWS: arn })], { RoleName, allow: LIST_USERS });
    expect((await refusal(listUsers(session))).code).toBe('InvalidClientTokenId');
  });
});

describe('what a session may do', () => {
  test('is what its role may, as it is now', async () => {
    const { arn, credentials } = await assumer();
    const RoleName = scenery.newName('role');
    const RoleArn = await scenery.role([allow({ AWS: arn })], { RoleName, allow: LIST_USERS });
    const session = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    await listUsers(session);
    await scenery.root.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'permissions' }));
    expect((await refusal(listUsers(session))).code).toBe('AccessDenied');
  });

  test('is bounded by the role’s boundary, and by its session policies, each alone', async () => {
    const { arn, credentials } = await assumer();
    const RoleName = scenery.newName('role');
    const RoleArn = await scenery.role([allow({ AWS: arn })], { RoleName, allow: EVERYTHING });
    const other = { Effect: 'Allow', Action: 'iam:ListRoles', Resource: '*' };
    const managed = await scenery.policy(policyOf(other));
    const input = { RoleArn, RoleSessionName: 'one' };
    const limits = [
      { Policy: policyOf(other) },
      { PolicyArns: [{ arn: managed }] },
      { Policy: policyOf(other), PolicyArns: [{ arn: managed }] },
    ];
    for (const limit of limits) {
      const session = await scenery.assume(credentials, { ...input, ...limit });
      expect(await refusal(listUsers(session))).toMatchObject({
        code: 'AccessDenied',
        message: expect.stringMatching(
          /because no session policy allows the iam:ListUsers action$/,
        ) as string,
      });
      await deployment.iam(session).send(new ListRolesCommand({}));
    }
    const union = { Policy: policyOf(LIST_USERS), PolicyArns: [{ arn: managed }] };
    const both = await scenery.assume(credentials, { ...input, ...union });
    await listUsers(both);
    await deployment.iam(both).send(new ListRolesCommand({}));
    const PermissionsBoundary = managed;
    await scenery.root.send(
      new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }),
    );
    expect((await refusal(listUsers(both))).code).toBe('AccessDenied');
    await deployment.iam(both).send(new ListRolesCommand({}));
  });

  test('is nothing once a session policy is gone', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role([allow({ AWS: arn })], { allow: EVERYTHING });
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }];
    const session = await scenery.assume(credentials, {
      RoleArn,
      RoleSessionName: 'o1',
      PolicyArns,
    });
    await listUsers(session);
    const ours = [{ arn: await scenery.policy(policyOf(EVERYTHING)) }];
    const other = await scenery.assume(credentials, {
      RoleArn,
      RoleSessionName: 'o2',
      PolicyArns: ours,
    });
    await listUsers(other);
    await scenery.root.send(new DeletePolicyCommand({ PolicyArn: ours[0]?.arn }));
    expect((await refusal(listUsers(other))).code).toBe('AccessDenied');
  });

  test.each(['{}', 'null', '""', '[]', '{"Statement":null}', '{"Version":"2012-10-17"}', ' '])(
    'an empty session policy is refused, not taken for none: %s',
    async (Policy) => {
      const { arn, credentials } = await assumer();
      const RoleArn = await scenery.role([allow({ AWS: arn })], { allow: EVERYTHING });
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', Policy });
      expect(await refusal(deployment.sts(credentials).send(command))).toMatchObject({
        code: 'MalformedPolicyDocumentException',
      });
    },
  );

  test('ends with a policy on the time of its issue', async () => {
    const { arn, credentials } = await assumer();
    const RoleName = scenery.newName('role');
    const RoleArn = await scenery.role([allow({ AWS: arn })], { RoleName, allow: EVERYTHING });
    const before = await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' });
    const revokedAt = new Date(now + 2000).toISOString();
    const PolicyDocument = policyOf({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': revokedAt } },
    });
    const PolicyName = 'AWSRevokeOlderSessions';
    await scenery.root.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    expect((await refusal(listUsers(before))).code).toBe('AccessDenied');
    now += 5000;
    await listUsers(await scenery.assume(credentials, { RoleArn, RoleSessionName: 'one' }));
  });
});

describe('time', () => {
  test('a session is over at its end', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role([allow({ AWS: arn })], { allow: LIST_USERS });
    // Clients sign by their own clock, which may be off by a quarter of an hour either way.
    now = Math.floor(now / 1000) * 1000 - 600_000;
    const session = await scenery.assume(credentials, {
      RoleArn,
      RoleSessionName: 'one',
      DurationSeconds: 900,
    });
    now += 899_999;
    await listUsers(session);
    now += 1;
    expect(await refusal(listUsers(session))).toMatchObject({
      code: 'ExpiredToken',
      statusCode: 403,
      message: 'The security token included in the request is expired',
    });
  });

  test('is an hour unless asked, and no longer than the role lets it', async () => {
    const { arn, credentials } = await assumer();
    const RoleName = scenery.newName('role');
    const RoleArn = await scenery.role([allow({ AWS: arn })], { RoleName });
    const sts = deployment.sts(credentials);
    const input = { RoleArn, RoleSessionName: 'one' };
    const { Credentials: hour } = await sts.send(new AssumeRoleCommand(input));
    expect(hour?.Expiration?.getTime()).toBe((Math.floor(now / 1000) + 3600) * 1000);
    const long = new AssumeRoleCommand({ ...input, DurationSeconds: 3601 });
    expect(await refusal(sts.send(long))).toMatchObject({
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    await scenery.root.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 43_200 }));
    expect((await sts.send(long)).Credentials).toBeDefined();
  });

  test('a session that has another role of itself cannot be prolonged beyond an hour, a user’s own can', async () => {
    const { arn, credentials } = await assumer();
    const RoleName = scenery.newName('role');
    const self = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
    await scenery.role([allow({ AWS: arn })], {
      RoleName,
      MaxSessionDuration: 43_200,
      allow: EVERYTHING,
    });
    await scenery.root.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [allow({ AWS: [arn, self] })],
        }),
      }),
    );
    const input = { RoleArn: self, RoleSessionName: 'one', DurationSeconds: 43_200 };
    const { Credentials: own } = await deployment
      .sts(credentials)
      .send(new GetSessionTokenCommand({}));
    const long = await scenery.assume(credentialsOf(own), input);
    const again = deployment.sts(long).send(new AssumeRoleCommand(input));
    expect((await refusal(again)).message).toContain('1 hour session limit');
    await scenery.assume(long, { ...input, DurationSeconds: 3600 });
  });

  test('a chained session is an hour at most', async () => {
    const { arn, credentials } = await assumer();
    const first = await scenery.role([allow({ AWS: arn })], { allow: EVERYTHING });
    const RoleArn = await scenery.role([allow({ AWS: first })], { MaxSessionDuration: 43_200 });
    const session = await scenery.assume(credentials, { RoleArn: first, RoleSessionName: 'one' });
    await scenery.assume(session, { RoleArn, RoleSessionName: 'two', DurationSeconds: 3600 });
    const command = new AssumeRoleCommand({
      RoleArn,
      RoleSessionName: 'two',
      DurationSeconds: 3601,
    });
    expect(await refusal(deployment.sts(session).send(command))).toMatchObject({
      code: 'ValidationError',
      message:
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
  });
});

describe('tags and source identity', () => {
  const trust = (arn: string, ...more: readonly string[]) => [
    allow({ AWS: arn }, 'sts:AssumeRole', ...more),
  ];

  test('need a permission of their own', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role(trust(arn));
    const input = { RoleArn, RoleSessionName: 'one' };
    const sts = deployment.sts(credentials);
    const tagged = new AssumeRoleCommand({ ...input, Tags: [{ Key: 'team', Value: 'blue' }] });
    expect((await refusal(sts.send(tagged))).message).toMatch(/to perform: sts:TagSession on/);
    const named = new AssumeRoleCommand({ ...input, SourceIdentity: 'alice' });
    expect((await refusal(sts.send(named))).message).toMatch(
      /to perform: sts:SetSourceIdentity on/,
    );
  });

  test('decide as those of the session, over the role’s own', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role(trust(arn, 'sts:TagSession'), {
      Tags: [{ Key: 'Team', Value: 'red' }],
      allow: { ...LIST_USERS, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } } },
    });
    const input = { RoleArn, RoleSessionName: 'one' };
    expect((await refusal(listUsers(await scenery.assume(credentials, input)))).code).toBe(
      'AccessDenied',
    );
    const Tags = [{ Key: 'TEAM', Value: 'blue' }];
    await listUsers(await scenery.assume(credentials, { ...input, Tags }));
  });

  test('transitive tags and the source identity go on to the next session, and cannot be changed', async () => {
    const { arn, credentials } = await assumer();
    const all = ['sts:TagSession', 'sts:SetSourceIdentity'];
    const first = await scenery.role(trust(arn, ...all), { allow: EVERYTHING });
    const RoleArn = await scenery.role(trust(first, ...all), {
      allow: {
        ...LIST_USERS,
        Condition: {
          StringEquals: { 'aws:PrincipalTag/team': 'blue', 'aws:SourceIdentity': 'alice' },
          Null: { 'aws:PrincipalTag/other': 'true' },
        },
      },
    });
    const session = await scenery.assume(credentials, {
      RoleArn: first,
      RoleSessionName: 'one',
      Tags: [
        { Key: 'team', Value: 'blue' },
        { Key: 'other', Value: 'stays' },
      ],
      TransitiveTagKeys: ['TEAM'],
      SourceIdentity: 'alice',
    });
    const input = { RoleArn, RoleSessionName: 'two' };
    await listUsers(await scenery.assume(session, input));
    const sts = deployment.sts(session);
    const changed = new AssumeRoleCommand({ ...input, SourceIdentity: 'bob' });
    expect((await refusal(sts.send(changed))).code).toBe('AccessDenied');
    const overridden = new AssumeRoleCommand({ ...input, Tags: [{ Key: 'Team', Value: 'red' }] });
    expect(await refusal(sts.send(overridden))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    });
    const untrusting = await scenery.role([allow({ AWS: first })]);
    const refused = new AssumeRoleCommand({ RoleArn: untrusting, RoleSessionName: 'two' });
    expect((await refusal(sts.send(refused))).message).toMatch(/to perform: sts:TagSession on/);
  });

  test.each([
    [
      { TransitiveTagKeys: ['other'] },
      'The specified transitive tag key must be included in the requested tags.',
    ],
    [
      {
        Tags: [
          { Key: 'team', Value: 'a' },
          { Key: 'TEAM', Value: 'b' },
        ],
      },
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
  ])('are refused in the words of AWS: %j', async (wrong, message) => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role(trust(arn, 'sts:TagSession'));
    const Tags = [{ Key: 'team', Value: 'blue' }];
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', Tags, ...wrong });
    expect(await refusal(deployment.sts(credentials).send(command))).toMatchObject({
      code: 'InvalidParameterValue',
      message,
    });
  });

  test('are too large together with policies beyond what a token holds', async () => {
    const { arn, credentials } = await assumer();
    const RoleArn = await scenery.role(trust(arn, 'sts:TagSession'));
    // Hashes cannot be packed any smaller.
    const Tags = Array.from({ length: 50 }, (_, index) => ({
      Key: `key-${index}`,
      Value: createHash('sha512').update(String(index)).digest('base64url'),
    }));
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', Tags });
    expect(await refusal(deployment.sts(credentials).send(command))).toMatchObject({
      code: 'PackedPolicyTooLargeException',
      message: expect.stringMatching(
        /^Packed size of session tags consumes \d+% of allotted space\.$/,
      ) as string,
    });
  });
});

describe('a second factor', () => {
  const withMfa = (arn: string) => [
    { ...allow({ AWS: arn }), Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
  ];

  test('is a code of the user’s own device, once', async () => {
    const { UserName, arn, credentials } = await assumer();
    const RoleArn = await scenery.role(withMfa(arn), {
      allow: { ...LIST_USERS, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
    });
    const { serialNumber, seed } = await scenery.mfaDevice(UserName, now);
    const input = { RoleArn, RoleSessionName: 'one', SerialNumber: serialNumber };
    const sts = deployment.sts(credentials);
    expect(
      (await refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' })))).code,
    ).toBe('AccessDenied');
    now += 30_000;
    const TokenCode = totpCode(seed, timeStepAt(now));
    const answer = await sts.send(new AssumeRoleCommand({ ...input, TokenCode }));
    await listUsers(credentialsOf(answer.Credentials));
    expect(await refusal(sts.send(new AssumeRoleCommand({ ...input, TokenCode })))).toMatchObject({
      code: 'AccessDenied',
      message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
    });
  });

  test('is none with a wrong code, another’s device, or half of it', async () => {
    const { arn, credentials } = await assumer();
    const other = await assumer();
    const RoleArn = await scenery.role([allow({ AWS: arn })]);
    const { serialNumber, seed } = await scenery.mfaDevice(other.UserName, now);
    now += 30_000;
    const code = totpCode(seed, timeStepAt(now));
    const sts = deployment.sts(credentials);
    for (const wrong of [
      { SerialNumber: serialNumber, TokenCode: code },
      { SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/nobody`, TokenCode: code },
      { SerialNumber: serialNumber },
      { TokenCode: code },
    ]) {
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', ...wrong });
      const refused = await refusal(sts.send(command));
      expect(refused.code).toBe('AccessDenied');
      expect(refused.message).toMatch(/^MultiFactorAuthentication failed/);
    }
  });

  test('cannot be guessed: after five wrong codes the right one is refused as well', async () => {
    const { UserName, arn, credentials } = await assumer();
    const RoleArn = await scenery.role([allow({ AWS: arn })]);
    const { serialNumber, seed } = await scenery.mfaDevice(UserName, now);
    now += 30_000;
    const right = totpCode(seed, timeStepAt(now));
    const wrong = right === '000000' ? '000001' : '000000';
    const sts = deployment.sts(credentials);
    const ask = (TokenCode: string) =>
      sts.send(
        new AssumeRoleCommand({
          RoleArn,
          RoleSessionName: 'one',
          SerialNumber: serialNumber,
          TokenCode,
        }),
      );
    for (let attempt = 0; attempt < 5; attempt += 1) await refusal(ask(wrong));
    expect((await refusal(ask(right))).code).toBe('AccessDenied');
  });
});

test('a user who is made again under its name is not trusted in place of the one before', async () => {
  const { UserName, arn } = await assumer();
  const RoleArn = await scenery.role([allow({ AWS: arn })]);
  const { AccessKeyMetadata } = await scenery.root.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata ?? []) {
    await scenery.root.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  }
  await scenery.root.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'permissions' }));
  await scenery.root.send(new DeleteUserCommand({ UserName }));
  await scenery.root.send(new CreateUserCommand({ UserName, Path: '/callers/' }));
  expect(await scenery.userArn(UserName)).toBe(arn);
  const again = await scenery.keyOf(UserName);
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' });
  expect((await refusal(deployment.sts(again).send(command))).code).toBe('AccessDenied');
});
