import { CreateRoleCommand, GetUserCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';

let deployment: AdminDeployment;
let scenery: Scenery;

beforeAll(async () => {
  deployment = await deployAdmin();
  scenery = new Scenery(deployment.iam());
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

test('whoever a role trusts assumes it', async () => {
  const { UserName, credentials } = await scenery.caller();
  const user = await deployment.iam().send(new GetUserCommand({ UserName }));
  const { Role } = await deployment.iam().send(
    new CreateRoleCommand({
      RoleName: 'reader',
      Path: '/team/',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { AWS: user.User?.Arn }, Action: 'sts:AssumeRole' },
        ],
      }),
    }),
  );
  const assumed = await deployment
    .sts(credentials)
    .send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'one' }));
  expect(assumed.AssumedRoleUser).toEqual({
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`,
    AssumedRoleId: `${Role?.RoleId}:one`,
  });
  const session = {
    accessKeyId: String(assumed.Credentials?.AccessKeyId),
    secretAccessKey: String(assumed.Credentials?.SecretAccessKey),
    sessionToken: String(assumed.Credentials?.SessionToken),
  };
  expect(await deployment.sts(session).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/one`,
  });
  expect(await refusal(deployment.iam(session).send(new ListUsersCommand({})))).toMatchObject({
    code: 'AccessDenied',
  });
});
