import { CatalogueRefused } from './resource-template';
import { parseRoutePath, type RouteParameter } from './route-path';

/** Which of an API's routes is meant, and what its resource may be made from. */
export interface RouteKey {
  readonly text: string;
  /** undefined where the route is a field of GraphQL, whose arguments are what its resource names. */
  readonly parameters: ReadonlyMap<string, RouteParameter> | undefined;
}

/** Methods that API Gateway knows, and its `ANY`. */
export const ROUTE_METHODS: readonly string[] = [
  'ANY',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
];

/** What is not found by its path: whatever no other route takes, and the opening of a WebSocket. */
const SPECIAL: readonly string[] = ['$connect', '$default'];

/**
 * Source: https://spec.graphql.org/October2021/#Name
 */
const FIELD = /^[_A-Za-z][_0-9A-Za-z]{0,127}\.[_A-Za-z][_0-9A-Za-z]{0,127}$/;

/**
 * Parses what the gateways call a route key: `GET /orders/{orderId}`, `ANY /files/{path+}`, `$default`, `$connect`, or a field of
 * GraphQL such as `Query.getOrder`.
 *
 * Throws {@link CatalogueRefused}.
 */
export function parseRouteKey(text: string): RouteKey {
  const space = text.indexOf(' ');
  if (space > 0 && ROUTE_METHODS.includes(text.slice(0, space))) {
    return { text, parameters: parseRoutePath(text.slice(space + 1)).parameters };
  }
  if (SPECIAL.includes(text)) {
    return { text, parameters: new Map() };
  }
  if (FIELD.test(text)) {
    return { text, parameters: undefined };
  }
  throw new CatalogueRefused(
    `the route key ${text.slice(0, 80)} is none of a method with a path, ${SPECIAL.join(', ')} and Type.field`,
  );
}

/** The keys under which a catalogue may have the route that a gateway matched: its own method before `ANY`, as the gateway chooses. */
export function methodRouteKeys(method: string, path: string): readonly string[] {
  return [`${method} ${path}`, `ANY ${path}`];
}
