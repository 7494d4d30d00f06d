import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteUserCommand,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  ListUsersCommand,
  UpdateAccessKeyCommand,
  UpdateAccountPasswordPolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { writeCredentialReport } from '../../lambdas/iam/credential-report';
import { setRootPassword } from '../../lambdas/identity/root-password';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';

let deployment: AdminDeployment;
let now: number;

beforeEach(async () => {
  now = Date.now();
  deployment = await deployAdmin({ now: () => now });
});

afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

/** A client whose clock is that of the functions. */
function client(): IAMClient {
  const iam = deployment.iam();
  iam.config.systemClockOffset = now - Date.now();
  return iam;
}

const generate = () => client().send(new GenerateCredentialReportCommand({}));
const fetchReport = () => client().send(new GetCredentialReportCommand({}));

/** The report's lines, by user; each by column. */
async function lines(): Promise<readonly Readonly<Record<string, string>>[]> {
  const { Content } = await fetchReport();
  const [header = '', ...rows] = Buffer.from(Content ?? [])
    .toString()
    .split('\n');
  const columns = header.split(',');
  return rows.map((row) =>
    Object.fromEntries(row.split(',').map((field, index) => [columns[index] ?? '', field])),
  );
}

const iso = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

test('there is no report before one is made; it is begun, and then complete', async () => {
  expect(await refusal(fetchReport())).toMatchObject({
    statusCode: 410,
    code: 'CredentialReportNotPresentException',
  });
  expect(await generate()).toMatchObject({
    State: 'STARTED',
    Description: 'No report exists. Starting a new report generation task',
  });
  const complete = await generate();
  expect(complete.State).toBe('COMPLETE');
  expect(complete.Description).toBeUndefined();
  const report = await fetchReport();
  expect(report.ReportFormat).toBe('text/csv');
  expect(report.GeneratedTime?.getTime()).toBe(Math.floor(now / 1000) * 1000);
});

test('the columns stand in the order of AWS, root is first, and the last line does not end', async () => {
  await deployment.iam().send(new CreateUserCommand({ UserName: 'bob' }));
  await deployment.iam().send(new CreateUserCommand({ UserName: 'Alice', Path: '/ops/' }));
  await generate();
  const text = Buffer.from((await fetchReport()).Content ?? []).toString();
  expect(text.split('\n')[0]).toBe(
    'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info',
  );
  expect(text.endsWith('\n')).toBe(false);
  const [root, alice, bob] = await lines();
  expect(root).toMatchObject({
    user: '<root_account>',
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    password_enabled: 'false',
    password_next_rotation: 'not_supported',
    mfa_active: 'false',
    access_key_1_active: 'true',
    access_key_1_last_used_date: iso(now),
    access_key_1_last_used_region: 'eu-central-1',
    access_key_1_last_used_service: 'iam',
    access_key_2_active: 'false',
    access_key_2_last_rotated: 'N/A',
    cert_1_active: 'false',
    additional_credentials_info: '',
  });
  expect(alice).toMatchObject({
    user: 'Alice',
    arn: `arn:aws:iam::${ACCOUNT}:user/ops/Alice`,
    user_creation_time: iso(now),
    password_enabled: 'false',
    password_last_used: 'N/A',
    password_last_changed: 'N/A',
    password_next_rotation: 'N/A',
    access_key_1_active: 'false',
  });
  expect(bob?.['user']).toBe('bob');
});

test('root’s password is told as it is, and expires by no policy', async () => {
  await deployment.iam().send(new UpdateAccountPasswordPolicyCommand({ MaxPasswordAge: 90 }));
  await setRootPassword(deployment.store, {
    accountId: ACCOUNT,
    password: 'Correct-Horse-1',
    now: now - 60_000,
    randomBytes: (length) => new Uint8Array(length),
  });
  await generate();
  expect((await lines())[0]).toMatchObject({
    password_enabled: 'true',
    password_last_used: 'no_information',
    password_last_changed: iso(now - 60_000),
    password_next_rotation: 'not_supported',
  });
});

test('passwords and keys are told as they are', async () => {
  const iam = deployment.iam();
  await iam.send(new UpdateAccountPasswordPolicyCommand({ MaxPasswordAge: 90 }));
  await iam.send(new CreateUserCommand({ UserName: 'alice' }));
  await iam.send(new CreateLoginProfileCommand({ UserName: 'alice', Password: 'Correct-Horse-1' }));
  const ids: string[] = [];
  for (let key = 0; key < 2; key += 1) {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
    const { AccessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
    ids.push(AccessKeyId);
    if (key === 0) {
      const own = deployment.iam({ accessKeyId: AccessKeyId, secretAccessKey });
      await refusal(own.send(new ListUsersCommand({})));
    } else {
      await iam.send(
        new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId, Status: 'Inactive' }),
      );
    }
  }
  await generate();
  const alice = (await lines())[1];
  const [used, unused] = (ids[0] ?? '') < (ids[1] ?? '') ? ['1', '2'] : ['2', '1'];
  expect(alice).toMatchObject({
    password_enabled: 'true',
    password_last_used: 'no_information',
    password_last_changed: iso(now),
    password_next_rotation: iso(now + 90 * 24 * 60 * 60 * 1000),
    [`access_key_${used}_active`]: 'true',
    [`access_key_${used}_last_rotated`]: iso(now),
    [`access_key_${used}_last_used_date`]: iso(now),
    [`access_key_${used}_last_used_service`]: 'iam',
    [`access_key_${unused}_active`]: 'false',
    [`access_key_${unused}_last_rotated`]: iso(now),
    [`access_key_${unused}_last_used_date`]: 'N/A',
  });
});

test('a report stays as it was made for four hours, then it has expired and is made anew', async () => {
  await deployment.iam().send(new CreateUserCommand({ UserName: 'alice' }));
  await generate();
  await deployment.iam().send(new DeleteUserCommand({ UserName: 'alice' }));
  now += 4 * 60 * 60 * 1000;
  expect((await generate()).State).toBe('COMPLETE');
  expect(await lines()).toHaveLength(2);
  now += 1;
  expect(await refusal(fetchReport())).toMatchObject({
    statusCode: 410,
    code: 'CredentialReportExpiredException',
  });
  expect((await generate()).State).toBe('STARTED');
  expect(await lines()).toHaveLength(1);
});

test('many users make one report, and of many askers one makes it', async () => {
  const iam = deployment.iam();
  for (let index = 0; index < 60; index += 1) {
    await iam.send(new CreateUserCommand({ UserName: `user-${index}` }));
  }
  const states = await Promise.all(Array.from({ length: 10 }, generate));
  expect(states.filter(({ State }) => State === 'STARTED')).toHaveLength(1);
  expect(await lines()).toHaveLength(61);
});

test('a comma is quoted, and more credentials than columns are told in a column of their own', () => {
  const key = (id: string) => ({ id, isActive: true, createDate: 0, lastUse: undefined });
  const text = writeCredentialReport([
    {
      user: 'a,b',
      arn: 'arn',
      createDate: 0,
      isRoot: false,
      password: undefined,
      hasMfaDevice: true,
      accessKeys: [key('3'), key('1'), key('2')],
      certificates: [
        { isActive: true, uploadDate: 0 },
        { isActive: false, uploadDate: 86_400_000 },
      ],
    },
  ]);
  const [header, line] = text.split('\n');
  expect(header?.endsWith(',additional_credentials_info')).toBe(true);
  expect(line).toMatch(/^"a,b",arn,1970-01-01T00:00:00Z,false,/);
  expect(line).toMatch(
    /,false,1970-01-02T00:00:00Z,true,1970-01-01T00:00:00Z,1 additional access keys: ListAccessKeys$/,
  );
});
