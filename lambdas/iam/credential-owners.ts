import type { AccountRecord, UserRecord } from '../identity/entities';
import type { Found } from '../identity/lookup';
import { readAccount } from '../identity/records';
import type { Step } from '../operations/commit';
import type { Call } from '../operations/operation';
import { accountKey } from '../store/keys';
import type { Key, Write } from '../store/store';
import { requireSubject } from './targets';

/** What is counted in its owner's row, so that whatever hangs under an owner changes the owner's revision. */
export type CredentialCounter = Extract<keyof UserRecord, `${string}Count`>;

/** Whoever credentials belong to: a user, or the account's root user. */
export interface CredentialOwner {
  readonly kind: 'Root' | 'User';
  /** `AIDA…`, or the account id for root. */
  readonly id: string;
  /** The root user has none. */
  readonly userName: string | undefined;
  readonly counts: Partial<Pick<UserRecord & AccountRecord, CredentialCounter>>;
  /** The row that counts the credentials. */
  readonly key: Key;
  readonly revision: number;
}

/** The user of that name; without a name, the caller. */
export async function findCredentialOwner(
  call: Call,
  userName: string | undefined,
): Promise<CredentialOwner> {
  const user = await requireSubject(call, userName);
  return user === undefined ? findRootOwner(call) : ownerOf(user);
}

export async function findRootOwner(call: Call): Promise<CredentialOwner> {
  const key = accountKey(call.accountId);
  const item = await call.store.get(key, { consistent: true });
  if (item === undefined) {
    throw new Error('the account of a caller has a row');
  }
  return {
    kind: 'Root',
    id: call.accountId,
    userName: undefined,
    counts: readAccount(item),
    key,
    revision: item.revision,
  };
}

export function ownerOf({ entity, key, revision }: Found<UserRecord>): CredentialOwner {
  return {
    kind: 'User',
    id: entity.UserId,
    userName: entity.UserName,
    counts: entity,
    key,
    revision,
  };
}

/** The step that counts one more or one less, and `others` in the same row; the revision holds what was decided on the owner as it was read. */
export function countCredentialStep(
  owner: CredentialOwner,
  counter: CredentialCounter,
  change: 1 | -1,
  others: Readonly<Record<string, number>> = {},
): Step {
  return {
    write: {
      kind: 'update',
      key: owner.key,
      add: { [counter]: change, ...others },
      condition: { exists: true, revision: owner.revision },
    },
  };
}

/** The same where the account counts as well; one step for root, whose row is the account's. */
export function countInAccountSteps(
  call: Call,
  owner: CredentialOwner,
  counters: {
    readonly ofOwner: CredentialCounter;
    readonly ofAccount: Extract<keyof AccountRecord, `${string}Count`>;
  },
  change: 1 | -1,
): readonly Step[] {
  const ownerStep = countCredentialStep(owner, counters.ofOwner, change);
  if (owner.kind === 'Root') {
    const add = { [counters.ofOwner]: change, [counters.ofAccount]: change };
    return [{ ...ownerStep, write: { ...ownerStep.write, add } as Write }];
  }
  const write: Write = {
    kind: 'update',
    key: accountKey(call.accountId),
    add: { [counters.ofAccount]: change },
    condition: { exists: true },
  };
  return [ownerStep, { write }];
}
