import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

/** One error that the gateway itself answers, as AWS's Query protocol would say it. */
interface GatewayError {
  readonly type: ResponseType;
  /** undefined: the gateway's own status stays. */
  readonly statusCode?: string;
  readonly fault: 'Sender' | 'Receiver';
  readonly code: string;
  readonly message: string;
}

const NO_SUCH_ENDPOINT = {
  statusCode: '404',
  fault: 'Sender',
  code: 'InvalidAction',
  message:
    'There is no service at this path and method: IAM is at /iam, STS is at /sts, signing in is at /signin',
} as const;
const DENIED = {
  statusCode: '403',
  fault: 'Sender',
  code: 'AccessDenied',
  message: 'Access Denied',
} as const;
// SDKs retry on this code; AWS answers it with 400, not 429.
const THROTTLED = {
  statusCode: '400',
  fault: 'Sender',
  code: 'Throttling',
  message: 'Rate exceeded',
} as const;
const UNAVAILABLE = {
  statusCode: '503',
  fault: 'Receiver',
  code: 'ServiceUnavailable',
  message: 'The request has failed due to a temporary failure of the server.',
} as const;
const FAILED = {
  statusCode: '500',
  fault: 'Receiver',
  code: 'InternalFailure',
  message: 'The request processing has failed because of an unknown error, exception or failure.',
} as const;

/**
 * Every type that a client of an API without authorizers, keys and validators can meet; the two defaults take the rest.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const GATEWAY_ERRORS: readonly GatewayError[] = [
  {
    type: ResponseType.DEFAULT_4XX,
    fault: 'Sender',
    code: 'ValidationError',
    message: 'The request is not valid.',
  },
  { type: ResponseType.DEFAULT_5XX, ...FAILED },
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, ...NO_SUCH_ENDPOINT },
  { type: ResponseType.RESOURCE_NOT_FOUND, ...NO_SUCH_ENDPOINT },
  // Only for an unknown path or method does the gateway look at the Authorization header of this API at all.
  { type: ResponseType.INVALID_SIGNATURE, ...NO_SUCH_ENDPOINT },
  { type: ResponseType.EXPIRED_TOKEN, ...NO_SUCH_ENDPOINT },
  { type: ResponseType.ACCESS_DENIED, ...DENIED },
  { type: ResponseType.UNAUTHORIZED, ...DENIED },
  { type: ResponseType.WAF_FILTERED, ...DENIED },
  { type: ResponseType.THROTTLED, ...THROTTLED },
  { type: ResponseType.QUOTA_EXCEEDED, ...THROTTLED },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    statusCode: '413',
    fault: 'Sender',
    code: 'RequestEntityTooLarge',
    message: 'The request must not be larger than 10485760 bytes.',
  },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    statusCode: '415',
    fault: 'Sender',
    code: 'UnsupportedMediaType',
    message: 'The content type must be application/x-www-form-urlencoded.',
  },
  { type: ResponseType.INTEGRATION_FAILURE, ...UNAVAILABLE },
  { type: ResponseType.INTEGRATION_TIMEOUT, ...UNAVAILABLE },
  { type: ResponseType.API_CONFIGURATION_ERROR, ...FAILED },
];

// The namespace of errors that arise before a service has been found.
const NAMESPACE = 'http://webservices.amazon.com/AWSFault/2005-15-09';

/*
 * Invariant: a message is a constant without characters that XML escapes. The gateway's own message is not shown, because it can
 * repeat what the client sent, and a gateway response template cannot escape.
 */
function errorDocument(error: GatewayError): string {
  return (
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${error.fault}</Type><Code>${error.code}</Code>` +
    `<Message>${error.message}</Message></Error><RequestId>$context.requestId</RequestId></ErrorResponse>`
  );
}

/** Properties of {@link QueryErrorResponses}. */
export interface QueryErrorResponsesProps {
  /** The API whose own errors become AWS's ErrorResponse document. */
  readonly restApi: RestApi;
}

/** Makes the errors of the gateway itself readable for AWS's clients, which cannot parse the gateway's JSON. */
export class QueryErrorResponses extends Construct {
  constructor(scope: Construct, id: string, props: QueryErrorResponsesProps) {
    super(scope, id);
    for (const error of GATEWAY_ERRORS) {
      props.restApi.addGatewayResponse(`QueryError-${error.type.responseType}`, {
        type: error.type,
        ...(error.statusCode === undefined ? {} : { statusCode: error.statusCode }),
        responseHeaders: { 'Content-Type': "'text/xml'" },
        // The gateway takes this template whatever the client accepts; the header says what it really is.
        templates: { 'application/json': errorDocument(error) },
      });
    }
  }
}
