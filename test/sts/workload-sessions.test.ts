import { randomBytes } from 'node:crypto';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteRoleCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { readWorkloadRequest } from '../../lambdas/sts/workload-handler';
import {
  issueWorkloadSession,
  type AskedWorkloadSession,
  type WorkloadSession,
} from '../../lambdas/sts/workload-sessions';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { allow, StsScenery } from './sts-scenery';

let deployment: AdminDeployment;
let scenery: StsScenery;

beforeAll(async () => {
  deployment = await deployAdmin();
  scenery = new StsScenery(deployment);
});

afterAll(() => deployment.close());

const EC2 = { Service: 'ec2.amazonaws.com' };

function issue(
  asked: Partial<AskedWorkloadSession> & { readonly arn: string },
): Promise<WorkloadSession> {
  const sessions = new SessionTokens(deployment.dataKeys);
  return issueWorkloadSession(
    {
      store: deployment.store,
      partition: 'aws',
      region: 'us-east-1',
      now: Date.now(),
      randomBytes: (length) => randomBytes(length),
      sealSession: (claims) => sessions.seal(claims),
    },
    { service: 'ec2.amazonaws.com', sessionName: 'i-0123456789abcdef0', ...asked },
  );
}

const identityOf = ({ AccessKeyId, SecretAccessKey, SessionToken }: WorkloadSession) =>
  deployment
    .sts({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    })
    .send(new GetCallerIdentityCommand());

test('a role that trusts the service is given to its workload, and ends with the role', async () => {
  const arn = await scenery.role([allow(EC2)]);
  const session = await issue({ arn });
  expect(session).toMatchObject({ RoleArn: arn, RoleName: arn.split('/').at(-1) });
  expect((await identityOf(session)).Arn).toBe(
    `arn:aws:sts::${ACCOUNT}:assumed-role/${session.RoleName}/i-0123456789abcdef0`,
  );
  await deployment.iam().send(new DeleteRoleCommand({ RoleName: session.RoleName }));
  await expect(identityOf(session)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
});

test.each([
  ['another service', [allow({ Service: 'ecs-tasks.amazonaws.com' })]],
  ['the account alone', [allow({ AWS: ACCOUNT })]],
  ['everybody, but denies the service', [allow(EC2), { ...allow(EC2), Effect: 'Deny' }]],
  [
    'the service for another account',
    [
      {
        ...allow(EC2),
        Condition: { StringEquals: { 'aws:ResourceAccount': '999999999999' } },
      },
    ],
  ],
])('a role that trusts %s is refused', async (_name, trust) => {
  const arn = await scenery.role(trust);
  await expect(issue({ arn })).rejects.toMatchObject({ code: 'AccessDenied' });
});

test('a role that is not there is refused in the words for one that does not trust', async () => {
  const arn = `arn:aws:iam::${ACCOUNT}:role/nobody`;
  await expect(issue({ arn })).rejects.toMatchObject({
    code: 'AccessDenied',
    message: `ec2.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
  });
});

test('an instance profile gives its role, to instances alone', async () => {
  const InstanceProfileName = scenery.newName('profile');
  const { InstanceProfile } = await deployment
    .iam()
    .send(new CreateInstanceProfileCommand({ InstanceProfileName, Path: '/web/' }));
  const arn = String(InstanceProfile?.Arn);
  await expect(issue({ arn })).rejects.toMatchObject({ code: 'AccessDenied' });

  const roleArn = await scenery.role([
    allow({ Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] }),
  ]);
  const RoleName = String(roleArn.split('/').at(-1));
  await deployment
    .iam()
    .send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  expect(await issue({ arn })).toMatchObject({
    RoleArn: roleArn,
    InstanceProfile: { Arn: arn, InstanceProfileId: InstanceProfile?.InstanceProfileId },
  });
  await expect(issue({ arn, service: 'ecs-tasks.amazonaws.com' })).rejects.toMatchObject({
    code: 'ValidationError',
  });
  await expect(issue({ arn: arn.replace('/web/', '/other/') })).rejects.toMatchObject({
    code: 'AccessDenied',
  });
});

test('a session lasts no longer than its role allows, and no shorter than a quarter of an hour', async () => {
  const arn = await scenery.role([allow(EC2)], { MaxSessionDuration: 7200 });
  const lasting = async (durationSeconds?: number) => {
    const { Expiration } = await issue({ arn, durationSeconds });
    return Math.round((Date.parse(Expiration) - Date.now()) / 60_000);
  };
  expect([await lasting(), await lasting(7200), await lasting(900)]).toEqual([60, 120, 15]);
  for (const durationSeconds of [7201, 899, 1000.5, NaN]) {
    await expect(issue({ arn, durationSeconds })).rejects.toMatchObject({
      code: 'ValidationError',
    });
  }
});

test.each(['', 'a', 'with space', 'a/b', 'x'.repeat(65)])(
  'a session is not named %j',
  async (sessionName) => {
    const arn = await scenery.role([allow(EC2)]);
    await expect(issue({ arn, sessionName })).rejects.toMatchObject({ code: 'ValidationError' });
  },
);

const REQUEST = { Arn: 'arn', Service: 'ec2.amazonaws.com', RoleSessionName: 'name' };

test('a request names what it asks for, and nothing else', () => {
  expect(readWorkloadRequest({ ...REQUEST, DurationSeconds: 900 })).toEqual({
    arn: 'arn',
    service: 'ec2.amazonaws.com',
    sessionName: 'name',
    durationSeconds: 900,
  });
  for (const event of [
    undefined,
    null,
    'text',
    {},
    { ...REQUEST, Arn: 1 },
    { ...REQUEST, Arn: 'x'.repeat(2049) },
    { ...REQUEST, Service: 'iam.amazonaws.com' },
    { ...REQUEST, RoleSessionName: undefined },
    { ...REQUEST, DurationSeconds: '900' },
    { ...REQUEST, Policy: '{}' },
  ]) {
    expect(() => readWorkloadRequest(event)).toThrow('the event must be');
  }
});
