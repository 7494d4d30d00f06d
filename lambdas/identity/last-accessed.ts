import { lastAccessedKey, lastAccessedPartition } from '../store/keys';
import type { Store } from '../store/store';
import { number, row, text, toAttributes } from './records';

/** The last time that a principal asked for an action, allowed or not. */
export interface LastAccessedRecord {
  /** The service prefix, e.g. `iam` or `orders`. */
  readonly Service: string;
  /** Without the prefix, e.g. `GetUser`. */
  readonly Action: string;
  readonly Region: string;
  /** Epoch milliseconds. */
  readonly LastAccessed: number;
}

export const readLastAccessed = row<LastAccessedRecord>('last access', {
  Service: text,
  Action: text,
  Region: text,
  LastAccessed: number,
});

/** What is told of a call once its caller is known. */
export interface Access {
  readonly accountId: string;
  /** The unique id of the user or role, or the account id for root. A name could be given to somebody else. */
  readonly principalId: string;
  readonly service: string;
  readonly action: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Accesses within this time of a noted one are not noted. */
const DEFAULT_INTERVAL_MILLISECONDS = 60 * 60 * 1000;

interface LastAccessedOptions {
  readonly store: Store;
  readonly region: string;
  /** Default: an hour. */
  readonly intervalMilliseconds?: number;
}

/**
 * Source: "IAM reports activity for at least the last 400 days"
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
 */
export const TRACKING_MILLISECONDS = 400 * 24 * 60 * 60 * 1000;

/** Accesses that are remembered as noted; beyond it, all are forgotten, and at most noted once more. */
const MAX_REMEMBERED = 8192;

/**
 * Notes who asked for what last: one write for a principal and an action in an interval and a process, and one in an interval in
 * the store. Whoever notes names only actions that exist, so that there are never more rows than those.
 */
export class LastAccessed {
  readonly #noted = new Map<string, number>();

  constructor(private readonly options: LastAccessedOptions) {}

  /** Never rejects: an access that cannot be noted is noted by a later one. */
  async note(access: Access): Promise<void> {
    const { accountId, principalId, service, action, now } = access;
    const key = lastAccessedKey(accountId, principalId, service, action);
    const name = `${key.partition}\n${key.sort}`;
    const before = this.#noted.get(name);
    const interval = this.options.intervalMilliseconds ?? DEFAULT_INTERVAL_MILLISECONDS;
    if (before !== undefined && now - before < interval) {
      return;
    }
    if (this.#noted.size >= MAX_REMEMBERED) {
      this.#noted.clear();
    }
    this.#noted.set(name, now);
    const record: LastAccessedRecord = {
      Service: service,
      Action: action,
      Region: this.options.region,
      LastAccessed: now,
    };
    try {
      await this.options.store.transact(
        [
          {
            kind: 'put',
            key,
            attributes: toAttributes(record),
            expiresAt: Math.ceil((now + TRACKING_MILLISECONDS) / 1000),
            condition: {
              exists: 'any',
              below: { LastAccessed: now - interval + 1 },
            },
          },
        ],
        { token: `LastAccessed/${principalId}/${service}:${action}/${now}` },
      );
    } catch {
      // Somebody else has noted it, or the store is out of reach: the call's answer is neither.
    }
  }
}

/** Everything that one principal asked for within the time that is tracked. */
export async function loadLastAccessed(
  store: Store,
  principal: { readonly accountId: string; readonly principalId: string },
  now: number,
): Promise<readonly LastAccessedRecord[]> {
  const partition = lastAccessedPartition(principal.accountId, principal.principalId);
  const records: LastAccessedRecord[] = [];
  let after: string | undefined;
  do {
    const page = await store.query('identities', partition, {
      consistent: true,
      ...(after === undefined ? {} : { after }),
    });
    records.push(...page.items.map(readLastAccessed));
    after = page.next;
  } while (after !== undefined);
  return records.filter(({ LastAccessed: time }) => now - time < TRACKING_MILLISECONDS);
}
