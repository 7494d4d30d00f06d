import {
  CatalogueRefused,
  parseResourceTemplate,
  type ResourceTemplate,
} from './resource-template';
import { parseRoutePath, type RoutePath } from './route-path';

/** One route of an API with what it means to a policy. */
export interface Route {
  readonly path: RoutePath;
  /** `orders:GetOrder`. */
  readonly action: string;
  readonly resource: ResourceTemplate;
}

/** How an API's routes become actions and resources. */
export interface RouteCatalogue {
  /** The service prefix of its actions, e.g. `orders`. */
  readonly service: string;
  /** By method, a space, and the path as the gateway writes it; no method has a space. */
  readonly routes: ReadonlyMap<string, Route>;
}

/** Methods that API Gateway knows, and its `ANY`. */
const METHODS: readonly string[] = [
  'ANY',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
];

/** Actions of these are granted for other reasons than an API's routes. */
const RESERVED_SERVICES: readonly string[] = ['aws', 'execute-api', 'iam', 'organizations', 'sts'];

const MAX_ROUTES = 1000;

/**
 * The one reading of a catalogue, when it is registered and when it is used: exactly the members `Service` and `Routes`, and of
 * each route `Method`, `Path`, `Action` and `Resource`.
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
  if (RESERVED_SERVICES.includes(service)) {
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
  const { Method, Path, Action, Resource } = members(
    input,
    ['Method', 'Path', 'Action', 'Resource'],
    what,
  );
  if (
    typeof Method !== 'string' ||
    typeof Path !== 'string' ||
    typeof Action !== 'string' ||
    typeof Resource !== 'string'
  ) {
    throw new CatalogueRefused(`Method, Path, Action and Resource of ${what} are strings`);
  }
  if (!METHODS.includes(Method)) {
    throw new CatalogueRefused(`the Method of ${what} is not one of ${METHODS.join(', ')}`);
  }
  const [prefix, name, ...rest] = Action.split(':');
  if (prefix !== service || rest.length > 0 || !/^[A-Za-z0-9]{1,128}$/.test(name ?? '')) {
    throw new CatalogueRefused(
      `the Action of ${what} is not ${service}: with letters and digits after it`,
    );
  }
  const path = parseRoutePath(Path);
  const resource = parseResourceTemplate(Resource, path.parameters);
  return [`${Method} ${Path}`, { path, action: Action, resource }];
}

/** The route that a gateway matched: its own method before `ANY`, as the gateway chooses. */
export function findRoute(
  catalogue: RouteCatalogue,
  method: string,
  path: string,
): Route | undefined {
  return catalogue.routes.get(`${method} ${path}`) ?? catalogue.routes.get(`ANY ${path}`);
}

/** The members of an object that has all of these and no other. */
function members<Name extends string>(
  input: unknown,
  names: readonly Name[],
  what: string,
): Record<Name, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new CatalogueRefused(`${what} is not an object`);
  }
  const known: readonly string[] = names;
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
