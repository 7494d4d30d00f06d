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
import { HTTP_IDENTITY_SOURCES } from './answer-cache';
import type { AnswerCacheOptions } from './answer-cache';

const AUTHORIZER_ID = 'Portcullis';

/** How HTTP APIs ask the authorizer. */
export interface HttpApiAuthorizerOptions extends AnswerCacheOptions {
  /**
   * In which form the authorizer answers. `SIMPLE` is payload format 2.0. `IAM` is payload format 1.0 and an IAM policy; its events
   * leave out all but the last value of a repeated query parameter, so that such a signed request is refused.
   *
   * @default HttpLambdaResponseType.SIMPLE; with `cacheTtl` always `IAM`
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
    if (this.identitySources.length === 0) nameNoIdentitySource(options.scope);
    return config;
  }

  private createAuthorizer(): HttpLambdaAuthorizer {
    const { cacheTtl = Duration.seconds(0), responseType } = this.options;
    const keeps = cacheTtl.toSeconds() > 0;
    return new HttpLambdaAuthorizer(AUTHORIZER_ID, this.handler, {
      // A kept policy names the route that it is for; a simple answer would be for whatever has the same key.
      responseTypes: [
        keeps ? HttpLambdaResponseType.IAM : (responseType ?? HttpLambdaResponseType.SIMPLE),
      ],
      resultsCacheTtl: cacheTtl,
      identitySource: [...this.identitySources],
    });
  }

  private get identitySources(): readonly string[] {
    const { cacheTtl, requireAuthorizationHeader } = this.options;
    if (cacheTtl !== undefined && cacheTtl.toSeconds() > 0) return HTTP_IDENTITY_SOURCES;
    return requireAuthorizationHeader === true ? ['$request.header.Authorization'] : [];
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
