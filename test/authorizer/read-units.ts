import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
} from '@aws-sdk/client-iam';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import type {
  Item,
  Key,
  QueryOptions,
  QueryPage,
  ReadOptions,
  Store,
  TableName,
} from '../../lambdas/store/store';
import { deployAdmin, type AdminDeployment, type Credentials } from '../operations/deployment';
import { allow, StsScenery } from '../sts/sts-scenery';
import { GATEWAY_SETTINGS } from './gateway-settings';
import { signedEvent } from './rest-events';

/** What one guarded call asks of DynamoDB. */
export interface MeasuredCall {
  readonly name: string;
  /** Read request units, as DynamoDB bills them. */
  readonly readUnits: number;
  readonly calls: number;
  /** Of the line that is logged. */
  readonly logBytes: number;
}

const UNIT_BYTES = 4096;

/**
 * Counts read request units as DynamoDB bills them: of a Get and of each item of a BatchGet its size, of a Query the size of all that it
 * finds, in steps of 4 KB, at least one; half of that where a read need not be consistent.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
class MeteredStore implements Store {
  readUnits = 0;
  calls = 0;
  readonly transact: Store['transact'];

  constructor(private readonly inner: Store) {
    this.transact = inner.transact.bind(inner);
  }

  async get(key: Key, options: ReadOptions): Promise<Item | undefined> {
    const item = await this.inner.get(key, options);
    this.#count([sizeOf(item)], options);
    return item;
  }

  async getMany(
    keys: readonly Key[],
    options: ReadOptions,
  ): Promise<readonly (Item | undefined)[]> {
    const items = await this.inner.getMany(keys, options);
    this.#count(items.map(sizeOf), options);
    return items;
  }

  async query(table: TableName, partition: string, options: QueryOptions): Promise<QueryPage> {
    const page = await this.inner.query(table, partition, options);
    this.#count([page.items.map(sizeOf).reduce((sum, size) => sum + size, 0)], options);
    return page;
  }

  #count(sizes: readonly number[], { consistent }: ReadOptions): void {
    const units = sizes.map((size) => Math.max(1, Math.ceil(size / UNIT_BYTES)));
    this.calls += 1;
    this.readUnits += units.reduce((sum, each) => sum + each, 0) * (consistent ? 1 : 0.5);
  }
}

/** Names and values, with room for the lengths that DynamoDB counts beside them. */
function sizeOf(item: Item | undefined): number {
  if (item === undefined) return 0;
  return item.key.partition.length + item.key.sort.length + Buffer.byteLength(textOf(item)) + 100;
}

function textOf({ attributes }: Item): string {
  return JSON.stringify(attributes, (_name, value: unknown) =>
    value instanceof Uint8Array ? '.'.repeat(value.byteLength) : value,
  );
}

/** The calls of a million's table: each by an authorizer that has answered somebody else before, so that its data key is open. */
export async function measureReads(): Promise<readonly MeasuredCall[]> {
  const admin = await deployAdmin();
  try {
    const user = await createUser(admin);
    const session = await createSession(admin, user);
    const { authorize, metered, lines } = createAuthorizer(admin);
    await authorize(await createOther(admin));
    const measured: MeasuredCall[] = [];
    const measure = async (name: string, credentials: Credentials) => {
      metered.readUnits = 0;
      metered.calls = 0;
      await authorize(credentials);
      const logBytes = Buffer.byteLength(lines.at(-1) ?? '');
      measured.push({ name, readUnits: metered.readUnits, calls: metered.calls, logBytes });
    };
    await measure('a user, never seen', user);
    await measure('a user, warm', user);
    await measure('a role session, never seen', session);
    await measure('a role session, warm', session);
    return measured;
  } finally {
    await admin.close();
  }
}

/** Milliseconds that warm calls took in this process, shortest first; without a gateway, a network, or Lambda around them. */
export async function timeWarmCalls(count: number): Promise<readonly number[]> {
  const admin = await deployAdmin();
  try {
    const user = await createUser(admin);
    const { authorize, prepare } = createAuthorizer(admin);
    await authorize(user);
    const times: number[] = [];
    for (let call = 0; call < count; call += 1) {
      const event = await prepare(user);
      const begin = performance.now();
      await event();
      times.push(performance.now() - begin);
    }
    return times.sort((left, right) => left - right);
  } finally {
    await admin.close();
  }
}

const INVOKE = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' },
});

/** In one group, with one managed policy of its own and one of the group. */
async function createUser(admin: AdminDeployment): Promise<Credentials> {
  const iam = admin.iam();
  const names = { UserName: 'alice', GroupName: 'readers' };
  await iam.send(new CreateUserCommand(names));
  await iam.send(new CreateGroupCommand(names));
  await iam.send(new AddUserToGroupCommand(names));
  const createPolicy = async (PolicyName: string) => {
    const created = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: INVOKE }));
    return created.Policy?.Arn;
  };
  await iam.send(new AttachUserPolicyCommand({ ...names, PolicyArn: await createPolicy('own') }));
  await iam.send(
    new AttachGroupPolicyCommand({ ...names, PolicyArn: await createPolicy('group') }),
  );
  return createKey(admin, names.UserName);
}

async function createOther(admin: AdminDeployment): Promise<Credentials> {
  await admin.iam().send(new CreateUserCommand({ UserName: 'bob' }));
  return createKey(admin, 'bob');
}

async function createKey(admin: AdminDeployment, UserName: string): Promise<Credentials> {
  const { AccessKey } = await admin.iam().send(new CreateAccessKeyCommand({ UserName }));
  return {
    accessKeyId: String(AccessKey?.AccessKeyId),
    secretAccessKey: String(AccessKey?.SecretAccessKey),
  };
}

/** Of a role with one inline policy. */
async function createSession(admin: AdminDeployment, user: Credentials): Promise<Credentials> {
  const scenery = new StsScenery(admin);
  const RoleArn = await scenery.role([allow({ AWS: await scenery.userArn('alice') })], {
    allow: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' },
  });
  return scenery.assume(user, { RoleArn, RoleSessionName: 'one' });
}

function createAuthorizer(admin: AdminDeployment) {
  const metered = new MeteredStore(admin.store);
  const lines: string[] = [];
  const secrets = new SealedSecrets(admin.dataKeys);
  const now = Date.now();
  const authorizer = new Authorizer({
    store: metered,
    stalenessSeconds: 5,
    gateways: GATEWAY_SETTINGS,
    openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(admin.dataKeys),
    bearerTokens: createBearerTokens(admin.dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: () => now,
    log: (line) => lines.push(line),
  });
  const prepare = async (credentials: Credentials) => {
    const event = await signedEvent({}, { ...credentials, now });
    return () => authorizer.authorize(event);
  };
  return {
    metered,
    lines,
    prepare,
    authorize: async (credentials: Credentials) => (await prepare(credentials))(),
  };
}
