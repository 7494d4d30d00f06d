import {
  CatalogueRefused,
  fillResourceTemplate,
  MAX_RESOURCE_LENGTH,
  type ResourceTemplate,
} from '../core/catalogue/resource-template';
import type { RouteContext } from '../core/catalogue/route-context';
import { findRoute, type RouteCatalogue } from '../core/catalogue/route-catalogue';
import {
  parseRoutePath,
  readPathParameter,
  type RouteParameter,
  type RoutePath,
} from '../core/catalogue/route-path';
import type { ConditionContext } from '../core/request-context';
import type { GuardedRequest, GuardedRoute } from './events/guarded-request';

/** What a call asks to do. */
export interface GuardedResource {
  readonly action: string;
  /** undefined where nothing can allow the call, because there is no one resource that it is for. */
  readonly resource: string | undefined;
  /** For reasons, also where there is no resource: `arn:aws:orders:…:order/{orderId}`. */
  readonly template: string;
  /** The service whose catalogue maps the route; undefined for AWS's own actions. */
  readonly service?: string;
  /** What the catalogue takes from the call for conditions. */
  readonly contextKeys?: RouteContext;
  /** The values of those, once they have been read. */
  readonly context?: ConditionContext;
  /** Why there is no resource: `because …`. */
  readonly refusal?: string;
}

/**
 * What stands for `%`, `/` and `\` in a path. A gateway, a backend and a policy that decode once more or once less than each other
 * would see another path, so such a path is no resource.
 */
const AMBIGUOUS_ESCAPE = /%(?:25|2f|5c)/i;

const NO_RESOURCE = 'because the path of the request cannot be part of a resource';

/** A catalogue could mean another route than the gateway did, so that a Deny on its action would not be seen. */
const ROUTE_UNKNOWN =
  'because a TOKEN authorizer is not told which route was called, and the API has a catalogue of routes';

/** Action and resource of a route, by the catalogue where it maps the route, else AWS's own. */
export function findGuardedResource(
  request: GuardedRequest,
  route: GuardedRoute,
  catalogue: RouteCatalogue | undefined,
): GuardedResource {
  const { refusal, keys, unmapped } = route;
  if (refusal !== undefined || (keys === undefined && catalogue !== undefined)) {
    return {
      action: unmapped.action,
      resource: undefined,
      template: unmapped.arn + (unmapped.path ?? ''),
      refusal: refusal ?? ROUTE_UNKNOWN,
    };
  }
  const mapped = catalogue && findRoute(catalogue, keys ?? []);
  if (catalogue === undefined || mapped === undefined) {
    return unmappedResource(request, route);
  }
  const resource = fillResource(mapped.resource, request, route, mapped.parameters);
  return {
    action: mapped.action,
    resource,
    template: mapped.resource.text,
    service: catalogue.service,
    contextKeys: mapped.context,
    ...(resource === undefined ? { refusal: NO_RESOURCE } : {}),
  };
}

function fillResource(
  template: ResourceTemplate,
  request: GuardedRequest,
  route: GuardedRoute,
  needed: ReadonlyMap<string, RouteParameter>,
): string | undefined {
  const { partition, region, accountId } = request.gateway;
  const scope = { Partition: partition, Region: region, Account: accountId };
  const parameters = readParameters(request, route, needed);
  return parameters && fillResourceTemplate(template, scope, parameters);
}

/**
 * AWS's own resource of a route. That of a method is built from the route and its parameters rather than from the path as sent: so
 * `/%61dmin` and `/admin` are one resource.
 */
function unmappedResource(request: GuardedRequest, route: GuardedRoute): GuardedResource {
  const { action, arn } = route.unmapped;
  if (route.unmapped.path === undefined) {
    return { action, resource: arn, template: arn };
  }
  const template = arn + route.unmapped.path;
  const path = readRoutePath(route.unmapped.path);
  const parameters = path && readParameters(request, route, path.parameters);
  if (path === undefined || parameters === undefined) {
    return { action, resource: undefined, template, refusal: NO_RESOURCE };
  }
  const segments = path.segments.map((segment) =>
    typeof segment === 'string' ? segment : parameters.get(segment.name),
  );
  const resource = `${arn}/${segments.join('/')}`;
  return resource.length > MAX_RESOURCE_LENGTH
    ? { action, resource: undefined, template, refusal: NO_RESOURCE }
    : { action, resource, template };
}

/** undefined for a path that a gateway may have a route for and no catalogue can name, such as one that ends with a slash. */
function readRoutePath(path: string): RoutePath | undefined {
  try {
    return parseRoutePath(path);
  } catch (error) {
    if (error instanceof CatalogueRefused) return undefined;
    throw error;
  }
}

/** Every parameter of the route; undefined where one is missing or cannot be a part of an ARN. */
function readParameters(
  request: GuardedRequest,
  route: GuardedRoute,
  needed: ReadonlyMap<string, RouteParameter>,
): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  if (needed.size > 0 && AMBIGUOUS_ESCAPE.test(request.http.path)) {
    return undefined;
  }
  for (const { name, isGreedy } of needed.values()) {
    const encoded = route.parameters.get(name);
    const value = encoded === undefined ? undefined : readPathParameter(encoded, isGreedy);
    if (value === undefined) {
      return undefined;
    }
    parameters.set(name, value);
  }
  return parameters;
}
