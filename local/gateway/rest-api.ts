import type { LambdaAuthorizer } from './lambda-authorizer';

/** One REST API with one stage, as its template's AWS::ApiGateway::* resources describe it. */
export interface RestApi {
  readonly apiId: string;
  readonly name: string;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  readonly deploymentId: string;
  readonly binaryMediaTypes: readonly string[];
  readonly methods: readonly Method[];
  /** By response type (`ACCESS_DENIED`, `DEFAULT_4XX`, …). */
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponse>;
}

export interface Method {
  readonly resourceId: string;
  /** `/orders/{orderId}`. */
  readonly resourcePath: string;
  /** `GET`, …, or `ANY`. */
  readonly httpMethod: string;
  readonly authorizer: Authorizer | undefined;
  /** Required parameters (`method.request.querystring.page`), where a validator checks them. */
  readonly requiredParameters: readonly string[];
  readonly integration: Integration;
}

export interface Authorizer extends LambdaAuthorizer {
  readonly type: 'REQUEST' | 'TOKEN';
  /** What a TOKEN authorizer's token must match as a whole. */
  readonly identityValidationExpression: string | undefined;
}

export type Integration =
  | {
      readonly type: 'AWS_PROXY';
      readonly functionArn: string;
      readonly isPermitted: boolean;
      readonly timeoutMilliseconds: number;
    }
  | {
      readonly type: 'MOCK';
      readonly statusCode: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

export interface GatewayResponse {
  readonly statusCode: number | undefined;
  /** Header name -> `'literal'`, `context.x`, `method.request.header.x`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Content type -> template. */
  readonly templates: Readonly<Record<string, string>>;
}

/** The ARN that a Lambda permission of an integration, and a method of an authorizer's policy, is compared with. */
export function executeApiArn(
  api: { readonly apiId: string; readonly accountId: string; readonly region: string },
  rest: string,
): string {
  return `arn:aws:execute-api:${api.region}:${api.accountId}:${api.apiId}/${rest}`;
}
