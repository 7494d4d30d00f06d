import type { AuthorizerContext } from './events';

/** Status and exception name of each error that the gateway itself answers. */
const ERRORS = {
  ACCESS_DENIED: [403, 'AccessDeniedException'],
  API_CONFIGURATION_ERROR: [500, 'InternalServerErrorException'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'AuthorizerConfigurationException'],
  BAD_REQUEST_PARAMETERS: [400, 'BadRequestException'],
  INTEGRATION_FAILURE: [502, 'InternalServerErrorException'],
  INTEGRATION_TIMEOUT: [504, 'InternalServerErrorException'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'MissingAuthenticationTokenException'],
  REQUEST_TOO_LARGE: [413, 'RequestTooLargeException'],
  THROTTLED: [429, 'TooManyRequestsException'],
  UNAUTHORIZED: [401, 'UnauthorizedException'],
} as const satisfies Record<string, readonly [number, string]>;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
export type GatewayErrorType = keyof typeof ERRORS | 'DEFAULT_4XX' | 'DEFAULT_5XX';

/** An answer that the gateway makes itself, before it takes the form that the API's gateway responses give it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly statusCode: number;
  readonly exceptionName: string;

  constructor(
    readonly type: GatewayErrorType,
    /** What `$context.error.message` is; null where the gateway says nothing. */
    readonly text: string | null,
    readonly authorizer?: AuthorizerContext,
    /** Where the type has no status of its own. */
    status?: readonly [statusCode: number, exceptionName: string],
  ) {
    super(text ?? type);
    const fallback =
      type === 'DEFAULT_4XX'
        ? ([400, 'BadRequestException'] as const)
        : ([500, 'InternalServerErrorException'] as const);
    const known = type === 'DEFAULT_4XX' || type === 'DEFAULT_5XX' ? fallback : ERRORS[type];
    [this.statusCode, this.exceptionName] = status ?? known;
  }
}
