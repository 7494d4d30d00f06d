import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { AnswerNotKept } from '../answer-cache';
import type { Written } from '../gateway-form';
import { answerContext, callerContext, principalIdOf, shorten } from './answer-context';
import type { DecidedRoute, GuardedAnswer, InvokeStatement } from './guarded-answer';

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
 * The answer as an IAM policy, for exactly the method that was asked about; whatever does not fit API Gateway's limits is a Deny.
 */
export function writePolicyAnswer(answer: GuardedAnswer): Written<APIGatewayAuthorizerResult> {
  const [route, ...others] = answer.routes;
  if (route === undefined || others.length > 0) {
    throw new TypeError('a policy answers for one route');
  }
  if (answer.kept?.key === 'caller') return keptPolicy(answer, route, answer.kept.statements);
  const { arn } = route.route;
  const allowed =
    route.decision.decision === 'allowed' &&
    arn.length <= MAX_METHOD_ARN_LENGTH &&
    !PATTERN.test(arn);
  const full = document(answer, route, allowed);
  if (Buffer.byteLength(JSON.stringify(full)) <= MAX_ANSWER_BYTES) {
    return { answer: full, allowed: allowed ? [route] : [] };
  }
  return { answer: document(answer, shorten(route), false), allowed: [] };
}

/** The same for every route, so that it says nothing of this one. It has been found to fit. */
function keptPolicy(
  answer: GuardedAnswer,
  route: DecidedRoute,
  statements: readonly InvokeStatement[],
): Written<APIGatewayAuthorizerResult> {
  return {
    answer: keptDocument(answer, statements),
    allowed: route.decision.decision === 'allowed' ? [route] : [],
  };
}

/** Throws AnswerNotKept where it is larger than a gateway takes. */
function keptDocument(
  { caller, scheme }: GuardedAnswer,
  statements: readonly InvokeStatement[],
): APIGatewayAuthorizerResult {
  const written = {
    principalId: principalIdOf(caller),
    policyDocument: {
      Version: '2012-10-17',
      Statement: statements.map(({ Resource, ...rest }) => ({ ...rest, Resource: [...Resource] })),
    },
    context: { ...callerContext(caller), scheme },
  };
  if (Buffer.byteLength(JSON.stringify(written)) > MAX_ANSWER_BYTES) {
    throw new AnswerNotKept('the policy of all routes is larger than a gateway takes');
  }
  return written;
}

/** For gateways that have no 401 for an authorizer to ask for: this becomes 403, and any throw 500. */
export function denyAnonymous(): APIGatewayAuthorizerResult {
  return {
    principalId: 'anonymous',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: '*' }],
    },
    context: { message: 'Unauthorized' },
  };
}

function document(
  answer: GuardedAnswer,
  route: DecidedRoute,
  allowed: boolean,
): APIGatewayAuthorizerResult {
  const { arn } = route.route;
  return {
    principalId: principalIdOf(answer.caller),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: allowed ? 'Allow' : 'Deny',
          // A longer ARN makes the gateway fail; a Deny of everything says the same for this one call.
          Resource: arn.length <= MAX_METHOD_ARN_LENGTH ? arn : '*',
        },
      ],
    },
    context: answerContext(answer, route, allowed),
  };
}
