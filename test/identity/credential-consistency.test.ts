import { randomUUID } from 'node:crypto';
import {
  CreateLoginProfileCommand,
  EnableMFADeviceCommand,
  UploadSigningCertificateCommand,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { repairInconsistencies } from '../../lambdas/identity/repair';
import { readName } from '../../lambdas/identity/records';
import {
  accountKey,
  credentialKey,
  credentialPrefix,
  credentialsPartition,
  loginProfileKey,
  nameKey,
  samlProviderKey,
  serverCertificateKey,
  signingCertificateFingerprintKey,
  type CredentialKind,
} from '../../lambdas/store/keys';
import type { Key } from '../../lambdas/store/store';
import { createCertificate, makeServerCertificate } from '../iam/certificate-cases';
import { codesOf, makeVirtualDevice, PASSWORD } from '../iam/credential-cases';
import { makeOidcProvider, makeSamlProvider } from '../iam/provider-cases';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { Scenery } from '../operations/scenery';

let deployment: AdminDeployment;
let userId: string;
let certificateName: string;
let samlName: string;

beforeEach(async () => {
  deployment = await deployAdmin();
  const scenery = new Scenery(deployment.iam());
  const { root } = scenery;
  const UserName = await scenery.user();
  await root.send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
  const { SerialNumber, seed } = await makeVirtualDevice(scenery);
  await root.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codesOf(seed) }));
  await root.send(
    new UploadSigningCertificateCommand({ UserName, CertificateBody: createCertificate() }),
  );
  certificateName = await makeServerCertificate(scenery);
  const samlArn = await makeSamlProvider(scenery);
  samlName = samlArn.slice(samlArn.indexOf('/') + 1);
  await makeOidcProvider(scenery);
  const name = await deployment.store.get(nameKey('User', ACCOUNT, UserName));
  userId = name === undefined ? '' : readName(name).Id;
});

afterEach(async () => {
  await deployment.close();
});

const remove = (key: Key) =>
  deployment.store.transact([{ kind: 'delete', key, condition: { exists: true } }], {
    token: 'damage',
  });

/** The one credential that the user has of a kind. */
async function keyOf(kind: CredentialKind): Promise<Key> {
  const { items } = await deployment.store.query(
    'identities',
    credentialsPartition(ACCOUNT, userId),
    { consistent: true, prefix: credentialPrefix(kind) },
  );
  const [item] = items;
  if (item === undefined) throw new Error(`the user has no ${kind}`);
  expect(item.key).toEqual(credentialKey(kind, ACCOUNT, userId, item.key.sort.split('#')[1] ?? ''));
  return item.key;
}

test('credentials that only operations have written are sound', async () => {
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
});

test.each<readonly [string, () => Promise<void>]>([
  ['a login profile', () => remove(loginProfileKey(ACCOUNT, userId))],
  ['an MFA device under its owner', async () => remove(await keyOf('MFADevice'))],
  ['a signing certificate', async () => remove(await keyOf('SigningCertificate'))],
  ['a SAML provider', () => remove(samlProviderKey(ACCOUNT, samlName))],
  [
    'the name of a server certificate',
    () => remove(nameKey('ServerCertificate', ACCOUNT, certificateName)),
  ],
  [
    'a server certificate',
    async () => {
      const name = await deployment.store.get(
        nameKey('ServerCertificate', ACCOUNT, certificateName),
      );
      await remove(serverCertificateKey(ACCOUNT, name === undefined ? '' : readName(name).Id));
    },
  ],
  [
    'a count of the account',
    () =>
      deployment.store.transact(
        [
          {
            kind: 'update',
            key: accountKey(ACCOUNT),
            add: { OpenIDConnectProviderCount: 1 },
            condition: { exists: true },
          },
        ],
        { token: 'damage' },
      ),
  ],
  [
    'the fingerprint of a signing certificate',
    async () => {
      const partition = signingCertificateFingerprintKey(ACCOUNT, '').partition;
      const { items } = await deployment.store.query('identities', partition, { consistent: true });
      for (const item of items) await remove(item.key);
    },
  ],
])('that %s is lost, or wrong, is found and repaired', async (_what, damage) => {
  await damage();
  expect(await findInconsistencies(deployment.store, ACCOUNT)).not.toEqual([]);
  const { repaired, left } = await repairInconsistencies(deployment.store, deployment.store, {
    accountId: ACCOUNT,
    widenAccess: false,
    createToken: randomUUID,
  });
  expect(repaired).not.toEqual([]);
  expect(left).toEqual([]);
});
