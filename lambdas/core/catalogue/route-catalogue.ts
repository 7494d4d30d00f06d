import {
  CatalogueRefused,
  parseResourceTemplate,
  type ResourceTemplate,
} from './resource-template';
import { isReservedService } from './reserved-services';
import { parseRouteKey, ROUTE_METHODS, type RouteKey } from './route-key';
import { parseRouteContext, type RouteContext } from './route-context';
import type { RouteParameter } from './route-path';

/** One route of an API with what it means to a policy. */
export interface Route {
  /** What the resource is made from: of the path, or the arguments of a field that it names. */
  readonly parameters: ReadonlyMap<string, RouteParameter>;
  /** `orders:GetOrder`. */
  readonly action: string;
  readonly resource: ResourceTemplate;
  /** The condition keys that the call itself brings. */
  readonly context: RouteContext;
}

/** How an API's routes become actions and resources. */
export interface RouteCatalogue {
  /** The service prefix of its actions, e.g. `orders`. */
  readonly service: string;
  /** By route key: `GET /orders/{orderId}` as the gateway writes the path, `$default`, `$connect`, `Query.getOrder`. */
  readonly routes: ReadonlyMap<string, Route>;
}

const MAX_ROUTES = 1000;

/**
 * The one reading of a catalogue, when it is registered and when it is used: exactly the members `Service` and `Routes`, and of
 * each route `Action`, `Resource`, perhaps `ContextKeys`, and either `RouteKey` or both `Method` and `Path`.
 *
 * Throws {@link CatalogueRefused}.
 */
export function parseRouteCatalogue(input: unknown): RouteCatalogue {
  const { Service: service, Routes: records } = members(
    input,
    ['Service', 'Routes'],
    'a catalogue',
  );
  if (typeof service !== 'string' || !/^[a-z0-9-]{1,64}$/.test(service)) {
    throw new CatalogueRefused('Service is 1 to 64 lower-case letters, digits and hyphens');
  }
  if (isReservedService(service)) {
    throw new CatalogueRefused(`the service ${service} is not free to be used for an API`);
  }
  if (!Array.isArray(records) || records.length > MAX_ROUTES) {
    throw new CatalogueRefused(`Routes is a list of at most ${MAX_ROUTES} routes`);
  }
  const routes = new Map<string, Route>();
  records.forEach((record: unknown, index) => {
    const [key, route] = parseRoute(record, `route ${index + 1}`, service);
    if (routes.has(key)) {
      throw new CatalogueRefused(`${key} is there twice`);
    }
    routes.set(key, route);
  });
  return { service, routes };
}

function parseRoute(input: unknown, what: string, service: string): [key: string, route: Route] {
  const hasKey = typeof input === 'object' && input !== null && Object.hasOwn(input, 'RouteKey');
  const names = hasKey ? ['RouteKey'] : ['Method', 'Path'];
  const { ContextKeys: contextKeys = {}, ...record } = members(
    input,
    [...names, 'Action', 'Resource'],
    what,
    ['ContextKeys'],
  );
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(record)) {
    if (typeof value !== 'string') {
      throw new CatalogueRefused(`${name} of ${what} is not a string`);
    }
    texts.set(name, value);
  }
  const text = (name: string): string => texts.get(name) ?? '';
  const key = hasKey
    ? parseRouteKey(text('RouteKey'))
    : readKey(text('Method'), text('Path'), what);
  const action = readAction(text('Action'), what, service);
  const parameters = key.parameters ?? namedArguments(text('Resource'));
  const resource = parseResourceTemplate(text('Resource'), parameters);
  const context = parseRouteContext(contextKeys, service, parameters);
  return [key.text, { parameters, action, resource, context }];
}

function readKey(method: string, path: string, what: string): RouteKey {
  if (!ROUTE_METHODS.includes(method)) {
    throw new CatalogueRefused(`the Method of ${what} is not one of ${ROUTE_METHODS.join(', ')}`);
  }
  return parseRouteKey(`${method} ${path}`);
}

function readAction(action: string, what: string, service: string): string {
  const [prefix, name, ...rest] = action.split(':');
  if (prefix !== service || rest.length > 0 || !/^[A-Za-z0-9]{1,128}$/.test(name ?? '')) {
    throw new CatalogueRefused(
      `the Action of ${what} is not ${service}: with letters and digits after it`,
    );
  }
  return action;
}

/** A field of GraphQL does not say which arguments it has; those that its resource names are those that it must be given. */
function namedArguments(resource: string): ReadonlyMap<string, RouteParameter> {
  return new Map(
    [...resource.matchAll(/(?<!\$)\{([^{}]*)\}/g)].map(([, name = '']) => [
      name,
      { name, isGreedy: false },
    ]),
  );
}

/** The route under the first of these keys that the catalogue has. */
export function findRoute(
  catalogue: RouteCatalogue,
  routeKeys: readonly string[],
): Route | undefined {
  const key = routeKeys.find((routeKey) => catalogue.routes.has(routeKey));
  return key === undefined ? undefined : catalogue.routes.get(key);
}

/** The members of an object that has all of these, perhaps the optional ones, and no other. */
function members<Name extends string>(
  input: unknown,
  names: readonly Name[],
  what: string,
  optional: readonly string[] = [],
): Record<Name, unknown> & { readonly ContextKeys?: unknown } {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new CatalogueRefused(`${what} is not an object`);
  }
  const known: readonly string[] = [...names, ...optional];
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new CatalogueRefused(`${what} has ${unknown}, which is not known`);
  }
  const missing = names.find((name) => !Object.hasOwn(input, name));
  if (missing !== undefined) {
    throw new CatalogueRefused(`${what} has no ${missing}`);
  }
  return input as Record<Name, unknown>;
}
