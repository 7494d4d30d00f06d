import { matchRoute } from '../../core/catalogue/match-route';
import type { RouteCatalogue } from '../../core/catalogue/route-catalogue';
import { encodePath } from '../../protocol/raw-path';
import type { GuardedRoute, UnmappedRoute } from './guarded-request';

/**
 * The route of a call that no gateway has routed. Where there is a catalogue, a call that it has no route for is refused: the backend
 * may be less strict with letters and slashes, and reach a route whose action was never asked about.
 */
export function catalogueRoute(
  catalogue: RouteCatalogue | undefined,
  method: string,
  path: string,
  unmapped: UnmappedRoute,
): GuardedRoute {
  const { arn } = unmapped;
  if (catalogue === undefined) {
    return { name: path, keys: [], parameters: new Map(), unmapped, arn };
  }
  const matched = matchRoute(catalogue, method, path);
  if (matched === undefined) {
    const refusal = 'because the catalogue has no route for the request';
    return { name: path, keys: [], parameters: new Map(), unmapped, arn, refusal };
  }
  return {
    name: matched.routeKey,
    keys: [matched.routeKey],
    parameters: new Map(
      [...matched.parameters].map(([name, value]) => [name, encodePath(value)] as const),
    ),
    unmapped,
    arn,
  };
}
