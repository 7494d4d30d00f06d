import type { HttpRequest } from '../../protocol/http';

/** One call of a guarded API, whichever gateway it came through. */
export interface GuardedRequest {
  readonly http: HttpRequest;
  readonly gateway: Gateway;
  /** What the call asks for: one route, or each field that an operation of GraphQL selects at its top. Never empty. */
  readonly routes: readonly GuardedRoute[];
  /**
   * Whether a signed hash is that of the body; present only where the gateway gives what the body says instead of its bytes, so that
   * nobody behind it could check.
   */
  readonly isBody?: (payloadHash: string) => boolean;
}

/** Which API was called. */
export interface Gateway {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  /** As the gateway names it; `$default` where there is but one. */
  readonly stage: string;
  /** The service that AWS's own signers name for calls of such an API: `execute-api`, `appsync`, `lambda`. */
  readonly service: string;
}

/** One thing that a call asks for. */
export interface GuardedRoute {
  /** As the gateway matched it: `/orders/{orderId}`, `$default`, `Query.getOrder`. */
  readonly name: string;
  /** The keys a catalogue may have it under, the best first; undefined where the gateway does not say which route it matched. */
  readonly keys: readonly string[] | undefined;
  /** Path parameters, or arguments of a field, percent-encoded at most once. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What is asked for where no catalogue maps the route. */
  readonly unmapped: UnmappedRoute;
  /** What the gateway wants an answer for: the ARN of the method, of the route, or of the field. */
  readonly arn: string;
  /** Why nothing can allow this, where something about the call itself forbids it: `because …`. */
  readonly refusal?: string;
}

/** AWS's own action and resource of a route. */
export interface UnmappedRoute {
  /** `execute-api:Invoke`, … */
  readonly action: string;
  /** The resource, up to the path. */
  readonly arn: string;
  /** The path as the gateway writes it, whose parameters are to be put in; undefined where the resource ends before. */
  readonly path?: string;
}
