import type { AccessKeyLastUsedRecord } from '../identity/entities';
import { toAttributes } from '../identity/records';
import { accessKeyKey, accessKeyLastUsedKey } from '../store/keys';
import type { Store } from '../store/store';

/** Uses within this time of a noted one are not noted. */
const INTERVAL_MILLISECONDS = 15 * 60 * 1000;

/** Keys that are remembered as noted; beyond it, all are forgotten, and at most noted once more. */
const MAX_REMEMBERED_KEYS = 4096;

interface AccessKeyUseOptions {
  readonly store: Store;
  readonly region: string;
  /** `iam` or `sts`. */
  readonly serviceName: string;
}

/**
 * Notes when access keys were used last: one write a key in fifteen minutes, however many functions serve it.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
 */
export class AccessKeyUse {
  /** Access key id → when it was noted, or tried to be. */
  readonly #noted = new Map<string, number>();

  constructor(private readonly options: AccessKeyUseOptions) {}

  /** `now` in epoch milliseconds. Never rejects: a use that cannot be noted is noted by a later one. */
  async note(accessKeyId: string, now: number): Promise<void> {
    const before = this.#noted.get(accessKeyId);
    if (before !== undefined && now - before < INTERVAL_MILLISECONDS) {
      return;
    }
    if (this.#noted.size >= MAX_REMEMBERED_KEYS) {
      this.#noted.clear();
    }
    this.#noted.set(accessKeyId, now);
    try {
      await this.#write(accessKeyId, now);
    } catch {
      // Somebody else has noted it, the key is gone, or the store is out of reach: the call's answer is none of them.
    }
  }

  #write(accessKeyId: string, now: number): Promise<void> {
    const use: AccessKeyLastUsedRecord = {
      LastUsedDate: now,
      ServiceName: this.options.serviceName,
      Region: this.options.region,
    };
    return this.options.store.transact(
      [
        {
          kind: 'update',
          key: accessKeyLastUsedKey(accessKeyId),
          set: toAttributes(use),
          condition: { exists: 'any', below: { LastUsedDate: now - INTERVAL_MILLISECONDS + 1 } },
        },
        // A key that deleted itself leaves nothing behind.
        { kind: 'check', key: accessKeyKey(accessKeyId), condition: { exists: true } },
      ],
      { token: `AccessKeyUse/${this.options.serviceName}/${accessKeyId}/${now}` },
    );
  }
}
