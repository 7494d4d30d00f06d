import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { restoreWatermark } from '../../bin/commands/restore-watermark';
import { Authorizer } from '../../lambdas/authorizer/authorizer';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { deactivateKey, setRestoreWatermark } from '../../lambdas/identity/restore-watermark';
import type { Item } from '../../lambdas/store/store';
import { GATEWAY_SETTINGS } from '../authorizer/gateway-settings';
import { signedEvent } from '../authorizer/rest-events';
import {
  ACCOUNT,
  deployAdmin,
  ROOT,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { credentialsOf } from '../sts/sts-scenery';

let admin: AdminDeployment;

beforeEach(async () => {
  admin = await deployAdmin();
});

afterEach(async () => {
  await admin.close();
});

const tables = () => ({
  store: admin.store,
  dataKeys: admin.dataKeys,
  listItems: () => admin.store.listItems(),
});

async function run(options: { deactivateKeys?: boolean; keep?: readonly string[] } = {}) {
  const lines: string[] = [];
  const { deactivateKeys = false, keep = [] } = options;
  const exitCode = await restoreWatermark(tables(), { deactivateKeys, keep }, (line) => {
    lines.push(line);
  });
  return { exitCode, lines };
}

async function createKey(UserName: string): Promise<Credentials> {
  const { AccessKey } = await admin.iam().send(new CreateAccessKeyCommand({ UserName }));
  return {
    accessKeyId: String(AccessKey?.AccessKeyId),
    secretAccessKey: String(AccessKey?.SecretAccessKey),
  };
}

/** A user who may do everything, with a key and a session that was asked for with it. */
async function createUser(UserName: string) {
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
  await admin.iam().send(new CreateUserCommand({ UserName }));
  await admin.iam().send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'everything',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: everything }),
    }),
  );
  const key = await createKey(UserName);
  return { key, session: await sessionOf(key) };
}

async function sessionOf(key: Credentials): Promise<Credentials> {
  const answer = await admin.sts(key).send(new GetSessionTokenCommand({}));
  return credentialsOf(answer.Credentials);
}

async function takeBackup(): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of admin.store.listItems()) items.push(item);
  return items;
}

/** Puts the rows of then back. */
async function restore(backup: readonly Item[]): Promise<void> {
  for (const { key, attributes, expiresAt } of backup) {
    await admin.store.transact(
      [
        {
          kind: 'put',
          key,
          attributes,
          condition: { exists: 'any' },
          ...(expiresAt === undefined ? {} : { expiresAt }),
        },
      ],
      { token: `restore/${key.partition}/${key.sort}` },
    );
  }
}

/** The outcome of an admin call with these credentials: the caller's ARN, or the error's code. */
async function administer(credentials: Credentials): Promise<string | undefined> {
  const identity = admin.sts(credentials).send(new GetCallerIdentityCommand({}));
  return identity.then(
    ({ Arn }) => Arn,
    async () => (await refusal(identity)).code,
  );
}

/** The outcome of a guarded call: Allow, Deny, or what was thrown. An authorizer that has just been started knows nothing yet. */
async function call(credentials: Credentials): Promise<string | undefined> {
  const secrets = new SealedSecrets(admin.dataKeys);
  const authorizer = new Authorizer({
    store: admin.store,
    stalenessSeconds: 0,
    gateways: GATEWAY_SETTINGS,
    openSecret: ({ SealedSecret, OwnerId, AccessKeyId }) =>
      secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
    sessions: new SessionTokens(admin.dataKeys),
    bearerTokens: createBearerTokens(admin.dataKeys),
    loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
    now: Date.now,
    log: () => undefined,
  });
  try {
    const answer = (await authorizer.authorize(
      await signedEvent({}, { ...credentials, now: Date.now() }),
    )) as { policyDocument: { Statement: { Effect: string }[] } };
    return answer.policyDocument.Statement[0]?.Effect;
  } catch (error) {
    return (error as Error).message;
  }
}

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;

describe('after a restore to a time before a revocation', () => {
  test('the revoked session and key live again, until the watermark ends them in both planes', async () => {
    const { key, session } = await createUser('alice');
    const backup = await takeBackup();
    const UserName = 'alice';
    await admin.iam().send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: key.accessKeyId }));
    expect([await administer(session), await call(session)]).toEqual([
      'InvalidClientTokenId',
      'Unauthorized',
    ]);

    await restore(backup);
    expect([await administer(session), await call(session)]).toEqual([ALICE, 'Allow']);
    expect([await administer(key), await call(key)]).toEqual([ALICE, 'Allow']);

    expect((await run({ deactivateKeys: true })).exitCode).toBe(0);
    for (const credentials of [session, key]) {
      expect([await administer(credentials), await call(credentials)]).toEqual([
        'InvalidClientTokenId',
        'Unauthorized',
      ]);
    }
    expect(await administer(ROOT)).toBe(`arn:aws:iam::${ACCOUNT}:root`);
  });

  test('a session that begins after the watermark counts, and what the deployment keeps opens', async () => {
    const { key, session } = await createUser('alice');
    await run();
    expect(await administer(session)).toBe('InvalidClientTokenId');
    expect([await administer(key), await call(key)]).toEqual([ALICE, 'Allow']);
    const later = await sessionOf(key);
    expect([await administer(later), await call(later)]).toEqual([ALICE, 'Allow']);
  });

  test('each further watermark ends what began since the one before', async () => {
    const { key } = await createUser('alice');
    await run();
    const between = await sessionOf(key);
    const { lines } = await run();
    expect(lines[0]).toContain('data key 3 seals from now on');
    expect(await administer(between)).toBe('InvalidClientTokenId');
  });
});

describe('the review', () => {
  test('names every key that works, and every password, and changes none by itself', async () => {
    const { key } = await createUser('alice');
    const off = await createKey('alice');
    const UserName = 'alice';
    const AccessKeyId = off.accessKeyId;
    await admin
      .iam()
      .send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
    await admin
      .iam()
      .send(new CreateLoginProfileCommand({ UserName, Password: 'correct-Horse-9-battery' }));
    const { User } = await admin.iam().send(new GetUserCommand({ UserName }));
    const { lines } = await run();
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(
        new RegExp(`^\\[works\\] ${ROOT.accessKeyId}, root of ${ACCOUNT}, .*the deployment’s own`),
      ),
      expect.stringMatching(
        new RegExp(`^\\[works\\] ${key.accessKeyId}, user ${String(User?.UserId)} of ${ACCOUNT}, `),
      ),
      `[password] user ${String(User?.UserId)} of ${ACCOUNT}: the one that was valid then is valid again`,
    ]);
    expect(await administer(key)).toBe(ALICE);
  });

  test('deactivates all keys but those that are to be kept and the deployment’s own', async () => {
    const { key } = await createUser('alice');
    const kept = await createKey('alice');
    const { lines } = await run({ deactivateKeys: true, keep: [kept.accessKeyId] });
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual([
      `[works] ${ROOT.accessKeyId}`,
      `[deactivated] ${key.accessKeyId}`,
      `[works] ${kept.accessKeyId}`,
    ]);
    expect(await administer(kept)).toBe(ALICE);
    const { AccessKeyMetadata } = await admin
      .iam()
      .send(new ListAccessKeysCommand({ UserName: 'alice' }));
    expect(
      Object.fromEntries((AccessKeyMetadata ?? []).map((each) => [each.AccessKeyId, each.Status])),
    ).toEqual({ [key.accessKeyId]: 'Inactive', [kept.accessKeyId]: 'Active' });
  });

  test('says of a key that is gone meanwhile that it was not deactivated', async () => {
    const { key } = await createUser('alice');
    const { keys } = await setRestoreWatermark(tables());
    const found = keys.find(({ accessKeyId }) => accessKeyId === key.accessKeyId);
    await admin
      .iam()
      .send(new DeleteAccessKeyCommand({ UserName: 'alice', AccessKeyId: key.accessKeyId }));
    expect(found === undefined ? undefined : await deactivateKey(admin.store, found)).toBe(false);
  });
});
