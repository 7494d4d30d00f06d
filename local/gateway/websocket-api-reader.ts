import { placeOf } from '../stacks';
import type { Resource, Stacks } from '../stacks';
import { TemplateError } from '../template';
import { functionArnOf } from './resource-reader';
import { executeApiArn } from './rest-api';
import { Version2Reader } from './version-2-reader';
import type { WebSocketApi, WebSocketIntegration, WebSocketRoute } from './websocket-api';

const MAXIMUM_INTEGRATION_MILLISECONDS = 29_000;

/** Reads every WebSocket API of the run. Throws TemplateError for what the local gateway does not emulate. */
export function readWebSocketApis(
  stacks: Stacks,
): readonly { resource: Resource; api: WebSocketApi }[] {
  return stacks
    .ofType('AWS::ApiGatewayV2::Api')
    .filter((resource) => stacks.property(resource, 'ProtocolType') === 'WEBSOCKET')
    .map((resource) => ({ resource, api: new WebSocketApiReader(stacks, resource).read() }));
}

class WebSocketApiReader extends Version2Reader {
  read(): WebSocketApi {
    const facts = this.readFacts();
    return {
      ...facts,
      routeSelectionPath: this.#routeSelectionPath(),
      routes: new Map(
        this.children('AWS::ApiGatewayV2::Route').map((resource) => {
          const route = this.#route(resource, facts.stageName);
          return [route.routeKey, route] as const;
        }),
      ),
    };
  }

  #routeSelectionPath(): readonly string[] {
    const expression = this.requiredText(this.resource, 'RouteSelectionExpression');
    const [, path] = /^\$\{?request\.body\.([A-Za-z0-9_.]+)\}?$/.exec(expression) ?? [];
    if (path !== undefined) return path.split('.');
    throw new TemplateError(
      `${placeOf(this.resource)}: the local run selects routes by $request.body alone, not by ${expression}`,
    );
  }

  #route(resource: Resource, stageName: string): WebSocketRoute {
    const routeKey = this.requiredText(resource, 'RouteKey');
    const authorizer = this.authorizerOf(resource);
    if (authorizer !== undefined && routeKey !== '$connect')
      throw new TemplateError(`${placeOf(resource)}: only $connect can have an authorizer`);
    const isTwoWay = this.children('AWS::ApiGatewayV2::RouteResponse').some(
      (response) =>
        this.stacks.property(response, 'RouteId') === this.stacks.identity(resource).ref,
    );
    return {
      routeKey,
      authorizer: authorizer && this.lambdaAuthorizer(authorizer),
      integration: this.#integration(resource, `${stageName}/${routeKey}`),
      hasResponse:
        isTwoWay && this.text(resource, 'RouteResponseSelectionExpression') !== undefined,
    };
  }

  #integration(route: Resource, routePath: string): WebSocketIntegration | undefined {
    if (this.stacks.property(route, 'Target') === undefined) return undefined;
    const integration = this.integrationOf(route);
    if (this.requiredText(integration, 'IntegrationType') !== 'AWS_PROXY') {
      throw new TemplateError(
        `${placeOf(integration)}: the local run has no other integration than AWS_PROXY`,
      );
    }
    const functionArn = functionArnOf(
      this.requiredText(integration, 'IntegrationUri'),
      integration,
    );
    const timeout = this.stacks.property(integration, 'TimeoutInMillis');
    return {
      functionArn,
      isPermitted: this.isPermitted(
        functionArn,
        executeApiArn(this.readFacts(), routePath),
        this.stacks.property(integration, 'CredentialsArn'),
      ),
      timeoutMilliseconds: Math.min(
        Number(timeout ?? MAXIMUM_INTEGRATION_MILLISECONDS),
        MAXIMUM_INTEGRATION_MILLISECONDS,
      ),
    };
  }
}
