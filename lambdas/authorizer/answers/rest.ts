import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { DecisionType } from '../../core/decision';
import type { Caller } from '../../identity/caller';

/** What the gateway is told, before it is put into its form. */
export interface GuardedAnswer {
  readonly methodArn: string;
  readonly caller: Caller;
  readonly decision: DecisionType;
  readonly action: string;
  readonly resource: string;
  /** AWS's sentence; undefined where the call is allowed. */
  readonly message: string | undefined;
  /** The hash that the caller signed for its body, in hexadecimal; the backend compares it with the body that came. */
  readonly payloadHash: string;
  readonly requestId: string;
}

/**
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
const MAX_METHOD_ARN_LENGTH = 512;
const MAX_ANSWER_BYTES = 8 * 1024;

/**
 * What the gateway would read as a pattern in a policy: an Allow must not hold any. `${` begins a policy variable.
 */
const PATTERN = /[*?]|\$\{/;

/**
 * The answer of a REST API's authorizer: for exactly the method that was asked about, and whatever does not fit API Gateway's
 * limits is a Deny.
 *
 * Every value in the context is safe inside a JSON string, so that a gateway response can show it: `"` and `\` never occur.
 */
export function writeRestAnswer(answer: GuardedAnswer): APIGatewayAuthorizerResult {
  const allowed =
    answer.decision === 'allowed' &&
    answer.methodArn.length <= MAX_METHOD_ARN_LENGTH &&
    !PATTERN.test(answer.methodArn);
  const full = document(answer, allowed);
  if (Buffer.byteLength(JSON.stringify(full)) <= MAX_ANSWER_BYTES) {
    return full;
  }
  const short = {
    ...answer,
    resource: answer.resource.slice(0, 256),
    message: answer.message?.slice(0, 512),
  };
  return document(short, false);
}

/** What an answer tells the gateway to do. */
export function effectOf({ policyDocument }: APIGatewayAuthorizerResult): 'Allow' | 'Deny' {
  return policyDocument.Statement.every(({ Effect }) => Effect === 'Allow') ? 'Allow' : 'Deny';
}

function document(answer: GuardedAnswer, allowed: boolean): APIGatewayAuthorizerResult {
  const { caller, methodArn } = answer;
  return {
    principalId: caller.principal.uniqueId ?? caller.userId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: allowed ? 'Allow' : 'Deny',
          // A longer ARN makes the gateway fail; a Deny of everything says the same for this one call.
          Resource: methodArn.length <= MAX_METHOD_ARN_LENGTH ? methodArn : '*',
        },
      ],
    },
    context: context(answer, allowed),
  };
}

function context(answer: GuardedAnswer, allowed: boolean): Record<string, string> {
  const { caller, message } = answer;
  const values: Record<string, string> = {
    principalArn: caller.principal.arn,
    principalId: caller.principal.uniqueId ?? caller.userId,
    principalType: caller.principal.type,
    accountId: caller.accountId,
    decision: answer.decision === 'allowed' && !allowed ? 'implicitDeny' : answer.decision,
    action: answer.action,
    resource: answer.resource,
    payloadHash: answer.payloadHash,
    requestId: answer.requestId,
    ...(caller.userName === undefined ? {} : { userName: caller.userName }),
    ...(allowed ? {} : { message: message ?? 'The request path is too long or is a pattern.' }),
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, toPlainText(value)]),
  );
}

/** Nothing that JSON escapes: quotes become apostrophes, backslashes slashes, control characters and half characters spaces. */
function toPlainText(value: string): string {
  return value
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, ' ');
}
