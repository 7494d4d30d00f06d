import { Annotations, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ApiChoice } from './cataloged-api';
import { readOpenApiFile, renderProblem } from './openapi-file';
import type { PortcullisAuthorizer } from './portcullis-authorizer';
import type { Route } from './route';
import { RouteCatalogue } from './route-catalogue';
import type {
  ServiceAction,
  ServiceConditionKey,
  ServiceResourceType,
} from './service-definition-parts';
import { definitionProblems, undefinedInRoutes, type DeclaredService } from './service-problems';
import { requireAccountId } from './validation';

/** The routes of one API of a service. Exactly one of the four kinds of APIs is given. */
export interface ServiceRoutes extends ApiChoice {
  /** What each route is. Whatever it names must be part of the service's definition. */
  readonly routes: readonly Route[];
  /**
   * The one stage for which the routes mean this.
   *
   * @default - every stage of the API
   */
  readonly stageName?: string;
}

/** Properties of {@link ServiceDefinition}. */
export interface ServiceDefinitionProps {
  /** The deployment that guards the APIs of the service; in the account and region of this stack. */
  readonly authorizer: PortcullisAuthorizer;
  /** What its actions begin with: `orders` in `orders:GetOrder`. */
  readonly service: string;
  /** What it can be asked for; an action that is not here is denied. */
  readonly actions: readonly ServiceAction[];
  /**
   * What its actions are about.
   *
   * @default - nothing: every action is asked for on `*`
   */
  readonly resourceTypes?: readonly ServiceResourceType[];
  /**
   * What conditions of policies may look at besides AWS's global keys.
   *
   * @default - nothing
   */
  readonly conditionKeys?: readonly ServiceConditionKey[];
  /**
   * The API of the service and what its routes are. Further APIs are added by `addRoutes`.
   *
   * @default - none
   */
  readonly api?: ServiceRoutes;
  /**
   * The twelve digits in the ARNs of its resources.
   *
   * @default - the account of the stack
   */
  readonly accountId?: string;
}

/** Properties of {@link ServiceDefinition.fromOpenApi}. Exactly one of the four kinds of APIs is given. */
export interface OpenApiServiceProps extends ApiChoice {
  /** The deployment that guards the API; in the account and region of this stack. */
  readonly authorizer: PortcullisAuthorizer;
  /** An OpenAPI 3.0 or 3.1 document, in YAML or JSON. */
  readonly file: string;
  /**
   * The types of condition keys, and keys that no operation takes from the call.
   *
   * @default - every key that an operation names is a text
   */
  readonly conditionKeys?: readonly ServiceConditionKey[];
  /**
   * What becomes of operations that do not say which action they are. Calls to their routes are decided as `execute-api:Invoke`.
   *
   * @default 'refuse' - the app is not synthesized
   */
  readonly unmappedOperations?: 'refuse' | 'warn';
  /**
   * The one stage for which the routes mean this.
   *
   * @default - every stage of the API
   */
  readonly stageName?: string;
  /**
   * The twelve digits in the ARNs of the service's resources.
   *
   * @default - the account of the stack
   */
  readonly accountId?: string;
}

/**
 * What a service can be asked for: its actions, the types of its resources, its condition keys, and the routes of its APIs. Checked when
 * the app is synthesized, and registered when its stack is deployed. It is the same as what `PutServiceDefinition` puts; one that an
 * administrator or another stack has put is not replaced.
 */
export class ServiceDefinition extends Construct {
  /**
   * The service and the routes that an OpenAPI document says: of each operation `x-portcullis-action` and `x-portcullis-resource`, and
   * perhaps `x-portcullis-context-keys` and `x-portcullis-access-level`. Throws with everything that is wrong, and where.
   */
  static fromOpenApi(scope: Construct, id: string, props: OpenApiServiceProps): ServiceDefinition {
    const { authorizer, file, conditionKeys, unmappedOperations, accountId, ...api } = props;
    const { service, routes, derived, problems, unmapped } = readOpenApiFile(file, conditionKeys);
    const refused = [...problems, ...(unmappedOperations === 'warn' ? [] : unmapped)];
    requireNone(
      `the OpenAPI document ${file}`,
      refused.map((problem) => renderProblem(file, problem)),
    );
    const definition = new ServiceDefinition(scope, id, {
      authorizer,
      service: service ?? '',
      ...derived,
      api: { ...api, routes: routes.map(({ route }) => route) },
      ...(accountId === undefined ? {} : { accountId }),
    });
    for (const problem of unmapped) {
      Annotations.of(definition).addWarningV2(
        `portcullis:unmappedOperation:${problem.path}`,
        renderProblem(file, problem),
      );
    }
    return definition;
  }

  /** What its actions begin with. */
  readonly service: string;
  private readonly authorizer: PortcullisAuthorizer;
  private readonly declared: DeclaredService;
  private readonly registration: CustomResource;
  private readonly addedRoutes: Route[] = [];

  constructor(scope: Construct, id: string, props: ServiceDefinitionProps) {
    super(scope, id);
    const { authorizer, service, actions, resourceTypes = [], conditionKeys = [] } = props;
    this.service = service;
    this.authorizer = authorizer;
    this.declared = { service, actions, resourceTypes, conditionKeys };
    requireNone('the service definition', definitionProblems(this.declared));
    if (props.accountId !== undefined) requireAccountId('accountId', props.accountId);

    this.registration = new CustomResource(this, 'Registration', {
      resourceType: 'Custom::PortcullisServiceDefinition',
      serviceToken: authorizer.requireServiceRegistrarArn(),
      serviceTimeout: Duration.minutes(2),
      properties: {
        AccountId: props.accountId ?? Stack.of(this).account,
        Service: service,
        Actions: actions.map((action) => ({
          Name: action.name,
          AccessLevel: action.accessLevel,
          ResourceTypes: action.resourceTypes ?? [],
          ConditionKeys: action.conditionKeys ?? [],
        })),
        ResourceTypes: resourceTypes.map((type) => ({
          Name: type.name,
          Arn: type.arn,
          ConditionKeys: type.conditionKeys ?? [],
        })),
        ConditionKeys: conditionKeys.map(({ name, type }) => ({ Name: name, Type: type })),
      },
    });
    if (props.api !== undefined) this.addRoutes('Routes', props.api);
  }

  /** The routes of all its APIs. */
  get routes(): readonly Route[] {
    return this.addedRoutes;
  }

  /** Says what the routes of an API are. No route is served before the definition is registered. */
  addRoutes(id: string, api: ServiceRoutes): RouteCatalogue {
    requireNone('the routes of the service', undefinedInRoutes(this.declared, api.routes));
    const catalogue = new RouteCatalogue(this, id, {
      ...api,
      authorizer: this.authorizer,
      service: this.service,
    });
    catalogue.node.addDependency(this.registration);
    this.addedRoutes.push(...api.routes);
    return catalogue;
  }
}

function requireNone(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`${what} is not valid:\n${problems.join('\n')}`);
}
