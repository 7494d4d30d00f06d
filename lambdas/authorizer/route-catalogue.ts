import { CatalogueRefused } from '../core/catalogue/resource-template';
import { parseRouteCatalogue, type RouteCatalogue } from '../core/catalogue/route-catalogue';
import { encodeParts, routeCatalogueKey } from '../store/keys';
import { StoreUnavailable, type Store } from '../store/store';
import { FreshnessCache } from './freshness-cache';

/** The functions of one account guard some hundred APIs at most; a catalogue of a thousand routes takes about a megabyte. */
const BOUNDS = { entries: 1_000, bytes: 16 * 1024 * 1024 };
const BYTES_PER_ROUTE = 1024;

/** Every stage of an API that has no catalogue of its own. */
const EVERY_STAGE = '*';

/**
 * The registered catalogues as the store had them at most `stalenessSeconds` ago. A stage's own goes before that of every stage.
 *
 * Errors: StoreUnavailable, also for a catalogue that cannot be read: taking its routes for unmapped would ask for other rights.
 */
export class RouteCatalogues {
  readonly #cache: FreshnessCache<RouteCatalogue | undefined>;

  constructor(
    private readonly store: Store,
    options: { readonly stalenessSeconds: number; readonly now: () => number },
  ) {
    this.#cache = new FreshnessCache({ ...options, bounds: BOUNDS });
  }

  /** undefined where nothing has been registered for the API. */
  async get(apiId: string, stage: string): Promise<RouteCatalogue | undefined> {
    return this.#cache.get(encodeParts(apiId, stage), async () => {
      const items = await this.store.getMany(
        [routeCatalogueKey(apiId, stage), routeCatalogueKey(apiId, EVERY_STAGE)],
        { consistent: true },
      );
      const item = items[0] ?? items[1];
      const value = item === undefined ? undefined : readCatalogue(item.attributes);
      return { value, bytes: BYTES_PER_ROUTE * (1 + (value?.routes.size ?? 0)) };
    });
  }
}

function readCatalogue(attributes: unknown): RouteCatalogue {
  try {
    return parseRouteCatalogue(attributes);
  } catch (error) {
    if (error instanceof CatalogueRefused) {
      throw new StoreUnavailable(`a stored route catalogue cannot be read: ${error.message}`);
    }
    throw error;
  }
}
