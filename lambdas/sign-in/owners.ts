import { createHash } from 'node:crypto';
import { readAccountAlias, readName } from '../identity/records';
import { readSignInOwner, signInOwnerKey, type SignInOwner } from '../identity/sign-in-sessions';
import type { TokenOwner } from '../credentials/sign-in-tokens';
import { accountAliasKey, foldName, nameKey } from '../store/keys';
import type { SignInCall } from './call';

/** Who says that it is somebody: by account and name, before anything has been proven. */
export interface Claimed {
  /** Twelve digits or an alias. */
  readonly account: string;
  /** undefined for the root user. */
  readonly userName: string | undefined;
}

/** Whom the password is looked up for, and counted against. */
export interface Candidate extends TokenOwner {
  /** undefined where the name is nobody's; everything goes on as if it were somebody's. */
  readonly owner: SignInOwner | undefined;
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html and API_CreateAccountAlias.html
 */
const USER_NAME = /^[\w+=,.@-]{1,64}$/;
const ACCOUNT_ID = /^[0-9]{12}$/;
const ALIAS = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/;

const NO_ACCOUNT = '000000000000';

/**
 * Whose password it must be. For what is nobody's it gives an id that nobody has, always the same one for the same name, so that
 * wrong guesses are counted for it too. The reads are as many for nobody as for somebody.
 *
 * Errors: StoreUnavailable.
 */
export async function findCandidate(call: SignInCall, claimed: Claimed): Promise<Candidate> {
  const accountId = await findAccountId(call, claimed.account);
  const ids: TokenOwner =
    claimed.userName === undefined
      ? { kind: 'Root', accountId, ownerId: accountId }
      : { kind: 'User', accountId, ownerId: await findUserId(call, accountId, claimed) };
  const item = await call.store.get(signInOwnerKey(ids), { consistent: true });
  const owner = readSignInOwner(ids, item);
  const isNamed =
    claimed.userName === undefined ||
    // Renamed between the two reads: under this name there is nobody any more.
    foldName(owner?.userName ?? '') === foldName(claimed.userName);
  return { ...ids, owner: isNamed ? owner : undefined };
}

async function findAccountId(call: SignInCall, account: string): Promise<string> {
  if (ACCOUNT_ID.test(account)) {
    return account;
  }
  const alias = ALIAS.test(account) ? account : nobodysName('alias', account);
  const item = await call.store.get(accountAliasKey(alias), { consistent: true });
  return item === undefined ? NO_ACCOUNT : readAccountAlias(item).AccountId;
}

async function findUserId(
  call: SignInCall,
  accountId: string,
  { account, userName = '' }: Claimed,
): Promise<string> {
  const name = USER_NAME.test(userName) ? userName : nobodysName('name', userName);
  const item = await call.store.get(nameKey('User', accountId, name), { consistent: true });
  // An account has one count for a name, whether it is called by its id or by its alias.
  const home = accountId === NO_ACCOUNT ? account : accountId;
  return item === undefined ? nobodysName(home, foldName(userName)) : readName(item).Id;
}

/** Invariant: no id, name or alias has such a form. */
function nobodysName(...parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return `nobody:${digest}`;
}

/** The owner as it is now. Errors: StoreUnavailable. */
export async function loadOwner(
  call: SignInCall,
  ids: TokenOwner,
): Promise<SignInOwner | undefined> {
  const item = await call.store.get(signInOwnerKey(ids), { consistent: true });
  return readSignInOwner(ids, item);
}
