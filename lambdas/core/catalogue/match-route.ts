import type { Route, RouteCatalogue } from './route-catalogue';
import { parseRoutePath, readPathParameter, type RouteParameter } from './route-path';

/** A route that a path leads to, with what its parameters are. */
export interface MatchedRoute {
  readonly routeKey: string;
  readonly route: Route;
  /** Decoded; each can be a part of an ARN. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** How well each segment of a route fits, in order; greater is better. */
type Fit = readonly number[];

const GREEDY = 0;
const PARAMETER = 1;
const LITERAL = 2;

/**
 * The route that a request leads to where no gateway has found it before: a literal segment before a parameter before a greedy one,
 * from left to right, and a method of its own before `ANY`. Segments are decoded once and compared letter for letter; a path with an
 * empty segment, a dot segment or an escape that stays after decoding leads nowhere.
 */
export function matchRoute(
  catalogue: RouteCatalogue,
  method: string,
  path: string,
): MatchedRoute | undefined {
  let best: { readonly fit: Fit; readonly matched: MatchedRoute } | undefined;
  for (const [routeKey, route] of catalogue.routes) {
    const space = routeKey.indexOf(' ');
    const routeMethod = routeKey.slice(0, Math.max(space, 0));
    if (routeMethod !== method && routeMethod !== 'ANY') {
      continue;
    }
    const found = matchPath(parseRoutePath(routeKey.slice(space + 1)).segments, path);
    if (found === undefined) {
      continue;
    }
    const fit = [...found.fit, routeMethod === method ? 1 : 0];
    if (best === undefined || isBetter(fit, best.fit)) {
      best = { fit, matched: { routeKey, route, parameters: found.parameters } };
    }
  }
  return best?.matched;
}

function matchPath(
  segments: readonly (string | RouteParameter)[],
  path: string,
): { readonly fit: Fit; readonly parameters: ReadonlyMap<string, string> } | undefined {
  if (!path.startsWith('/')) {
    return undefined;
  }
  const sent = path === '/' ? [] : path.slice(1).split('/');
  const last = segments.at(-1);
  const isGreedy = typeof last === 'object' && last.isGreedy;
  if (isGreedy ? sent.length < segments.length : sent.length !== segments.length) {
    return undefined;
  }
  const fit: number[] = [];
  const parameters = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    const rest = typeof segment === 'object' && segment.isGreedy;
    const encoded = rest ? sent.slice(index).join('/') : (sent[index] ?? '');
    const value = /%(?:25|2f|5c)/i.test(encoded) ? undefined : readPathParameter(encoded, rest);
    if (value === undefined || (typeof segment === 'string' && segment !== value)) {
      return undefined;
    }
    if (typeof segment === 'object') {
      parameters.set(segment.name, value);
    }
    fit.push(typeof segment === 'string' ? LITERAL : rest ? GREEDY : PARAMETER);
  }
  return { fit, parameters };
}

function isBetter(fit: Fit, other: Fit): boolean {
  for (const [index, value] of fit.entries()) {
    const against = other[index] ?? -1;
    if (value !== against) {
      return value > against;
    }
  }
  return false;
}
