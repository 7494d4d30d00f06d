import { Duration, Fn } from 'aws-cdk-lib';
import { RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { CfnAuthorizer, IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DEFAULT_PREFIX, exportNames } from './exports';
import { requireFunctionArn, requirePrefix } from './validation';

/** Properties of {@link PortcullisAuthorizer}. */
export interface PortcullisAuthorizerProps {
  /** Of the deployment's authorizer function; in the account and region of this stack. */
  readonly functionArn: string;
  /** Of the function that registers route catalogues; in the account and region of this stack. */
  readonly routeCatalogueRegistrarArn: string;
}

/** Which deployment's exports to use. */
export interface PortcullisExports {
  /**
   * The prefix that the deployment was given.
   *
   * @default 'Portcullis'
   */
  readonly prefix?: string;
}

/**
 * A Portcullis deployment, as the stack of an API sees it. One for each API.
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
    });
  }

  readonly functionArn: string;
  readonly routeCatalogueRegistrarArn: string;
  private restApiAuthorizer: RequestAuthorizer | undefined;

  constructor(scope: Construct, id: string, props: PortcullisAuthorizerProps) {
    super(scope, id);
    requireFunctionArn('functionArn', props.functionArn);
    requireFunctionArn('routeCatalogueRegistrarArn', props.routeCatalogueRegistrarArn);
    this.functionArn = props.functionArn;
    this.routeCatalogueRegistrarArn = props.routeCatalogueRegistrarArn;
  }

  /**
   * The authorizer for the methods of one REST API; each call gives the same one.
   *
   * It keeps no result, because a result is kept under the credential alone and a signature is for one request. It names no
   * identity source, because a presigned request has its signature in the query: the function decides what is missing.
   */
  forRestApi(): IAuthorizer {
    this.restApiAuthorizer ??= this.createRestApiAuthorizer();
    return this.restApiAuthorizer;
  }

  private createRestApiAuthorizer(): RequestAuthorizer {
    const authorizer = new RequestAuthorizer(this, 'RestApi', {
      // Imported, even from a stack of this app: the permission to call it then belongs to this stack, not to the function's.
      handler: LambdaFunction.fromFunctionAttributes(this, 'Function', {
        functionArn: this.functionArn,
        sameEnvironment: true,
      }),
      resultsCacheTtl: Duration.seconds(0),
      identitySources: [],
    });
    // An empty list is written as an empty text, which names a source; to have none, the property must be absent.
    (authorizer.node.defaultChild as CfnAuthorizer).addPropertyDeletionOverride('IdentitySource');
    return authorizer;
  }
}
