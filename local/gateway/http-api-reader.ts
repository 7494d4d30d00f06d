import { placeOf } from '../stacks';
import type { Resource, Stacks } from '../stacks';
import { isTemplateObject, TemplateError } from '../template';
import type { TemplateObject } from '../template';
import { DEFAULT_NAME } from './http-api';
import type {
  HttpApi,
  HttpAuthorizer,
  HttpCors,
  HttpIntegration,
  HttpRoute,
  PayloadFormatVersion,
} from './http-api';
import { functionArnOf } from './resource-reader';
import { executeApiArn } from './rest-api';
import { Version2Reader } from './version-2-reader';

const MAXIMUM_INTEGRATION_MILLISECONDS = 30_000;

/** Reads every HTTP API of the run. Throws TemplateError for what the local gateway does not emulate. */
export function readHttpApis(stacks: Stacks): readonly { resource: Resource; api: HttpApi }[] {
  return stacks
    .ofType('AWS::ApiGatewayV2::Api')
    .filter((resource) => stacks.property(resource, 'ProtocolType') === 'HTTP')
    .map((resource) => ({ resource, api: new HttpApiReader(stacks, resource).read() }));
}

class HttpApiReader extends Version2Reader {
  read(): HttpApi {
    for (const name of ['Body', 'BodyS3Location', 'Target']) {
      if (this.stacks.property(this.resource, name) !== undefined)
        throw new TemplateError(`${placeOf(this.resource)}: ${name} is not supported locally`);
    }
    const facts = this.readFacts();
    return {
      ...facts,
      routes: this.children('AWS::ApiGatewayV2::Route').map((route) =>
        this.#route(route, facts.stageName),
      ),
      cors: this.#cors(),
    };
  }

  #route(route: Resource, stageName: string): HttpRoute {
    const routeKey = this.requiredText(route, 'RouteKey');
    const [httpMethod = '', resourcePath = ''] =
      routeKey === DEFAULT_NAME ? [DEFAULT_NAME, DEFAULT_NAME] : routeKey.split(' ');
    if (routeKey !== DEFAULT_NAME && !resourcePath.startsWith('/'))
      throw new TemplateError(`${placeOf(route)}: ${routeKey} is no route of an HTTP API`);
    return {
      routeKey,
      httpMethod,
      resourcePath,
      authorizer: this.#authorizerOf(route),
      integration: this.#integration(
        route,
        routeKey === DEFAULT_NAME
          ? `${stageName}/${DEFAULT_NAME}`
          : `${stageName}/${httpMethod === 'ANY' ? '*' : httpMethod}${resourcePath}`,
      ),
    };
  }

  #authorizerOf(route: Resource): HttpAuthorizer | undefined {
    const authorizer = this.authorizerOf(route);
    if (authorizer === undefined) return undefined;
    const ttl = Number(this.stacks.property(authorizer, 'AuthorizerResultTtlInSeconds') ?? 0);
    const lambda = this.lambdaAuthorizer(authorizer);
    if (ttl > 0 && lambda.identitySources.length === 0) {
      throw new TemplateError(
        `${placeOf(authorizer)}: caching needs an identity source, else AWS refuses it`,
      );
    }
    const hasSimpleResponses = this.stacks.property(authorizer, 'EnableSimpleResponses') === true;
    const payloadFormatVersion = this.#version(authorizer, 'AuthorizerPayloadFormatVersion');
    if (hasSimpleResponses && payloadFormatVersion !== '2.0')
      throw new TemplateError(`${placeOf(authorizer)}: simple responses need the format 2.0`);
    return { ...lambda, resultTtlSeconds: ttl, hasSimpleResponses, payloadFormatVersion };
  }

  #integration(route: Resource, routePath: string): HttpIntegration {
    const integration = this.integrationOf(route);
    if (this.requiredText(integration, 'IntegrationType') !== 'AWS_PROXY') {
      throw new TemplateError(
        `${placeOf(integration)}: the local run has no other integration than AWS_PROXY`,
      );
    }
    const uri = this.requiredText(integration, 'IntegrationUri');
    const functionArn = uri.includes(':lambda:path/') ? functionArnOf(uri, integration) : uri;
    return {
      functionArn,
      isPermitted: this.isPermitted(
        functionArn,
        executeApiArn(this.readFacts(), routePath),
        this.stacks.property(integration, 'CredentialsArn'),
      ),
      payloadFormatVersion: this.#version(integration, 'PayloadFormatVersion'),
      timeoutMilliseconds: Math.min(
        Number(
          this.stacks.property(integration, 'TimeoutInMillis') ?? MAXIMUM_INTEGRATION_MILLISECONDS,
        ),
        MAXIMUM_INTEGRATION_MILLISECONDS,
      ),
    };
  }

  #version(resource: Resource, property: string): PayloadFormatVersion {
    const version = this.requiredText(resource, property);
    if (version === '1.0' || version === '2.0') return version;
    throw new TemplateError(`${placeOf(resource)}: ${property} must be 1.0 or 2.0`);
  }

  #cors(): HttpCors | undefined {
    const cors = this.stacks.property(this.resource, 'CorsConfiguration');
    if (!isTemplateObject(cors)) return undefined;
    const maxAge = cors['MaxAge'];
    return {
      allowOrigins: listOf(cors, 'AllowOrigins'),
      allowMethods: listOf(cors, 'AllowMethods'),
      allowHeaders: listOf(cors, 'AllowHeaders'),
      exposeHeaders: listOf(cors, 'ExposeHeaders'),
      allowCredentials: cors['AllowCredentials'] === true,
      maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
    };
  }
}

function listOf(value: TemplateObject, name: string): readonly string[] {
  const list = value[name];
  return Array.isArray(list) ? list.map(String) : [];
}
