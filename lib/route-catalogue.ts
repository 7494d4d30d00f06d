import { CustomResource, Duration, Token } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { PortcullisAuthorizer } from './portcullis-authorizer';
import { routeProblems, serviceProblem } from './route';
import type { Route } from './route';

/** Properties of {@link RouteCatalogue}. */
export interface RouteCatalogueProps {
  /** The deployment that guards the API. */
  readonly authorizer: PortcullisAuthorizer;
  /** The API whose routes these are. */
  readonly restApi: RestApi;
  /** What the API's actions begin with: `orders` in `orders:GetOrder`. */
  readonly service: string;
  /** What each route is. A route that is not here is `execute-api:Invoke` on its method ARN. */
  readonly routes: readonly Route[];
  /**
   * The one stage for which the routes mean this.
   *
   * @default - every stage of the API
   */
  readonly stageName?: string;
}

/**
 * Says, where an API is declared, which action and resource each of its routes is. Checked when the app is synthesized, against
 * the methods that the API then has.
 */
export class RouteCatalogue extends Construct {
  constructor(scope: Construct, id: string, props: RouteCatalogueProps) {
    super(scope, id);
    requireValid(props);
    this.node.addValidation({ validate: () => unknownRoutes(props.restApi, props.routes) });

    const registration = new CustomResource(this, 'Registration', {
      resourceType: 'Custom::PortcullisRouteCatalogue',
      serviceToken: props.authorizer.routeCatalogueRegistrarArn,
      serviceTimeout: Duration.minutes(2),
      properties: {
        ApiId: props.restApi.restApiId,
        Stage: props.stageName ?? '*',
        Service: props.service,
        Routes: props.routes.map((route) => ({
          Method: route.method,
          Path: route.path,
          Action: route.action,
          Resource: route.resource,
        })),
      },
    });
    // No route is served before it is known what it means.
    props.restApi.latestDeployment?.node.addDependency(registration);
  }
}

const MAX_ROUTES = 1000;

function requireValid(props: RouteCatalogueProps): void {
  const problems: string[] = [];
  const service = serviceProblem(props.service);
  if (service !== undefined) problems.push(service);
  if (props.routes.length === 0 || props.routes.length > MAX_ROUTES) {
    problems.push(`routes must be 1 to ${MAX_ROUTES}, but were ${props.routes.length}`);
  }
  if (props.stageName !== undefined && !isStageName(props.stageName)) {
    problems.push(
      `stageName must be 1 to 128 letters, digits, hyphens and underscores, but was ${JSON.stringify(props.stageName)}`,
    );
  }
  if (service === undefined) {
    problems.push(...props.routes.flatMap((route) => routeProblems(props.service, route)));
  }
  problems.push(...repeatedRoutes(props.routes));
  if (problems.length > 0) {
    throw new Error(`the route catalogue is not valid:\n${problems.join('\n')}`);
  }
}

function isStageName(stageName: string): boolean {
  return Token.isUnresolved(stageName) || /^[A-Za-z0-9_-]{1,128}$/.test(stageName);
}

function repeatedRoutes(routes: readonly Route[]): string[] {
  const seen = new Set<string>();
  return routes.flatMap((route) => {
    const name = `${route.method} ${route.path}`;
    if (seen.has(name)) return [`route ${name} is declared more than once`];
    seen.add(name);
    return [];
  });
}

/** Routes that no method of the API serves. */
function unknownRoutes(restApi: RestApi, routes: readonly Route[]): string[] {
  const served = restApi.methods.map((method) => ({
    method: method.httpMethod,
    path: method.resource.path,
  }));
  const has = (route: Route) =>
    served.some(
      ({ method, path }) =>
        path === route.path &&
        (method === route.method || method === 'ANY' || route.method === 'ANY'),
    );
  return routes
    .filter((route) => !has(route))
    .map(
      (route) =>
        `route ${route.method} ${route.path} is not in the API, which has ${served.map(({ method, path }) => `${method} ${path}`).join(', ')}`,
    );
}
