import {
  accountKey,
  credentialKey,
  credentialPrefix,
  credentialsPartition,
  loginProfileKey,
  namePartition,
  openIdConnectProviderPartition,
  principalKey,
  samlProviderPartition,
  serverCertificateKey,
  signingCertificateFingerprintKey,
  virtualMfaDevicePartition,
  type CredentialKind,
} from '../store/keys';
import type { Item, Key, Store } from '../store/store';
import {
  readServerCertificate,
  readServiceSpecificCredential,
  readSigningCertificate,
  readSshPublicKey,
} from './certificate-records';
import { readLoginProfile, readOwnedMfaDevice, readVirtualMfaDevice } from './credential-records';
import type { AccountRecord, UserRecord } from './entities';
import { readOpenIdConnectProvider, readSamlProvider } from './provider-records';
import { readAccount, readName, readUser } from './records';

/**
 * What contradicts something else in an account's credentials, providers and certificates, one sentence each. Part of
 * `findInconsistencies`.
 *
 * Errors: StoreUnavailable, also for a row that cannot be read.
 */
export async function findCredentialInconsistencies(
  store: Store,
  accountId: string,
): Promise<readonly string[]> {
  const checker = new CredentialChecker(store, accountId);
  await checker.checkAccount();
  return checker.found;
}

/** What counts the credentials of an owner. */
type Counts = Partial<Pick<UserRecord & AccountRecord, `${CredentialKind}Count`>>;

class CredentialChecker {
  readonly found: string[] = [];

  constructor(
    private readonly store: Store,
    private readonly accountId: string,
  ) {}

  async checkAccount(): Promise<void> {
    const item = await this.#get(accountKey(this.accountId));
    if (item === undefined) return;
    const account = readAccount(item);
    await this.#checkOwner(this.accountId, account);
    const users = namePartition('User', this.accountId);
    for (const name of (await this.#list(users.partition)).map(readName)) {
      const user = await this.#get(principalKey('User', this.accountId, name.Id));
      if (user !== undefined) await this.#checkUser(readUser(user));
    }
    await this.#checkMfaDevices(account);
    await this.#checkCertificates(account);
    const oidc = await this.#list(openIdConnectProviderPartition(this.accountId));
    const saml = await this.#list(samlProviderPartition(this.accountId));
    this.#expect(
      'OIDC providers',
      account.OpenIDConnectProviderCount,
      oidc.map(readOpenIdConnectProvider).length,
    );
    this.#expect('SAML providers', account.SAMLProviderCount, saml.map(readSamlProvider).length);
  }

  async #checkUser(user: UserRecord): Promise<void> {
    const profile = await this.#get(loginProfileKey(this.accountId, user.UserId));
    const profiles = profile === undefined ? [] : [readLoginProfile(profile)];
    this.#expect(`login profiles of ${user.UserId}`, user.LoginProfileCount, profiles.length);
    await this.#checkOwner(user.UserId, user);
  }

  async #checkOwner(ownerId: string, counts: Counts): Promise<void> {
    const list = async <Credential>(
      kind: CredentialKind,
      read: (item: Item) => Credential,
    ): Promise<readonly Credential[]> => {
      const partition = credentialsPartition(this.accountId, ownerId);
      const items = await this.#list(partition, credentialPrefix(kind));
      this.#expect(`${kind}s of ${ownerId}`, counts[`${kind}Count`], items.length);
      return items.map(read);
    };
    await list('MFADevice', readOwnedMfaDevice);
    await list('SSHPublicKey', readSshPublicKey);
    await list('ServiceSpecificCredential', readServiceSpecificCredential);
    for (const certificate of await list('SigningCertificate', readSigningCertificate)) {
      const key = signingCertificateFingerprintKey(this.accountId, certificate.Fingerprint);
      const held = (await this.#get(key))?.attributes['OwnerId'];
      if (held !== ownerId) {
        this.found.push(`${certificate.CertificateId} of ${ownerId} is held for somebody else`);
      }
    }
  }

  async #checkMfaDevices(account: AccountRecord): Promise<void> {
    const items = await this.#list(virtualMfaDevicePartition(this.accountId));
    const devices = items.map(readVirtualMfaDevice);
    const assigned = devices.filter(({ AssignedTo }) => AssignedTo !== undefined);
    this.#expect('virtual MFA devices', account.VirtualMFADeviceCount, devices.length);
    this.#expect('assigned MFA devices', account.VirtualMFADeviceInUseCount, assigned.length);
    for (const { SerialNumber, AssignedTo } of assigned) {
      const key = credentialKey('MFADevice', this.accountId, AssignedTo?.Id ?? '', SerialNumber);
      if ((await this.#get(key)) === undefined) {
        this.found.push(`${SerialNumber} is missing under its owner`);
      }
    }
  }

  async #checkCertificates(account: AccountRecord): Promise<void> {
    const { partition } = namePartition('ServerCertificate', this.accountId);
    const names = (await this.#list(partition)).map(readName);
    this.#expect('server certificates', account.ServerCertificateCount, names.length);
    for (const name of names) {
      const item = await this.#get(serverCertificateKey(this.accountId, name.Id));
      const certificate = item === undefined ? undefined : readServerCertificate(item);
      if (certificate?.ServerCertificateName !== name.Name || certificate.Path !== name.Path) {
        this.found.push(`the name ${name.Name} leads to no server certificate of that name`);
      }
    }
  }

  /** An absent counter is none. */
  #expect(what: string, counted: number | undefined, actual: number): void {
    if ((counted ?? 0) !== actual) {
      this.found.push(`${what}: ${counted ?? 0} is not ${actual}`);
    }
  }

  #get(key: Key): Promise<Item | undefined> {
    return this.store.get(key, { consistent: true });
  }

  async #list(partition: string, prefix = ''): Promise<readonly Item[]> {
    const items: Item[] = [];
    let after: string | undefined;
    do {
      const page = await this.store.query('identities', partition, {
        consistent: true,
        prefix,
        ...(after === undefined ? {} : { after }),
      });
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return items;
  }
}
