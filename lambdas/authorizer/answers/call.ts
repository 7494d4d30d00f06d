import type { Written } from '../gateway-form';
import { answerContext, shorten } from './answer-context';
import type { GuardedAnswer } from './guarded-answer';

/** What an authorizer in front of a backend's own function lets through, or the answer that it gives instead. */
export type CallAnswer =
  | { readonly allowed: true; readonly call: AuthorizedCall }
  | { readonly allowed: false; readonly refusal: Refusal };

/** A call that is allowed. */
export interface AuthorizedCall {
  /** The same names and values that an authorizer of API Gateway gives its backend: `principalArn`, `action`, `resource`, … */
  readonly context: Readonly<Record<string, string>>;
  /** `GET /orders/{orderId}`; the path where there is no catalogue. */
  readonly route: string;
  /** Decoded path parameters of the route. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The HTTP answer to a call that is not allowed; load balancers and function URLs read the same form. */
export interface Refusal {
  readonly statusCode: number;
  /** Load balancers want it. */
  readonly statusDescription: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** The call as the backend's function gets it, or a refusal with AWS's sentence. */
export function writeCallAnswer(answer: GuardedAnswer): Written<CallAnswer> {
  const [route, ...others] = answer.routes;
  if (route === undefined || others.length > 0) {
    throw new TypeError('a call is for one route');
  }
  if (route.decision.decision !== 'allowed') {
    const { message = 'not allowed' } = answerContext(answer, shorten(route), false);
    const { encodedMessage } = route;
    return {
      answer: { allowed: false, refusal: refusal(403, message, encodedMessage) },
      allowed: [],
    };
  }
  const { name, parameters } = route.route;
  const call: AuthorizedCall = {
    context: answerContext(answer, route, true),
    route: name,
    pathParameters: Object.fromEntries(
      [...parameters].map(([parameter, value]) => [parameter, decodeURIComponent(value)]),
    ),
  };
  return { answer: { allowed: true, call }, allowed: [route] };
}

const DESCRIPTIONS = {
  401: 'Unauthorized',
  403: 'Forbidden',
  500: 'Internal Server Error',
} as const;

/** 401 for credentials, 403 for rights, 500 for an outage of ours. */
export function refusal(
  statusCode: keyof typeof DESCRIPTIONS,
  message: string,
  encodedMessage?: string,
): Refusal {
  return {
    statusCode,
    statusDescription: `${statusCode} ${DESCRIPTIONS[statusCode]}`,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ message, encodedMessage }),
    isBase64Encoded: false,
  };
}
