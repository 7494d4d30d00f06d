/** What the gateway must know of a Lambda authorizer to call it, whatever kind of API it guards. */
export interface LambdaAuthorizer {
  readonly authorizerId: string;
  readonly functionArn: string;
  /** Whether the function lets the gateway call it. */
  readonly isPermitted: boolean;
  /** Where the parts of the caller's identity are; in the words of the kind of API. */
  readonly identitySources: readonly string[];
  /** 0: nothing is cached. */
  readonly resultTtlSeconds: number;
}
