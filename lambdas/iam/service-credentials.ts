import type {
  ServiceSpecificCredential,
  ServiceSpecificCredentialMetadata,
} from '@aws-sdk/client-iam';
import type { ServiceSpecificCredentialRecord } from '../identity/certificate-entities';
import { readServiceSpecificCredential } from '../identity/certificate-records';
import { foundUser } from '../identity/lookup';
import { readName } from '../identity/records';
import type { Call } from '../operations/operation';
import { userNameNeeded } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';
import { namePartition, principalKey } from '../store/keys';
import { readChildren } from './children';
import { findCredentialOwner, ownerOf, type CredentialOwner } from './credential-owners';
import { readOwned, requireOwned, type Owned } from './owned-credentials';

/** Whose credential is one text, with a name for people, and may expire. */
const SERVICE_OF_KEYS = 'bedrock.amazonaws.com';

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
 */
const SERVICES: readonly string[] = [
  'codecommit.amazonaws.com',
  'cassandra.amazonaws.com',
  SERVICE_OF_KEYS,
];

/** Errors: NoSuchEntity. */
export function checkService(service: string): void {
  if (!SERVICES.includes(service)) {
    throw new IamError(
      'NoSuchEntity',
      `No such service ${service} is supported for Service Specific Credentials`,
    );
  }
}

/** Errors: ValidationError for a service whose credentials do not expire. */
export function checkCredentialAge(service: string, days: number | undefined): void {
  if (days !== undefined && service !== SERVICE_OF_KEYS) {
    throw new IamError(
      'ValidationError',
      `CredentialAgeDays is not supported for the service ${service}.`,
    );
  }
}

type NamedOwner = CredentialOwner & { readonly userName: string };

/** The user of that name; without a name, the caller. Root has no such credentials. */
export async function findServiceUser(
  call: Call,
  userName: string | undefined,
): Promise<NamedOwner> {
  const owner = await findCredentialOwner(call, userName);
  if (owner.userName === undefined) {
    throw userNameNeeded();
  }
  return { ...owner, userName: owner.userName };
}

/** Errors: NoSuchEntity. */
export async function requireServiceCredential(
  call: Call,
  userName: string | undefined,
  id: string,
): Promise<{
  readonly owner: NamedOwner;
  readonly owned: Owned<ServiceSpecificCredentialRecord>;
}> {
  const owner = await findServiceUser(call, userName);
  const missing = new IamError('NoSuchEntity', `No such credential ${id} exists`);
  const owned = await requireOwned(
    call,
    owner,
    'ServiceSpecificCredential',
    id,
    readServiceSpecificCredential,
    missing,
  );
  return { owner, owned };
}

/** 256 random bits in base64. */
export function createServicePassword(call: Call): string {
  return Buffer.from(call.randomBytes(32)).toString('base64');
}

/** `alice-at-123456789012`; `alice+1-at-…` for the next, and so on. */
export function serviceUserName(
  call: Call,
  owner: NamedOwner,
  present: readonly ServiceSpecificCredentialRecord[],
): string {
  const taken = new Set(present.map((credential) => credential.ServiceUserName));
  for (let number = 0; ; number += 1) {
    const suffix = number === 0 ? '' : `+${number}`;
    const name = `${owner.userName}${suffix}-at-${call.accountId}`;
    if (!taken.has(name)) return name;
  }
}

/** As Create and Reset give it: the only time that the password is told. */
export function viewNewCredential(
  owner: NamedOwner,
  credential: ServiceSpecificCredentialRecord,
  password: string,
): ServiceSpecificCredential {
  const secret =
    credential.ServiceName === SERVICE_OF_KEYS
      ? { ServiceCredentialAlias: credential.ServiceUserName, ServiceCredentialSecret: password }
      : { ServiceUserName: credential.ServiceUserName, ServicePassword: password };
  return { ...viewCommon(owner, credential), ...secret };
}

/** As lists give it. What has expired says so. */
export function viewListedCredential(
  call: Call,
  owner: NamedOwner,
  credential: ServiceSpecificCredentialRecord,
): ServiceSpecificCredentialMetadata {
  const { ServiceUserName: name, ExpirationDate: expiration } = credential;
  return {
    ...viewCommon(owner, credential),
    ...(credential.ServiceName === SERVICE_OF_KEYS
      ? { ServiceCredentialAlias: name }
      : { ServiceUserName: name }),
    ...(expiration !== undefined && expiration <= call.now ? { Status: 'Expired' } : {}),
  };
}

function viewCommon(owner: NamedOwner, credential: ServiceSpecificCredentialRecord) {
  return {
    UserName: owner.userName,
    ServiceSpecificCredentialId: credential.ServiceSpecificCredentialId,
    ServiceName: credential.ServiceName,
    Status: credential.Status,
    CreateDate: new Date(credential.CreateDate),
    ...(credential.ExpirationDate === undefined
      ? {}
      : { ExpirationDate: new Date(credential.ExpirationDate) }),
  };
}

/** The credentials of one service, of every user that has some. */
export async function readOfAllUsers(
  call: Call,
  service: string,
): Promise<readonly ServiceSpecificCredentialMetadata[]> {
  const { partition } = namePartition('User', call.accountId);
  const names = await readChildren(call, partition, '', readName);
  const keys = names.map(({ Id }) => principalKey('User', call.accountId, Id));
  const items = await call.store.getMany(keys, { consistent: true });
  const found: ServiceSpecificCredentialMetadata[] = [];
  for (const item of items) {
    const owner = item === undefined ? undefined : ownerOf(foundUser(call, item));
    if (owner?.userName === undefined || !owner.counts.ServiceSpecificCredentialCount) continue;
    const named = { ...owner, userName: owner.userName };
    const credentials = await readOwned(
      call,
      owner,
      'ServiceSpecificCredential',
      readServiceSpecificCredential,
    );
    found.push(
      ...credentials
        .filter(({ ServiceName }) => ServiceName === service)
        .map((credential) => viewListedCredential(call, named, credential)),
    );
  }
  return found;
}
