import {
  accountKey,
  credentialKey,
  credentialPrefix,
  credentialsPartition,
  openIdConnectProviderPartition,
  principalKey,
  samlProviderPartition,
  signingCertificateFingerprintKey,
  virtualMfaDevicePartition,
  type CredentialKind,
} from '../store/keys';
import type { Item } from '../store/store';
import { changeWithout, put, remove, unchanged, type AccountRows } from './account-rows';
import {
  readServiceSpecificCredential,
  readSigningCertificate,
  readSshPublicKey,
} from './certificate-records';
import { readLoginProfile, readOwnedMfaDevice, readVirtualMfaDevice } from './credential-records';
import { readOpenIdConnectProvider, readSamlProvider } from './provider-records';
import { toAttributes } from './records';

const READERS: Readonly<Record<CredentialKind, (item: Item) => unknown>> = {
  MFADevice: readOwnedMfaDevice,
  SSHPublicKey: readSshPublicKey,
  ServiceSpecificCredential: readServiceSpecificCredential,
  SigningCertificate: readSigningCertificate,
};

/** What users and root sign in with besides access keys, and the account's providers. */
export function inspectCredentials(rows: AccountRows): void {
  const account = rows.get(accountKey(rows.accountId));
  for (const [ownerId, all] of rows.partitionsOf('identities', 'Credentials')) {
    // Counts of wrong passwords and sessions go by themselves.
    const items = all.filter(({ expiresAt }) => expiresAt === undefined);
    if (items.length > 0 && ownerOf(rows, ownerId) === undefined) {
      const message = `${ownerId} is gone, and ${items.length} of its credentials are not`;
      rows.report(message, items, items.map(remove));
    }
  }
  if (account === undefined) return;
  inspectOwner(rows, rows.accountId, account);
  for (const [id] of rows.partitionsOf('identities', 'User')) {
    const user = rows.get(principalKey('User', rows.accountId, id));
    if (user !== undefined) inspectOwner(rows, id, user);
  }
  inspectMfaDevices(rows, account);
  inspectFingerprints(rows);
  const oidc = rows.list('identities', openIdConnectProviderPartition(rows.accountId));
  const saml = rows.list('identities', samlProviderPartition(rows.accountId));
  for (const provider of oidc) rows.inspect(provider, readOpenIdConnectProvider);
  for (const provider of saml) rows.inspect(provider, readSamlProvider);
  rows.expectCount(account, 'OpenIDConnectProviderCount', oidc.length);
  rows.expectCount(account, 'SAMLProviderCount', saml.length);
}

const ownerOf = (rows: AccountRows, ownerId: string): Item | undefined =>
  rows.get(
    ownerId === rows.accountId
      ? accountKey(rows.accountId)
      : principalKey('User', rows.accountId, ownerId),
  );

function inspectOwner(rows: AccountRows, ownerId: string, owner: Item): void {
  const partition = credentialsPartition(rows.accountId, ownerId);
  for (const [kind, read] of Object.entries(READERS) as [
    CredentialKind,
    (item: Item) => unknown,
  ][]) {
    const items = rows.list('identities', partition, credentialPrefix(kind));
    for (const item of items) rows.inspect(item, read);
    rows.expectCount(owner, `${kind}Count`, items.length);
  }
  const profiles = rows
    .list('identities', partition)
    .filter(({ key }) => key.sort === 'LoginProfile');
  for (const profile of profiles) rows.inspect(profile, readLoginProfile);
  if (ownerId !== rows.accountId) rows.expectCount(owner, 'LoginProfileCount', profiles.length);
}

/** The owner's list is what a sign-in reads. */
function inspectMfaDevices(rows: AccountRows, account: Item): void {
  const items = rows.list('identities', virtualMfaDevicePartition(rows.accountId));
  let assigned = 0;
  for (const row of items) {
    rows.inspect(row, (item) => {
      const { SerialNumber, AssignedTo, EnableDate, CreateDate } = readVirtualMfaDevice(item);
      if (AssignedTo === undefined) return;
      assigned += 1;
      const key = credentialKey('MFADevice', rows.accountId, AssignedTo.Id, SerialNumber);
      if (rows.get(key) !== undefined) return;
      // To ask for a code that nobody would ask for takes away; never the other way round.
      const owned = toAttributes({ SerialNumber, EnableDate: EnableDate ?? CreateDate });
      const repair =
        ownerOf(rows, AssignedTo.Id) === undefined
          ? [changeWithout(item, 'AssignedTo', 'EnableDate')]
          : [put(key, owned), unchanged(item.key, item)];
      rows.report(
        `${SerialNumber} is assigned to ${AssignedTo.Id}, which does not list it`,
        [item, key],
        repair,
      );
    });
  }
  rows.expectCount(account, 'VirtualMFADeviceCount', items.length);
  rows.expectCount(account, 'VirtualMFADeviceInUseCount', assigned);
}

/** A signing certificate is one user's; the row of its fingerprint says whose. */
function inspectFingerprints(rows: AccountRows): void {
  const owners = new Map<string, string>();
  for (const [ownerId, items] of rows.partitionsOf('identities', 'Credentials')) {
    for (const row of items.filter(({ key }) =>
      key.sort.startsWith(credentialPrefix('SigningCertificate')),
    )) {
      rows.inspect(row, (item) => {
        const { Fingerprint, CertificateId } = readSigningCertificate(item);
        owners.set(Fingerprint, ownerId);
        const key = signingCertificateFingerprintKey(rows.accountId, Fingerprint);
        const held = rows.get(key);
        if (held === undefined) {
          const repair = [put(key, { OwnerId: ownerId }), unchanged(item.key, item)];
          rows.report(
            `the fingerprint of ${CertificateId} is free for others`,
            [item, key],
            repair,
          );
        } else if (held.attributes['OwnerId'] !== ownerId) {
          rows.report(`${CertificateId} of ${ownerId} is held for somebody else`, [item, held]);
        }
      });
    }
  }
  const { partition } = signingCertificateFingerprintKey(rows.accountId, '');
  for (const held of rows.list('identities', partition)) {
    if (!owners.has(held.key.sort)) {
      rows.report(`the fingerprint ${held.key.sort} is of no certificate`, [held], [remove(held)]);
    }
  }
}
