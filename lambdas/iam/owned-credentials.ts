import { toAttributes } from '../identity/records';
import type { CredentialStatus } from '../identity/certificate-entities';
import type { Step } from '../operations/commit';
import type { Call } from '../operations/operation';
import { queryEntries, type Entry, type PageRequest } from '../operations/paging';
import { quotaExceeded } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';
import {
  credentialKey,
  credentialPrefix,
  credentialsPartition,
  type CredentialKind,
} from '../store/keys';
import type { Item } from '../store/store';
import { readChildren } from './children';
import {
  countCredentialStep,
  type CredentialCounter,
  type CredentialOwner,
} from './credential-owners';

/* Credentials of which an owner has several: rows under the owner, counted in the owner's row. */

export interface Owned<Credential> {
  readonly credential: Credential;
  readonly item: Item;
}

/** All that an owner has of one kind; a quota keeps them few. */
export function readOwned<Credential>(
  call: Call,
  owner: CredentialOwner,
  kind: CredentialKind,
  read: (item: Item) => Credential,
): Promise<readonly Credential[]> {
  return readChildren(
    call,
    credentialsPartition(call.accountId, owner.id),
    credentialPrefix(kind),
    read,
  );
}

/** The rows of a page, in the order of their ids. */
export function listOwned<View>(
  call: Call,
  owner: CredentialOwner,
  kind: CredentialKind,
  request: PageRequest,
  view: (item: Item) => View | undefined,
): (after: string | undefined) => AsyncGenerator<Entry<View>> {
  const range = {
    table: 'identities',
    partition: credentialsPartition(call.accountId, owner.id),
    prefix: credentialPrefix(kind),
  } as const;
  return (after) =>
    queryEntries(call, { ...range, after }, request.MaxItems, (items) => items.map(view));
}

/** Somebody else's credential is none. `missing` is what the caller is told. */
export async function requireOwned<Credential>(
  call: Call,
  owner: CredentialOwner,
  kind: CredentialKind,
  id: string,
  read: (item: Item) => Credential,
  missing: IamError,
): Promise<Owned<Credential>> {
  const key = credentialKey(kind, call.accountId, owner.id, id);
  const item = await call.store.get(key, { consistent: true });
  if (item === undefined) {
    throw missing;
  }
  return { credential: read(item), item };
}

/** `quota` in AWS's word. Errors: LimitExceeded. */
export function checkOwnedQuota(
  owner: CredentialOwner,
  counter: CredentialCounter,
  quota: string,
  limit: number,
): void {
  if ((owner.counts[counter] ?? 0) >= limit) {
    throw quotaExceeded(quota, limit);
  }
}

export function addOwnedSteps(
  call: Call,
  owner: CredentialOwner,
  kind: CredentialKind,
  id: string,
  record: object,
): readonly Step[] {
  return [
    {
      write: {
        kind: 'put',
        key: credentialKey(kind, call.accountId, owner.id, id),
        attributes: toAttributes(record),
        condition: { exists: false },
      },
    },
    countCredentialStep(owner, `${kind}Count`, 1),
  ];
}

export function removeOwnedSteps(
  owner: CredentialOwner,
  kind: CredentialKind,
  { item }: Owned<unknown>,
): readonly Step[] {
  return [
    {
      write: {
        kind: 'delete',
        key: item.key,
        condition: { exists: true, revision: item.revision },
      },
    },
    countCredentialStep(owner, `${kind}Count`, -1),
  ];
}

export function changeOwnedStep({ item }: Owned<unknown>, change: object): Step {
  return {
    write: {
      kind: 'update',
      key: item.key,
      set: toAttributes(change),
      condition: { exists: true, revision: item.revision },
    },
  };
}

/** Errors: InvalidInput for `Expired`, which time alone sets. */
export function readStatus(status: string): CredentialStatus {
  if (status !== 'Active' && status !== 'Inactive') {
    throw new IamError('InvalidInput', 'The status must be Active or Inactive.');
  }
  return status;
}
