import type { Caller } from '../identity/caller';
import { CredentialUse } from '../identity/credential-use';
import { LastAccessed } from '../identity/last-accessed';
import type { Store } from '../store/store';

/** A guarded call whose caller is known, whatever was decided about it. */
export interface GuardedUse {
  readonly caller: Caller;
  /** Of the catalogue, or `execute-api:Invoke`: actions that exist. */
  readonly actions: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * AWS tells of a use within four hours of it, so that one write for a principal and an action in that time is enough.
 *
 * Source: "Recent activity usually appears within 4 hours."
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
 */
const INTERVAL_MILLISECONDS = 4 * 60 * 60 * 1000;

/**
 * Notes for administration who uses guarded APIs: which actions a principal asked for last, and when its access key or role was used.
 * Nobody waits for it: a write that Lambda freezes with the process goes on with the next call, and one that is lost is made again.
 */
export class UsageNotes {
  readonly #credentialUse: CredentialUse;
  readonly #lastAccessed: LastAccessed;

  constructor(options: { readonly store: Store; readonly region: string }) {
    this.#credentialUse = new CredentialUse(options);
    this.#lastAccessed = new LastAccessed({
      ...options,
      intervalMilliseconds: INTERVAL_MILLISECONDS,
    });
  }

  /** Neither throws nor takes time; the promise is for tests, and never rejects. */
  async note({ caller, actions, now }: GuardedUse): Promise<void> {
    const { accountId, principal, userId } = caller;
    const accessed = actions.map((text) => {
      const [service = '', action = ''] = text.split(':', 2);
      return { accountId, principalId: principal.uniqueId ?? userId, service, action, now };
    });
    const [first] = accessed;
    await Promise.all([
      ...accessed.map((access) => this.#lastAccessed.note(access)),
      ...(first === undefined
        ? []
        : [this.#credentialUse.note({ user: caller, serviceName: first.service, now })]),
    ]);
  }
}
