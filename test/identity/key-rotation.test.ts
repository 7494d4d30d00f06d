import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  GetUserCommand,
  UploadServerCertificateCommand,
} from '@aws-sdk/client-iam';
import { timeStepAt, totpCode } from '../../lambdas/credentials/totp';
import {
  KeyInUse,
  listDataKeys,
  retireDataKey,
  sealAgain,
  type RotationScope,
} from '../../lambdas/identity/key-rotation';
import { setRootPassword } from '../../lambdas/identity/root-password';
import { accessKeyKey, dataKeyKey } from '../../lambdas/store/keys';
import { CERTIFICATE, CERTIFICATE_KEY } from '../credentials/certificates';
import { ACCOUNT, deployAdmin, ROOT, type AdminDeployment } from '../operations/deployment';

const HOUR = 3_600_000;

let now: number;
let admin: AdminDeployment;

beforeEach(async () => {
  now = Date.now();
  admin = await deployAdmin({ now: () => now });
});

afterEach(async () => {
  await admin.close();
});

const scope = (): RotationScope => ({
  store: admin.store,
  dataKeys: admin.dataKeys,
  listItems: () => admin.store.listItems(),
  now,
});

async function makeSecrets() {
  const root = admin.iam();
  await root.send(new CreateUserCommand({ UserName: 'alice' }));
  const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
  const { VirtualMFADevice } = await root.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'alice' }),
  );
  return {
    key: {
      accessKeyId: String(AccessKey?.AccessKeyId),
      secretAccessKey: String(AccessKey?.SecretAccessKey),
    },
    serialNumber: String(VirtualMFADevice?.SerialNumber),
    seed: Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString(),
  };
}

test('after a rotation every secret opens as before, under the new key alone', async () => {
  const { key, serialNumber, seed } = await makeSecrets();
  await admin.dataKeys.rotate();
  expect(await listDataKeys(admin.store)).toEqual([1, 2]);
  expect(
    await admin
      .iam(key)
      .send(new GetUserCommand({}))
      .catch((error: unknown) => (error as Error).name),
  ).toBe('AccessDenied');
  expect(await sealAgain(scope())).toMatchObject({ sealedAgain: 3, changedMeanwhile: 0 });
  expect(await sealAgain(scope())).toMatchObject({ sealedAgain: 0 });
  now += 37 * HOUR;
  await retireDataKey(scope(), 1);
  expect(await listDataKeys(admin.store)).toEqual([2]);
  now = Date.now();
  await admin.iam(ROOT).send(new GetUserCommand({ UserName: 'alice' }));
  await admin.iam().send(
    new EnableMFADeviceCommand({
      UserName: 'alice',
      SerialNumber: serialNumber,
      AuthenticationCode1: totpCode(seed, timeStepAt(now) - 1),
      AuthenticationCode2: totpCode(seed, timeStepAt(now)),
    }),
  );
});

test('a key stays while it is the newest, while its successor is young, and while anything is sealed under it', async () => {
  await makeSecrets();
  await expect(retireDataKey(scope(), 1)).rejects.toThrow(new KeyInUse('data key 1 is the newest'));
  await admin.dataKeys.rotate();
  await expect(retireDataKey(scope(), 1)).rejects.toThrow('not 37 hours old');
  now += 37 * HOUR;
  await expect(retireDataKey(scope(), 1)).rejects.toThrow('is still sealed under data key 1');
  expect(await listDataKeys(admin.store)).toEqual([1, 2]);
  await sealAgain(scope());
  await retireDataKey(scope(), 1);
  expect(await listDataKeys(admin.store)).toEqual([2]);
});

test('a row that changes meanwhile is left as it is, and found by the next call', async () => {
  await makeSecrets();
  await admin.dataKeys.rotate();
  const touch = async () => {
    await admin.store.transact(
      [
        {
          kind: 'update',
          key: accessKeyKey(ROOT.accessKeyId),
          add: { Touched: 1 },
          condition: { exists: true },
        },
      ],
      { token: String(Math.random()) },
    );
  };
  const racing: RotationScope = {
    ...scope(),
    listItems: async function* () {
      for await (const item of admin.store.listItems()) {
        if (item.key.partition === `AccessKey#${ROOT.accessKeyId}`) await touch();
        yield item;
      }
    },
  };
  expect(await sealAgain(racing)).toMatchObject({ changedMeanwhile: 1 });
  expect(await sealAgain(scope())).toMatchObject({ sealedAgain: 1, changedMeanwhile: 0 });
});

test('a sealed row that nobody has put on the list ends the work, instead of being passed over', async () => {
  await makeSecrets();
  const item = await admin.store.get(accessKeyKey(ROOT.accessKeyId));
  const key = { table: 'policies', partition: 'Unheard#1', sort: 'Of' } as const;
  await admin.store.transact(
    [
      {
        kind: 'put',
        key,
        attributes: { Deep: { Secret: item?.attributes['SealedSecret'] ?? '' } },
        condition: { exists: false },
      },
    ],
    { token: 'unheard' },
  );
  await admin.dataKeys.rotate();
  await expect(sealAgain(scope())).rejects.toThrow('rows of the kind Unheard');
  now += 37 * HOUR;
  await expect(retireDataKey(scope(), 1)).rejects.toBeInstanceOf(KeyInUse);
});

test('a secret that does not open is damage, and nothing is written over it', async () => {
  const item = await admin.store.get(accessKeyKey(ROOT.accessKeyId));
  const sealed = Buffer.from(item?.attributes['SealedSecret'] as Uint8Array);
  sealed[20] = (sealed[20] ?? 0) ^ 1;
  await admin.store.transact(
    [
      {
        kind: 'update',
        key: accessKeyKey(ROOT.accessKeyId),
        set: { SealedSecret: new Uint8Array(sealed) },
        condition: { exists: true },
      },
    ],
    { token: 'damage' },
  );
  await admin.dataKeys.rotate();
  await expect(sealAgain(scope())).rejects.toThrow('does not open');
  const after = await admin.store.get(accessKeyKey(ROOT.accessKeyId));
  expect(after?.attributes['SealedSecret']).toEqual(new Uint8Array(sealed));
});

test('private keys of server certificates are sealed again too', async () => {
  await admin.iam().send(
    new UploadServerCertificateCommand({
      ServerCertificateName: 'site',
      CertificateBody: CERTIFICATE,
      PrivateKey: CERTIFICATE_KEY,
    }),
  );
  await admin.dataKeys.rotate();
  expect(await sealAgain(scope())).toMatchObject({ sealedAgain: 2 });
  expect(await admin.store.get(dataKeyKey(1))).toBeDefined();
});

test('an operator gives root a password; a weak one, and one for nobody, is refused', async () => {
  const give = (password: string, accountId = ACCOUNT) =>
    setRootPassword(admin.store, {
      accountId,
      password,
      now,
      randomBytes: (length) => new Uint8Array(length).fill(7),
    });
  await expect(give('weak')).rejects.toMatchObject({ code: 'PasswordPolicyViolation' });
  await expect(give('right Password 1', '999999999999')).rejects.toThrow('there is no account');
  await give('right Password 1');
  await give('other Password 2');
});
