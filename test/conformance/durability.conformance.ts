import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  findPorts,
  type LocalProcess,
  ROOT_CREDENTIALS,
  startLocalProcess,
} from '../harness/local-process';

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? '2');

interface Acknowledged {
  readonly userName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

function client(local: LocalProcess): IAMClient {
  return new IAMClient({
    endpoint: `${local.admin}/iam`,
    region: 'us-east-1',
    credentials: ROOT_CREDENTIALS,
    maxAttempts: 1,
  });
}

/** Makes users with keys until the server is gone, and notes every key that was answered. */
async function createKeys(iam: IAMClient, prefix: string, acknowledged: Acknowledged[]) {
  for (let count = 0; ; count += 1) {
    const userName = `${prefix}-${count}`;
    try {
      await iam.send(new CreateUserCommand({ UserName: userName }));
      const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }));
      if (!key?.AccessKeyId || !key.SecretAccessKey) throw new Error('an answer without a key');
      acknowledged.push({
        userName,
        accessKeyId: key.AccessKeyId,
        secretAccessKey: key.SecretAccessKey,
      });
    } catch {
      return;
    }
  }
}

async function expectServed(local: LocalProcess, keys: readonly Acknowledged[]) {
  const iam = client(local);
  for (const key of keys) {
    const { AccessKeyMetadata } = await iam.send(
      new ListAccessKeysCommand({ UserName: key.userName }),
    );
    expect(AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId)).toEqual([key.accessKeyId]);
    const sts = new STSClient({
      endpoint: `${local.admin}/sts`,
      region: 'us-east-1',
      credentials: key,
    });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::123456789012:user/${key.userName}`);
  }
}

test('a kill -9 while keys are being created loses no acknowledged key', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-kill-'));
  const port = await findPorts();
  const acknowledged: Acknowledged[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const local = await startLocalProcess(['--directory', directory], { port });
    const before = acknowledged.length;
    const clients = ['a', 'b', 'c'].map((name) =>
      createKeys(client(local), `user-${round}-${name}`, acknowledged),
    );
    await new Promise((resolve) => setTimeout(resolve, 1500 + 700 * round));
    await local.kill();
    await Promise.all(clients);
    expect(acknowledged.length).toBeGreaterThan(before);
  }
  const local = await startLocalProcess(['--directory', directory], { port });
  await expectServed(local, acknowledged);
  expect(await local.stop()).toBe(0);
});
