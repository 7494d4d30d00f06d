import type { Server } from 'node:http';

import { createGatewayServer } from './gateway/gateway-server';
import type { Intercept } from './gateway/gateway-server';
import type { ServedApi } from './gateway/served-api';
import { closeServer, listen } from './http-server';

interface Place {
  readonly server: Server;
  readonly port: number;
}

/**
 * The ports of the run: the first one for the admin API, those after it for the others in the order in which they come. A
 * port stays with its API, also when the API changes or is not there for a while.
 */
export class ApiServers {
  readonly #places = new Map<string, Place>();
  #served: ReadonlyMap<string, ServedApi> = new Map();
  #admin: ServedApi | undefined;
  #isReady = false;

  /** `port` 0 takes free ports for all. */
  constructor(
    private readonly port: number,
    private readonly intercept: Intercept,
  ) {}

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Listens on the first port, which answers 503 until there is an admin API; rejects with PortTakenError. */
  async listenForAdmin(): Promise<number> {
    return this.#listen('admin', this.port, () => this.#admin, this.intercept);
  }

  /** The port of an API other than the admin API; listens on it at first sight. */
  async portOf(apiId: string): Promise<number> {
    const known = this.#places.get(apiId);
    if (known !== undefined) return known.port;
    const wanted = this.port === 0 ? 0 : this.port + this.#places.size;
    return this.#listen(apiId, wanted, () => this.#served.get(apiId));
  }

  /** From now on these answer. */
  serve(admin: ServedApi | undefined, others: ReadonlyMap<string, ServedApi>): void {
    this.#admin = admin;
    this.#served = others;
    this.#isReady = true;
  }

  /** Every request is answered 503 until `serve` or `resume`. */
  pause(): void {
    this.#isReady = false;
  }

  resume(): void {
    this.#isReady = true;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#places.values()].map(({ server }) => closeServer(server)));
    this.#places.clear();
  }

  async #listen(
    name: string,
    port: number,
    find: () => ServedApi | undefined,
    intercept?: Intercept,
  ): Promise<number> {
    const server = createGatewayServer({
      gateway: () => (this.#isReady ? find() : undefined),
      ...(intercept === undefined ? {} : { intercept }),
    });
    const listening = await listen(server, port);
    this.#places.set(name, { server, port: listening });
    return listening;
  }
}
