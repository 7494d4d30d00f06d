import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ApiChoice } from './cataloged-api';
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

/**
 * What a service can be asked for: its actions, the types of its resources, its condition keys, and the routes of its APIs. Checked when
 * the app is synthesized, and registered when its stack is deployed. It is the same as what `PutServiceDefinition` puts; one that an
 * administrator or another stack has put is not replaced.
 */
export class ServiceDefinition extends Construct {
  /** What its actions begin with. */
  readonly service: string;
  private readonly authorizer: PortcullisAuthorizer;
  private readonly declared: DeclaredService;
  private readonly registration: CustomResource;

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

  /** Says what the routes of an API are. No route is served before the definition is registered. */
  addRoutes(id: string, api: ServiceRoutes): RouteCatalogue {
    requireNone('the routes of the service', undefinedInRoutes(this.declared, api.routes));
    const catalogue = new RouteCatalogue(this, id, {
      ...api,
      authorizer: this.authorizer,
      service: this.service,
    });
    catalogue.node.addDependency(this.registration);
    return catalogue;
  }
}

function requireNone(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`${what} is not valid:\n${problems.join('\n')}`);
}
