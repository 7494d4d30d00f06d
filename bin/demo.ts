import { createHash, createHmac } from 'node:crypto';
import path from 'node:path';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { type LocalRun, startLocalRun } from '../local/local-run';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const READ_ORDERS = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'orders:GetOrder', Resource: 'arn:aws:orders:*:*:order/*' },
  ],
};

const NOT_FROM_HERE = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'NotFromThisMachine',
      Effect: 'Deny',
      Action: 'orders:*',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
    },
  ],
};

/** SHA-256 in the form that the signer asks for. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : toBytes(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof chunk === 'string' ? chunk : toBytes(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function toBytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** One signed GET, as any AWS SDK or `curl --aws-sigv4` would send it. */
async function callApi(
  baseUrl: string,
  resource: string,
  credentials: Credentials,
  region: string,
): Promise<Answer> {
  const url = new URL(resource, baseUrl);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host },
  });
  const response = await fetch(url, { headers });
  return { status: response.status, body: await response.text() };
}

class Steps {
  #count = 0;

  say(what: string, result: string): void {
    this.#count += 1;
    console.log(`${String(this.#count).padStart(2)}. ${what}\n      ${result}`);
  }

  /** Shows an answer, and ends the demo if it is not the one that it must be. */
  expect(what: string, answer: Answer, status: number): void {
    this.say(what, `${answer.status} ${answer.body}`);
    if (answer.status !== status) {
      throw new Error(`expected ${status}, got ${answer.status}: ${answer.body}`);
    }
  }
}

function present<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`the answer has no ${name}`);
  return value;
}

async function createAlice(iam: IAMClient, steps: Steps): Promise<Credentials> {
  const { User } = await iam.send(new CreateUserCommand({ UserName: 'alice' }));
  steps.say('iam:CreateUser alice', present(User?.Arn, 'Arn'));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
  const key = {
    accessKeyId: present(AccessKey?.AccessKeyId, 'AccessKeyId'),
    secretAccessKey: present(AccessKey?.SecretAccessKey, 'SecretAccessKey'),
  };
  steps.say('iam:CreateAccessKey for alice', key.accessKeyId);
  return key;
}

/** The authorizer may answer from what it read up to five seconds ago; wait until it has seen a change. */
async function callUntil(status: number, call: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + 8000;
  for (;;) {
    const answer = await call();
    if (answer.status === status || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function tellTheStory(run: LocalRun): Promise<void> {
  const steps = new Steps();
  const { adminEndpoint, region, rootCredentials } = run;
  const orders = present(run.apis[1], 'orders API').url;
  const iam = new IAMClient({
    endpoint: `${adminEndpoint}/iam`,
    region,
    credentials: rootCredentials,
  });
  const alice = await createAlice(iam, steps);
  const sts = new STSClient({ endpoint: `${adminEndpoint}/sts`, region, credentials: alice });
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  steps.say('sts:GetCallerIdentity as alice', present(Arn, 'Arn'));

  const getOrder = () => callApi(orders, '/orders/42', alice, region);
  steps.expect('GET /orders/42 as alice, who has no policy', await getOrder(), 403);

  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'read-orders',
      PolicyDocument: JSON.stringify(READ_ORDERS),
    }),
  );
  const PolicyArn = present(Policy?.Arn, 'Arn');
  await iam.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn }));
  steps.say('iam:CreatePolicy, iam:AttachUserPolicy', PolicyArn);
  steps.expect('GET /orders/42 again', await callUntil(200, getOrder), 200);
  steps.expect(
    'GET /orders, which the policy does not name',
    await callApi(orders, '/orders', alice, region),
    403,
  );

  const forger = { ...alice, secretAccessKey: `${alice.secretAccessKey.slice(0, -1)}!` };
  steps.expect(
    'GET /orders/42 with a forged signature',
    await callApi(orders, '/orders/42', forger, region),
    401,
  );

  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'not-from-here',
      PolicyDocument: JSON.stringify(NOT_FROM_HERE),
    }),
  );
  steps.say('iam:PutUserPolicy', 'a Deny for orders:* from 127.0.0.0/8');
  steps.expect('GET /orders/42: the Deny wins', await callUntil(403, getOrder), 403);
}

async function main(): Promise<void> {
  const begin = Date.now();
  console.log('Starting the synthesized stacks on this machine …\n');
  const run = await startLocalRun({
    projectDirectory: path.join(__dirname, '..'),
    dataDirectory: undefined,
    port: 0,
  });
  try {
    await tellTheStory(run);
  } finally {
    await run.stop();
  }
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  console.log(`\nEverything was as it must be (${seconds} s). Next: npm start`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
