import type { AccessKeyRecord } from '../identity/entities';
import {
  loadAccessKey,
  loadPrincipal,
  ownerOf,
  type LoadedPrincipal,
} from '../identity/principals';
import { loadSession } from '../identity/sessions';
import { loadSignedIn } from '../identity/sign-in-sessions';
import type { SessionClaims } from '../credentials/session-claims';
import type { BearerClaims } from '../credentials/sign-in-tokens';
import { encodeParts } from '../store/keys';
import type { Store } from '../store/store';
import { FreshnessCache } from './freshness-cache';

export interface PrincipalCacheOptions {
  /** How long a deactivated key, a detached policy or a deleted user may still count. */
  readonly stalenessSeconds: number;
  readonly now: () => number;
}

/** One function sees some hundred requests a second at most, so these hold more than all callers of one bound. */
const ACCESS_KEY_BOUNDS = { entries: 10_000, bytes: 16 * 1024 * 1024 };
const PRINCIPAL_BOUNDS = { entries: 5_000, bytes: 48 * 1024 * 1024 };

/** Ids and status, the sealed secret, and its object's members. */
const ACCESS_KEY_BYTES = 1024;
const ABSENCE_BYTES = 64;

/**
 * Access keys and principals as the store had them at most `stalenessSeconds` ago; no call of the store in between. Its reads are
 * consistent, so that the bound is the whole staleness.
 *
 * Errors: StoreUnavailable.
 */
export class PrincipalCache {
  readonly #accessKeys: FreshnessCache<AccessKeyRecord | undefined>;
  readonly #principals: FreshnessCache<LoadedPrincipal | undefined>;
  readonly #sessions: FreshnessCache<LoadedPrincipal | undefined>;

  constructor(
    private readonly store: Store,
    private readonly options: PrincipalCacheOptions,
  ) {
    this.#accessKeys = new FreshnessCache({ ...options, bounds: ACCESS_KEY_BOUNDS });
    this.#principals = new FreshnessCache({ ...options, bounds: PRINCIPAL_BOUNDS });
    this.#sessions = new FreshnessCache({ ...options, bounds: PRINCIPAL_BOUNDS });
  }

  /** undefined where there is no such key. */
  async accessKey(accessKeyId: string): Promise<AccessKeyRecord | undefined> {
    return this.#accessKeys.get(encodeParts(accessKeyId), async () => {
      const value = await loadAccessKey(this.store, accessKeyId, { consistent: true });
      return { value, bytes: value === undefined ? ABSENCE_BYTES : ACCESS_KEY_BYTES };
    });
  }

  /** undefined where the owner is gone or no longer has the key. Only for a key whose signature has been verified. */
  async principal(
    accessKey: AccessKeyRecord,
    partition: string,
  ): Promise<LoadedPrincipal | undefined> {
    const owner = ownerOf(accessKey);
    const { AccessKeyId: accessKeyId } = accessKey;
    const key = encodeParts(partition, owner.kind, owner.accountId, owner.id, accessKeyId);
    return this.#principals.get(key, async () => {
      const options = { consistent: true, accessKeyId, partition };
      const value = await loadPrincipal(this.store, owner, options);
      return { value, bytes: value?.bytes ?? ABSENCE_BYTES };
    });
  }

  /**
   * undefined where the session's principal is gone, or the key that asked for it. Only for a session whose token has been opened
   * for this very call, so that its time is looked at each time.
   */
  async session(
    { claims, token }: { readonly claims: SessionClaims; readonly token: string },
    partition: string,
  ): Promise<LoadedPrincipal | undefined> {
    return this.#sessions.get(encodeParts(partition, token), async () => {
      const options = { consistent: true, partition, now: this.options.now() };
      const value = await loadSession(this.store, claims, options);
      return { value, bytes: (value?.bytes ?? ABSENCE_BYTES) + 2 * token.length };
    });
  }

  /** undefined where the role is gone. Only for a token that has been proven, and that the role trusts, for this very call. */
  async webIdentity(
    claims: SessionClaims,
    partition: string,
  ): Promise<LoadedPrincipal | undefined> {
    const text = JSON.stringify(claims);
    return this.#sessions.get(encodeParts('WebIdentity', partition, text), async () => {
      const options = { consistent: true, partition, now: this.options.now() };
      const value = await loadSession(this.store, claims, options);
      return { value, bytes: (value?.bytes ?? ABSENCE_BYTES) + 2 * text.length };
    });
  }

  /** undefined where the session has been ended. Only for a token that has been opened for this very call. */
  async signedIn(claims: BearerClaims, partition: string): Promise<LoadedPrincipal | undefined> {
    // All that a token says: the next token of a session may say something else.
    const key = encodeParts('SignedIn', partition, JSON.stringify(claims));
    return this.#sessions.get(key, async () => {
      const options = { consistent: true, partition, now: this.options.now() };
      const value = await loadSignedIn(this.store, claims, options);
      return { value, bytes: value?.bytes ?? ABSENCE_BYTES };
    });
  }
}
