import { CustomResource, Duration, Token } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IGraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { Construct } from 'constructs';
import { catalogedApi } from './cataloged-api';
import type { CatalogedApi } from './cataloged-api';
import type { PortcullisAuthorizer } from './portcullis-authorizer';
import { methodAndPathOf, routeKeyOf, routeProblems, serviceProblem } from './route';
import type { Route } from './route';

/** Properties of {@link RouteCatalogue}. Exactly one of the four kinds of APIs is given. */
export interface RouteCatalogueProps {
  /** The deployment that guards the API. */
  readonly authorizer: PortcullisAuthorizer;
  /**
   * The REST API whose routes these are.
   *
   * @default - the API is of another kind
   */
  readonly restApi?: RestApi;
  /**
   * The HTTP API whose routes these are.
   *
   * @default - the API is of another kind
   */
  readonly httpApi?: HttpApi;
  /**
   * The WebSocket API whose `$connect` this is.
   *
   * @default - the API is of another kind
   */
  readonly webSocketApi?: WebSocketApi;
  /**
   * The GraphQL API whose fields these are: `Query.getOrder`, `Mutation.cancelOrder`.
   *
   * @default - the API is of another kind
   */
  readonly graphqlApi?: IGraphqlApi;
  /** What the API's actions begin with: `orders` in `orders:GetOrder`. */
  readonly service: string;
  /**
   * What each route is. A route that is not here is `execute-api:Invoke` on its method ARN, a field `appsync:GraphQL` on its own.
   */
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
 * the routes that the API then has.
 */
export class RouteCatalogue extends Construct {
  constructor(scope: Construct, id: string, props: RouteCatalogueProps) {
    super(scope, id);
    const api = catalogedApi(props);
    requireValid(props);
    this.node.addValidation({ validate: () => unknownRoutes(api, props.routes) });
    this.node.addValidation({
      validate: () => (props.authorizer.keepsByCaller ? unnamedRoutes(api, props.routes) : []),
    });

    const registration = new CustomResource(this, 'Registration', {
      resourceType: 'Custom::PortcullisRouteCatalogue',
      serviceToken: props.authorizer.routeCatalogueRegistrarArn,
      serviceTimeout: Duration.minutes(2),
      properties: {
        ApiId: api.apiId,
        Stage: props.stageName ?? '*',
        Service: props.service,
        Routes: props.routes.map(registeredRoute),
      },
    });
    // No route is served before it is known what it means.
    api.served?.node.addDependency(registration);
  }
}

function registeredRoute(route: Route): Record<string, unknown> {
  const { action: Action, resource: Resource, contextKeys = {} } = route;
  const rest =
    Object.keys(contextKeys).length === 0
      ? { Action, Resource }
      : { Action, Resource, ContextKeys: contextKeys };
  return route.routeKey === undefined
    ? { Method: route.method, Path: route.path, ...rest }
    : { RouteKey: route.routeKey, ...rest };
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
    const key = routeKeyOf(route);
    if (seen.has(key)) return [`route ${key} is declared more than once`];
    seen.add(key);
    return [];
  });
}

/** Routes that the API does not serve. */
function unknownRoutes(api: CatalogedApi, routes: readonly Route[]): string[] {
  const served = api.routeKeys();
  if (served === undefined) return [];
  return routes
    .map(routeKeyOf)
    .filter((routeKey) => !served.some((other) => isSameRoute(routeKey, other)))
    .map((routeKey) => `route ${routeKey} is not in the API, which has ${served.join(', ')}`);
}

/** Routes of the API that are not here: what is kept for a caller says nothing of them, or lets them through with another. */
function unnamedRoutes(api: CatalogedApi, routes: readonly Route[]): string[] {
  const keys = routes.map(routeKeyOf);
  return (api.routeKeys() ?? [])
    .filter((served) => !served.startsWith('OPTIONS ') && !keys.includes(served))
    .map((served) => `route ${served} is not in the catalogue, but answers are kept by caller`);
}

/** `ANY` of either side stands for each method. */
function isSameRoute(left: string, right: string): boolean {
  const [one, other] = [methodAndPathOf(left), methodAndPathOf(right)];
  if (one === undefined || other === undefined) return left === right;
  const isSameMethod = one.method === other.method || [one.method, other.method].includes('ANY');
  return one.path === other.path && isSameMethod;
}
