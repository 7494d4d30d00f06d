import { Duration } from 'aws-cdk-lib';
import type {
  CfnAuthorizer,
  HttpRouteAuthorizerBindOptions,
  HttpRouteAuthorizerConfig,
  IHttpRouteAuthorizer,
  IWebSocketRouteAuthorizer,
  WebSocketRouteAuthorizerBindOptions,
  WebSocketRouteAuthorizerConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
  WebSocketLambdaAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const AUTHORIZER_ID = 'Portcullis';

/** How HTTP APIs ask the authorizer. */
export interface HttpApiAuthorizerOptions {
  /**
   * In which form the authorizer answers. `SIMPLE` is payload format 2.0. `IAM` is payload format 1.0 and an IAM policy; its events
   * leave out all but the last value of a repeated query parameter, so that such a signed request is refused.
   *
   * @default HttpLambdaResponseType.SIMPLE
   */
  readonly responseType?: HttpLambdaResponseType;
  /**
   * Whether a request without an `Authorization` header is answered with 401 and never reaches the authorizer. Presigned requests
   * have their signature in the query, and are refused then.
   *
   * @default false
   */
  readonly requireAuthorizationHeader?: boolean;
}

/** The authorizer for the routes of HTTP APIs: one resource in each API that uses it. */
export class HttpApiAuthorizer implements IHttpRouteAuthorizer {
  readonly authorizationType = 'CUSTOM';
  private readonly authorizers = new Map<string, HttpLambdaAuthorizer>();

  constructor(
    private readonly handler: IFunction,
    private readonly options: HttpApiAuthorizerOptions,
  ) {}

  bind(options: HttpRouteAuthorizerBindOptions): HttpRouteAuthorizerConfig {
    const api = options.route.httpApi.node.addr;
    const authorizer = this.authorizers.get(api) ?? this.createAuthorizer();
    this.authorizers.set(api, authorizer);
    const config = authorizer.bind(options);
    if (this.options.requireAuthorizationHeader !== true) nameNoIdentitySource(options.scope);
    return config;
  }

  private createAuthorizer(): HttpLambdaAuthorizer {
    return new HttpLambdaAuthorizer(AUTHORIZER_ID, this.handler, {
      responseTypes: [this.options.responseType ?? HttpLambdaResponseType.SIMPLE],
      // A result is kept under the identity source alone, and a signature is for one request.
      resultsCacheTtl: Duration.seconds(0),
      identitySource:
        this.options.requireAuthorizationHeader === true ? ['$request.header.Authorization'] : [],
    });
  }
}

/** The authorizer for the `$connect` route of WebSocket APIs: one resource in each API that uses it. */
export class WebSocketApiAuthorizer implements IWebSocketRouteAuthorizer {
  private readonly authorizers = new Map<string, WebSocketLambdaAuthorizer>();

  constructor(private readonly handler: IFunction) {}

  bind(options: WebSocketRouteAuthorizerBindOptions): WebSocketRouteAuthorizerConfig {
    const api = options.route.webSocketApi.node.addr;
    const authorizer =
      this.authorizers.get(api) ??
      new WebSocketLambdaAuthorizer(AUTHORIZER_ID, this.handler, { identitySource: [] });
    this.authorizers.set(api, authorizer);
    const config = authorizer.bind(options);
    nameNoIdentitySource(options.scope);
    return config;
  }
}

/** An empty list names none either, but is written; to have none, the property must be absent. */
function nameNoIdentitySource(scope: Construct): void {
  const authorizer = scope.node.findChild(AUTHORIZER_ID).node.defaultChild as CfnAuthorizer;
  authorizer.addPropertyDeletionOverride('IdentitySource');
}
