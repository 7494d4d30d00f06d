import { Duration, Fn } from 'aws-cdk-lib';
import { RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { CfnAuthorizer, IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { IHttpRouteAuthorizer, IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { AuthorizationType } from 'aws-cdk-lib/aws-appsync';
import type { AuthorizationMode } from 'aws-cdk-lib/aws-appsync';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { requireCacheTtl, requireMaximumTtl, restIdentitySources } from './answer-cache';
import type { AnswerCacheOptions, AnswerCacheProps } from './answer-cache';
import { DEFAULT_PREFIX, exportNames } from './exports';
import { HttpApiAuthorizer, WebSocketApiAuthorizer } from './route-authorizers';
import type { HttpApiAuthorizerOptions } from './route-authorizers';
import { requireFunctionArn, requirePrefix } from './validation';

/** Properties of {@link PortcullisAuthorizer}. */
export interface PortcullisAuthorizerProps {
  /** Of the deployment's authorizer function; in the region of this stack. */
  readonly functionArn: string;
  /** Of the function that registers route catalogues; in the region of this stack. */
  readonly routeCatalogueRegistrarArn: string;
  /**
   * Of the function that registers services; in the account and region of this stack.
   *
   * @default - none: services are registered by administrators, not from here
   */
  readonly serviceRegistrarArn?: string;
  /**
   * Of the deployment's authorizer for gateways that keep answers, as the deployment was given it.
   *
   * @default - none: no gateway keeps an answer
   */
  readonly answerCache?: KeepingAuthorizer;
  /**
   * Whether the deployment is in the account of this stack. One in another account has to name this one among its `guardedAccounts`:
   * no stack here can give the permission. AppSync takes authorizers of its own account alone.
   *
   * @default true
   */
  readonly sameAccount?: boolean;
}

/** The authorizer for gateways that keep answers. */
export interface KeepingAuthorizer extends AnswerCacheProps {
  /** Of its function; in the region of this stack. */
  readonly functionArn: string;
}

/** Which deployment's exports to use. */
export interface PortcullisExports {
  /**
   * The prefix that the deployment was given.
   *
   * @default 'Portcullis'
   */
  readonly prefix?: string;
  /**
   * What the deployment was given as `answerCache`.
   *
   * @default - none: no gateway keeps an answer
   */
  readonly answerCache?: AnswerCacheProps;
}

/**
 * A Portcullis deployment, as the stacks of APIs see it.
 *
 * What is needed for the API to call the authorizer is made in the API's own stack, so that the deployment knows nothing of it.
 */
export class PortcullisAuthorizer extends Construct {
  /** The authorizer of the deployment that lives in the same account and region and exports its functions. */
  static fromExports(
    scope: Construct,
    id: string,
    exports: PortcullisExports = {},
  ): PortcullisAuthorizer {
    const prefix = exports.prefix ?? DEFAULT_PREFIX;
    requirePrefix('prefix', prefix);
    const names = exportNames(prefix);
    return new PortcullisAuthorizer(scope, id, {
      functionArn: Fn.importValue(names.authorizerFunctionArn),
      routeCatalogueRegistrarArn: Fn.importValue(names.routeCatalogueRegistrarArn),
      serviceRegistrarArn: Fn.importValue(names.serviceRegistrarArn),
      answerCache: exports.answerCache && {
        ...exports.answerCache,
        functionArn: Fn.importValue(names.keepingAuthorizerFunctionArn),
      },
    });
  }

  readonly functionArn: string;
  readonly routeCatalogueRegistrarArn: string;
  private readonly serviceRegistrarArn: string | undefined;
  private readonly sameAccount: boolean;
  private readonly restApiAuthorizers = new Map<string, RequestAuthorizer>();
  private readonly keeping: KeepingAuthorizer | undefined;
  private imported: IFunction | undefined;
  private importedKeeping: IFunction | undefined;

  constructor(scope: Construct, id: string, props: PortcullisAuthorizerProps) {
    super(scope, id);
    requireFunctionArn('functionArn', props.functionArn);
    requireFunctionArn('routeCatalogueRegistrarArn', props.routeCatalogueRegistrarArn);
    if (props.serviceRegistrarArn !== undefined) {
      requireFunctionArn('serviceRegistrarArn', props.serviceRegistrarArn);
    }
    this.functionArn = props.functionArn;
    this.serviceRegistrarArn = props.serviceRegistrarArn;
    this.sameAccount = props.sameAccount ?? true;
    this.keeping = props.answerCache;
    if (this.keeping !== undefined) {
      requireFunctionArn('answerCache.functionArn', this.keeping.functionArn);
      requireMaximumTtl(this.keeping);
    }
    this.routeCatalogueRegistrarArn = props.routeCatalogueRegistrarArn;
  }

  /** Whether some API's answers are kept under the caller alone, so that its catalogue must have every route. */
  get keepsByCaller(): boolean {
    return this.keeping?.key === 'caller' && this.importedKeeping !== undefined;
  }

  /**
   * The authorizer for the methods of one REST API; the same id gives the same one.
   *
   * Unless `cacheTtl` says otherwise it keeps no result, because a result is kept under the credential alone and a signature is for one
   * request; and it names no identity source, because a presigned request has its signature in the query: the function decides what is
   * missing.
   *
   * @param id Tells the authorizers of several REST APIs apart.
   */
  forRestApi(id = 'RestApi', options: AnswerCacheOptions = {}): IAuthorizer {
    const known = this.restApiAuthorizers.get(id);
    if (known !== undefined) return known;
    const authorizer = keepsAnswers(options)
      ? this.createKeepingRestApiAuthorizer(id, options.cacheTtl)
      : this.createRestApiAuthorizer(id);
    this.restApiAuthorizers.set(id, authorizer);
    return authorizer;
  }

  /**
   * The authorizer for the routes of HTTP APIs. It keeps no result unless `cacheTtl` says otherwise, like that of a REST API.
   *
   * A caller without good credentials is answered with 403, because an authorizer of an HTTP API has no way to say 401; the one
   * exception is a missing `Authorization` header where `requireAuthorizationHeader` or `cacheTtl` says so.
   */
  forHttpApi(options: HttpApiAuthorizerOptions = {}): IHttpRouteAuthorizer {
    if (!keepsAnswers(options)) return new HttpApiAuthorizer(this.importedFunction, options);
    requireCacheTtl(options.cacheTtl, this.keeping);
    if (options.responseType === HttpLambdaResponseType.SIMPLE) {
      throw new Error('a simple answer cannot be kept: it would not say which route it is for');
    }
    if (this.keeping?.key === 'caller') {
      throw new Error("HTTP APIs decode paths, so that their answers are kept by 'request' alone");
    }
    return new HttpApiAuthorizer(this.keepingFunction, options);
  }

  /**
   * The authorizer for the `$connect` route of WebSocket APIs. Credentials may be in the header or, for browsers, in the query as a
   * presigned request.
   */
  forWebSocketApi(): IWebSocketRouteAuthorizer {
    return new WebSocketApiAuthorizer(this.importedFunction);
  }

  /** The authorization mode of a GraphQL API. It keeps no result. */
  forAppSync(): AuthorizationMode {
    if (!this.sameAccount) {
      throw new Error('the authorizer of a GraphQL API is in the account of the API');
    }
    return {
      authorizationType: AuthorizationType.LAMBDA,
      lambdaAuthorizerConfig: {
        handler: this.importedFunction,
        resultsCacheTtl: Duration.seconds(0),
      },
    };
  }

  /** Of the function that registers services. Throws where none was given. */
  requireServiceRegistrarArn(): string {
    if (this.serviceRegistrarArn === undefined) {
      throw new Error(
        'services are registered where serviceRegistrarArn is given, in the account of the deployment; elsewhere an administrator puts them',
      );
    }
    return this.serviceRegistrarArn;
  }

  /** Imported, even from a stack of this app: the permission to call it then belongs to this stack, not to the function's. */
  private get importedFunction(): IFunction {
    this.imported ??= this.importFunction('Function', this.functionArn);
    return this.imported;
  }

  /** Throws where the deployment has none. */
  private get keepingFunction(): IFunction {
    if (this.keeping === undefined) throw new Error('the deployment has no answerCache');
    this.importedKeeping ??= this.importFunction('KeepingFunction', this.keeping.functionArn);
    return this.importedKeeping;
  }

  private importFunction(id: string, functionArn: string): IFunction {
    return LambdaFunction.fromFunctionAttributes(this, id, {
      functionArn,
      ...(this.sameAccount ? { sameEnvironment: true } : { skipPermissions: true }),
    });
  }

  private createKeepingRestApiAuthorizer(id: string, cacheTtl: Duration): RequestAuthorizer {
    requireCacheTtl(cacheTtl, this.keeping);
    return new RequestAuthorizer(this, id, {
      handler: this.keepingFunction,
      resultsCacheTtl: cacheTtl,
      identitySources: restIdentitySources(this.keeping?.key ?? 'request'),
    });
  }

  private createRestApiAuthorizer(id: string): RequestAuthorizer {
    const authorizer = new RequestAuthorizer(this, id, {
      handler: this.importedFunction,
      resultsCacheTtl: Duration.seconds(0),
      identitySources: [],
    });
    // An empty list is written as an empty text, which names a source; to have none, the property must be absent.
    (authorizer.node.defaultChild as CfnAuthorizer).addPropertyDeletionOverride('IdentitySource');
    return authorizer;
  }
}

function keepsAnswers<Options extends AnswerCacheOptions>(
  options: Options,
): options is Options & { readonly cacheTtl: Duration } {
  return options.cacheTtl !== undefined && options.cacheTtl.toSeconds() !== 0;
}
