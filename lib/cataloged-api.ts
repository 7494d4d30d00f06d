import { Stack, Token } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import type { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IGraphqlApi } from 'aws-cdk-lib/aws-appsync';
import type { IConstruct } from 'constructs';

/** An API of any kind, as far as a catalogue of its routes is concerned. */
export interface CatalogedApi {
  readonly apiId: string;
  /** The keys of the routes that the API has when it is asked; undefined where its declaration does not tell. */
  readonly routeKeys: () => readonly string[] | undefined;
  /** What makes the API's routes be served, where that is one thing. */
  readonly served: IConstruct | undefined;
}

/** One of these is the API. */
export interface ApiChoice {
  readonly restApi?: RestApi;
  readonly httpApi?: HttpApi;
  readonly webSocketApi?: WebSocketApi;
  readonly graphqlApi?: IGraphqlApi;
}

/** The one API that is given. Throws where there is none or more than one. */
export function catalogedApi(choice: ApiChoice): CatalogedApi {
  const { restApi, httpApi, webSocketApi, graphqlApi } = choice;
  const apis: CatalogedApi[] = [];
  if (restApi !== undefined) {
    apis.push({
      apiId: restApi.restApiId,
      routeKeys: () =>
        restApi.methods.map(({ httpMethod, resource }) => `${httpMethod} ${resource.path}`),
      served: restApi.latestDeployment,
    });
  }
  if (httpApi !== undefined) {
    apis.push({
      apiId: httpApi.apiId,
      routeKeys: () => declaredRoutes(httpApi, httpApi.apiId),
      served: httpApi.defaultStage,
    });
  }
  if (webSocketApi !== undefined) {
    apis.push({
      apiId: webSocketApi.apiId,
      routeKeys: () => declaredRoutes(webSocketApi, webSocketApi.apiId),
      served: undefined,
    });
  }
  if (graphqlApi !== undefined) {
    apis.push({ apiId: graphqlApi.apiId, routeKeys: () => undefined, served: undefined });
  }
  const [api, ...others] = apis;
  if (api === undefined || others.length > 0) {
    throw new Error(
      'a route catalogue is for exactly one of restApi, httpApi, webSocketApi and graphqlApi',
    );
  }
  return api;
}

/** The routes of an HTTP or WebSocket API lie anywhere in its stack. */
function declaredRoutes(api: IConstruct, apiId: string): readonly string[] {
  return Stack.of(api)
    .node.findAll()
    .filter((construct): construct is CfnRoute => construct instanceof CfnRoute)
    .filter((route) => route.apiId === apiId && !Token.isUnresolved(route.routeKey))
    .map((route) => route.routeKey);
}
