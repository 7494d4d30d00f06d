import { placeOf } from '../stacks';
import type { Resource, Stacks } from '../stacks';
import { isTemplateObject, TemplateError } from '../template';
import { readMockIntegration } from './mock-integration';
import { functionArnOf, ResourceReader, textsOf } from './resource-reader';
import { executeApiArn } from './rest-api';
import type { Authorizer, GatewayResponse, Integration, Method, RestApi } from './rest-api';

const DEFAULT_RESULT_TTL_SECONDS = 300;
const MAXIMUM_INTEGRATION_MILLISECONDS = 29_000;

type Facts = Pick<RestApi, 'apiId' | 'accountId' | 'region' | 'stageName'>;

/** Reads every REST API of the run. Throws TemplateError for what the local gateway does not emulate. */
export function readRestApis(stacks: Stacks): readonly { resource: Resource; api: RestApi }[] {
  return stacks
    .ofType('AWS::ApiGateway::RestApi')
    .map((resource) => ({ resource, api: new RestApiReader(stacks, resource).read() }));
}

class RestApiReader extends ResourceReader {
  readonly #apiId: string;

  constructor(
    stacks: Stacks,
    private readonly resource: Resource,
  ) {
    super(stacks);
    this.#apiId = stacks.identity(resource).ref;
  }

  read(): RestApi {
    if (this.stacks.property(this.resource, 'Body') !== undefined) {
      throw new TemplateError(
        `${placeOf(this.resource)}: an OpenAPI body is not supported locally`,
      );
    }
    const { accountId, region, stackName } = this.resource.stack;
    const stage = this.#stage();
    const facts = { apiId: this.#apiId, accountId, region, stageName: stage.stageName };
    return {
      ...facts,
      ...stage,
      name: this.text(this.resource, 'Name') ?? this.resource.logicalId,
      stackName,
      binaryMediaTypes: this.texts(this.resource, 'BinaryMediaTypes'),
      methods: this.#children('AWS::ApiGateway::Method').map((method) =>
        this.#method(facts, method),
      ),
      gatewayResponses: new Map(
        this.#children('AWS::ApiGateway::GatewayResponse').map((response) => [
          this.requiredText(response, 'ResponseType'),
          this.#gatewayResponse(response),
        ]),
      ),
    };
  }

  #stage(): Pick<RestApi, 'stageName' | 'stageVariables' | 'deploymentId'> {
    const [stage] = this.#children('AWS::ApiGateway::Stage');
    if (stage === undefined)
      throw new TemplateError(`${placeOf(this.resource)} has no AWS::ApiGateway::Stage`);
    const variables = this.stacks.property(stage, 'Variables');
    return {
      stageName: this.stacks.identity(stage).ref,
      deploymentId: this.text(stage, 'DeploymentId') ?? '',
      stageVariables: isTemplateObject(variables) ? textsOf(variables) : undefined,
    };
  }

  #method(facts: Facts, method: Resource): Method {
    const httpMethod = this.requiredText(method, 'HttpMethod');
    const resourceId = this.requiredText(method, 'ResourceId');
    const resourcePath = this.#resourcePath(resourceId, method);
    if (this.stacks.property(method, 'ApiKeyRequired') === true) {
      throw new TemplateError(`${placeOf(method)}: API keys are not supported locally`);
    }
    return {
      resourceId,
      resourcePath,
      httpMethod,
      authorizer: this.#authorizerOf(facts, method),
      requiredParameters: this.#requiredParameters(method),
      integration: this.#integration(
        facts,
        method,
        `${httpMethod === 'ANY' ? '*' : httpMethod}${resourcePath}`,
      ),
    };
  }

  #authorizerOf(facts: Facts, method: Resource): Authorizer | undefined {
    const type = this.text(method, 'AuthorizationType') ?? 'NONE';
    if (type === 'NONE') return undefined;
    if (type !== 'CUSTOM') {
      throw new TemplateError(
        `${placeOf(method)}: AuthorizationType ${type} is not supported locally`,
      );
    }
    const authorizerId = this.requiredText(method, 'AuthorizerId');
    const authorizer = this.#children('AWS::ApiGateway::Authorizer').find(
      (candidate) => this.stacks.identity(candidate).ref === authorizerId,
    );
    if (authorizer === undefined)
      throw new TemplateError(`${placeOf(method)}: its authorizer is not in the API`);
    return this.#authorizer(facts, authorizer, authorizerId);
  }

  #authorizer(facts: Facts, resource: Resource, authorizerId: string): Authorizer {
    const type = this.requiredText(resource, 'Type');
    if (type !== 'REQUEST' && type !== 'TOKEN') {
      throw new TemplateError(
        `${placeOf(resource)}: an authorizer of type ${type} is not supported locally`,
      );
    }
    const functionArn = functionArnOf(this.requiredText(resource, 'AuthorizerUri'), resource);
    const identitySources = (this.text(resource, 'IdentitySource') ?? '')
      .split(',')
      .map((source) => source.trim())
      .filter((source) => source !== '');
    const ttl = this.stacks.property(resource, 'AuthorizerResultTtlInSeconds');
    const resultTtlSeconds = ttl === undefined ? DEFAULT_RESULT_TTL_SECONDS : Number(ttl);
    if (resultTtlSeconds > 0 && identitySources.length === 0) {
      throw new TemplateError(
        `${placeOf(resource)}: caching needs an identity source, else AWS refuses it`,
      );
    }
    return {
      authorizerId,
      type,
      functionArn,
      isPermitted: this.isPermitted(
        functionArn,
        executeApiArn(facts, `authorizers/${authorizerId}`),
        this.stacks.property(resource, 'AuthorizerCredentials'),
      ),
      identitySources,
      identityValidationExpression: this.text(resource, 'IdentityValidationExpression'),
      resultTtlSeconds,
    };
  }

  #integration(facts: Facts, method: Resource, methodPath: string): Integration {
    const integration = this.stacks.property(method, 'Integration');
    if (!isTemplateObject(integration))
      throw new TemplateError(`${placeOf(method)} has no Integration`);
    if (integration['Type'] === 'MOCK') return readMockIntegration(integration, placeOf(method));
    if (integration['Type'] !== 'AWS_PROXY') {
      const type = JSON.stringify(integration['Type']);
      throw new TemplateError(
        `${placeOf(method)}: an integration of type ${type} is not supported locally`,
      );
    }
    if (integration['IntegrationHttpMethod'] !== 'POST') {
      throw new TemplateError(`${placeOf(method)}: Lambda functions are called by POST alone`);
    }
    const functionArn = functionArnOf(integration['Uri'], method);
    return {
      type: 'AWS_PROXY',
      functionArn,
      isPermitted: this.isPermitted(
        functionArn,
        executeApiArn(facts, `${facts.stageName}/${methodPath}`),
        integration['Credentials'],
      ),
      timeoutMilliseconds: Math.min(
        Number(integration['TimeoutInMillis'] ?? MAXIMUM_INTEGRATION_MILLISECONDS),
        MAXIMUM_INTEGRATION_MILLISECONDS,
      ),
    };
  }

  #requiredParameters(method: Resource): readonly string[] {
    const validatorId = this.text(method, 'RequestValidatorId');
    const validator = this.#children('AWS::ApiGateway::RequestValidator').find(
      (candidate) => this.stacks.identity(candidate).ref === validatorId,
    );
    if (validator === undefined) return [];
    const hasModels = this.stacks.property(method, 'RequestModels') !== undefined;
    if (hasModels && this.stacks.property(validator, 'ValidateRequestBody') === true) {
      throw new TemplateError(
        `${placeOf(method)}: validating bodies by models is not supported locally`,
      );
    }
    if (this.stacks.property(validator, 'ValidateRequestParameters') !== true) return [];
    const parameters = this.stacks.property(method, 'RequestParameters') ?? {};
    return isTemplateObject(parameters)
      ? Object.keys(parameters).filter((name) => parameters[name] === true)
      : [];
  }

  #gatewayResponse(response: Resource): GatewayResponse {
    const statusCode = this.text(response, 'StatusCode');
    const parameters = textsOf(this.object(response, 'ResponseParameters'));
    return {
      statusCode: statusCode === undefined ? undefined : Number(statusCode),
      headers: Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          name.replace(/^gatewayresponse\.header\./, ''),
          value,
        ]),
      ),
      templates: textsOf(this.object(response, 'ResponseTemplates')),
    };
  }

  #resourcePath(resourceId: string, method: Resource): string {
    if (resourceId === this.stacks.identity(this.resource).attributes['RootResourceId']) return '/';
    const found = this.#children('AWS::ApiGateway::Resource').find(
      (candidate) => this.stacks.identity(candidate).ref === resourceId,
    );
    if (found === undefined)
      throw new TemplateError(`${placeOf(method)}: its resource is not in the API`);
    const parent = this.#resourcePath(this.requiredText(found, 'ParentId'), method);
    return `${parent === '/' ? '' : parent}/${this.requiredText(found, 'PathPart')}`;
  }

  #children(type: string): readonly Resource[] {
    return this.stacks
      .ofType(type)
      .filter((candidate) => this.stacks.property(candidate, 'RestApiId') === this.#apiId);
  }
}
