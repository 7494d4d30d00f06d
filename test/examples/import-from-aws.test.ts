import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CreateUserCommand,
  GetAccountAuthorizationDetailsCommand,
  GetGroupCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAttachedUserPoliciesCommand,
} from '@aws-sdk/client-iam';
import { readAccountDetails } from '../../examples/import-from-aws/account-details';
import { importAccount } from '../../examples/import-from-aws/import-account';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';

const TEXT = readFileSync(
  path.join(__dirname, '..', '..', 'examples', 'import-from-aws', 'account-details.json'),
  'utf8',
);

let deployment: AdminDeployment;

beforeEach(async () => {
  deployment = await deployAdmin();
});
afterEach(async () => {
  await deployment.close();
});

const run = (isApplied: boolean, text = TEXT) =>
  importAccount(readAccountDetails(text), {
    client: deployment.iam(),
    accountId: ACCOUNT,
    isApplied,
  });

const outcomesOf = async (isApplied: boolean, text = TEXT) =>
  Object.fromEntries(
    (await run(isApplied, text)).map(({ kind, name, outcome }) => [`${kind} ${name}`, outcome]),
  );

const LEFT_OUT = "left out: it is a service of AWS's own";
const NAMES = [
  'policy read-orders',
  'group readers',
  `attachment readers has arn:aws:iam::${ACCOUNT}:policy/orders/read-orders`,
  'user alice',
  'user policy alice/own',
  'membership alice in readers',
  'user bob',
  'attachment bob has arn:aws:iam::aws:policy/ReadOnlyAccess',
  'role reader',
  'role policy reader/read',
  `attachment reader has arn:aws:iam::${ACCOUNT}:policy/orders/read-orders`,
  'role auditor',
];

const everything = (outcome: string) => ({
  ...Object.fromEntries(NAMES.map((name) => [name, outcome])),
  'role AWSServiceRoleForSupport': LEFT_OUT,
});

describe('an import from AWS', () => {
  test('tells what it would do, and writes nothing', async () => {
    expect(await outcomesOf(false)).toEqual(everything('would be created'));
    const { UserDetailList, Policies } = await deployment
      .iam()
      .send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User', 'LocalManagedPolicy'] }));
    expect([UserDetailList, Policies]).toEqual([[], []]);
  });

  test('makes everything, roles that trust each other in whatever order, and can be repeated', async () => {
    expect(await outcomesOf(true)).toEqual(everything('created'));
    expect(await outcomesOf(true)).toEqual(everything('is there already'));
    const iam = deployment.iam();
    const { User } = await iam.send(new GetUserCommand({ UserName: 'alice' }));
    expect(User).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:user/team/alice`,
      Tags: [{ Key: 'team', Value: 'blue' }],
      PermissionsBoundary: {
        PermissionsBoundaryArn: `arn:aws:iam::${ACCOUNT}:policy/orders/read-orders`,
      },
    });
    const { Users } = await iam.send(new GetGroupCommand({ GroupName: 'readers' }));
    expect(Users).toMatchObject([{ UserName: 'alice' }]);
    const attached = await iam.send(new ListAttachedUserPoliciesCommand({ UserName: 'bob' }));
    expect(attached.AttachedPolicies).toMatchObject([{ PolicyName: 'ReadOnlyAccess' }]);
  });

  test('names the principals of this account in documents, and leaves other accounts as they are', async () => {
    await run(true);
    const { Role } = await deployment.iam().send(new GetRoleCommand({ RoleName: 'reader' }));
    const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    expect(trust).toContain(`arn:aws:iam::${ACCOUNT}:user/team/alice`);
    expect(trust).toContain('arn:aws:iam::999988887777:root');
    expect(trust).not.toContain('111122223333');
  });

  test('leaves what is there as it is, and goes on behind what fails', async () => {
    await deployment.iam().send(new CreateUserCommand({ UserName: 'bob', Path: '/here/' }));
    const outcomes = await outcomesOf(true, TEXT.replaceAll('user/team/alice', 'user/team/nobody'));
    expect(outcomes['user bob']).toBe('is there already');
    expect(outcomes['role reader']).toMatch(/^failed: MalformedPolicyDocument/);
    expect(outcomes['role auditor']).toMatch(/^failed: MalformedPolicyDocument/);
    expect(outcomes['role policy reader/read']).toBeUndefined();
    const { User } = await deployment.iam().send(new GetUserCommand({ UserName: 'bob' }));
    expect(User?.Path).toBe('/here/');
  });

  test.each([
    ['{', 'JSON'],
    ['[]', 'the file is not an object'],
    ['{"UserDetailList":[{"UserName":"a"}]}', 'the file, UserDetailList[0] has no Arn'],
    ['{"UserDetailList":{}}', 'the file, UserDetailList is not a list'],
    [TEXT.replace('111122223333:user/bob', '444455556666:user/bob'), 'the file is of the accounts'],
    [TEXT.replace('"DefaultVersionId": "v2"', '"DefaultVersionId": "v3"'), 'has no version v3'],
  ])('of %#. what is no such file is refused', (text, message) => {
    expect(() => readAccountDetails(text)).toThrow(message);
  });
});
