import type { LambdaAuthorizer } from './lambda-authorizer';

/** One HTTP API with one stage, as its template's AWS::ApiGatewayV2::* resources describe it. */
export interface HttpApi {
  readonly apiId: string;
  readonly name: string;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  /** `$default`: no segment of the path names the stage. */
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  readonly routes: readonly HttpRoute[];
  readonly cors: HttpCors | undefined;
}

export interface HttpRoute {
  /** `GET /orders/{orderId}`, or `$default`. */
  readonly routeKey: string;
  readonly httpMethod: string;
  readonly resourcePath: string;
  readonly authorizer: HttpAuthorizer | undefined;
  readonly integration: HttpIntegration;
}

export type PayloadFormatVersion = '1.0' | '2.0';

export interface HttpAuthorizer extends LambdaAuthorizer {
  readonly payloadFormatVersion: PayloadFormatVersion;
  /** Whether it answers `{isAuthorized, context}` instead of a policy. */
  readonly hasSimpleResponses: boolean;
}

export interface HttpIntegration {
  readonly functionArn: string;
  readonly isPermitted: boolean;
  readonly payloadFormatVersion: PayloadFormatVersion;
  readonly timeoutMilliseconds: number;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
export interface HttpCors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number | undefined;
}

export const DEFAULT_NAME = '$default';
