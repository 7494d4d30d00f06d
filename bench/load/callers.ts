import {
  CreateAccessKeyCommand,
  CreateGroupCommand,
  AddUserToGroupCommand,
  CreateUserCommand,
  IAMClient,
  PutGroupPolicyCommand,
} from '@aws-sdk/client-iam';
import type { LocalRun } from '../../local/local-run';
import type { AccessKey } from './signed-request';

const GROUP = 'load-readers';
const AT_ONCE = 8;

export interface Callers {
  /** May read orders, by a group. */
  readonly readers: readonly AccessKey[];
  /** May do nothing. */
  readonly stranger: AccessKey;
}

/** Users with an access key each, made by the admin API. */
export async function createCallers(run: LocalRun, readers: number): Promise<Callers> {
  const iam = new IAMClient({
    endpoint: `${run.adminEndpoint}/iam`,
    region: run.region,
    credentials: run.rootCredentials,
  });
  await iam.send(new CreateGroupCommand({ GroupName: GROUP }));
  await iam.send(
    new PutGroupPolicyCommand({
      GroupName: GROUP,
      PolicyName: 'read-orders',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'orders:GetOrder',
          Resource: 'arn:aws:orders:*:*:order/*',
        },
      }),
    }),
  );
  const keys: AccessKey[] = [];
  for (let first = 0; first < readers; first += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, readers - first) }, async (_, index) => {
      const UserName = `load-reader-${first + index}`;
      const key = await createUser(iam, UserName);
      await iam.send(new AddUserToGroupCommand({ GroupName: GROUP, UserName }));
      return key;
    });
    keys.push(...(await Promise.all(batch)));
  }
  const stranger = await createUser(iam, 'load-stranger');
  iam.destroy();
  return { readers: keys, stranger };
}

async function createUser(iam: IAMClient, UserName: string): Promise<AccessKey> {
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  if (AccessKey?.AccessKeyId === undefined || AccessKey.SecretAccessKey === undefined) {
    throw new Error(`${UserName} got no access key`);
  }
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}
