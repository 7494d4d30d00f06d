import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { requireMaximumTtl } from './answer-cache';
import type { AnswerCacheProps } from './answer-cache';
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
  replaceRouteCatalogues,
  storeEnvironment,
} from './store-access';
import type { StoreResources } from './store-access';
import { requireAccountId, requirePrefix, requireWholeNumber } from './validation';

/** Properties of {@link AuthorizerStack}. */
export interface AuthorizerStackProps extends StackProps, SandboxOption, ObservationOptions {
  /** The tables and the key. */
  readonly store: StoreResources;
  /**
   * Whether the tables are the copies of a region that administers: nothing is written here but the routes of this region's APIs. What
   * changes there arrives here within seconds, as a rule, and decides here from then on, and `staleness` later at most.
   *
   * @default false
   */
  readonly isReplica?: boolean;
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
   * Whether gateways may keep answers, and for how long. It makes one more authorizer, for the APIs that ask for it (`cacheTtl`), which
   * takes bearer tokens alone and gives no answer that the gateway would apply to a call that it is not right for.
   *
   * @default - no: every call is decided anew
   */
  readonly answerCache?: AnswerCacheProps;
  /**
   * Other accounts, by their twelve digits, whose REST, HTTP and WebSocket APIs in this region may be guarded, and whose stacks may
   * register routes. Name accounts that you trust as this one: nothing tells an API of theirs from one of another account here, so that
   * whoever may invoke functions from there can say what any route means.
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
  /** What answers for gateways that keep answers; undefined without `answerCache`. */
  readonly keepingAuthorizerFunction: IFunction | undefined;
  readonly routeCatalogueRegistrar: IFunction;
  /** For stacks of this account alone: whoever may call it says who gets in. */
  readonly serviceRegistrar: IFunction;

  constructor(scope: Construct, id: string, props: AuthorizerStackProps) {
    super(scope, id, props);
    if (props.prefix !== undefined) requirePrefix('prefix', props.prefix);

    const authorizer = this.createAuthorizer('Authorizer', props, {
      description: 'Portcullis: decides on each request to a guarded API',
      environment:
        props.httpApiAnswer === undefined ? {} : { HTTP_API_ANSWER: props.httpApiAnswer },
    });
    this.authorizerFunction = authorizer.keepReady(props.provisionedConcurrentExecutions ?? 0);
    this.authorizerLogGroup = authorizer.logGroup;
    this.keepingAuthorizerFunction = this.createKeepingAuthorizer(props);
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
    const guards = {
      Authorizer: this.authorizerFunction,
      KeepingAuthorizer: this.keepingAuthorizerFunction,
    };
    for (const [name, guard] of Object.entries(guards)) {
      if (guard === undefined) continue;
      new CfnPermission(this, `${name}Permission${account}`, {
        action: 'lambda:InvokeFunction',
        functionName: guard.functionArn,
        principal: 'apigateway.amazonaws.com',
        sourceAccount: account,
        sourceArn: this.formatArn({ service: 'execute-api', account, resource: '*' }),
      });
    }
    new CfnPermission(this, `RegistrarPermission${account}`, {
      action: 'lambda:InvokeFunction',
      functionName: this.routeCatalogueRegistrar.functionArn,
      principal: account,
    });
  }

  private createKeepingAuthorizer(props: AuthorizerStackProps): IFunction | undefined {
    const { answerCache, prefix } = props;
    if (answerCache === undefined) return undefined;
    requireMaximumTtl(answerCache);
    const { function: keeping } = this.createAuthorizer('KeepingAuthorizer', props, {
      description: 'Portcullis: decides for gateways that keep its answers',
      environment: {
        ANSWER_CACHE_KEY: answerCache.key ?? 'request',
        ANSWER_CACHE_SECONDS: String(answerCache.maximumTtl.toSeconds()),
        HTTP_API_ANSWER: 'policy',
      },
    });
    new CfnOutput(this, 'KeepingAuthorizerFunctionArn', {
      description: 'Guards APIs whose gateways keep answers',
      value: keeping.functionArn,
      exportName: exportNames(prefix).keepingAuthorizerFunctionArn,
    });
    return keeping;
  }

  private createAuthorizer(
    id: string,
    props: AuthorizerStackProps,
    own: { readonly description: string; readonly environment: Record<string, string> },
  ): PortcullisFunction {
    const { store } = props;
    const stalenessSeconds = (props.staleness ?? Duration.seconds(5)).toSeconds();
    requireWholeNumber('staleness in seconds', stalenessSeconds, 0, 60);
    return new PortcullisFunction(this, id, {
      entry: lambdaEntry('authorizer/handler.ts'),
      lazyEntries: {
        'denial-message': lambdaEntry('authorizer/denial-message.ts'),
        'events/appsync': lambdaEntry('authorizer/events/appsync.ts'),
        'kept-answer': lambdaEntry('authorizer/kept-answer.ts'),
        'web-identities': lambdaEntry('authorizer/web-identities.ts'),
      },
      description: own.description,
      statements: [
        readTables(store.identitiesTable, store.policiesTable),
        ...(props.isReplica === true ? [] : noteUsage(store.identitiesTable)),
        openSealed(store.key),
      ],
      environment: {
        ...storeEnvironment(store),
        STALENESS_SECONDS: String(stalenessSeconds),
        ...(props.isReplica === true ? { NOTE_USAGE: 'false' } : {}),
        ...own.environment,
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
      statements: [
        props.isReplica === true
          ? replaceRouteCatalogues(store.policiesTable)
          : replaceItems(store.policiesTable),
        openSealed(store.key),
      ],
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
      // Of a service there is one row for all regions: only the one that administers writes it.
      statements: [
        ...(props.isReplica === true ? [] : [keepServices(store.policiesTable)]),
        openSealed(store.key),
      ],
      environment: storeEnvironment(store),
      timeout: Duration.seconds(30),
      memorySize: 512,
      ...functionOptions(props),
    }).function;
  }
}
