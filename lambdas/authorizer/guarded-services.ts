import { understandService, type GuardedService } from '../core/guarded-service';
import { loadService } from '../identity/service-entities';
import { encodeParts } from '../store/keys';
import type { Store } from '../store/store';
import { FreshnessCache } from './freshness-cache';

/** Of each API's own service, and perhaps some accounts; a definition has 256 KB at most, a policy 20. */
const BOUNDS = { entries: 1_000, bytes: 16 * 1024 * 1024 };
const ENTRY_BYTES = 1024;

/**
 * The registered services as the store had them at most `stalenessSeconds` ago.
 *
 * Errors: StoreUnavailable; a TypeError for a definition that contradicts itself: taking its service for unknown would let more through.
 */
export class GuardedServices {
  readonly #cache: FreshnessCache<GuardedService>;

  constructor(
    private readonly store: Store,
    options: { readonly stalenessSeconds: number; readonly now: () => number },
  ) {
    this.#cache = new FreshnessCache({ ...options, bounds: BOUNDS });
  }

  async get(accountId: string, service: string): Promise<GuardedService> {
    return this.#cache.get(encodeParts(accountId, service), async () => {
      const registered = await loadService(this.store, accountId, service, { consistent: true });
      const { definition, policyDocument = '' } = registered;
      const size = JSON.stringify(definition ?? '').length + policyDocument.length;
      return { value: understandService(registered, service), bytes: ENTRY_BYTES + 4 * size };
    });
  }
}
