/**
 * One HTTP request as a gateway handed it over, in the one form that signature checking and the protocols read.
 * Invariant: it is made once, by an event adapter; nothing later looks at the event again.
 */
export interface HttpRequest {
  readonly method: string;
  /** The path that the client sent, still percent-encoded, without the query. */
  readonly path: string;
  /** Decoded name/value pairs in the order they came. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names; every value in the order it came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The raw body; undefined where the event cannot carry one (an authorizer's). */
  readonly body: Uint8Array | undefined;
  /** The address of the connection, never a forwarded one; undefined where the gateway does not tell. */
  readonly sourceIp: string | undefined;
  /** Whether the client's connection was TLS. */
  readonly secureTransport: boolean;
  /** Empty where the gateway gives none. */
  readonly requestId: string;
}

/** One HTTP answer, before a gateway's format is put around it. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
