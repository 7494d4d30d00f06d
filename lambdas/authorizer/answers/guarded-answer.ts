import type { Decision } from '../../core/decision';
import type { RequestContext } from '../../core/request-context';
import type { Caller } from '../../identity/caller';
import type { AuthenticationScheme } from '../authenticated';
import type { GuardedRoute } from '../events/guarded-request';

/** What was decided about a call, before it is put into a gateway's form. */
export interface GuardedAnswer {
  /** undefined where nobody said who calls, and everybody may. */
  readonly caller: Caller | undefined;
  readonly scheme: AuthenticationScheme;
  /**
   * The hash that the caller signed for its body, in hexadecimal; the backend compares it with the body that came. undefined where
   * the credential says nothing of a body.
   */
  readonly payloadHash: string | undefined;
  /** Empty where the gateway gives none. */
  readonly requestId: string;
  /** One for each route of the request, in its order. */
  readonly routes: readonly DecidedRoute[];
  /** How the gateway may keep the answer; left out where it keeps none. */
  readonly kept?: KeptAnswer | undefined;
}

/**
 * What a kept answer says. Under the key `request` it is for one method and path, and for every call with that key it is the same. Under
 * the key `caller` it says of each route of the API's catalogue what is decided about it.
 */
export type KeptAnswer =
  | { readonly key: 'request' }
  | { readonly key: 'caller'; readonly statements: readonly InvokeStatement[] };

/** One statement of a policy that API Gateway applies. */
export interface InvokeStatement {
  readonly Action: 'execute-api:Invoke';
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource: readonly string[];
}

export interface DecidedRoute {
  readonly route: GuardedRoute;
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  /** AWS's sentence; undefined where the route is allowed. */
  readonly message: string | undefined;
  /** What was asked of the policies; undefined where the route is allowed, and where they were not asked. */
  readonly asked?: RequestContext;
  /** Why the route is denied, for `sts:DecodeAuthorizationMessage`; undefined where nothing is to be told. */
  readonly encodedMessage?: string | undefined;
}
