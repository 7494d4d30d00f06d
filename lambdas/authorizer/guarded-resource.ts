import {
  fillResourceTemplate,
  MAX_RESOURCE_LENGTH,
  type ResourceTemplate,
  type ResourceScope,
} from '../core/catalogue/resource-template';
import { findRoute, type RouteCatalogue } from '../core/catalogue/route-catalogue';
import { methodRouteKeys } from '../core/catalogue/route-key';
import {
  parseRoutePath,
  readPathParameter,
  type RouteParameter,
} from '../core/catalogue/route-path';
import type { GatewayMethod, GuardedRequest } from './events/rest-request';

/** What a call asks to do. */
export interface GuardedResource {
  readonly action: string;
  /** undefined where the path cannot be a part of an ARN; then nothing allows the call. */
  readonly resource: string | undefined;
  /** For reasons, also where there is no resource: `arn:aws:orders:…:order/{orderId}`. */
  readonly template: string;
}

/**
 * What stands for `%`, `/` and `\` in a path. A gateway, a backend and a policy that decode once more or once less than each other
 * would see another path, so such a path is no resource.
 */
const AMBIGUOUS_ESCAPE = /%(?:25|2f|5c)/i;

/** Action and resource of a call, by the catalogue where it maps the route, else `execute-api:Invoke` on its method. */
export function findGuardedResource(
  request: GuardedRequest,
  catalogue: RouteCatalogue | undefined,
): GuardedResource {
  const { method } = request;
  const route = catalogue && findRoute(catalogue, methodRouteKeys(method.name, request.route));
  return route === undefined
    ? methodResource(request)
    : {
        action: route.action,
        resource: fillResource(route.resource, request, route.parameters),
        template: route.resource.text,
      };
}

function fillResource(
  template: ResourceTemplate,
  request: GuardedRequest,
  needed: ReadonlyMap<string, RouteParameter>,
): string | undefined {
  const parameters = readParameters(request, needed);
  return parameters && fillResourceTemplate(template, scopeOf(request.method), parameters);
}

function scopeOf(method: GatewayMethod): ResourceScope {
  return { Partition: method.partition, Region: method.region, Account: method.accountId };
}

/**
 * The method ARN as IAM writes it, built from the route and its parameters rather than from the path as sent: so `/%61dmin` and
 * `/admin` are one resource.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
function methodResource(request: GuardedRequest): GuardedResource {
  const { method } = request;
  const { partition, region, accountId, apiId, stage, name } = method;
  const prefix = `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/${name}`;
  const action = 'execute-api:Invoke';
  const template = prefix + request.route;
  const path = parseRoutePath(request.route);
  const parameters = readParameters(request, path.parameters);
  if (parameters === undefined) {
    return { action, resource: undefined, template };
  }
  const segments = path.segments.map((segment) =>
    typeof segment === 'string' ? segment : parameters.get(segment.name),
  );
  const resource = `${prefix}/${segments.join('/')}`;
  return {
    action,
    resource: resource.length > MAX_RESOURCE_LENGTH ? undefined : resource,
    template,
  };
}

/** Every parameter of the route; undefined where one is missing or cannot be a part of an ARN. */
function readParameters(
  request: GuardedRequest,
  needed: ReadonlyMap<string, RouteParameter>,
): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  if (needed.size > 0 && AMBIGUOUS_ESCAPE.test(request.http.path)) {
    return undefined;
  }
  for (const { name, isGreedy } of needed.values()) {
    const encoded = request.pathParameters.get(name);
    const value = encoded === undefined ? undefined : readPathParameter(encoded, isGreedy);
    if (value === undefined) {
      return undefined;
    }
    parameters.set(name, value);
  }
  return parameters;
}
