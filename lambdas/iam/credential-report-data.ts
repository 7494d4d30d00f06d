import { rootArn } from '../identity/arns';
import { readSigningCertificate } from '../identity/certificate-records';
import { readLoginProfile, readPasswordPolicy } from '../identity/credential-records';
import type { UserRecord } from '../identity/entities';
import { foundUser } from '../identity/lookup';
import { readAccessKeyLastUsed, readName, readOwnedAccessKey } from '../identity/records';
import type { Call } from '../operations/operation';
import {
  accessKeyLastUsedKey,
  accountPartition,
  CHILD_PREFIX,
  credentialPrefix,
  credentialsPartition,
  loginProfileKey,
  namePartition,
  passwordPolicyKey,
  principalKey,
  principalPartition,
} from '../store/keys';
import { readCallersAccount } from './accounts';
import { readChildren } from './children';
import type { AccessKeyReport, CredentialOwnerReport } from './credential-report';

const MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000;

/** Users that are read at the same time. */
const USERS_AT_ONCE = 25;

/** Root, then every user of the account in the order of their names. */
export async function loadCredentialOwners(call: Call): Promise<readonly CredentialOwnerReport[]> {
  const maxPasswordAge = await readMaxPasswordAge(call);
  const owners = [await loadRoot(call)];
  const users = await loadUsers(call);
  for (let start = 0; start < users.length; start += USERS_AT_ONCE) {
    const some = users.slice(start, start + USERS_AT_ONCE);
    owners.push(...(await Promise.all(some.map((user) => loadUser(call, user, maxPasswordAge)))));
  }
  return owners;
}

/** Milliseconds; undefined where passwords do not expire. */
async function readMaxPasswordAge(call: Call): Promise<number | undefined> {
  const item = await call.store.get(passwordPolicyKey(call.accountId), { consistent: true });
  const days = item === undefined ? undefined : readPasswordPolicy(item).MaxPasswordAge;
  return days === undefined ? undefined : days * MILLISECONDS_A_DAY;
}

interface ReportedUser {
  readonly arn: string;
  readonly entity: UserRecord;
}

async function loadUsers(call: Call): Promise<readonly ReportedUser[]> {
  const { table, partition } = namePartition('User', call.accountId);
  const names = await readChildren(call, partition, '', readName, table);
  const items = await call.store.getMany(
    names.map(({ Id }) => principalKey('User', call.accountId, Id)),
    { consistent: true },
  );
  // Deleted between the two reads.
  return items.flatMap((item) => (item === undefined ? [] : [foundUser(call, item)]));
}

async function loadRoot(call: Call): Promise<CredentialOwnerReport> {
  const { accountId } = call;
  const { entity } = await readCallersAccount(call);
  return {
    user: '<root_account>',
    arn: rootArn(call),
    createDate: entity.CreateDate,
    isRoot: true,
    // A password policy says nothing about root's.
    password: await loadPassword(call, accountId, entity.PasswordLastUsed, undefined),
    hasMfaDevice: (entity.MFADeviceCount ?? 0) > 0,
    accessKeys: await loadAccessKeys(call, accountPartition(accountId), entity.AccessKeyCount),
    certificates: await loadCertificates(call, accountId, entity.SigningCertificateCount ?? 0),
  };
}

async function loadUser(
  call: Call,
  { arn, entity }: ReportedUser,
  maxPasswordAge: number | undefined,
): Promise<CredentialOwnerReport> {
  const { UserId: id } = entity;
  const partition = principalPartition('User', call.accountId, id);
  const [password, accessKeys, certificates] = await Promise.all([
    entity.LoginProfileCount === undefined || entity.LoginProfileCount === 0
      ? undefined
      : loadPassword(call, id, entity.PasswordLastUsed, maxPasswordAge),
    loadAccessKeys(call, partition, entity.AccessKeyCount),
    loadCertificates(call, id, entity.SigningCertificateCount ?? 0),
  ]);
  return {
    user: entity.UserName,
    arn,
    createDate: entity.CreateDate,
    isRoot: false,
    password,
    hasMfaDevice: (entity.MFADeviceCount ?? 0) > 0,
    accessKeys,
    certificates,
  };
}

async function loadPassword(
  call: Call,
  ownerId: string,
  lastUsed: number | undefined,
  maxPasswordAge: number | undefined,
): Promise<CredentialOwnerReport['password']> {
  const item = await call.store.get(loginProfileKey(call.accountId, ownerId), { consistent: true });
  if (item === undefined) return undefined;
  const { PasswordSetDate: setDate } = readLoginProfile(item);
  return {
    setDate,
    ...(lastUsed === undefined ? {} : { lastUsed }),
    ...(maxPasswordAge === undefined ? {} : { nextRotation: setDate + maxPasswordAge }),
  };
}

async function loadAccessKeys(
  call: Call,
  partition: string,
  count: number,
): Promise<readonly AccessKeyReport[]> {
  if (count === 0) return [];
  const keys = await readChildren(call, partition, CHILD_PREFIX.accessKey, readOwnedAccessKey);
  const uses = await call.store.getMany(
    keys.map(({ AccessKeyId }) => accessKeyLastUsedKey(AccessKeyId)),
    { consistent: true },
  );
  return keys.map(({ AccessKeyId, Status, CreateDate }, index) => {
    const item = uses[index];
    const use = item === undefined ? undefined : readAccessKeyLastUsed(item);
    return {
      id: AccessKeyId,
      isActive: Status === 'Active',
      createDate: CreateDate,
      lastUse: use && { date: use.LastUsedDate, region: use.Region, service: use.ServiceName },
    };
  });
}

async function loadCertificates(
  call: Call,
  ownerId: string,
  count: number,
): Promise<CredentialOwnerReport['certificates']> {
  if (count === 0) return [];
  const partition = credentialsPartition(call.accountId, ownerId);
  const prefix = credentialPrefix('SigningCertificate');
  const certificates = await readChildren(call, partition, prefix, readSigningCertificate);
  return certificates.map(({ Status, UploadDate }) => ({
    isActive: Status === 'Active',
    uploadDate: UploadDate,
  }));
}
