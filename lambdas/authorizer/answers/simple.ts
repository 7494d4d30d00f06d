import type { Written } from '../gateway-form';
import { answerContext, shorten } from './answer-context';
import type { GuardedAnswer } from './guarded-answer';

/**
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export interface SimpleAnswer {
  readonly isAuthorized: boolean;
  readonly context: Readonly<Record<string, string>>;
}

/** As for an answer that is a policy. */
const MAX_ANSWER_BYTES = 8 * 1024;

/** The simple answer of an HTTP API's authorizer; one that would be too large is a denial. */
export function writeSimpleAnswer(answer: GuardedAnswer): Written<SimpleAnswer> {
  const [route, ...others] = answer.routes;
  if (route === undefined || others.length > 0) {
    throw new TypeError('a simple answer is for one route');
  }
  const isAuthorized = route.decision.decision === 'allowed';
  const full = { isAuthorized, context: answerContext(answer, route, isAuthorized) };
  if (Buffer.byteLength(JSON.stringify(full)) <= MAX_ANSWER_BYTES) {
    return { answer: full, allowed: isAuthorized ? [route] : [] };
  }
  const context = answerContext(answer, shorten(route), false);
  return { answer: { isAuthorized: false, context }, allowed: [] };
}

/** An HTTP API has no 401 for an authorizer to ask for: this becomes 403, and any throw 500. */
export function refuseSimply(): SimpleAnswer {
  return { isAuthorized: false, context: { message: 'Unauthorized' } };
}
