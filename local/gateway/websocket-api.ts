import type { LambdaAuthorizer } from './lambda-authorizer';

/** One WebSocket API with one stage, as its template's AWS::ApiGatewayV2::* resources describe it. */
export interface WebSocketApi {
  readonly apiId: string;
  readonly name: string;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
  /** The members of a message's JSON body that lead to its route key. */
  readonly routeSelectionPath: readonly string[];
  /** By route key: `$connect`, `$disconnect`, `$default`, or one of the API's own. */
  readonly routes: ReadonlyMap<string, WebSocketRoute>;
}

export interface WebSocketRoute {
  readonly routeKey: string;
  /** Only `$connect` has one. */
  readonly authorizer: LambdaAuthorizer | undefined;
  /** undefined: the route is there and calls nothing. */
  readonly integration: WebSocketIntegration | undefined;
  /** Whether the function's body is sent back over the connection. */
  readonly hasResponse: boolean;
}

export interface WebSocketIntegration {
  readonly functionArn: string;
  readonly isPermitted: boolean;
  readonly timeoutMilliseconds: number;
}
