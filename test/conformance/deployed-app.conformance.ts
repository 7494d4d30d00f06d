import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';

import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { SignatureV4 } from '@smithy/signature-v4';

import { startLocalRun } from '../../local/local-run';
import type { LocalRun } from '../../local/local-run';
import { createFolder } from '../local/fixture';

const PROJECT = join(__dirname, '..', '..');
/** Synthesizing both apps takes seconds of two processors, and more where others use them. */
const START_MILLISECONDS = 300_000;

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

describe('the synthesized app and the orders example', () => {
  const folder = createFolder();
  let run: LocalRun;

  const start = (): Promise<LocalRun> =>
    startLocalRun({
      projectDirectory: PROJECT,
      dataDirectory: join(folder.path, 'data'),
      port: 0,
      rootCredentials: { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'r'.repeat(40) },
    });

  beforeAll(async () => {
    run = await start();
  }, START_MILLISECONDS);

  afterAll(async () => {
    // Where the start failed there is nothing to stop, and its own error is the one to read.
    await (run as LocalRun | undefined)?.stop();
    folder.remove();
  });

  const createClient = (): IAMClient =>
    new IAMClient({
      endpoint: `${run.adminEndpoint}/iam`,
      region: run.region,
      credentials: run.rootCredentials,
    });

  const getOrder = async (key: AccessKey): Promise<[number, string]> => {
    const url = new URL('/orders/42', run.apis[1]?.url);
    const signer = new SignatureV4({
      service: 'execute-api',
      region: run.region,
      credentials: key,
      sha256: Sha256,
    });
    const { headers } = await signer.sign({
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      headers: { host: url.host },
    });
    const response = await fetch(url, { headers });
    return [response.status, await response.text()];
  };

  test(
    'a user is refused with the reason, allowed once a policy is attached, and still there after a restart',
    async () => {
      let iam = createClient();
      await iam.send(new CreateUserCommand({ UserName: 'alice' }));
      const made = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
      const key = {
        accessKeyId: made.AccessKey?.AccessKeyId ?? '',
        secretAccessKey: made.AccessKey?.SecretAccessKey ?? '',
      };
      const [deniedStatus, deniedBody] = await getOrder(key);
      expect(deniedStatus).toBe(403);
      expect(deniedBody).toContain(
        'because no identity-based policy allows the orders:GetOrder action',
      );

      const { Policy } = await iam.send(
        new CreatePolicyCommand({
          PolicyName: 'ReadOrders',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'orders:GetOrder', Resource: '*' }],
          }),
        }),
      );
      await iam.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: Policy?.Arn }));
      iam.destroy();

      await run.stop();
      run = await start();
      expect(run.rootCredentials.accessKeyId).toBe('AKIAROOTROOTROOTROOT');
      expect((await getOrder(key))[0]).toBe(200);
      expect((await getOrder({ ...key, secretAccessKey: 'forged' }))[0]).toBe(401);
      iam = createClient();
      const { Users } = await iam.send(new ListUsersCommand({}));
      expect(Users?.map(({ UserName }) => UserName)).toEqual(['alice']);
      iam.destroy();
    },
    START_MILLISECONDS,
  );

  test('an unknown path of the admin API is refused in words that AWS clients can read', async () => {
    const response = await fetch(`${run.adminEndpoint}/nothing`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(await response.text()).toMatch(/^<ErrorResponse .*<Code>InvalidAction<\/Code>/);
  });

  test('a body of over 10 MB is refused in words that AWS clients can read', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
    const response = await fetch(`${run.adminEndpoint}/iam`, { method: 'POST', body });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain('<Code>RequestEntityTooLarge</Code>');
  });
});
