import { createCatalogue, type Catalogue } from '../core/catalogue/catalogue';
import { compileOrDeny, type CompiledPolicy } from '../core/compile';
import { loadService, type RegisteredService } from '../identity/service-entities';
import { encodeParts } from '../store/keys';
import type { Store } from '../store/store';
import { FreshnessCache } from './freshness-cache';

/** What an account says of the service that its resources belong to. */
export interface GuardedService {
  /** undefined where the service is not registered: then nothing is said about what its actions are about. */
  readonly catalogue: Catalogue | undefined;
  /** The resource-based policy of all its resources; one that cannot be read denies. */
  readonly policy: CompiledPolicy | undefined;
}

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
      return { value: understand(registered, service), bytes: ENTRY_BYTES + 4 * size };
    });
  }
}

function understand({ definition, policyDocument }: RegisteredService, service: string) {
  return {
    catalogue: definition && createCatalogue([definition]),
    policy:
      policyDocument === undefined
        ? undefined
        : compileOrDeny(policyDocument, { policyType: 'resource-based policy', policyId: service }),
  };
}
