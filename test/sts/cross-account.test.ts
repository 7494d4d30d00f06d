import {
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { installRootAccessKey } from '../../lambdas/deployment/root-access-key';
import {
  ACCOUNT,
  deployAdmin,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { allow, StsScenery } from './sts-scenery';

/* A user of one account, and roles of another. */

const OTHER = '999999999999';
const OTHER_ROOT = {
  accessKeyId: 'AKIAOTHERROOTKEYEXA1',
  secretAccessKey: 'otherRootSecretotherRootSecretotherRoot0',
};

let deployment: AdminDeployment;
let own: StsScenery;
let other: StsScenery;

beforeAll(async () => {
  deployment = await deployAdmin();
  const { store, dataKeys } = deployment;
  await installRootAccessKey(
    { store, sealedSecrets: new SealedSecrets(dataKeys), now: Date.now },
    { accountId: OTHER, ...OTHER_ROOT },
  );
  own = new StsScenery(deployment);
  other = new StsScenery({
    iam: (credentials = OTHER_ROOT) => deployment.iam(credentials),
    sts: (credentials = OTHER_ROOT) => deployment.sts(credentials),
  });
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

const assume = (credentials: Credentials, RoleArn: string, more: object = {}) =>
  deployment
    .sts(credentials)
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', ...more }));

const permission = (Resource: string) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource });

async function caller(): Promise<{ UserName: string; arn: string; credentials: Credentials }> {
  const { UserName, credentials } = await own.caller();
  return { UserName, credentials, arn: await own.userArn(UserName) };
}

/** The same name and ARN, and another id. */
async function makeAgain(UserName: string): Promise<Credentials> {
  const { AccessKeyMetadata = [] } = await own.root.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata) {
    await own.root.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  }
  await own.root.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'permissions' }));
  await own.root.send(new DeleteUserCommand({ UserName }));
  await own.root.send(new CreateUserCommand({ UserName, Path: '/callers/' }));
  return own.keyOf(UserName);
}

test.each([
  ['the user', (arn: string) => arn],
  ['the whole account', () => `arn:aws:iam::${ACCOUNT}:root`],
  ['the account by its number', () => ACCOUNT],
])(
  'a role that trusts %s is assumed with a permission in the own account, and not without',
  async (_who, trusted) => {
    const { UserName, arn, credentials } = await caller();
    const RoleArn = await other.role([allow({ AWS: trusted(arn) })]);
    expect(RoleArn).toContain(`::${OTHER}:role/`);
    expect((await refusal(assume(credentials, RoleArn))).code).toBe('AccessDenied');
    await own.permit(UserName, permission(`arn:aws:iam::${ACCOUNT}:role/*`));
    expect((await refusal(assume(credentials, RoleArn))).code).toBe('AccessDenied');
    await own.permit(UserName, permission(RoleArn));
    const { AssumedRoleUser } = await assume(credentials, RoleArn);
    expect(AssumedRoleUser?.Arn).toMatch(new RegExp(`^arn:aws:sts::${OTHER}:assumed-role/.*/one$`));
    await own.permit(UserName, permission('*'), { ...permission(RoleArn), Effect: 'Deny' });
    expect((await refusal(assume(credentials, RoleArn))).code).toBe('AccessDenied');
  },
);

test('a session in the other account is of that account, with its role’s rights alone', async () => {
  const { UserName, arn, credentials } = await caller();
  await own.permit(UserName, { Effect: 'Allow', Action: '*', Resource: '*' });
  const RoleArn = await other.role([allow({ AWS: arn })]);
  const session = await own.assume(credentials, { RoleArn, RoleSessionName: 'one' });
  const identity = await deployment.sts(session).send(new GetCallerIdentityCommand({}));
  expect(identity.Account).toBe(OTHER);
  const refused = await refusal(
    deployment.iam(session).send(new ListAccessKeysCommand({ UserName })),
  );
  expect(refused.message).toContain(`resource: user ${UserName}`);
});

test('a permission alone opens no role, and a role that is not there is denied in the same words', async () => {
  const { UserName, credentials } = await caller();
  await own.permit(UserName, { Effect: 'Allow', Action: '*', Resource: '*' });
  const { arn: stranger } = await caller();
  const closed = await other.role([allow({ AWS: stranger })]);
  const absent = `arn:aws:iam::${OTHER}:role/absent`;
  const messageOf = async (RoleArn: string) =>
    (await refusal(assume(credentials, RoleArn))).message.replace(RoleArn, 'ROLE');
  expect(await messageOf(closed)).toBe(await messageOf(absent));
});

test('a deputy is asked for the id that it was given for this account', async () => {
  const { UserName, arn, credentials } = await caller();
  const RoleArn = await other.role([
    { ...allow({ AWS: arn }), Condition: { StringEquals: { 'sts:ExternalId': 'ours' } } },
  ]);
  await own.permit(UserName, permission(RoleArn));
  expect((await refusal(assume(credentials, RoleArn))).code).toBe('AccessDenied');
  const wrong = assume(credentials, RoleArn, { ExternalId: 'theirs' });
  expect((await refusal(wrong)).code).toBe('AccessDenied');
  expect((await assume(credentials, RoleArn, { ExternalId: 'ours' })).Credentials).toBeDefined();
});

test('who is made again under the name is trusted by a condition on the ARN, and not as a principal', async () => {
  const { UserName, arn } = await caller();
  await own.permit(UserName, permission('*'));
  const asPrincipal = await other.role([allow({ AWS: arn })]);
  const byCondition = await other.role([
    {
      ...allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }),
      Condition: { ArnEquals: { 'aws:PrincipalArn': arn } },
    },
  ]);
  const credentials = await makeAgain(UserName);
  expect(await own.userArn(UserName)).toBe(arn);
  await own.permit(UserName, permission('*'));
  expect((await refusal(assume(credentials, asPrincipal))).code).toBe('AccessDenied');
  expect((await assume(credentials, byCondition)).Credentials).toBeDefined();
});
