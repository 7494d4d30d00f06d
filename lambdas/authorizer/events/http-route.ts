import { methodRouteKeys } from '../../core/catalogue/route-key';
import { encodePath } from '../../protocol/raw-path';
import type { Gateway, GuardedRoute } from './guarded-request';
import { unmappedMethod } from './method-arn';

const DEFAULT_ROUTE = '$default';

/** What both formats of an HTTP API's events say of the route. */
export interface MatchedRoute {
  readonly gateway: Gateway;
  readonly method: string;
  /** `/orders/{orderId}` or `$default`. */
  readonly path: string;
  /** Decoded, as an HTTP API gives them. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Decoded, as the client sent it; undefined where it is not known whether the stage is part of it. */
  readonly pathBelowStage: string | undefined;
  readonly arn: string;
}

/** The route that an HTTP API matched. */
export function httpRoute(matched: MatchedRoute): GuardedRoute {
  const { gateway, method, path, arn } = matched;
  if (path === DEFAULT_ROUTE) {
    return defaultRoute(matched);
  }
  return {
    name: path,
    keys: methodRouteKeys(method, path),
    parameters: new Map(
      [...matched.parameters].map(([name, value]) => [name, encodePath(value)] as const),
    ),
    unmapped: unmappedMethod(gateway, method, path),
    arn,
  };
}

/** The route of whatever no other takes: without a catalogue, each path is a resource of its own. */
function defaultRoute({ gateway, method, pathBelowStage, arn }: MatchedRoute): GuardedRoute {
  const rest = pathBelowStage?.replace(/^\//, '');
  return {
    name: DEFAULT_ROUTE,
    keys: [DEFAULT_ROUTE],
    parameters: rest === undefined ? new Map() : new Map([['proxy', encodePath(rest)]]),
    unmapped: unmappedMethod(gateway, method, rest === '' ? '/' : '/{proxy+}'),
    arn,
  };
}

/** A path without its stage: only the API's own domain has named stages in its paths. */
export function withoutStage(
  path: string,
  gateway: Gateway,
  domainName: unknown,
): string | undefined {
  if (gateway.stage === '$default') {
    return path;
  }
  if (typeof domainName !== 'string') {
    return undefined;
  }
  const isOwnDomain = domainName.startsWith(`${gateway.apiId}.execute-api.`);
  const prefix = `/${gateway.stage}`;
  if (!isOwnDomain) {
    return path;
  }
  return path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}
