import type { Caller } from './caller';
import type { AccessKeyLastUsedRecord } from './entities';
import { toAttributes } from './records';
import type { RoleLastUsedRecord } from './role-entities';
import { TRACKING_MILLISECONDS } from './last-accessed';
import { accessKeyKey, accessKeyLastUsedKey, principalKey, roleLastUsedKey } from '../store/keys';
import type { Condition, Store, Write } from '../store/store';

/** Uses within this time of a noted one are not noted. */
const INTERVAL_MILLISECONDS = 15 * 60 * 1000;

/** Credentials that are remembered as noted; beyond it, all are forgotten, and at most noted once more. */
const MAX_REMEMBERED = 4096;

interface CredentialUseOptions {
  readonly store: Store;
  readonly region: string;
}

/** Whose credential was used. */
export type CredentialUser = Pick<Caller, 'accessKeyId' | 'session'>;

interface Use {
  readonly user: CredentialUser;
  /** `iam`, `sts`, or a team's own, e.g. `orders`. */
  readonly serviceName: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

interface Noting {
  /** Of the credential: `AccessKeyUse/AKIA…`, `RoleUse/AROA…`. */
  readonly name: string;
  readonly writes: readonly Write[];
}

/**
 * Notes when access keys and roles were used last: one write for each in fifteen minutes, however many functions serve it.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html and
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html
 */
export class CredentialUse {
  /** Name of the credential → when its use was noted, or tried to be. */
  readonly #noted = new Map<string, number>();

  constructor(private readonly options: CredentialUseOptions) {}

  /** Never rejects: a use that cannot be noted is noted by a later one. */
  async note({ now, ...use }: Omit<Use, 'region'>): Promise<void> {
    const noting = notingOf({ ...use, region: this.options.region, now });
    if (noting === undefined) {
      return;
    }
    const before = this.#noted.get(noting.name);
    if (before !== undefined && now - before < INTERVAL_MILLISECONDS) {
      return;
    }
    if (this.#noted.size >= MAX_REMEMBERED) {
      this.#noted.clear();
    }
    this.#noted.set(noting.name, now);
    const token = `${noting.name}/${use.serviceName}/${now}`;
    try {
      await this.options.store.transact(noting.writes, { token });
    } catch {
      // Somebody else has noted it, the credential is gone, or the store is out of reach: the call's answer is none of them.
    }
  }
}

/** Of the sessions of users and of root nothing is noted: AWS reports the use of long-term keys and of roles. */
function notingOf(use: Use): Noting | undefined {
  const { accessKeyId, session } = use.user;
  if (session === undefined) {
    return noteAccessKey(accessKeyId, use);
  }
  return session.kind === 'role'
    ? noteRole(session.accountId, session.principalId, use)
    : undefined;
}

function noteAccessKey(accessKeyId: string, { serviceName, region, now }: Use): Noting {
  const use: AccessKeyLastUsedRecord = {
    LastUsedDate: now,
    ServiceName: serviceName,
    Region: region,
  };
  return {
    name: `AccessKeyUse/${accessKeyId}`,
    writes: [
      {
        kind: 'update',
        key: accessKeyLastUsedKey(accessKeyId),
        set: toAttributes(use),
        condition: notNotedSince(now),
      },
      // A key that deleted itself leaves nothing behind.
      { kind: 'check', key: accessKeyKey(accessKeyId), condition: { exists: true } },
    ],
  };
}

function noteRole(accountId: string, roleId: string, { region, now }: Use): Noting {
  const use: RoleLastUsedRecord = { LastUsedDate: now, Region: region };
  return {
    name: `RoleUse/${roleId}`,
    writes: [
      {
        kind: 'put',
        key: roleLastUsedKey(accountId, roleId),
        attributes: toAttributes(use),
        expiresAt: Math.ceil((now + TRACKING_MILLISECONDS) / 1000),
        condition: notNotedSince(now),
      },
      {
        kind: 'check',
        key: principalKey('Role', accountId, roleId),
        condition: { exists: true },
      },
    ],
  };
}

function notNotedSince(now: number): Condition {
  return { exists: 'any', below: { LastUsedDate: now - INTERVAL_MILLISECONDS + 1 } };
}
