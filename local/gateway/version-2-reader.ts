import { placeOf } from '../stacks';
import type { Resource, Stacks } from '../stacks';
import { isTemplateObject, TemplateError } from '../template';
import type { LambdaAuthorizer } from './lambda-authorizer';
import { functionArnOf, ResourceReader, textsOf } from './resource-reader';
import { executeApiArn } from './rest-api';

/** What HTTP and WebSocket APIs have in common. */
export interface Version2Facts {
  readonly apiId: string;
  readonly name: string;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
}

/** Reads what AWS::ApiGatewayV2::* resources say of an HTTP or a WebSocket API. */
export class Version2Reader extends ResourceReader {
  readonly #apiId: string;

  constructor(
    stacks: Stacks,
    protected readonly resource: Resource,
  ) {
    super(stacks);
    this.#apiId = stacks.identity(resource).ref;
  }

  protected readFacts(): Version2Facts {
    const { accountId, region, stackName } = this.resource.stack;
    const [stage, ...others] = this.children('AWS::ApiGatewayV2::Stage');
    if (stage === undefined)
      throw new TemplateError(`${placeOf(this.resource)} has no AWS::ApiGatewayV2::Stage`);
    if (others.length > 0)
      throw new TemplateError(`${placeOf(this.resource)}: the local run serves one stage an API`);
    const variables = this.stacks.property(stage, 'StageVariables');
    return {
      apiId: this.#apiId,
      name: this.text(this.resource, 'Name') ?? this.resource.logicalId,
      stackName,
      accountId,
      region,
      stageName: this.requiredText(stage, 'StageName'),
      stageVariables: isTemplateObject(variables) ? textsOf(variables) : undefined,
    };
  }

  protected children(type: string): readonly Resource[] {
    return this.stacks
      .ofType(type)
      .filter((candidate) => this.stacks.property(candidate, 'ApiId') === this.#apiId);
  }

  /** The authorizer that guards a route; undefined where none does. */
  protected authorizerOf(route: Resource): Resource | undefined {
    const type = this.text(route, 'AuthorizationType') ?? 'NONE';
    if (type === 'NONE') return undefined;
    if (type !== 'CUSTOM') {
      throw new TemplateError(
        `${placeOf(route)}: AuthorizationType ${type} is not supported locally`,
      );
    }
    const authorizerId = this.requiredText(route, 'AuthorizerId');
    const authorizer = this.#child('AWS::ApiGatewayV2::Authorizer', authorizerId);
    if (authorizer === undefined)
      throw new TemplateError(`${placeOf(route)}: its authorizer is not in the API`);
    return authorizer;
  }

  /** What every Lambda authorizer has. Nothing of it is cached unless the reader of the API says so. */
  protected lambdaAuthorizer(authorizer: Resource): LambdaAuthorizer {
    const type = this.requiredText(authorizer, 'AuthorizerType');
    if (type !== 'REQUEST') {
      throw new TemplateError(
        `${placeOf(authorizer)}: an authorizer of type ${type} is not supported locally`,
      );
    }
    const authorizerId = this.stacks.identity(authorizer).ref;
    const functionArn = functionArnOf(this.requiredText(authorizer, 'AuthorizerUri'), authorizer);
    return {
      authorizerId,
      functionArn,
      isPermitted: this.isPermitted(
        functionArn,
        executeApiArn(this.readFacts(), `authorizers/${authorizerId}`),
        this.stacks.property(authorizer, 'AuthorizerCredentialsArn'),
      ),
      identitySources: this.texts(authorizer, 'IdentitySource'),
      resultTtlSeconds: 0,
    };
  }

  /** The integration that a route's `Target` (`integrations/ID`) names. */
  protected integrationOf(route: Resource): Resource {
    const target = this.requiredText(route, 'Target');
    const integration = target.startsWith('integrations/')
      ? this.#child('AWS::ApiGatewayV2::Integration', target.slice('integrations/'.length))
      : undefined;
    if (integration !== undefined) return integration;
    throw new TemplateError(`${placeOf(route)}: its target ${target} is not in the API`);
  }

  #child(type: string, id: string): Resource | undefined {
    return this.children(type).find((candidate) => this.stacks.identity(candidate).ref === id);
  }
}
