import { createHash } from 'node:crypto';
import { DataKeys } from '../../lambdas/credentials/data-key';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { deployAccount } from '../../lambdas/deployment/account';
import {
  ResourceRefused,
  type CustomResourceEvent,
} from '../../lambdas/deployment/custom-resource';
import type { SecretPlace } from '../../lambdas/deployment/root-credentials';
import { readAccessKey, readAccount, readOwnedAccessKey } from '../../lambdas/identity/records';
import { loadAccessKey, loadPrincipal, ownerOf } from '../../lambdas/identity/principals';
import {
  accessKeyKey,
  accountKey,
  accountPartition,
  ownedAccessKeyKey,
} from '../../lambdas/store/keys';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { StoreUnavailable } from '../../lambdas/store/store';
import { ACCOUNT, ObservedStore, putAccessKey } from '../identity/principal-rows';

const SECRET_ARN = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:root`;
const NOW = Date.UTC(2026, 0, 2);

const FIRST = {
  AccessKeyId: 'AKIAFIRSTFIRSTFIRST1',
  SecretAccessKey: 'first-secret-of-enough-length',
};
const SECOND = {
  AccessKeyId: 'AKIASECONDSECONDSEC1',
  SecretAccessKey: 'second-secret-of-enough-length',
};

function createWorld(text?: string) {
  const store = new MemoryStore();
  const observed = new ObservedStore(store);
  const keyEncryption = {
    generateDataKey: () =>
      Promise.resolve({ plaintext: new Uint8Array(32).fill(7), encrypted: Uint8Array.of(1) }),
    decrypt: () => Promise.resolve(new Uint8Array(32).fill(7)),
  };
  const dataKeys = new DataKeys({ store: observed, keyEncryption, clock: () => NOW });
  const sealedSecrets = new SealedSecrets(dataKeys);
  const secret = { text, writes: 0, fails: false };
  let random = 0;
  const options = {
    store: observed,
    sealedSecrets,
    now: () => NOW,
    randomBytes: (length: number) => {
      random += 1;
      return new Uint8Array(createHash('sha512').update(String(random)).digest()).slice(0, length);
    },
    secret: {
      read: () => Promise.resolve(secret.text),
      write: (_place: SecretPlace, written: string) => {
        if (secret.fails) return Promise.reject(new Error('Secrets Manager is down'));
        secret.text = written;
        secret.writes += 1;
        return Promise.resolve();
      },
    },
  };
  const deploy = async (
    type: CustomResourceEvent['RequestType'] = 'Create',
    properties: Record<string, unknown> = { AccountId: ACCOUNT, SecretArn: SECRET_ARN },
  ) =>
    deployAccount(options, {
      RequestType: type,
      ResponseURL: 'https://example/',
      StackId: 's',
      RequestId: 'r',
      LogicalResourceId: 'Account',
      ResourceProperties: properties,
    });
  return { store, observed, secret, deploy, sealedSecrets };
}

type World = ReturnType<typeof createWorld>;

/** The ids of the root user's keys that work, with their secrets. */
async function workingKeys({ store, sealedSecrets }: World): Promise<Record<string, string>> {
  const { items } = await store.query('identities', accountPartition(ACCOUNT), {
    consistent: true,
    prefix: 'AccessKey#',
  });
  const keys: Record<string, string> = {};
  for (const item of items) {
    const { AccessKeyId: accessKeyId } = readOwnedAccessKey(item);
    const accessKey = await loadAccessKey(store, accessKeyId, { consistent: true });
    if (accessKey?.Status !== 'Active') continue;
    const options = { consistent: true, accessKeyId, partition: 'aws' };
    const loaded = await loadPrincipal(store, ownerOf(accessKey), options);
    if (loaded?.caller.principal.type !== 'Root') continue;
    keys[accessKeyId] = await sealedSecrets.open(accessKey.SealedSecret, {
      table: 'identities',
      ownerId: ACCOUNT,
      keyId: accessKeyId,
    });
  }
  const account = await store.get(accountKey(ACCOUNT));
  expect(account && readAccount(account).AccessKeyCount).toBe(items.length);
  return keys;
}

const keyOf = (given: typeof FIRST) => ({ [given.AccessKeyId]: given.SecretAccessKey });

describe('the deployment of an account', () => {
  test('makes it with the root key that the secret holds', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    expect(await world.deploy()).toEqual({
      physicalResourceId: `Account ${ACCOUNT}`,
      data: { AccessKeyId: FIRST.AccessKeyId },
    });
    expect(await workingKeys(world)).toEqual(keyOf(FIRST));
    const account = await world.store.get(accountKey(ACCOUNT));
    expect(account?.attributes).toEqual({
      AccountId: ACCOUNT,
      CreateDate: NOW,
      UserCount: 0,
      GroupCount: 0,
      PolicyCount: 0,
      AccessKeyCount: 1,
    });
    expect(world.secret.writes).toBe(0);
  });

  test.each([
    ['nothing', undefined],
    ['the random text that a secret begins with', 'kj34h5kj3h45'],
    ['other JSON', '{"password":"x"}'],
    ['a JSON text', '"x"'],
    ['null', 'null'],
  ])('makes a key of its own where the secret holds %s', async (_what, text) => {
    const world = createWorld(text);
    const { data } = await world.deploy();
    const made = JSON.parse(world.secret.text ?? '') as typeof FIRST;
    expect(made.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(made.SecretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(data).toEqual({ AccessKeyId: made.AccessKeyId });
    expect(await workingKeys(world)).toEqual(keyOf(made));
  });

  test('never stores the secret in the clear, nor answers with it', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    const result = await world.deploy();
    const row = await world.store.get(accessKeyKey(FIRST.AccessKeyId));
    for (const text of [
      JSON.stringify(result),
      Buffer.from(row ? readAccessKey(row).SealedSecret : []).toString('latin1'),
    ]) {
      expect(text).not.toContain(FIRST.SecretAccessKey);
    }
  });

  test('writes nothing the second time', async () => {
    const world = createWorld();
    await world.deploy();
    const before = await world.store.get(accountKey(ACCOUNT));
    await world.deploy();
    await world.deploy('Update');
    expect(await world.store.get(accountKey(ACCOUNT))).toEqual(before);
    expect(world.secret.writes).toBe(1);
  });

  test('replaces the key when the secret holds another one', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await world.deploy();
    world.secret.text = JSON.stringify(SECOND);
    await world.deploy('Update');
    expect(await workingKeys(world)).toEqual(keyOf(SECOND));
    expect(await world.store.get(accessKeyKey(FIRST.AccessKeyId))).toBeUndefined();
  });

  test('replaces the secret of the key when it is another one, and makes the key work', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await world.deploy();
    await putAccessKey(world.store, FIRST.AccessKeyId, {
      ownerKind: 'Root',
      status: 'Inactive',
      sealedSecret: (await world.store.get(accessKeyKey(FIRST.AccessKeyId)))?.attributes[
        'SealedSecret'
      ] as Uint8Array,
    });
    const changed = { ...FIRST, SecretAccessKey: 'a-changed-secret-of-enough-length' };
    world.secret.text = JSON.stringify(changed);
    await world.deploy('Update');
    expect(await workingKeys(world)).toEqual(keyOf(changed));
  });

  test('leaves the root user’s other keys alone', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await world.deploy();
    const own = 'AKIAOWNOWNOWNOWNOWN1';
    await putAccessKey(world.store, own, { ownerKind: 'Root' });
    world.secret.text = JSON.stringify(SECOND);
    // The counter of the second key is the operation's that makes it.
    await world.store.transact(
      [
        {
          kind: 'update',
          key: accountKey(ACCOUNT),
          add: { AccessKeyCount: 1 },
          condition: { exists: true },
        },
      ],
      { token: 'own' },
    );
    await world.deploy('Update');
    expect(await world.store.get(accessKeyKey(own))).toBeDefined();
    expect(await world.store.get(accessKeyKey(FIRST.AccessKeyId))).toBeUndefined();
    const account = await world.store.get(accountKey(ACCOUNT));
    expect(account && readAccount(account).AccessKeyCount).toBe(2);
  });

  test('works again after the root user deleted the deployed key', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await world.deploy();
    const owned = ownedAccessKeyKey(accountPartition(ACCOUNT), FIRST.AccessKeyId);
    const exists = { exists: true } as const;
    await world.store.transact(
      [
        { kind: 'delete', key: accessKeyKey(FIRST.AccessKeyId), condition: exists },
        { kind: 'delete', key: owned, condition: exists },
        {
          kind: 'update',
          key: accountKey(ACCOUNT),
          add: { AccessKeyCount: -1 },
          condition: exists,
        },
      ],
      { token: 'delete' },
    );
    world.secret.text = JSON.stringify(SECOND);
    await world.deploy('Update');
    expect(await workingKeys(world)).toEqual(keyOf(SECOND));
  });

  test('ends well whichever call of the store failed, once it is repeated', async () => {
    const probe = createWorld();
    await probe.deploy();
    const calls = probe.observed.calls;
    expect(calls).toBeGreaterThanOrEqual(4);
    for (let call = 1; call <= calls; call += 1) {
      const world = createWorld();
      world.observed.failingCall = call;
      world.observed.failure = new StoreUnavailable('down');
      await expect(world.deploy()).rejects.toThrow(StoreUnavailable);
      await world.deploy();
      expect(world.secret.writes).toBe(1);
      const made = JSON.parse(world.secret.text ?? '') as typeof FIRST;
      expect(await workingKeys(world)).toEqual(keyOf(made));
    }
  });

  test('makes no key that the secret does not hold', async () => {
    const world = createWorld();
    world.secret.fails = true;
    await expect(world.deploy()).rejects.toThrow('Secrets Manager is down');
    expect(await world.store.get(accountKey(ACCOUNT))).toBeUndefined();
  });

  test('makes one key where it runs twice at once', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await Promise.all([world.deploy(), world.deploy()]);
    expect(await workingKeys(world)).toEqual(keyOf(FIRST));
  });

  test('removes nothing when the stack is deleted', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await world.deploy();
    await world.deploy('Delete', {});
    expect(await workingKeys(world)).toEqual(keyOf(FIRST));
  });

  test('refuses a key that belongs to a user', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await putAccessKey(world.store, FIRST.AccessKeyId);
    await expect(world.deploy()).rejects.toThrow('belongs to somebody else');
    expect(await world.store.get(accountKey(ACCOUNT))).toBeUndefined();
  });

  test('refuses a third key', async () => {
    const world = createWorld(JSON.stringify(FIRST));
    await putAccessKey(world.store, 'AKIAOWNOWNOWNOWNOWN1', { ownerKind: 'Root' });
    await putAccessKey(world.store, 'AKIAOWNOWNOWNOWNOWN2', { ownerKind: 'Root' });
    await expect(world.deploy()).rejects.toThrow('delete one first');
  });

  test.each([
    ['no AccountId', { SecretArn: SECRET_ARN }],
    ['an AccountId of eleven digits', { AccountId: '12345678901', SecretArn: SECRET_ARN }],
    ['an AccountId that is a number', { AccountId: 123456789012, SecretArn: SECRET_ARN }],
    ['no SecretArn', { AccountId: ACCOUNT }],
    ['an empty SecretArn', { AccountId: ACCOUNT, SecretArn: '' }],
    ['an empty SecretName', { AccountId: ACCOUNT, SecretArn: SECRET_ARN, SecretName: '' }],
    ['a SecretName that is a number', { AccountId: ACCOUNT, SecretArn: SECRET_ARN, SecretName: 1 }],
  ])('is refused with %s', async (_what, properties) => {
    const world = createWorld(JSON.stringify(FIRST));
    await expect(world.deploy('Create', properties)).rejects.toThrow(ResourceRefused);
  });

  test.each([
    ['an id that is none', { ...FIRST, AccessKeyId: 'short' }],
    ['an id that is a number', { ...FIRST, AccessKeyId: 1 }],
    ['no id', { SecretAccessKey: FIRST.SecretAccessKey }],
    ['a short secret', { ...FIRST, SecretAccessKey: 'short' }],
    ['a secret with a space', { ...FIRST, SecretAccessKey: 'with a space and long enough' }],
    ['no secret', { AccessKeyId: FIRST.AccessKeyId }],
  ])('does not overwrite a secret that means to be credentials: %s', async (_what, given) => {
    const world = createWorld(JSON.stringify(given));
    await expect(world.deploy()).rejects.toThrow(ResourceRefused);
    expect(world.secret.text).toBe(JSON.stringify(given));
  });
});
