import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { exportNames } from './exports';
import { functionOptions } from './function-options';
import type { ObservationOptions } from './function-options';
import { PortcullisFunction, lambdaEntry } from './portcullis-function';
import type { SandboxOption } from './removal';
import {
  keepServices,
  noteUsage,
  openSealed,
  readTables,
  replaceItems,
  storeEnvironment,
} from './store-access';
import type { StoreResources } from './store-access';
import { requireAccountId, requirePrefix, requireWholeNumber } from './validation';

/** Properties of {@link AuthorizerStack}. */
export interface AuthorizerStackProps extends StackProps, SandboxOption, ObservationOptions {
  /** The tables and the key. */
  readonly store: StoreResources;
  /**
   * What the names of the exports begin with; tells deployments in one account apart.
   *
   * @default 'Portcullis'
   */
  readonly prefix?: string;
  /**
   * For how long a decision may rest on what was read before: after a policy or a key has changed, the answer may be the old
   * one for this long. Whole seconds, 0 to 60; 0 reads afresh for each request.
   *
   * @default Duration.seconds(5)
   */
  readonly staleness?: Duration;
  /**
   * Concurrent executions set aside for the authorizer, which every guarded request needs.
   *
   * @default - the account's, shared
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Execution environments of the authorizer that are kept ready, so that no caller waits for one to start. Cost while they are
   * kept; APIs then call the function's alias `live`.
   *
   * @default 0
   */
  readonly provisionedConcurrentExecutions?: number;
  /**
   * What HTTP APIs expect that send payload format 2.0: `policy` where their authorizers have simple responses switched off. They do
   * not say it in their events, so that it is the same for all of them.
   *
   * @default 'simple'
   */
  readonly httpApiAnswer?: 'simple' | 'policy';
  /**
   * Other accounts, by their twelve digits, whose REST, HTTP and WebSocket APIs in this region may be guarded, and whose stacks may
   * register their routes.
   *
   * @default - none
   */
  readonly guardedAccounts?: readonly string[];
}

/** The function that guards APIs, and the one that tells it what their routes mean; exported for the stacks of those APIs. */
export class AuthorizerStack extends Stack {
  readonly authorizerFunction: IFunction;
  /** Has a line of JSON for each decision. */
  readonly authorizerLogGroup: ILogGroup;
  readonly routeCatalogueRegistrar: IFunction;
  /** For stacks of this account alone: whoever may call it says who gets in. */
  readonly serviceRegistrar: IFunction;

  constructor(scope: Construct, id: string, props: AuthorizerStackProps) {
    super(scope, id, props);
    if (props.prefix !== undefined) requirePrefix('prefix', props.prefix);

    const authorizer = this.createAuthorizer(props);
    this.authorizerFunction = authorizer.keepReady(props.provisionedConcurrentExecutions ?? 0);
    this.authorizerLogGroup = authorizer.logGroup;
    this.routeCatalogueRegistrar = this.createRegistrar(props);
    this.serviceRegistrar = this.createServiceRegistrar(props);

    for (const account of props.guardedAccounts ?? []) this.permitAccount(account);

    const names = exportNames(props.prefix);
    new CfnOutput(this, 'AuthorizerFunctionArn', {
      description: 'Guards APIs as their authorizer',
      value: this.authorizerFunction.functionArn,
      exportName: names.authorizerFunctionArn,
    });
    new CfnOutput(this, 'RouteCatalogueRegistrarArn', {
      description: 'Service token of Custom::PortcullisRouteCatalogue',
      value: this.routeCatalogueRegistrar.functionArn,
      exportName: names.routeCatalogueRegistrarArn,
    });
    new CfnOutput(this, 'ServiceRegistrarArn', {
      description: 'Service token of Custom::PortcullisServiceDefinition and …ServicePolicy',
      value: this.serviceRegistrar.functionArn,
      exportName: names.serviceRegistrarArn,
    });
  }

  /** The permission lies with the function: no stack of the other account could give it. */
  private permitAccount(account: string): void {
    requireAccountId('guardedAccounts', account);
    new CfnPermission(this, `AuthorizerPermission${account}`, {
      action: 'lambda:InvokeFunction',
      functionName: this.authorizerFunction.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceAccount: account,
      sourceArn: this.formatArn({ service: 'execute-api', account, resource: '*' }),
    });
    new CfnPermission(this, `RegistrarPermission${account}`, {
      action: 'lambda:InvokeFunction',
      functionName: this.routeCatalogueRegistrar.functionArn,
      principal: account,
    });
  }

  private createAuthorizer(props: AuthorizerStackProps): PortcullisFunction {
    const { store } = props;
    const stalenessSeconds = (props.staleness ?? Duration.seconds(5)).toSeconds();
    requireWholeNumber('staleness in seconds', stalenessSeconds, 0, 60);
    return new PortcullisFunction(this, 'Authorizer', {
      entry: lambdaEntry('authorizer/handler.ts'),
      lazyEntries: {
        'denial-message': lambdaEntry('authorizer/denial-message.ts'),
        'events/appsync': lambdaEntry('authorizer/events/appsync.ts'),
        'web-identities': lambdaEntry('authorizer/web-identities.ts'),
      },
      description: 'Portcullis: decides on each request to a guarded API',
      statements: [
        readTables(store.identitiesTable, store.policiesTable),
        ...noteUsage(store.identitiesTable),
        openSealed(store.key),
      ],
      environment: {
        ...storeEnvironment(store),
        STALENESS_SECONDS: String(stalenessSeconds),
        ...(props.httpApiAnswer === undefined ? {} : { HTTP_API_ANSWER: props.httpApiAnswer }),
      },
      timeout: Duration.seconds(5),
      // One whole processor begins at 1769 MiB: signatures and decisions are computation, and a caller waits for them.
      memorySize: 1769,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      ...functionOptions(props),
    });
  }

  private createRegistrar(props: AuthorizerStackProps): IFunction {
    const { store } = props;
    return new PortcullisFunction(this, 'RouteCatalogueRegistrar', {
      entry: lambdaEntry('deployment/route-catalogue-handler.ts'),
      description: "Portcullis: registers the routes of an API when the API's stack is deployed",
      statements: [replaceItems(store.policiesTable), openSealed(store.key)],
      environment: storeEnvironment(store),
      timeout: Duration.seconds(30),
      memorySize: 512,
      ...functionOptions(props),
    }).function;
  }

  private createServiceRegistrar(props: AuthorizerStackProps): IFunction {
    const { store } = props;
    return new PortcullisFunction(this, 'ServiceRegistrar', {
      entry: lambdaEntry('deployment/service-handler.ts'),
      description: 'Portcullis: registers a service and its policy when a stack is deployed',
      statements: [keepServices(store.policiesTable), openSealed(store.key)],
      environment: storeEnvironment(store),
      timeout: Duration.seconds(30),
      memorySize: 512,
      ...functionOptions(props),
    }).function;
  }
}
